/* SPDX-License-Identifier: Apache-2.0
 *
 * Which telegram speaks how (JMX reference, section 2), and helpers of a judgement.
 */
#include "rules/rules_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const warnings_2026[] = {
	"VPWW55", "VPWW56", "VPWW57", "VPWW58", "VPWW59", "VPWW60", "VPWW61", NULL};
static const char *const landslide_2026[] = {"VPWW56", NULL};
static const char *const flash_2026[] = {"VPBS50", NULL};

/* First match by prefix, so the transition types stand before their family. */
static const struct family families[] = {
	{"VPWW53", FAMILY_FULL_STATE, warnings_2026},
	{"VPWW54", FAMILY_FULL_STATE, warnings_2026},
	{"VPNO50", FAMILY_FULL_STATE, warnings_2026},
	{"VXWW50", FAMILY_FULL_STATE, landslide_2026},
	{"VPOA50", FAMILY_EVENT, flash_2026},
	{"VPWW", FAMILY_FULL_STATE, NULL},
	{"VFVO50", FAMILY_FULL_STATE, NULL},
	{"VTSE41", FAMILY_TSUNAMI, NULL},
	{"VXSE43", FAMILY_EEW, NULL},
	{"VXSE51", FAMILY_EARTHQUAKE, NULL},
	{"VXSE53", FAMILY_EARTHQUAKE, NULL},
};

static const struct family family_event = {"", FAMILY_EVENT, NULL};
static const struct family family_chain = {"", FAMILY_CHAIN, NULL};

const struct family *family_of(const struct alert *a)
{
	if (a->format != ALERT_FORMAT_JMX) {
		return &family_chain;
	}
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (strncmp(families[i].prefix, a->type, strlen(families[i].prefix)) == 0) {
			return &families[i];
		}
	}
	return &family_event;
}

void *judgement_add(struct judgement *j, void **list, size_t *capacity, size_t *count, size_t size)
{
	if (*count == *capacity) {
		size_t larger = *capacity ? *capacity * 2 : 8;
		char *grown = pool_take(j->pool, larger * size);
		if (*count > 0) {
			memcpy(grown, *list, *count * size);
		}
		*list = grown;
		*capacity = larger;
	}
	return (char *)*list + (*count)++ * size;
}

void judgement_trace(struct judgement *j, const char *format, ...)
{
	char line[512];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	line[utf8_cut(line, strlen(line), sizeof(line) - 5)] = '\0';
	const char **slot = judgement_add(j, (void **)&j->decision->trace, &j->trace_capacity,
		&j->decision->trace_count, sizeof(*slot));
	*slot = pool_copy_text(j->pool, line);
}

const char *judgement_first_word(struct judgement *j, const char *words)
{
	words += strspn(words, " ");
	size_t size = strcspn(words, " ");
	return size > 0 ? pool_copy(j->pool, words, size) : "";
}
