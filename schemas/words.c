/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed word lists behind kinds.h: a table and a look-up for each.
 */
#include "schemas/kinds.h"

#include <errno.h>
#include <string.h>

static const char *name_of(const char *const *words, size_t count, size_t value)
{
	return value < count ? words[value] : "unknown";
}

static int parse(const char *const *words, size_t count, const char *text, size_t *value)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], text) == 0) {
			*value = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Defines NAME_name() and NAME_parse() over the table NAME_words. */
#define DEFINE_WORDS(NAME)                                                                         \
	const char *NAME##_name(enum NAME value)                                                   \
	{                                                                                          \
		return name_of(NAME##_words, sizeof(NAME##_words) / sizeof(NAME##_words[0]),       \
			(size_t)value);                                                            \
	}                                                                                          \
	int NAME##_parse(const char *text, enum NAME *out)                                         \
	{                                                                                          \
		size_t value = 0;                                                                  \
		int rc = parse(NAME##_words, sizeof(NAME##_words) / sizeof(NAME##_words[0]), text, \
			&value);                                                                   \
		if (rc == 0) {                                                                     \
			*out = (enum NAME)value;                                                   \
		}                                                                                  \
		return rc;                                                                         \
	}

static const char *const alert_status_words[] = {
	[ALERT_STATUS_TEST] = "test",
	[ALERT_STATUS_EXERCISE] = "exercise",
	[ALERT_STATUS_ACTUAL] = "actual",
};
DEFINE_WORDS(alert_status)

static const char *const alert_action_words[] = {
	[ALERT_ACTION_ISSUE] = "issue",
	[ALERT_ACTION_UPDATE] = "update",
	[ALERT_ACTION_CORRECT] = "correct",
	[ALERT_ACTION_RELEASE] = "release",
	[ALERT_ACTION_CANCEL] = "cancel",
	[ALERT_ACTION_INFO] = "info",
};
DEFINE_WORDS(alert_action)

static const char *const alert_format_words[] = {
	[ALERT_FORMAT_JMX] = "jmx",
	[ALERT_FORMAT_CAP] = "cap",
	[ALERT_FORMAT_JALERT_MAIL] = "jalert-mail",
	[ALERT_FORMAT_JSON] = "json",
};
DEFINE_WORDS(alert_format)

static const char *const severity_words[] = {
	[SEVERITY_UNKNOWN] = "unknown",
	[SEVERITY_MINOR] = "minor",
	[SEVERITY_MODERATE] = "moderate",
	[SEVERITY_SEVERE] = "severe",
	[SEVERITY_EXTREME] = "extreme",
};
DEFINE_WORDS(severity)

static const char *const transition_words[] = {
	[TRANSITION_NONE] = "none",
	[TRANSITION_ISSUED] = "issued",
	[TRANSITION_CONTINUED] = "continued",
	[TRANSITION_RAISED] = "raised",
	[TRANSITION_LOWERED] = "lowered",
	[TRANSITION_RELEASED] = "released",
};
DEFINE_WORDS(transition)

static const char *const event_type_words[] = {
	[EVENT_ISSUED] = "issued",
	[EVENT_RAISED] = "raised",
	[EVENT_LOWERED] = "lowered",
	[EVENT_ADDED] = "added",
	[EVENT_RELEASED] = "released",
	[EVENT_CANCELLED] = "cancelled",
	[EVENT_CORRECTED] = "corrected",
	[EVENT_INFO] = "info",
};
DEFINE_WORDS(event_type)
