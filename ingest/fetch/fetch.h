/* SPDX-License-Identifier: Apache-2.0
 *
 * What a fetch program is: it links fetch_main() and fills in a struct fetch_program. Everything
 * runs on one thread, on one event loop. Telegrams go to the feed's socket through fetch_submit(),
 * where hansho-ingest decodes and answers them as it does for everybody; what has not been answered
 * for good has not been fetched (docs/internals/fetch-program.md).
 */
#pragma once

#include "base/clock.h"
#include "base/err.h"
#include "ingest/fetch/registry.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct fetch;

struct fetch_program {
	const struct fetch_declaration *declaration;
	/* options are checked and filled in. Arms its events on fetch_base(); does not block. On
	 * failure *e names the option. */
	int (*open)(struct fetch *f, const json_t *options, void **instance, struct err *e);
	void (*close)(void *instance); /* not called after a failed open */
};

struct event_base *fetch_base(const struct fetch *f);
const char *fetch_feed(const struct fetch *f);
const char *fetch_site(const struct fetch *f);
/* The program's own folder, there and writable; what it must remember over restarts lies here. */
const char *fetch_state_dir(const struct fetch *f);

/* ---- health: what staff see of the source ---- */

enum fetch_state {
	FETCH_OK,	/* the source answers, and what it says is new enough */
	FETCH_DEGRADED, /* telegrams come, but not all is well */
	FETCH_DOWN,	/* whether there are telegrams is not known */
};

/* Says how the source is; told to the hub when it changes, and every ten seconds anyway. text:
 * one sentence for staff, "" when all is well. last_ok: when the source last answered well,
 * WALL_TIME_NONE for never. */
void fetch_health(
	struct fetch *f, enum fetch_state state, struct wall_time last_ok, const char *text);

/* ---- telegrams ---- */

enum fetch_verdict {
	FETCH_ACCEPTED,	 /* the hub has committed it */
	FETCH_DUPLICATE, /* the hub had it */
	FETCH_REFUSED,	 /* it will never be taken as it is */
};

struct fetch_answer {
	enum fetch_verdict verdict;
	const char *code;   /* of a refusal; "" else */
	const char *reason; /* for a person; "" else */
};

/* Submits bytes (copied). done is called once, later, with the answer that holds for good; never
 * after close(). `retry`, a hub that is away and a lost connection mean: kept here and submitted
 * again with growing delay. Nothing is given up. Order is kept as far as no answer is `retry`. */
void fetch_submit(struct fetch *f, const void *bytes, size_t size,
	void (*done)(void *data, const struct fetch_answer *answer), void *data);

/* The brake: false while so much waits for an answer that nothing more should be fetched. */
bool fetch_may_submit(const struct fetch *f);
size_t fetch_waiting(const struct fetch *f); /* telegrams without an answer */

/* The whole main() of a fetch program: protocol on descriptors 0 and 1, log on 2; `--describe`
 * prints the declaration. Returns the exit status. */
int fetch_main(int argc, char **argv, const struct fetch_program *program);
