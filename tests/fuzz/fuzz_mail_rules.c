/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of mail rules, a zero byte, a mail: whatever passes the check of the configuration must
 * compile again and match without fault.
 */
#include "ingest/decode.h"
#include "ingest/mail/mail.h"
#include "ingest/mail/match.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t rules_size = zero ? (size_t)(zero - data) : size;
	struct config_faults faults;
	config_faults_init(&faults);
	json_t *object =
		config_mail_rules_text("rules.yaml", (const char *)data, rules_size, &faults);
	if (!object && faults.count == 0) {
		abort();
	}
	if (object) {
		struct err e = {0};
		struct mail_rules *rules = mail_rules_new(object, &e);
		if (!rules) {
			abort();
		}
		const struct decode_policy policy = {.mail_rules = rules};
		struct alert *a = NULL;
		struct decode_refusal refusal;
		if (zero) {
			(void)mail_decode((const char *)zero + 1, size - rules_size - 1, &policy,
				&a, &refusal);
		}
		alert_free(a);
		mail_rules_free(rules);
		json_decref(object);
	}
	config_faults_clear(&faults);
	return 0;
}
