/* SPDX-License-Identifier: Apache-2.0
 *
 * No feed promises order: whatever order a set of telegrams comes in, twice or once, the state in
 * the end is the same, and an exercise among them leaves no trace in what is real.
 */
#include "tests/cmocka_all.h"
#include "tests/rules/orders.h"
#include "tests/rules/world.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 5 };

struct step {
	const char *kind; /* NULL: a telegram that does not name us */
	const char *code;
	enum severity severity;
	int level;
	enum alert_action action;
};

struct scenario {
	const char *name;
	const char *type;
	const char *events;
	const char *system;
	const char *area;
	const char *elsewhere;
	struct step steps[STEPS_MAX];
	size_t count;
};

static const struct scenario scenarios[] = {
	{"tsunami to its end", "VTSE41", "E1", AREA_JMA_TSUNAMI, "250", "100",
		{{"tsunami.warning", "51", SEVERITY_SEVERE, 0, ALERT_ACTION_ISSUE},
			{"tsunami.major_warning", "53", SEVERITY_EXTREME, 0, ALERT_ACTION_ISSUE},
			{"tsunami.advisory", "62", SEVERITY_MODERATE, 0, ALERT_ACTION_ISSUE},
			{NULL, "51", SEVERITY_SEVERE, 0, ALERT_ACTION_ISSUE}},
		4},
	{"tsunami that stays", "VTSE41", "E1", AREA_JMA_TSUNAMI, "250", "100",
		{{NULL, "51", SEVERITY_SEVERE, 0, ALERT_ACTION_ISSUE},
			{"tsunami.major_warning", "53", SEVERITY_EXTREME, 0, ALERT_ACTION_ISSUE},
			{"tsunami.forecast", "73", SEVERITY_MINOR, 0, ALERT_ACTION_ISSUE},
			{"tsunami.warning", "51", SEVERITY_SEVERE, 0, ALERT_ACTION_ISSUE}},
		4},
	{"tsunami taken back", "VTSE41", "E1", AREA_JMA_TSUNAMI, "250", "100",
		{{"tsunami.warning", "51", SEVERITY_SEVERE, 0, ALERT_ACTION_ISSUE},
			{"tsunami.major_warning", "53", SEVERITY_EXTREME, 0, ALERT_ACTION_ISSUE},
			{NULL, "", SEVERITY_UNKNOWN, 0, ALERT_ACTION_CANCEL}},
		3},
	{"rain to its end", "VPWW55", "", AREA_JMA_CITY, "0720400", "0720500",
		{{"weather.rain", "03", SEVERITY_MODERATE, 3, ALERT_ACTION_ISSUE},
			{"weather.rain", "43", SEVERITY_SEVERE, 4, ALERT_ACTION_ISSUE},
			{"weather.rain", "10", SEVERITY_MINOR, 2, ALERT_ACTION_ISSUE},
			{"weather.rain", "00", SEVERITY_UNKNOWN, 0, ALERT_ACTION_ISSUE}},
		4},
	{"advisories replace each other", "VPWW61", "", AREA_JMA_CITY, "0720400", "0720500",
		{{"weather.advisory_other", "14", SEVERITY_MINOR, 0, ALERT_ACTION_ISSUE},
			{"weather.advisory_other", "20", SEVERITY_MINOR, 0, ALERT_ACTION_ISSUE},
			{"weather.advisory_other", "00", SEVERITY_UNKNOWN, 0, ALERT_ACTION_ISSUE},
			{"weather.advisory_other", "21", SEVERITY_MINOR, 0, ALERT_ACTION_ISSUE}},
		4},
	{"flood", "VXKO70", "070001000101", AREA_JMA_RIVER, "070001000101", "180001000101",
		{{"flood.river", "20", SEVERITY_MINOR, 2, ALERT_ACTION_ISSUE},
			{"flood.river", "51", SEVERITY_EXTREME, 5, ALERT_ACTION_ISSUE},
			{"flood.river", "10", SEVERITY_MINOR, 0, ALERT_ACTION_RELEASE},
			{"flood.river", "30", SEVERITY_MODERATE, 3, ALERT_ACTION_ISSUE}},
		4},
	{"early warning taken back", "VXSE43", "E1", AREA_JMA_SEISMIC_AREA, "250", "300",
		{{"eew.warning", "10", SEVERITY_SEVERE, 0, ALERT_ACTION_ISSUE},
			{"eew.warning", "10", SEVERITY_EXTREME, 0, ALERT_ACTION_ISSUE},
			{NULL, "", SEVERITY_UNKNOWN, 0, ALERT_ACTION_CANCEL}},
		3},
};

