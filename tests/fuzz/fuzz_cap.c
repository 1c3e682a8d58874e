/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes through the CAP decoder; what it accepts must pass the alert contract's own reader.
 */
#include "ingest/decode.h"
#include "ingest/xml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *formats[] = {"cap"};
	static const struct text_list list = {.list = formats, .count = 1};
	const struct decode_policy policy = {.formats = &list};
	struct alert *a = NULL;
	struct decode_refusal refusal;
	xml_setup();
	if (decode_telegram(data, size, &policy, &a, &refusal) != 0) {
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
