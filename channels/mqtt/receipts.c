/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/receipts.h"

#include "base/mem.h"
#include "channels/mqtt/topic.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 512, TABLE_SIZE = 2048 /* a power of two */ };

struct receipt_waiting {
	char device[SIREN_NAME_MAX + 1];
	struct siren_ack ack;
};

static size_t slot_of(const char *device)
{
	uint32_t hash = 2166136261U; /* FNV-1a */
	for (const char *at = device; *at; at++) {
		hash = (hash ^ (unsigned char)*at) * 16777619U;
	}
	return hash % TABLE_SIZE;
}

/* The device's slot, or the free one it will have. */
static size_t *find(const struct receipts *r, const char *device, const char *delivery)
{
	size_t slot = slot_of(device);
	while (r->table[slot] != 0) {
		const struct receipt_waiting *w = &r->waiting[r->table[slot] - 1];
		if (strcmp(w->device, device) == 0 && strcmp(w->ack.delivery, delivery) == 0) {
			break;
		}
		slot = (slot + 1) % TABLE_SIZE;
	}
	return &r->table[slot];
}

/* As in the hub's record: a replay elsewhere does not unring a siren. */
static bool moves_forward(enum receipt_state from, enum receipt_state to)
{
	return to >= from && !(from == RECEIPT_CONFIRMED && to == RECEIPT_REFUSED);
}

void receipts_add(
	struct receipts *r, struct agent *agent, const char *device, const struct siren_ack *ack)
{
	if (r->count == WAITING_MAX) {
		receipts_flush(r, agent);
	}
	if (!r->table) {
		r->table = mem_new_array(TABLE_SIZE, sizeof(*r->table));
	}
	size_t *at = find(r, device, ack->delivery);
	if (*at == 0) {
		mem_grow((void **)&r->waiting, &r->capacity, r->count, sizeof(*r->waiting));
		struct receipt_waiting *w = &r->waiting[r->count++];
		*at = r->count;
		memcpy(w->device, device, strlen(device) + 1); /* a valid name is short enough */
		w->ack = *ack;
	} else if (moves_forward(r->waiting[*at - 1].ack.state, ack->state)) {
		r->waiting[*at - 1].ack = *ack;
	}
}

void receipts_flush(struct receipts *r, struct agent *agent)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct receipt_waiting *w = &r->waiting[i];
		agent_receipt(
			agent, w->ack.delivery, w->device, w->ack.state, w->ack.at, w->ack.detail);
	}
	if (r->count > 0) {
		memset(r->table, 0, TABLE_SIZE * sizeof(*r->table));
		r->count = 0;
	}
}

void receipts_clear(struct receipts *r)
{
	free(r->waiting);
	free(r->table);
	*r = (struct receipts){0};
}
