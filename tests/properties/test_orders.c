/* SPDX-License-Identifier: Apache-2.0
 *
 * No feed promises order, completeness or that a thing comes once. Sets of telegrams in the real
 * formats, in every order (small sets) or in many (large ones: the seed is printed, HANSHO_SEED
 * sets it): all orders end in the same state, and what people were told is true after every
 * telegram (town.h).
 *
 * Where an order differs rightly: an older telegram that comes after a newer one of its series
 * changes nothing, so the broadcasts differ while the end does not; and what comes later than its
 * kind stays fresh is held for staff.
 */
#include "tests/cmocka_all.h"
#include "tests/properties/telegram.h"
#include "tests/properties/town.h"
#include "tests/rules/orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STEPS_MAX = 9, ALL_ORDERS_UP_TO = 6, RANDOM_ORDERS = 400, HOUR = 3600, YEAR = 31536000 };

/* Whether all orders end alike. What people are told is checked in any case. */
enum alike {
	ALIKE,
	ALIKE_WHEN_COMPLETE, /* not when telegrams are lost */
	NOT_ALIKE,
};

struct scenario {
	const char *name;
	enum alike alike;
	struct step steps[STEPS_MAX];
	size_t count;
	const char *end; /* of the picture; NULL: whatever the meant order gives */
};

#define A_TSUNAMI "20261231234600"
#define B_TSUNAMI "20270101000100"

