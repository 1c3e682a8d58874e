/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed word lists behind kinds.h: a table and a look-up for each.
 */
#include "schemas/kinds.h"
#include "schemas/words_private.h"

#include <errno.h>
#include <string.h>

const char *word_table_name(const char *const *words, size_t count, size_t value)
{
	return value < count ? words[value] : "unknown";
}

int word_table_find(const char *const *words, size_t count, const char *text, size_t *value)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], text) == 0) {
			*value = i;
			return 0;
		}
	}
	return -EINVAL;
}

static const char *const alert_status_words[] = {
	[ALERT_STATUS_TEST] = "test",
	[ALERT_STATUS_EXERCISE] = "exercise",
	[ALERT_STATUS_ACTUAL] = "actual",
};
DEFINE_WORDS(alert_status, alert_status_words)

static const char *const alert_action_words[] = {
	[ALERT_ACTION_ISSUE] = "issue",
	[ALERT_ACTION_UPDATE] = "update",
	[ALERT_ACTION_CORRECT] = "correct",
	[ALERT_ACTION_RELEASE] = "release",
	[ALERT_ACTION_CANCEL] = "cancel",
	[ALERT_ACTION_INFO] = "info",
};
DEFINE_WORDS(alert_action, alert_action_words)

static const char *const alert_format_words[] = {
	[ALERT_FORMAT_JMX] = "jmx",
	[ALERT_FORMAT_CAP] = "cap",
	[ALERT_FORMAT_JALERT_MAIL] = "jalert-mail",
	[ALERT_FORMAT_JSON] = "json",
};
DEFINE_WORDS(alert_format, alert_format_words)

static const char *const severity_words[] = {
	[SEVERITY_UNKNOWN] = "unknown",
	[SEVERITY_MINOR] = "minor",
	[SEVERITY_MODERATE] = "moderate",
	[SEVERITY_SEVERE] = "severe",
	[SEVERITY_EXTREME] = "extreme",
};
DEFINE_WORDS(severity, severity_words)

static const char *const transition_words[] = {
	[TRANSITION_NONE] = "none",
	[TRANSITION_ISSUED] = "issued",
	[TRANSITION_CONTINUED] = "continued",
	[TRANSITION_RAISED] = "raised",
	[TRANSITION_LOWERED] = "lowered",
	[TRANSITION_RELEASED] = "released",
};
DEFINE_WORDS(transition, transition_words)

static const char *const arrival_state_words[] = {
	[ARRIVAL_NONE] = "none",
	[ARRIVAL_EXPECTED] = "expected",
	[ARRIVAL_IMMINENT] = "imminent",
	[ARRIVAL_PRESUMED] = "presumed",
	[ARRIVAL_OBSERVED] = "observed",
};
DEFINE_WORDS(arrival_state, arrival_state_words)

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
DEFINE_WORDS(event_type, event_type_words)

static const char *const signature_state_words[] = {
	[SIGNATURE_UNSUPPORTED] = "unsupported",
	[SIGNATURE_INVALID] = "invalid",
	[SIGNATURE_VALID_UNTRUSTED] = "valid-untrusted",
	[SIGNATURE_VALID_TRUSTED] = "valid-trusted",
};
DEFINE_WORDS(signature_state, signature_state_words)

static const char *const signature_policy_words[] = {
	[SIGNATURE_POLICY_RECORD] = "record",
	[SIGNATURE_POLICY_IGNORE] = "ignore",
	[SIGNATURE_POLICY_REQUIRE] = "require",
};
DEFINE_WORDS(signature_policy, signature_policy_words)
