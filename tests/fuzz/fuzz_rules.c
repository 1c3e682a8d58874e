/* SPDX-License-Identifier: Apache-2.0
 *
 * Alerts as JSON Lines, up to sixteen, judged one after another: whatever a decoder passes on, the
 * rules come to a verdict, an exercise stays an exercise, and every broadcast can be read back.
 */
#include "base/json.h"
#include "tests/rules/world.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct rules_decision *d, enum alert_status status)
{
	for (size_t i = 0; i < d->change_count; i++) {
		if (d->changes[i].row.status != status || !d->changes[i].row.kind) {
			abort();
		}
	}
	for (size_t i = 0; i < d->broadcast_count; i++) {
		const struct rules_broadcast *b = &d->broadcasts[i];
		struct err e;
		json_t *object = broadcast_to_json(b->broadcast);
		struct broadcast *again = broadcast_from_json(object, &e);
		if (b->broadcast->status != status || status == ALERT_STATUS_TEST ||
			b->channels.count == 0 || !again) {
			abort();
		}
		broadcast_free(again);
		json_decref(object);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world *w = world_new();
	const char *text = (const char *)data;
	for (int n = 0; n < 16 && size > 0; n++) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;
		struct err e;
		json_t *object = json_read(text, length, &e);
		struct alert *a = object ? alert_from_json(object, &e) : NULL;
		if (a) {
			check(world_take(w, a, world_at(1)), a->status);
		}
		json_decref(object);
		size_t used = end ? length + 1 : length;
		text += used;
		size -= used;
	}
	world_free(w);
	return 0;
}
