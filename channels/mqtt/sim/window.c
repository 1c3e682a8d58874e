/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/sim/window.h"

#include "base/digest.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t siren_window_id(const char *order_id)
{
	char hex[DIGEST_HEX_SIZE];
	digest_of(order_id, strlen(order_id), hex);
	hex[16] = '\0';
	return strtoull(hex, NULL, 16);
}

static const char *const progress_names[SIREN_PROGRESSES] = {
	[SIREN_NOT_OBEYED] = "",
	[SIREN_RECEIVED] = "received",
	[SIREN_STARTED] = "started",
	[SIREN_FAILED] = "failed",
	[SIREN_FINISHED] = "finished",
};

const char *siren_progress_name(enum siren_progress progress)
{
	return progress_names[progress];
}

enum siren_progress siren_progress_of_name(const char *name)
{
	for (int i = 0; i < SIREN_PROGRESSES; i++) {
		if (strcmp(progress_names[i], name) == 0) {
			return (enum siren_progress)i;
		}
	}
	return SIREN_NOT_OBEYED;
}

static size_t find(const struct siren_window *w, uint64_t id)
{
	size_t i = 0;
	while (i < w->count && w->seen[i].id != id) {
		i++;
	}
	return i;
}

bool siren_window_has(const struct siren_window *w, uint64_t id)
{
	return find(w, id) < w->count;
}

void siren_window_reach(struct siren_window *w, uint64_t id, enum siren_progress progress)
{
	size_t i = find(w, id);
	if (i < w->count && w->seen[i].progress < progress) {
		w->seen[i].progress = progress;
	}
}

enum siren_progress siren_window_progress(const struct siren_window *w, uint64_t id)
{
	size_t i = find(w, id);
	return i < w->count ? w->seen[i].progress : SIREN_NOT_OBEYED;
}

enum siren_refusal siren_window_check(const struct siren_window *w, uint64_t id, int64_t seq)
{
	if (siren_window_has(w, id)) {
		return SIREN_SEEN;
	}
	return seq <= w->floor ? SIREN_SEQUENCE : SIREN_ACCEPTED;
}

static void raise_floor(struct siren_window *w, int64_t to)
{
	w->floor = to > w->floor ? to : w->floor;
}

static void forget_oldest(struct siren_window *w)
{
	size_t oldest = 0;
	for (size_t i = 1; i < w->count; i++) {
		if (w->seen[i].seq < w->seen[oldest].seq) {
			oldest = i;
		}
	}
	raise_floor(w, w->seen[oldest].seq);
	w->seen[oldest] = w->seen[--w->count];
}

void siren_window_note(struct siren_window *w, uint64_t id, int64_t seq)
{
	if (siren_window_has(w, id)) {
		return;
	}
	if (w->count == SIREN_WINDOW_IDS) {
		forget_oldest(w);
	}
	mem_grow((void **)&w->seen, &w->capacity, w->count, sizeof(*w->seen));
	w->seen[w->count++] = (struct siren_seen){.id = id, .seq = seq};
	w->highest = seq > w->highest ? seq : w->highest;
	raise_floor(w, w->highest - SIREN_WINDOW_BACK);
}

void siren_window_clear(struct siren_window *w)
{
	free(w->seen);
	*w = (struct siren_window){0};
}