static const struct scenario scenarios[] = {
	{.name = "tsunami: raised, lowered, lowered, over",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "51", .other = "62"},
			{make_tsunami, 120, .event = A_TSUNAMI, .ours = "53", .other = "51"},
			{make_tsunami, 240, .event = A_TSUNAMI, .ours = "51", .other = "51"},
			{make_tsunami, 360, .event = A_TSUNAMI, .ours = "62", .other = "62"},
			{make_tsunami, 480, .event = A_TSUNAMI, .ours = "72", .other = "60"}},
		.count = 5,
		.end = ""},
	{.name = "tsunami: raised, lowered, raised again over midnight",
		.steps = {{make_tsunami, 300, .event = A_TSUNAMI, .ours = "62"},
			{make_tsunami, 420, .event = A_TSUNAMI, .ours = "53", .more = "3"},
			{make_tsunami, 540, .event = A_TSUNAMI, .ours = "51"},
			{make_tsunami, 660, .event = A_TSUNAMI, .ours = "53", .more = "5"},
			{make_tsunami, 780, .event = A_TSUNAMI, .ours = "52", .more = "10"}},
		.count = 5,
		.end = "07204 tsunami tsunami.major_warning extreme 0 52\n"
		       "07542 tsunami tsunami.major_warning extreme 0 52\n"},
	{.name = "tsunami: our coast is not mentioned any more",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "51", .other = "62"},
			{make_tsunami, 120, .event = A_TSUNAMI, .ours = "62", .other = "62"},
			{make_tsunami, 240, .event = A_TSUNAMI, .other = "62"},
			{make_tsunami, 360, .event = A_TSUNAMI, .other = "60"}},
		.count = 4,
		.end = ""},
	{.name = "tsunami: taken back",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "51"},
			{make_tsunami, 120, .event = A_TSUNAMI, .ours = "53"},
			{make_tsunami, 180, .event = A_TSUNAMI, .info = "取消"}},
		.count = 3,
		.end = ""},
	{.name = "tsunami: corrected in the same minute",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "53"},
			{make_tsunami, 0, 60, .event = A_TSUNAMI, .ours = "51", .info = "訂正"},
			{make_tsunami, 300, .event = A_TSUNAMI, .ours = "62"}},
		.count = 3},
	{.name = "tsunami: two earthquakes, one telegram about both",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "62", .other = "62"},
			{make_tsunami, 120, .event = A_TSUNAMI " " B_TSUNAMI, .ours = "51",
				.other = "51"},
			{make_tsunami, 240, .event = B_TSUNAMI " " A_TSUNAMI, .ours = "62",
				.other = "51"},
			{make_tsunami, 360, .event = A_TSUNAMI " " B_TSUNAMI, .other = "60"}},
		.count = 4,
		.end = ""},
	{.name = "tsunami: two earthquakes, a telegram each",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "51"},
			{make_tsunami, 120, .event = B_TSUNAMI, .ours = "62"},
			{make_tsunami, 240, .event = A_TSUNAMI, .ours = "72"},
			{make_tsunami, 360, .event = B_TSUNAMI, .ours = "62", .other = "62"},
			{make_tsunami, 480, .event = B_TSUNAMI, .other = "62"}},
		.count = 5,
		.end = ""},
	{.name = "tsunami: two earthquakes, the second worse, the first holds",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "62"},
			{make_tsunami, 120, .event = B_TSUNAMI, .ours = "53"},
			{make_tsunami, 240, .event = B_TSUNAMI, .ours = "51"},
			{make_tsunami, 360, .event = B_TSUNAMI, .ours = "60"}},
		.count = 4,
		.end = "07204 tsunami tsunami.advisory moderate 0 62\n"
		       "07542 tsunami tsunami.advisory moderate 0 62\n"},
	{.name = "tsunami: two earthquakes, one of them taken back",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "62"},
			{make_tsunami, 120, .event = B_TSUNAMI, .ours = "51"},
			{make_tsunami, 240, .event = B_TSUNAMI, .info = "取消"}},
		.count = 3,
		.end = "07204 tsunami tsunami.advisory moderate 0 62\n"
		       "07542 tsunami tsunami.advisory moderate 0 62\n"},
	{.name = "tsunami: two earthquakes, joined later",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "62"},
			{make_tsunami, 120, .event = B_TSUNAMI, .ours = "51"},
			{make_tsunami, 240, .event = A_TSUNAMI " " B_TSUNAMI, .ours = "62"},
			{make_tsunami, 360, .event = A_TSUNAMI " " B_TSUNAMI, .other = "60"}},
		.count = 4,
		.end = ""},
	{.name = "tsunami, and a drill of a greater one under the same event",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "62"},
			{make_tsunami, 60, .event = A_TSUNAMI, .ours = "53", .status = "訓練"},
			{make_tsunami, 120, .event = A_TSUNAMI, .info = "取消", .status = "訓練"},
			{make_tsunami, 180, .event = A_TSUNAMI, .ours = "51"},
			{make_tsunami, 240, .event = A_TSUNAMI, .ours = "73", .status = "訓練"}},
		.count = 5,
		.end = "07204 tsunami tsunami.warning severe 0 51\n"
		       "07542 tsunami tsunami.warning severe 0 51\n"},
	{.name = "rain: 3, 5, 4, over, across the new year",
		.steps = {{make_rain, 60, .ours = "03", .other = "10"},
			{make_rain, 480, .ours = "33", .other = "03"},
			{make_rain, 900, .ours = "43", .other = "03"},
			{make_rain, 1500, .ours = "-43", .other = "10"},
			{make_rain, 2100, .other = "-10"}},
		.count = 5,
		.end = ""},
	{.name = "rain: raised, lowered, raised",
		.steps = {{make_rain, 60, .ours = "03"}, {make_rain, 480, .ours = "33"},
			{make_rain, 900, .ours = "43"}, {make_rain, 1500, .ours = "33"}},
		.count = 4,
		.end = "07204 weather.rain weather.rain extreme 5 33\n"},
	{.name = "rain: a municipality in two parts that rise and fall apart",
		.steps = {{make_rain, 0, .ours = "03", .second = "43"},
			{make_rain, 300, .ours = "43", .second = "03"},
			{make_rain, 600, .ours = "33", .second = "-03"},
			{make_rain, 900, .ours = "-33", .second = "10"},
			{make_rain, 1200, .second = "03", .other = "03"}},
		.count = 5,
		.end = "07204 weather.rain weather.rain moderate 3 03\n"
		       "07542 weather.rain weather.rain moderate 3 03\n"},
	{.name = "rain: taken back",
		.steps = {{make_rain, 0, .ours = "03"}, {make_rain, 300, .ours = "43"},
			{make_rain, 360, .info = "取消"}},
		.count = 3,
		.end = ""},
	{.name = "advisories come and go",
		.steps = {{make_advisories, 0, .ours = "14", .second = "21"},
			{make_advisories, 300, .ours = "14", .second = "20"},
			{make_advisories, 600, .ours = "20"},
			{make_advisories, 900, .ours = "-20", .second = "14"}},
		.count = 4,
		.end = "07204 weather.advisory_other/14 weather.advisory_other minor 0 14\n"},
	{.name = "river: up, short form, down, over",
		.steps = {{make_flood, 0, .event = "070028000100", .serial = "1", .ours = "20"},
			{make_flood, 600, .event = "070028000100", .serial = "2", .ours = "40"},
			{make_flood, 1200, .event = "070028000100", .serial = "3", .ours = "51",
				.other = "short"},
			{make_flood, 1800, .event = "070028000100", .serial = "4", .ours = "30"},
			{make_flood, 2400, .event = "070028000100", .serial = "5", .ours = "10"}},
		.count = 5,
		.end = ""},
	{.name = "river: the same number and serials two years later",
		.steps = {{make_flood, 0, .event = "070028000100", .serial = "1", .ours = "40"},
			{make_flood, 600, .event = "070028000100", .serial = "2", .ours = "10"},
			{make_flood, 2 * YEAR, .event = "070028000100", .serial = "1",
				.ours = "40"},
			{make_flood, 2 * YEAR + 600, .event = "070028000100", .serial = "2",
				.ours = "51"}},
		.count = 4},
	{.name = "early warning: more reports, then taken back with the last serial",
		.steps = {{make_eew, 0, 1, A_TSUNAMI, "1", .ours = "10"},
			{make_eew, 5, 1, A_TSUNAMI, "2", .ours = "10", .more = "6-"},
			{make_eew, 9, 1, A_TSUNAMI, "3", .ours = "19", .more = "6+"},
			{make_eew, 20, 1, A_TSUNAMI, "3", .info = "取消"}},
		.count = 4,
		.end = ""},
	{.name = "early warning: the drill is taken back, the real one stays",
		.steps = {{make_eew, 0, 1, A_TSUNAMI, "1", .ours = "10"},
			{make_eew, 5, 1, A_TSUNAMI, "2", .ours = "10"},
			{make_eew, 3, 1, A_TSUNAMI, "1", .ours = "10", .status = "訓練"},
			{make_eew, 20, 1, A_TSUNAMI, "1", .info = "取消", .status = "訓練"}},
		.count = 4,
		.end = "07204 eew/" A_TSUNAMI " eew.warning severe 0 10\n"
		       "07542 eew/" A_TSUNAMI " eew.warning severe 0 10\n"},
	{.name = "earthquake: flash, then the intensities of towns, which grow",
		.steps = {{make_intensity_flash, 0, .event = A_TSUNAMI, .ours = "4"},
			{make_earthquake, 120, .event = A_TSUNAMI, .serial = "1", .ours = "5-"},
			{make_earthquake, 300, .event = A_TSUNAMI, .serial = "2", .ours = "5+"}},
		.count = 3},
	{.name = "volcano: 4, 5, 4, forecast",
		.steps = {{make_volcano, 0, .event = "213", .ours = "01", .more = "14"},
			{make_volcano, 600, .event = "213", .ours = "01", .more = "15"},
			{make_volcano, 1200, .event = "213", .ours = "01", .more = "14"},
			{make_volcano, 1800, .event = "213", .ours = "04", .more = "11"}},
		.count = 4,
		.end = ""},
	{.name = "record rain: three reports of one event, and a rain band",
		.steps = {{make_flash, 0, .event = "KJPTC202612312340_202612312350", .serial = "1",
				  .ours = "記録雨"},
			{make_flash, 600, .event = "KJPTC202612312340_202701010000", .serial = "2",
				.ours = "記録雨"},
			{make_flash, 1200, .event = "KJPTC202612312340_202701010010", .serial = "3",
				.ours = "記録雨"},
			{make_flash, 300, .event = "HJPTC202612312355_202612312355", .serial = "1",
				.ours = "線状降水帯発生"}},
		.count = 4},
	{.name = "CAP: a chain that rises and is cleared",
		.steps =
			{{make_cap, 0, .event = "n-0", .ours = "Moderate", .more = "weather.storm"},
				{make_cap, 180, .event = "n-3", .serial = "n-0", .info = "Update",
					.ours = "Extreme", .more = "weather.storm"},
				{make_cap, 360, .event = "n-6", .serial = "n-3", .info = "Update",
					.ours = "Severe", .more = "weather.storm"},
				{make_cap, 540, .event = "n-9", .serial = "n-6", .info = "Update",
					.ours = "Minor", .more = "!weather.storm"}},
		.count = 4,
		.end = ""},
	{.name = "CAP: a chain that is cancelled",
		.steps = {{make_cap, 0, .event = "n-0", .ours = "Severe", .more = "weather.storm"},
			{make_cap, 180, .event = "n-3", .serial = "n-0", .info = "Update",
				.ours = "Extreme", .more = "weather.storm"},
			{make_cap, 300, .event = "n-5", .serial = "n-3", .info = "Cancel"}},
		.count = 3,
		.end = ""},
	{.name = "CAP: two chains, one of them a drill",
		.steps = {{make_cap, 0, .event = "n-0", .ours = "Severe", .more = "weather.storm"},
			{make_cap, 60, .event = "n-1", .ours = "Extreme", .more = "weather.waves"},
			{make_cap, 120, .event = "n-2", .serial = "n-0", .info = "Update",
				.ours = "Moderate", .more = "weather.storm"},
			{make_cap, 180, .event = "n-3", .ours = "Extreme", .more = "weather.storm",
				.status = "Exercise"},
			{make_cap, 240, .event = "n-4", .serial = "n-3", .info = "Cancel",
				.status = "Exercise"}},
		.count = 5},
	{.name = "a tsunami from two feeds: JMA and a relay",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "51"},
			{make_cap, 60, .event = "n-1", .ours = "Severe", .more = "tsunami.warning"},
			{make_tsunami, 120, .event = A_TSUNAMI, .ours = "53"},
			{make_cap, 180, .event = "n-3", .serial = "n-1", .info = "Update",
				.ours = "Extreme", .more = "tsunami.major_warning"},
			{make_tsunami, 300, .event = A_TSUNAMI, .ours = "72"}},
		.count = 5,
		.end = ""},
	/* The old set serves while nothing of the new one has come. So when the new one's end is
	 * lost, the old one's end counts if it came before everything new, and not if it came
	 * after: then the new one is trusted, and its level stays in force until the next one. */
	{.name = "the transition set beside the set of 2026",
		.alike = ALIKE_WHEN_COMPLETE,
		.steps = {{make_rain, 0, .ours = "03"}, {make_rain_h27, 120, .ours = "03"},
			{make_rain, 600, .ours = "43"}, {make_rain_h27, 720, .ours = "03"},
			{make_rain, 1800, .ours = "-43"}, {make_rain_h27, 1920, .ours = "-03"}},
		.count = 6,
		.end = ""},
	/* The old type names a forecast area, the new one towns. When the old one comes first, the
	 * neighbour in that area is warned, and it stays so until it ends by itself. */
	{.name = "record rain by the old and the new type",
		.alike = NOT_ALIKE,
		.steps = {{make_flash, 0, .event = "KJPTC202612312350_202612312350", .serial = "1",
				  .ours = "記録雨"},
			{make_flash_old, 0, 20, .event = "JPTC202612312350_202612312350",
				.serial = "1", .ours = "1"},
			{make_flash, 900, .event = "KJPTC202612312350_202701010005", .serial = "2",
				.ours = "記録雨"},
			{make_flash_old, 900, 20, .event = "JPTC202612312350_202701010005",
				.serial = "2", .ours = "1"}},
		.count = 4},
	{.name = "what comes too late is held, and so is its end",
		.steps = {{make_rain, 2 * HOUR, .ours = "03"},
			{make_tsunami, 0, .event = A_TSUNAMI, .ours = "51"},
			{make_tsunami, 300, .event = A_TSUNAMI, .ours = "53"},
			{make_tsunami, 2 * HOUR + 60, .event = A_TSUNAMI, .ours = "62"},
			{make_tsunami, 2 * HOUR + 120, .event = A_TSUNAMI, .ours = "72"}},
		.count = 5,
		.end = "07204 weather.rain weather.rain moderate 3 03\n"},
	{.name = "everything at once",
		.steps = {{make_tsunami, 0, .event = A_TSUNAMI, .ours = "51"},
			{make_rain, 60, .ours = "03", .other = "03"},
			{make_flood, 60, .event = "070028000100", .serial = "1", .ours = "40"},
			{make_tsunami, 120, .event = A_TSUNAMI, .ours = "53"},
			{make_rain, 180, .ours = "43", .other = "03"},
			{make_intensity_flash, 30, .event = A_TSUNAMI, .ours = "5+"},
			{make_flood, 240, .event = "070028000100", .serial = "2", .ours = "51"},
			{make_rain, 300, .ours = "33"},
			{make_tsunami, 360, .event = A_TSUNAMI, .ours = "62"}},
		.count = 9},
};

