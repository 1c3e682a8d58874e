/* SPDX-License-Identifier: Apache-2.0
 *
 *   accepted ──> queued ──> sounding ──> finished
 *                  │            ├── a more urgent or newer order ──> finished (interrupted)
 *                  └────────────┴── stop names it ───────────────> finished (stopped)
 */
#include "channels/mqtt/sim/device.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static bool listed(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i], name) == 0) {
			return true;
		}
	}
	return false;
}

enum siren_refusal siren_device_judge(const struct siren_device *d, const struct siren_order *order,
	uint64_t hash, bool retained, struct wall_time now)
{
	if (!listed(order->areas, order->area_count, d->area) &&
		!listed(order->targets, order->target_count, d->id)) {
		return SIREN_AREA;
	}
	enum siren_refusal window = siren_window_check(&d->windows[order->drill], hash, order->seq);
	if (window == SIREN_SEEN) {
		return window;
	}
	if (retained) {
		return SIREN_RETAINED;
	}
	enum siren_refusal time = siren_order_check_time(order, now);
	return time ? time : window;
}

/* One step of an order: kept for the answer to a repeat, then told. */
struct step {
	const char *id;
	uint64_t hash;
	bool drill;
	enum siren_progress progress;
	const char *reason;
	const char *words;
};

static void reach(struct siren_device *d, const struct siren_teller *teller, struct step step)
{
	siren_window_reach(&d->windows[step.drill], step.hash, step.progress);
	if (teller->reached) {
		teller->reached(d, step.drill, step.hash, step.progress, teller->data);
	}
	teller->tell(d, step.id, siren_progress_name(step.progress), step.reason, step.words,
		teller->data);
}

static void reach_of_play(struct siren_device *d, const struct siren_play *play,
	enum siren_progress progress, const char *reason, const struct siren_teller *teller)
{
	reach(d, teller,
		(struct step){.id = play->id,
			.hash = play->hash,
			.drill = play->drill,
			.progress = progress,
			.reason = reason,
			.words = play->words});
}

static void finish(struct siren_device *d, struct siren_play **at, const char *reason,
	const struct siren_teller *teller)
{
	struct siren_play *play = *at;
	*at = play->next;
	d->play_count--;
	reach_of_play(d, play, SIREN_FINISHED, reason, teller);
	free(play->id);
	free(play->words);
	free(play);
}

/* Ends the named orders; one that has not come yet will be taken for seen. */
static void stop(
	struct siren_device *d, const struct siren_order *order, const struct siren_teller *teller)
{
	for (size_t i = 0; i < order->stop_count; i++) {
		uint64_t hash = siren_window_id(order->stop[i]);
		struct siren_play **at = &d->plays;
		while (*at) {
			if ((*at)->hash == hash) {
				finish(d, at, "stopped", teller);
			} else {
				at = &(*at)->next;
			}
		}
		siren_window_note(&d->windows[order->drill], hash, order->seq);
	}
}

/* The more urgent and, among equals, the newer order has the loudspeaker; it cuts off what sounds.
 * A less urgent one never does: it waits. */
static void queue(
	struct siren_device *d, struct siren_play *play, const struct siren_teller *teller)
{
	struct siren_play **at = &d->plays;
	if (*at && (*at)->started && play->priority <= (*at)->priority) {
		finish(d, at, "interrupted", teller);
	}
	while (*at && ((*at)->started || (*at)->priority < play->priority)) {
		at = &(*at)->next;
	}
	play->next = *at;
	*at = play;
	d->play_count++;
}

void siren_device_obey(struct siren_device *d, const struct siren_order *order, uint64_t hash,
	int64_t length_ms, const char *words, const struct siren_teller *teller)
{
	siren_window_note(&d->windows[order->drill], hash, order->seq);
	struct step step = {
		.id = order->id,
		.hash = hash,
		.drill = order->drill,
		.progress = SIREN_RECEIVED,
		.reason = "",
		.words = words,
	};
	reach(d, teller, step);
	stop(d, order, teller);
	if (order->test_silent || order->speak_count + order->show_count == 0) {
		step.progress = SIREN_FINISHED;
		step.reason = order->test_silent ? "silent test" : "stop";
		reach(d, teller, step);
		return;
	}
	if (d->play_count == SIREN_PLAYS_MAX) {
		step.progress = SIREN_FAILED;
		step.reason = "busy";
		reach(d, teller, step);
		return;
	}
	struct siren_play *play = mem_new(sizeof(*play));
	*play = (struct siren_play){
		.id = mem_copy_text(order->id),
		.hash = hash,
		.drill = order->drill,
		.priority = order->priority,
		.starts = mono_time_add(clock_mono_now(), d->slot * order->stagger_ms),
		.length_ms = length_ms,
		.words = mem_copy_text(words),
	};
	queue(d, play, teller);
	(void)siren_device_turn(d, teller);
}

int64_t siren_device_turn(struct siren_device *d, const struct siren_teller *teller)
{
	while (d->plays) {
		struct siren_play *play = d->plays;
		int64_t left_ms = mono_time_left_ms(play->starts);
		if (!play->started) {
			if (left_ms > 0) {
				return left_ms;
			}
			play->started = true;
			play->starts = clock_mono_now();
			reach_of_play(d, play, SIREN_STARTED, "", teller);
		}
		left_ms = mono_time_left_ms(mono_time_add(play->starts, play->length_ms));
		if (left_ms > 0) {
			return left_ms;
		}
		finish(d, &d->plays, "", teller);
	}
	return INT64_MAX;
}

void siren_device_clear(struct siren_device *d)
{
	while (d->plays) {
		struct siren_play *play = d->plays;
		d->plays = play->next;
		free(play->id);
		free(play->words);
		free(play);
	}
	siren_window_clear(&d->windows[0]);
	siren_window_clear(&d->windows[1]);
}
