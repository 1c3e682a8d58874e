/* SPDX-License-Identifier: Apache-2.0
 *
 * How fast the store is on this disk: claims and conclusions of a big audience, accepting commits,
 * and beside them the floor no store can beat - append and fdatasync. bench_store [RECIPIENTS]
 */
#include "base/clock.h"
#include "tests/store/fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 500, COMMITS = 200 };

static double seconds(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void drain(struct fixture *f, int people, bool commit_each)
{
	const struct outcome o = {.class = OUTCOME_DELIVERED};
	int targets = 0;
	double begun = seconds();
	fixture_begin(f);
	for (;;) {
		struct store_batch b = fixture_claim(f, BATCH, 0);
		if (b.count == 0) {
			break;
		}
		targets += (int)b.count;
		if (commit_each) {
			fixture_commit(f);
			fixture_begin(f);
		}
		fixture_must(f,
			store_conclude_rest(
				f->store, &b, NULL, &o, at_ms(0), false, at_ms(0), &f->e),
			"rest");
		store_batch_clear(&b);
	}
	fixture_commit(f);
	double took = seconds() - begun;
	(void)printf("claim + conclude_rest, %d of %d, batches of %d, %s: %.0f targets/s\n",
		targets, people, BATCH, commit_each ? "one synced commit per batch" : "one commit",
		targets / took);
}

static void drain_single(struct fixture *f)
{
	int targets = 0;
	double begun = seconds();
	fixture_begin(f);
	for (;;) {
		struct store_batch b = fixture_claim(f, BATCH, 0);
		if (b.count == 0) {
			break;
		}
		for (size_t i = 0; i < b.count; i++) {
			fixture_conclude(f, &b, i, OUTCOME_DELIVERED, 0);
		}
		fixture_must(f, store_close_batch(f->store, &b, at_ms(0), &f->e), "close");
		targets += (int)b.count;
		store_batch_clear(&b);
	}
	fixture_commit(f);
	(void)printf("claim + conclude, one outcome per target: %.0f targets/s\n",
		targets / (seconds() - begun));
}

static void add_people_delivery(struct fixture *f, int n)
{
	char id[32];
	(void)snprintf(id, sizeof(id), "a000000000000001.%d", n);
	fixture_begin(f);
	fixture_add_broadcast(f, n);
	struct store_delivery d = fixture_delivery(id);
	d.audience_list = "all";
	fixture_add_delivery(f, &d);
	fixture_commit(f);
}

/* One telegram: alert, three rows of state, a broadcast, five deliveries, five claims. */
static void accept_one(struct fixture *f, unsigned n)
{
	static const char *const channels[] = {"mqtt", "sms", "area", "social", "banner"};
	static const char *const targets[] = {"one", "two"};
	struct state_row row = {.status = ALERT_STATUS_ACTUAL,
		.municipality = "07204",
		.in_force = true,
		.kind = kind_find("tsunami.warning"),
		.code = "51",
		.name = "",
		.value = "",
		.source = "VTSE41",
		.series = "",
		.event = "",
		.issued = at_ms(n),
		.sent = at_ms(n),
		.expires = WALL_TIME_NONE,
		.thread = "t",
		.alert = ""};
	char id[40];
	(void)snprintf(id, sizeof(id), "a000000000000001.%u", n);
	fixture_add_alert(f, n);
	static const char *const slots[] = {"tsunami", "weather.rain", "weather.storm"};
	for (size_t i = 0; i < 3; i++) {
		row.slot = slots[i];
		fixture_must(f, store_state_put(f->store, &row, &f->e), "state");
	}
	fixture_add_broadcast(f, (int)n);
	for (size_t i = 0; i < 5; i++) {
		struct store_delivery d = fixture_delivery(id);
		d.channel = channels[i];
		d.targets = targets;
		d.target_count = 2;
		fixture_add_delivery(f, &d);
		struct store_batch b;
		fixture_must(f,
			store_claim(f->store, channels[i], BATCH, "x/1", at_ms(0), &b, &f->e),
			"claim");
		store_batch_clear(&b);
	}
}

static void accepts(struct fixture *f)
{
	double work = 0;
	double begun = seconds();
	for (unsigned n = 100; n < 100 + COMMITS; n++) {
		double start = seconds();
		fixture_begin(f);
		accept_one(f, n);
		work += seconds() - start;
		fixture_commit(f);
	}
	double took = seconds() - begun;
	(void)printf("accept (alert, 3 states, broadcast, 5 deliveries, 5 claims): %.0f commits/s, "
		     "%.3f ms each, %.3f ms without the commit\n",
		COMMITS / took, took * 1e3 / COMMITS, work * 1e3 / COMMITS);
}

static void bare_floor(struct fixture *f)
{
	char path[128];
	char page[4096] = {0};
	(void)snprintf(path, sizeof(path), "%s/floor", f->folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	double begun = seconds();
	for (int i = 0; i < COMMITS; i++) {
		if (write(fd, page, sizeof(page)) != (ssize_t)sizeof(page) || fdatasync(fd) != 0) {
			perror("floor");
			exit(1);
		}
	}
	(void)printf("floor: append 4 KiB + fdatasync: %.0f/s\n", COMMITS / (seconds() - begun));
	(void)close(fd);
}

int main(int argc, char **argv)
{
	int people = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100000;
	struct fixture f;
	fixture_open(&f);
	fixture_begin(&f);
	double begun = seconds();
	fixture_add_people(&f, "all", people);
	fixture_commit(&f);
	(void)printf("recipients put: %.0f/s\n", people / (seconds() - begun));
	add_people_delivery(&f, 1);
	drain(&f, people, false);
	add_people_delivery(&f, 2);
	drain(&f, people, true);
	add_people_delivery(&f, 3);
	drain_single(&f);
	accepts(&f);
	bare_floor(&f);
	fixture_close(&f);
	return 0;
}