/* ---- orders ---- */

static size_t factorial(size_t n)
{
	return n < 2 ? 1 : n * factorial(n - 1);
}

static unsigned seed(void)
{
	static unsigned value;
	static bool known;
	if (!known) {
		const char *text = getenv("HANSHO_SEED");
		value = text ? (unsigned)strtoul(text, NULL, 10) : (unsigned)time(NULL);
		known = true;
		(void)printf("HANSHO_SEED=%u\n", value);
	}
	return value;
}

/* How many orders of count things are tried, and the k-th of them. */
static size_t order_count(size_t count)
{
	return count <= ALL_ORDERS_UP_TO ? factorial(count) : RANDOM_ORDERS;
}

static size_t order_number(size_t k, size_t count)
{
	if (count <= ALL_ORDERS_UP_TO || k == 0) {
		return k;
	}
	unsigned state = seed() + (unsigned)k;
	size_t high = (size_t)rand_r(&state);
	return (high * ((size_t)RAND_MAX + 1) + (size_t)rand_r(&state)) % factorial(count);
}

struct set {
	const struct scenario *scenario;
	struct alert *alerts[STEPS_MAX];
	size_t picked[STEPS_MAX]; /* indices of the steps that arrive at all */
	size_t count;
};

static void open_set(struct set *set, const struct scenario *s)
{
	*set = (struct set){.scenario = s, .count = s->count};
	for (size_t i = 0; i < s->count; i++) {
		set->alerts[i] = s->steps[i].make(&s->steps[i]);
		set->picked[i] = i;
	}
}

