/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/sim/opened.h"

#include "base/mem.h"
#include "channels/mqtt/sim/window.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct siren_opened *o)
{
	siren_order_free(o->order);
	free(o->jws);
	*o = (struct siren_opened){0};
}

const struct siren_opened *siren_opener_open(
	struct siren_opener *opener, const char *jws, size_t size)
{
	for (size_t i = 0; i < SIREN_OPENED_KEPT; i++) {
		const struct siren_opened *o = &opener->kept[i];
		if (o->jws && o->size == size && memcmp(o->jws, jws, size) == 0) {
			return o;
		}
	}
	struct siren_opened *o = &opener->kept[opener->next];
	opener->next = (opener->next + 1) % SIREN_OPENED_KEPT;
	forget(o);
	o->jws = mem_new(size + 1);
	memcpy(o->jws, jws, size);
	o->size = size;
	o->refusal =
		siren_order_open(jws, size, opener->trust, opener->trust_count, &o->order, o->id);
	o->hash = siren_window_id(o->id);
	return o;
}

void siren_opener_clear(struct siren_opener *opener)
{
	for (size_t i = 0; i < SIREN_OPENED_KEPT; i++) {
		forget(&opener->kept[i]);
	}
}
