/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference device's decisions: replay window, areas, who has the loudspeaker.
 */
#include "channels/mqtt/sim/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int64_t now_ms;

static int64_t tick(void *data)
{
	(void)data;
	return now_ms;
}

static const struct clock_source source = {.wall_ms = tick, .mono_ms = tick};

static int fix_clock(void **state)
{
	(void)state;
	now_ms = 1000000;
	clock_set_source(&source);
	return 0;
}

static int free_clock(void **state)
{
	(void)state;
	clock_set_source(NULL);
	return 0;
}

static void test_window(void **state)
{
	(void)state;
	struct siren_window w = {0};
	const int64_t base = 1763596800000;
	siren_window_note(&w, 1, base);
	assert_int_equal(siren_window_check(&w, 1, base), SIREN_SEEN);
	assert_int_equal(siren_window_check(&w, 1, base + 9), SIREN_SEEN);
	assert_int_equal(siren_window_check(&w, 2, base - 5), SIREN_ACCEPTED); /* overtaken */
	assert_int_equal(siren_window_check(&w, 2, base - SIREN_WINDOW_BACK), SIREN_SEQUENCE);
	/* Forgetting an id must not let it in again. */
	for (uint64_t i = 2; i < 2 + SIREN_WINDOW_IDS; i++) {
		siren_window_note(&w, i, base + (int64_t)i);
	}
	assert_false(siren_window_has(&w, 1));
	assert_int_equal(siren_window_check(&w, 1, base), SIREN_SEQUENCE);
	assert_int_equal(w.count, SIREN_WINDOW_IDS);
	siren_window_clear(&w);
}

static void test_progress(void **state)
{
	(void)state;
	struct siren_window w = {0};
	siren_window_note(&w, 1, 100);
	assert_int_equal(siren_window_progress(&w, 1), SIREN_NOT_OBEYED);
	siren_window_reach(&w, 1, SIREN_FINISHED);
	siren_window_reach(&w, 1, SIREN_STARTED); /* never back */
	assert_int_equal(siren_window_progress(&w, 1), SIREN_FINISHED);
	siren_window_reach(&w, 2, SIREN_FINISHED);
	assert_false(siren_window_has(&w, 2));
	for (int p = 0; p < SIREN_PROGRESSES; p++) {
		enum siren_progress progress = (enum siren_progress)p;
		assert_int_equal(siren_progress_of_name(siren_progress_name(progress)), p);
	}
	siren_window_clear(&w);
}

static char story[4096];

static void tell(struct siren_device *d, const char *order_id, const char *state,
	const char *reason, const char *words, void *data)
{
	(void)d;
	(void)words;
	(void)data;
	size_t size = strlen(story);
	(void)snprintf(story + size, sizeof(story) - size, "%s%s %s%s%s", size ? "; " : "",
		order_id, state, reason[0] ? " " : "", reason);
}

static const struct siren_teller teller = {.tell = tell};
static const char *const areas[] = {"99201"};
static const char *const targets[] = {"siren-01"};
static const struct siren_text words[] = {{.lang = "ja", .text = "x", .phrase = ""}};

static struct siren_order order_of(const char *id, int priority)
{
	return (struct siren_order){
		.id = id,
		.seq = now_ms + 1,
		.iat = {.ms = now_ms},
		.exp = {.ms = now_ms + 60000},
		.areas = areas,
		.area_count = 1,
		.siren = "",
		.speak = words,
		.speak_count = 1,
		.priority = priority,
	};
}

static void obey(struct siren_device *d, const struct siren_order *o, int64_t length_ms)
{
	siren_device_obey(d, o, siren_window_id(o->id), length_ms, "", &teller);
}

static void expect(const char *name, const char *expected)
{
	if (strcmp(story, expected) != 0) {
		print_error("%s\n", name);
	}
	assert_string_equal(story, expected);
	story[0] = '\0';
}

static void test_loudspeaker(void **state)
{
	(void)state;
	struct siren_device d = {.id = "siren-01", .area = "99201"};
	struct siren_order low = order_of("low", 5);
	struct siren_order high = order_of("high", 1);
	struct siren_order same = order_of("same", 1);
	story[0] = '\0';
	obey(&d, &low, 1000);
	expect("an order sounds at once", "low received; low started");
	obey(&d, &high, 1000);
	expect("more urgent cuts off", "high received; low finished interrupted; high started");
	obey(&d, &same, 1000);
	expect("equal and newer cuts off",
		"same received; high finished interrupted; same started");
	low.id = "low2";
	obey(&d, &low, 1000);
	expect("less urgent waits", "low2 received");
	assert_int_equal(siren_device_turn(&d, &teller), 1000);
	now_ms += 1000;
	assert_int_equal(siren_device_turn(&d, &teller), 1000);
	expect("then has its turn", "same finished; low2 started");
	now_ms += 1000;
	assert_true(siren_device_turn(&d, &teller) == INT64_MAX);
	expect("and ends", "low2 finished");
	siren_device_clear(&d);
}

