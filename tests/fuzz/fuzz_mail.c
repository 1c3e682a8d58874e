/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a mail, by the shipped rules: what comes out must pass the alert contract's own
 * reader.
 */
#include "base/file.h"
#include "ingest/decode.h"
#include "ingest/mail/mail.h"
#include "ingest/mail/match.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mail_rules *shipped(void)
{
	static struct mail_rules *rules;
	if (!rules) {
		struct err e = {0};
		struct config_faults faults;
		char *text = NULL;
		size_t size = 0;
		config_faults_init(&faults);
		if (file_read(MAIL_RULES, 1024 * 1024, &text, &size, &e)) {
			abort();
		}
		json_t *object = config_mail_rules_text(MAIL_RULES, text, size, &faults);
		rules = mail_rules_new(object, &e);
		json_decref(object);
		config_faults_clear(&faults);
		free(text);
	}
	return rules;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct decode_policy policy = {.mail_rules = shipped()};
	struct alert *a = NULL;
	struct decode_refusal refusal = {0};
	if (mail_decode((const char *)data, size, &policy, &a, &refusal) != 0) {
		if (refusal.code[0] == '\0' || refusal.reason[0] == '\0') {
			abort();
		}
		return 0;
	}
	struct err e = {0};
	json_t *object = alert_to_json(a);
	struct alert *back = alert_from_json(object, &e);
	if (!back) {
		abort();
	}
	json_decref(object);
	alert_free(back);
	alert_free(a);
	return 0;
}
