/* SPDX-License-Identifier: Apache-2.0
 *
 * A store in a temporary folder, with an alert and short ways to fill the queue. Any failure the
 * test did not ask for ends the program with its text.
 */
#pragma once

#include "store/store.h"

struct fixture {
	char folder[64];
	char path[96];
	struct store *store;
	struct err e;
};

enum { T0 = 1000000000 }; /* the alert was received then, ms */

static inline struct wall_time at_ms(int64_t offset_ms)
{
	return (struct wall_time){.ms = T0 + offset_ms};
}

void fixture_open(struct fixture *f);	/* folder, store, one alert "a000000000000001" */
void fixture_reopen(struct fixture *f); /* as after a crash: open transaction lost */
void fixture_close(struct fixture *f);	/* removes the folder */

void fixture_must(struct fixture *f, int rc, const char *what);
void fixture_begin(struct fixture *f);
void fixture_commit(struct fixture *f);

/* Digests differ by their first digits; the id is their first 16. */
void fixture_add_alert(struct fixture *f, unsigned number);
/* Broadcast "a000000000000001.<n>". */
void fixture_add_broadcast(struct fixture *f, int n);
/* Recipients "p0000" ... of a list, one@example.jp style addresses. */
void fixture_add_people(struct fixture *f, const char *list, int count);

/* d with the defaults of the tests: channel mail, priority 5, expires one hour after T0. */
struct store_delivery fixture_delivery(const char *broadcast);
void fixture_add_delivery(struct fixture *f, const struct store_delivery *d);

/* One claim on channel mail; count 0 when nothing is due. Cleared by the caller. */
struct store_batch fixture_claim(struct fixture *f, size_t max, int64_t now_ms);
void fixture_conclude(struct fixture *f, const struct store_batch *b, size_t index,
	enum outcome_class class, int64_t now_ms);
/* All that have no outcome; retry in 10 s. */
void fixture_conclude_rest(struct fixture *f, const struct store_batch *b, enum outcome_class class,
	bool crashed, int64_t now_ms);

/* A counter of the delivery from store_show(). */
int64_t fixture_count(struct fixture *f, const char *delivery, const char *counter);
/* Its state, into a buffer that the next call reuses. */
const char *fixture_state(struct fixture *f, const char *delivery);