static void close_set(struct set *set)
{
	for (size_t i = 0; i < set->scenario->count; i++) {
		alert_free(set->alerts[i]);
	}
}

static void take(struct town *t, const struct set *set, const size_t *order, size_t at)
{
	const char *fault = town_take(t, set->alerts[set->picked[order[at]]]);
	if (!fault) {
		return;
	}
	char *story = town_story(t);
	char words[64] = "";
	for (size_t i = 0; i < set->count; i++) {
		size_t used = strlen(words);
		(void)snprintf(words + used, sizeof(words) - used, " %zu", set->picked[order[i]]);
	}
	print_message("%s", story);
	free(story);
	fail_msg("%s, order%s, telegram %zu: %s", set->scenario->name, words,
		set->picked[order[at]], fault);
}

enum how { ONCE, TWICE_EACH, ALL_AGAIN, HOWS };

/* The picture in the end; the caller frees. */
static char *play(const struct set *set, size_t number, enum how how, enum alert_status status)
{
	size_t order[STEPS_MAX];
	order_of(number, set->count, order);
	struct town *t = town_new();
	for (size_t i = 0; i < set->count; i++) {
		take(t, set, order, i);
		if (how == TWICE_EACH) {
			take(t, set, order, i);
		}
	}
	for (size_t i = 0; how == ALL_AGAIN && i < set->count; i++) {
		take(t, set, order, i);
	}
	char *picture = town_picture(t, status);
	town_free(t);
	return picture;
}

