/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a telegram: an alert that survives the link to the hub, or a refusal with a code
 * and a reason.
 */
#include "ingest/decode.h"
#include "ingest/xml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct alert *a = NULL;
	struct decode_refusal refusal;
	if (decode_telegram(data, size, NULL, &a, &refusal) != 0) {
		if (a || !refusal.code[0] || !refusal.reason[0]) {
			abort();
		}
		return 0;
	}
	json_t *object = alert_to_json(a);
	struct err e = {0};
	struct alert *back = alert_from_json(object, &e);
	if (!back || back->item_count != a->item_count) {
		abort();
	}
	json_decref(object);
	alert_free(back);
	alert_free(a);
	return 0;
}
