/* SPDX-License-Identifier: Apache-2.0
 *
 * Any CAP document with signatures, SHA-1 included: checking ends, changes neither the alert's
 * digest nor anything else of it, and trusts nobody when nobody is trusted.
 */
#include "ingest/decode.h"
#include "ingest/signature/signature.h"
#include "ingest/xml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct decode_policy unread = {
		.signature = SIGNATURE_POLICY_IGNORE, .received = WALL_TIME_NONE};
	const struct decode_policy read = {
		.signature = SIGNATURE_POLICY_RECORD, .sha1 = true, .received = WALL_TIME_NONE};
	struct alert *before = NULL;
	struct alert *after = NULL;
	struct decode_refusal refusal;
	xml_setup();
	int first = decode_telegram(data, size, &unread, &before, &refusal);
	int second = decode_telegram(data, size, &read, &after, &refusal);
	if (first != second) {
		abort();
	}
	if (first == 0) {
		if (strcmp(before->digest, after->digest) != 0 || signature_is_trusted(after) ||
			before->item_count != after->item_count) {
			abort();
		}
	}
	alert_free(before);
	alert_free(after);
	return 0;
}
