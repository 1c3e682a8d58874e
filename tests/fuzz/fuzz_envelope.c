/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a message that may hold several alerts: every part is an alert that the contract's
 * reader takes, or a refusal with a reason; an envelope never raises a status.
 */
#include "ingest/decode.h"
#include "ingest/xml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_alert(const struct alert *a)
{
	struct err e = {0};
	json_t *object = alert_to_json(a);
	struct alert *back = alert_from_json(object, &e);
	if (!back || back->status != a->status) {
		abort();
	}
	json_decref(object);
	alert_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoded d;
	struct decode_refusal refusal;
	xml_setup();
	if (decode_message(data, size, NULL, &d, &refusal) != 0) {
		if (refusal.code[0] == '\0' || refusal.reason[0] == '\0' || d.count != 0) {
			abort();
		}
		return 0;
	}
	if (d.count == 0 || d.count > DECODE_PARTS_MAX) {
		abort();
	}
	for (size_t i = 0; i < d.count; i++) {
		if (d.parts[i].alert) {
			check_alert(d.parts[i].alert);
		} else if (d.parts[i].refusal.code[0] == '\0') {
			abort();
		}
	}
	decoded_clear(&d);
	return 0;
}
