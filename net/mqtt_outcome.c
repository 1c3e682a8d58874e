/* SPDX-License-Identifier: Apache-2.0 */
#include "net/mqtt_outcome.h"

#include <stddef.h>

struct row {
	int code;
	enum outcome_class class;
	enum outcome_scope scope;
	enum outcome_reason reason;
	const char *text;
};

static const struct row pubacks[] = {
	{0x00, OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_NONE, "broker took it"},
	{0x10, OUTCOME_DELIVERED, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_UNHEARD,
		"broker took it, nobody is subscribed"},
	{0x80, OUTCOME_TRANSIENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED,
		"unspecified error at the broker"},
	{0x83, OUTCOME_TRANSIENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_REFUSED,
		"broker-specific error"},
	{0x87, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_AUTH,
		"not authorised for this topic: check the broker's ACL"},
	{0x90, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_TARGET,
		"topic name refused"},
	{0x97, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_RATE,
		"quota exceeded at the broker"},
	{0x99, OUTCOME_PERMANENT, OUTCOME_SCOPE_TARGET, OUTCOME_REASON_CONTENT,
		"payload format refused"},
};

/* All channel-wide and transient: a wrong password is mended by staff, not by giving up. */
static const struct row connacks[] = {
	{0x84, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_PROTOCOL,
		"broker does not speak MQTT 5"},
	{0x85, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_CONFIG,
		"client identifier refused"},
	{0x86, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH,
		"bad user name or password"},
	{0x87, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, "not authorised"},
	{0x88, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_UNREACHABLE,
		"broker unavailable"},
	{0x89, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_RATE, "broker busy"},
	{0x8A, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH, "banned"},
	{0x8C, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_AUTH,
		"authentication method refused"},
	{0x97, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_RATE, "quota exceeded"},
	{0x9F, OUTCOME_TRANSIENT, OUTCOME_SCOPE_CHANNEL, OUTCOME_REASON_RATE,
		"connection rate exceeded"},
};

static void fill(
	const struct row *rows, size_t count, int code, struct row fallback, struct outcome *out)
{
	const struct row *row = &fallback;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].code == code) {
			row = &rows[i];
		}
	}
	*out = (struct outcome){
		.class = row->class,
		.scope = row->scope,
		.reason = row->reason,
		.code = code,
	};
	outcome_set_text(out, row->text);
}

void mqtt_outcome_of_puback(int reason, struct outcome *out)
{
	const struct row fallback = {
		.class = OUTCOME_UNKNOWN,
		.scope = OUTCOME_SCOPE_TARGET,
		.reason = OUTCOME_REASON_PROTOCOL,
		.text = "acknowledged with a code the standard does not know",
	};
	fill(pubacks, sizeof(pubacks) / sizeof(pubacks[0]), reason, fallback, out);
}

void mqtt_outcome_of_connack(int reason, struct outcome *out)
{
	const struct row fallback = {
		.class = OUTCOME_TRANSIENT,
		.scope = OUTCOME_SCOPE_CHANNEL,
		.reason = OUTCOME_REASON_REFUSED,
		.text = "connection refused by the broker",
	};
	fill(connacks, sizeof(connacks) / sizeof(connacks[0]), reason, fallback, out);
}

void mqtt_outcome_of_no_connection(const char *why, struct outcome *out)
{
	*out = (struct outcome){
		.class = OUTCOME_TRANSIENT,
		.scope = OUTCOME_SCOPE_CHANNEL,
		.reason = OUTCOME_REASON_UNREACHABLE,
	};
	outcome_set_text(out, why);
}

void mqtt_outcome_of_silence(const char *why, struct outcome *out)
{
	*out = (struct outcome){
		.class = OUTCOME_UNKNOWN,
		.scope = OUTCOME_SCOPE_TARGET,
		.reason = OUTCOME_REASON_TIMEOUT,
	};
	outcome_set_text(out, why);
}