static void compare(const struct set *set, size_t number, enum how how, const char *expected)
{
	char *found = play(set, number, how, ALERT_STATUS_ACTUAL);
	enum alike alike = set->scenario->alike;
	bool must = alike == ALIKE ||
		    (alike == ALIKE_WHEN_COMPLETE && set->count == set->scenario->count);
	if (must && strcmp(found, expected) != 0) {
		size_t order[STEPS_MAX];
		order_of(number, set->count, order);
		print_message("order:");
		for (size_t i = 0; i < set->count; i++) {
			print_message(" %zu", set->picked[order[i]]);
		}
		fail_msg("\n%s (%d):\n%sinstead of\n%s", set->scenario->name, (int)how, found,
			expected);
	}
	free(found);
}

static void every_order_ends_alike_and_tells_the_truth(void **state)
{
	const struct scenario *s = *state;
	struct set set;
	open_set(&set, s);
	char *expected = play(&set, 0, ONCE, ALERT_STATUS_ACTUAL);
	if (s->end && strcmp(expected, s->end) != 0) {
		fail_msg("as meant:\n%sinstead of\n%s", expected, s->end);
	}
	for (size_t k = 0; k < order_count(set.count); k++) {
		for (enum how how = ONCE; how < HOWS; how++) {
			compare(&set, order_number(k, set.count), how, expected);
		}
	}
	free(expected);
	close_set(&set);
}

