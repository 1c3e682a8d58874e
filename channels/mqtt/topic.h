/* SPDX-License-Identifier: Apache-2.0
 *
 * Topic names, as driver and device share them:
 * hansho/<site>/{order/area,order/device,ack,state,inforce}/<name>.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { SIREN_TOPIC_SIZE = 256, SIREN_NAME_MAX = 64 };

/* Area codes and device ids: 1 to 64 characters of [A-Za-z0-9._:-], so that none can be a wildcard
 * or add a level. */
bool siren_name_valid(const char *name);

/* Writes "hansho/<site>/<branch>/<name>"; branch as above, name "+" for a subscription. -EINVAL
 * when it does not fit. */
int siren_topic(char out[SIREN_TOPIC_SIZE], const char *site, const char *branch, const char *name);

/* The name at the end of a topic of this site and branch, NULL when it is another topic or the name
 * is not valid. Borrowed from topic. */
const char *siren_topic_name(const char *topic, const char *site, const char *branch);
