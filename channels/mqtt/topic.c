/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/topic.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool siren_name_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._:-";
	size_t size = strlen(name);
	return size > 0 && size <= SIREN_NAME_MAX && strspn(name, allowed) == size;
}

int siren_topic(char out[SIREN_TOPIC_SIZE], const char *site, const char *branch, const char *name)
{
	int size = snprintf(out, SIREN_TOPIC_SIZE, "hansho/%s/%s/%s", site, branch, name);
	return size > 0 && size < SIREN_TOPIC_SIZE ? 0 : -EINVAL;
}

const char *siren_topic_name(const char *topic, const char *site, const char *branch)
{
	char prefix[SIREN_TOPIC_SIZE];
	if (siren_topic(prefix, site, branch, "")) {
		return NULL;
	}
	size_t size = strlen(prefix);
	if (strncmp(topic, prefix, size) != 0 || !siren_name_valid(topic + size)) {
		return NULL;
	}
	return topic + size;
}