/* Whatever is lost on the way: what did arrive ends alike in every order. */
static void what_is_lost_makes_no_order_matter(void **state)
{
	const struct scenario *s = *state;
	struct set set;
	open_set(&set, s);
	size_t all = s->count <= ALL_ORDERS_UP_TO ? s->count : 0;
	for (size_t mask = 1; mask < ((size_t)1 << all); mask++) {
		set.count = 0;
		for (size_t k = 0; k < all; k++) {
			if (mask & ((size_t)1 << k)) {
				set.picked[set.count++] = k;
			}
		}
		char *expected = play(&set, 0, ONCE, ALERT_STATUS_ACTUAL);
		for (size_t k = 0; k < order_count(set.count); k++) {
			compare(&set, k, ONCE, expected);
		}
		free(expected);
	}
	close_set(&set);
}

int main(void)
{
	static struct CMUnitTest tests[2 * COUNT_OF(scenarios)];
	static char names[2 * COUNT_OF(scenarios)][160];
	static void (*const functions[])(void **state) = {
		every_order_ends_alike_and_tells_the_truth, what_is_lost_makes_no_order_matter};
	static const char *const words[] = {"every order", "with losses"};
	for (size_t i = 0; i < COUNT_OF(tests); i++) {
		const struct scenario *s = &scenarios[i / 2];
		(void)snprintf(names[i], sizeof(names[i]), "%s: %s", words[i % 2], s->name);
		tests[i] = (struct CMUnitTest){.name = names[i],
			.test_func = functions[i % 2],
			.initial_state = (void *)(uintptr_t)s};
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
