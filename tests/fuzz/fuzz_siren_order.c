/* SPDX-License-Identifier: Apache-2.0
 *
 * A device opens whatever the broker hands it.
 */
#include "channels/mqtt/siren_order.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct siren_key *key;
	if (!key) {
		key = siren_key_generate("live");
	}
	const struct siren_trusted trust = {.key = key};
	struct siren_order *order = NULL;
	char id[SIREN_ID_SIZE];
	enum siren_refusal refusal =
		siren_order_open((const char *)data, size, &trust, 1, &order, id);
	if ((refusal == SIREN_ACCEPTED) != (order != NULL)) {
		abort();
	}
	siren_order_free(order);
	return 0;
}