static void test_stop(void **state)
{
	(void)state;
	const char *const ended[] = {"one", "later"};
	struct siren_device d = {.id = "siren-01", .area = "99201"};
	struct siren_order one = order_of("one", 1);
	struct siren_order other = order_of("other", 1);
	struct siren_order stop = order_of("end", 9);
	stop.speak_count = 0;
	stop.stop = ended;
	stop.stop_count = 2;
	obey(&d, &other, 5000);
	story[0] = '\0';
	obey(&d, &stop, 0);
	expect("a stop silences only what it names", "end received; end finished stop");
	assert_int_equal(
		siren_window_progress(&d.windows[0], siren_window_id("other")), SIREN_STARTED);
	assert_int_equal(
		siren_window_progress(&d.windows[0], siren_window_id("end")), SIREN_FINISHED);
	assert_int_equal(
		siren_window_progress(&d.windows[0], siren_window_id("later")), SIREN_NOT_OBEYED);
	obey(&d, &one, 5000);
	struct siren_order later = order_of("later", 1);
	assert_int_equal(
		siren_device_judge(&d, &later, siren_window_id("later"), false, clock_wall_now()),
		SIREN_SEEN);
	story[0] = '\0';
	siren_device_clear(&d);
}

static void test_judge(void **state)
{
	(void)state;
	struct siren_device d = {.id = "siren-01", .area = "99201"};
	struct siren_device far = {.id = "siren-02", .area = "99202"};
	struct siren_order o = order_of("one", 1);
	uint64_t hash = siren_window_id("one");
	struct wall_time now = clock_wall_now();
	assert_int_equal(siren_device_judge(&d, &o, hash, false, now), SIREN_ACCEPTED);
	assert_int_equal(siren_device_judge(&far, &o, hash, false, now), SIREN_AREA);
	assert_int_equal(siren_device_judge(&d, &o, hash, true, now), SIREN_RETAINED);
	struct siren_order direct = o;
	direct.area_count = 0;
	assert_int_equal(siren_device_judge(&d, &direct, hash, false, now), SIREN_AREA);
	direct.targets = targets;
	direct.target_count = 1;
	assert_int_equal(siren_device_judge(&d, &direct, hash, false, now), SIREN_ACCEPTED);
	now.ms += 60000;
	assert_int_equal(siren_device_judge(&d, &o, hash, false, now), SIREN_EXPIRED);
	siren_window_note(&d.windows[0], hash, o.seq);
	assert_int_equal(siren_device_judge(&d, &o, hash, true, now), SIREN_SEEN);
	/* The drill key has a window of its own. */
	o.drill = true;
	now.ms -= 60000;
	assert_int_equal(siren_device_judge(&d, &o, hash, false, now), SIREN_ACCEPTED);
	siren_device_clear(&d);
}

static void test_memory_survives(void **state)
{
	(void)state;
	char path[] = "/tmp/hansho-memory-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	(void)close(fd);
	struct err e = {0};
	struct siren_memory *m = NULL;
	struct siren_device before = {.id = "siren-01", .area = "99201"};
	assert_int_equal(siren_memory_open(path, &before, 1, &m, &e), 0);
	const struct siren_seen steps[] = {
		{.id = 7, .seq = 100, .progress = SIREN_RECEIVED},
		{.id = 7, .progress = SIREN_FINISHED},
		{.id = 8, .seq = 101, .progress = SIREN_RECEIVED},
	};
	assert_int_equal(siren_memory_add(m, &before, false, steps[0]), 0);
	assert_int_equal(siren_memory_add(m, &before, false, steps[1]), 0);
	assert_int_equal(siren_memory_add(m, &before, true, steps[2]), 0);
	siren_memory_close(m);
	FILE *file = fopen(path, "a");
	(void)fputs("siren-01 live 00000", file); /* the power went while writing */
	(void)fclose(file);
	struct siren_device after = {.id = "siren-01", .area = "99201"};
	assert_int_equal(siren_memory_open(path, &after, 1, &m, &e), 0);
	assert_int_equal(siren_window_check(&after.windows[0], 7, 200), SIREN_SEEN);
	assert_int_equal(siren_window_check(&after.windows[1], 8, 200), SIREN_SEEN);
	assert_int_equal(siren_window_check(&after.windows[0], 8, 200), SIREN_ACCEPTED);
	assert_int_equal(siren_window_progress(&after.windows[0], 7), SIREN_FINISHED);
	assert_int_equal(siren_window_progress(&after.windows[1], 8), SIREN_RECEIVED);
	siren_memory_close(m);
	/* The file was rewritten at opening: the same must come out of the short form. */
	struct siren_device third = {.id = "siren-01", .area = "99201"};
	assert_int_equal(siren_memory_open(path, &third, 1, &m, &e), 0);
	assert_int_equal(siren_window_progress(&third.windows[0], 7), SIREN_FINISHED);
	siren_memory_close(m);
	siren_device_clear(&third);
	siren_device_clear(&after);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_progress),
		cmocka_unit_test_setup_teardown(test_loudspeaker, fix_clock, free_clock),
		cmocka_unit_test_setup_teardown(test_stop, fix_clock, free_clock),
		cmocka_unit_test_setup_teardown(test_judge, fix_clock, free_clock),
		cmocka_unit_test(test_memory_survives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