static struct alert *build(const struct scenario *s, size_t step, enum alert_status status)
{
	const struct step *it = &s->steps[step];
	struct alert *a = world_alert(s->type, s->type, 0);
	a->events = s->events;
	a->status = status;
	a->action = it->action;
	a->issued.ms += (int64_t)step * 60000;
	a->sent = a->issued;
	if (it->action == ALERT_ACTION_CANCEL) {
		return a;
	}
	const char *kind = it->kind	      ? it->kind
			   : s->steps[0].kind ? s->steps[0].kind
					      : s->steps[1].kind;
	world_item(a, kind, it->code, it->severity, it->level, s->system,
		it->kind ? s->area : s->elsewhere);
	return a;
}

static char *end_of(const struct scenario *s, size_t n, bool twice, bool drill)
{
	size_t order[STEPS_MAX];
	order_of(n, s->count, order);
	struct world *w = world_new();
	struct wall_time now = {.ms = world_at(5).ms};
	for (size_t i = 0; i < s->count; i++) {
		world_take(w, build(s, order[i], ALERT_STATUS_ACTUAL), now);
		if (twice) {
			world_take(w, build(s, order[i], ALERT_STATUS_ACTUAL), now);
		}
		if (drill) {
			const struct rules_decision *d = world_take(
				w, build(s, s->count - 1 - order[i], ALERT_STATUS_EXERCISE), now);
			for (size_t k = 0; k < d->change_count; k++) {
				assert_int_equal(d->changes[k].row.status, ALERT_STATUS_EXERCISE);
			}
			for (size_t k = 0; k < d->broadcast_count; k++) {
				assert_int_equal(
					d->broadcasts[k].broadcast->status, ALERT_STATUS_EXERCISE);
			}
		}
	}
	char *picture = world_picture(w, ALERT_STATUS_ACTUAL);
	world_free(w);
	return picture;
}

static void test_every_order_ends_in_the_same_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
		const struct scenario *s = &scenarios[i];
		size_t orders = 1;
		for (size_t k = 2; k <= s->count; k++) {
			orders *= k;
		}
		char *expected = end_of(s, 0, false, false);
		for (size_t n = 0; n < orders * 4; n++) {
			char *found = end_of(s, n % orders, n / orders % 2 == 1, n / orders >= 2);
			if (strcmp(found, expected) != 0) {
				fail_msg("%s, order %zu:\n%sinstead of\n%s", s->name, n, found,
					expected);
			}
			free(found);
		}
		free(expected);
	}
}

static void test_the_ends_are_what_the_last_telegram_says(void **state)
{
	(void)state;
	static const struct {
		size_t scenario;
		const char *picture;
	} ends[] = {
		{0, ""},
		{1, "07204 tsunami tsunami.warning severe 51\n"
		    "07542 tsunami tsunami.warning severe 51\n"},
		{2, ""},
		{3, ""},
		{4, "07204 weather.advisory_other/21 weather.advisory_other minor 21\n"},
		{5, "07204 flood.river/070001000101 flood.river moderate 30\n"
		    "07542 flood.river/070001000101 flood.river moderate 30\n"},
		{6, ""},
	};
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		char *found = end_of(&scenarios[ends[i].scenario], 0, false, false);
		assert_string_equal(found, ends[i].picture);
		free(found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_ends_are_what_the_last_telegram_says),
		cmocka_unit_test(test_every_order_ends_in_the_same_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
