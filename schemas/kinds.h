/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed vocabulary of an alert: kinds, severities, statuses, actions. One table each; the
 * words are the ones of CAP 1.2 (lower case) and of the alert contract (alert.schema.json).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Zero is the safe end: an unknown status never reaches the public. */
enum alert_status { ALERT_STATUS_TEST, ALERT_STATUS_EXERCISE, ALERT_STATUS_ACTUAL };

/* cancel (取消): was never true. release (解除): is over. They are never worded alike. */
enum alert_action {
	ALERT_ACTION_ISSUE,
	ALERT_ACTION_UPDATE,
	ALERT_ACTION_CORRECT,
	ALERT_ACTION_RELEASE,
	ALERT_ACTION_CANCEL,
	ALERT_ACTION_INFO,
};

enum alert_format {
	ALERT_FORMAT_JMX,
	ALERT_FORMAT_CAP,
	ALERT_FORMAT_JALERT_MAIL,
	ALERT_FORMAT_JSON
};

/* Ordered: a greater value is worse. */
enum severity {
	SEVERITY_UNKNOWN,
	SEVERITY_MINOR,
	SEVERITY_MODERATE,
	SEVERITY_SEVERE,
	SEVERITY_EXTREME
};

enum transition {
	TRANSITION_NONE, /* the telegram does not say */
	TRANSITION_ISSUED,
	TRANSITION_CONTINUED,
	TRANSITION_RAISED,
	TRANSITION_LOWERED,
	TRANSITION_RELEASED,
};

/* How far a tsunami, or strong shaking, is from a place. */
enum arrival_state {
	ARRIVAL_NONE,	  /* the telegram does not say */
	ARRIVAL_EXPECTED, /* at a time */
	ARRIVAL_IMMINENT, /* ただちに来襲と予測 */
	ARRIVAL_PRESUMED, /* すでに到達と推測: nobody has seen it yet */
	ARRIVAL_OBSERVED, /* the first wave was measured */
};

/* What the hub found to have changed for our municipalities; the model's word is "event". */
enum event_type {
	EVENT_ISSUED,
	EVENT_RAISED,
	EVENT_LOWERED,
	EVENT_ADDED, /* in force elsewhere before, new for this municipality */
	EVENT_RELEASED,
	EVENT_CANCELLED,
	EVENT_CORRECTED,
	EVENT_INFO,
};

enum signature_state {
	SIGNATURE_UNSUPPORTED,	   /* a form or algorithm that is not checked, or not allowed */
	SIGNATURE_INVALID,	   /* the content is not what was signed, or the key did not sign */
	SIGNATURE_VALID_UNTRUSTED, /* the content is what was signed, by nobody the feed trusts */
	SIGNATURE_VALID_TRUSTED,
};

/* What a feed makes of XML signatures. */
enum signature_policy {
	SIGNATURE_POLICY_RECORD, /* checked, told with the alert, decides nothing */
	SIGNATURE_POLICY_IGNORE,
	SIGNATURE_POLICY_REQUIRE, /* only what somebody trusted has signed is taken */
};

/* Each *_name never returns NULL; each *_parse returns 0 or -EINVAL and leaves *out alone then. */
const char *alert_status_name(enum alert_status value);
int alert_status_parse(const char *text, enum alert_status *out);
const char *alert_action_name(enum alert_action value);
int alert_action_parse(const char *text, enum alert_action *out);
const char *alert_format_name(enum alert_format value);
int alert_format_parse(const char *text, enum alert_format *out);
const char *severity_name(enum severity value);
int severity_parse(const char *text, enum severity *out);
const char *transition_name(enum transition value);
int transition_parse(const char *text, enum transition *out);
const char *arrival_state_name(enum arrival_state value);
int arrival_state_parse(const char *text, enum arrival_state *out);
const char *event_type_name(enum event_type value);
int event_type_parse(const char *text, enum event_type *out);
const char *signature_state_name(enum signature_state value);
int signature_state_parse(const char *text, enum signature_state *out);
const char *signature_policy_name(enum signature_policy value);
int signature_policy_parse(const char *text, enum signature_policy *out);

struct kind {
	const char *name;     /* "tsunami.major_warning": stable */
	const char *hazard;   /* what levels replace each other: "tsunami", "weather.rain", ... */
	const char *category; /* subscribers choose by it: "disaster", "crime", "city", "system" */
	const char *ja;	      /* as JMA or the law says it */
	const char *en;
	int64_t fresh_ms; /* older telegrams are held for staff (design: freshness) */
};

/* NULL when there is no such kind. */
const struct kind *kind_find(const char *name);
/* All kinds in table order; *count receives the number. */
const struct kind *kind_table(size_t *count);
/* True when name matches pattern: "tsunami.warning", "tsunami.*", "*". */
int kind_matches(const char *pattern, const char *name);
