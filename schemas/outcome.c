/* SPDX-License-Identifier: Apache-2.0 */
#include "schemas/outcome.h"

#include "base/json.h"
#include "schemas/words_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const class_words[] = {
	[OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_DELIVERED] = "delivered",
	[OUTCOME_TRANSIENT] = "transient",
	[OUTCOME_PERMANENT] = "permanent",
};

static const char *const scope_words[] = {
	[OUTCOME_SCOPE_TARGET] = "target",
	[OUTCOME_SCOPE_DESTINATION] = "destination",
	[OUTCOME_SCOPE_CHANNEL] = "channel",
};

static const char *const reason_words[] = {
	[OUTCOME_REASON_NONE] = "none",
	[OUTCOME_REASON_REFUSED] = "refused",
	[OUTCOME_REASON_UNREACHABLE] = "unreachable",
	[OUTCOME_REASON_TIMEOUT] = "timeout",
	[OUTCOME_REASON_AUTH] = "auth",
	[OUTCOME_REASON_RATE] = "rate",
	[OUTCOME_REASON_TARGET] = "target",
	[OUTCOME_REASON_CONTENT] = "content",
	[OUTCOME_REASON_PROTOCOL] = "protocol",
	[OUTCOME_REASON_CRASH] = "crash",
	[OUTCOME_REASON_CONFIG] = "config",
	[OUTCOME_REASON_DUPLICATE] = "duplicate",
	[OUTCOME_REASON_EXPIRED] = "expired",
	[OUTCOME_REASON_UNHEARD] = "unheard",
};

static const char *const receipt_words[] = {
	[RECEIPT_NONE] = "none",
	[RECEIPT_ACCEPTED] = "accepted",
	[RECEIPT_DELIVERED] = "delivered",
	[RECEIPT_CONFIRMED] = "confirmed",
	[RECEIPT_REFUSED] = "refused",
	[RECEIPT_FAILED] = "failed",
};

DEFINE_WORDS(outcome_class, class_words)
DEFINE_WORDS(outcome_scope, scope_words)
DEFINE_WORDS(outcome_reason, reason_words)
DEFINE_WORDS(receipt_state, receipt_words)

void outcome_set_text(struct outcome *o, const char *text)
{
	size_t size = utf8_cut(text, strlen(text), sizeof(o->text) - 1);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		o->text[i] = c < 0x20 || c == 0x7F ? ' ' : text[i];
	}
	while (size > 0 && o->text[size - 1] == ' ') {
		size--;
	}
	o->text[size] = '\0';
}

void outcome_to_json(const struct outcome *o, json_t *object)
{
	json_put_text(object, "class", outcome_class_name(o->class));
	json_put_text(object, "scope", outcome_scope_name(o->scope));
	json_put_text(object, "reason", outcome_reason_name(o->reason));
	json_put_int(object, "code", o->code);
	json_put_text(object, "text", o->text);
	json_put_text(object, "remote_id", o->remote_id);
	json_put_int(object, "retry_after_s", o->retry_after_s);
	json_put_int(object, "duration_ms", o->duration_ms);
}

int outcome_from_json(const json_t *object, struct outcome *o, struct err *e)
{
	*o = (struct outcome){.class = OUTCOME_UNKNOWN};
	if (outcome_class_parse(json_text(object, "class", ""), &o->class)) {
		return err_set(e, -EINVAL, "outcome: member \"class\" is missing or unknown");
	}
	if (outcome_scope_parse(json_text(object, "scope", "target"), &o->scope)) {
		return err_set(e, -EINVAL, "outcome: member \"scope\": unknown word");
	}
	if (outcome_reason_parse(json_text(object, "reason", "none"), &o->reason)) {
		return err_set(e, -EINVAL, "outcome: member \"reason\": unknown word");
	}
	o->code = (int)json_int(object, "code", 0);
	o->retry_after_s = json_int(object, "retry_after_s", 0);
	o->duration_ms = json_int(object, "duration_ms", 0);
	outcome_set_text(o, json_text(object, "text", ""));
	const char *id = json_text(object, "remote_id", "");
	size_t size = utf8_cut(id, strlen(id), sizeof(o->remote_id) - 1);
	memcpy(o->remote_id, id, size);
	o->remote_id[size] = '\0';
	return 0;
}
