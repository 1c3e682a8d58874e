/* SPDX-License-Identifier: Apache-2.0
 *
 * Which telegram speaks how (JMX reference, section 2), and helpers of a judgement.
 */
#include "rules/rules_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const family_warnings_2026[] = {
	"VPWW55", "VPWW56", "VPWW57", "VPWW58", "VPWW59", "VPWW60", "VPWW61", NULL};
const char *const family_flash_2026[] = {"VPBS50", NULL};

/* First match by prefix, so the transition types stand before their family. */
static const struct family families[] = {
	{"VPWW53", family_warnings_2026, FAMILY_FULL_STATE, true},
	{"VPWW54", family_warnings_2026, FAMILY_FULL_STATE, true},
	{"VPNO50", family_warnings_2026, FAMILY_EVENT, true},
	{"VXWW50", family_warnings_2026, FAMILY_FULL_STATE, false},
	{"VPOA50", family_flash_2026, FAMILY_EVENT, false},
	{"VPWW", NULL, FAMILY_FULL_STATE, true},
	{"VPHW", NULL, FAMILY_EVENT, true},
	{"VPWP50", NULL, FAMILY_OUTLOOK, false},
	{"VFVO50", NULL, FAMILY_FULL_STATE, false},
	{"VTSE41", NULL, FAMILY_TSUNAMI, false},
	{"VXSE43", NULL, FAMILY_EEW, false},
	{"VXSE51", NULL, FAMILY_EARTHQUAKE, false},
	{"VXSE53", NULL, FAMILY_EARTHQUAKE, false},
	{"VXSE62", NULL, FAMILY_EARTHQUAKE, false},
};

static const struct family family_event = {"", NULL, FAMILY_EVENT, false};
static const struct family family_mail = {"", NULL, FAMILY_MAIL, false};
static const struct family family_chain = {"", NULL, FAMILY_CHAIN, false};

const struct family *family_of(const struct alert *a)
{
	if (a->format == ALERT_FORMAT_JALERT_MAIL) {
		return &family_mail;
	}
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
