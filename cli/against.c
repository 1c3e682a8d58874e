/* SPDX-License-Identifier: Apache-2.0
 *
 * Two broadcasts of one telegram are the same when they tell the same event of the same kind and
 * level to the same towns; then only their channels and whether they wait for staff are compared.
 * The name of the rule is shown, but a rule that was only renamed is no difference.
 */
#include "cli/against.h"

#include "base/json.h"
#include "cli/decision.h"
#include "cli/memory_state.h"
#include "cli/recording.h"
#include "cli/table.h"
#include "cli/telegram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 18 };

struct side {
	const struct config *config;
	struct memory_state *memory;
	struct rules_reader reader;
	size_t broadcasts; /* that go out by themselves */
	size_t held;
	size_t *by_channel; /* by index of the configuration's channels */
};

struct comparison {
	struct cli *cli;
	const struct telegram_reader *reader; /* by the configuration of afterwards */
	struct side before;
	struct side after;
	size_t telegrams;
	size_t refused;
	size_t differences;
	json_t *list; /* of differences, with --json */
};

static void open_side(struct side *s, const struct config *config)
{
	*s = (struct side){.config = config, .memory = memory_state_new()};
	memory_state_reader(s->memory, &s->reader);
	s->by_channel = mem_new_array(config->channel_count + 1, sizeof(*s->by_channel));
}

static void close_side(struct side *s)
{
	memory_state_free(s->memory);
	free(s->by_channel);
}

/* NULL for a telegram that came before. */
static struct rules_decision *take(struct side *s, const struct alert *alert, struct wall_time now)
{
	if (memory_state_repeats(s->memory, alert)) {
		return NULL;
	}
	struct rules_decision *d = rules_decide(s->config, alert, &s->reader, now);
	memory_state_apply(s->memory, alert, d);
	for (size_t i = 0; i < d->broadcast_count; i++) {
		const struct rules_broadcast *rb = &d->broadcasts[i];
		s->broadcasts += rb->hold ? 0 : 1;
		s->held += rb->hold ? 1 : 0;
		for (size_t c = 0; !rb->hold && c < s->config->channel_count; c++) {
			if (text_list_has(&rb->channels, s->config->channels[c].name)) {
				s->by_channel[c]++;
			}
		}
	}
	return d;
}

/* ---- one difference ---- */

struct moment {
	struct wall_time at;
	const char *file;
};

static void print_one(struct comparison *c, const struct moment *m, char mark,
	const struct rules_broadcast *before, const struct rules_broadcast *after)
{
	const struct rules_broadcast *rb = after ? after : before;
	const struct broadcast *b = rb->broadcast;
	char time[WALL_TIME_TEXT_SIZE];
	char at[32];
	char event[DECISION_LIST_SIZE];
	char list[DECISION_LIST_SIZE];
	char line[2 * DECISION_LIST_SIZE + 64];
	say("%c %s  %s%s  %s\n", mark,
		cli_time(wall_time_format(m->at, CLOCK_JST_OFFSET_MINUTES, time), at),
		b->status == ALERT_STATUS_EXERCISE ? _("[DRILL] ") : "",
		decision_event(c->cli, b, event), decision_towns(b, list));
	const struct {
		const char *format;
		const struct rules_broadcast *side;
	} sides[] = {{_("before: %s, rule %s%s"), before}, {_("now: %s, rule %s%s"), after}};
	for (size_t i = 0; i < 2; i++) {
		const struct rules_broadcast *side = sides[i].side;
		if (side) {
			const char *rule = side->broadcast->rule;
			(void)snprintf(line, sizeof(line), sides[i].format,
				decision_channels(&side->channels, list), rule[0] ? rule : "-",
				side->hold ? _(", held for staff") : "");
			print_wrapped(line, INDENT);
		}
	}
}

static void tell(struct comparison *c, const struct moment *m, const char *change, char mark,
	const struct rules_broadcast *before, const struct rules_broadcast *after)
{
	c->differences++;
	if (!c->cli->json) {
		print_one(c, m, mark, before, after);
		return;
	}
	char text[WALL_TIME_TEXT_SIZE];
	json_t *one = json_object();
	json_put_text(one, "at", wall_time_format(m->at, CLOCK_JST_OFFSET_MINUTES, text));
	json_put_text(one, "file", m->file);
	json_put_text(one, "change", change);
	json_put(one, "before", before ? decision_broadcast_json(before) : json_null());
	json_put(one, "after", after ? decision_broadcast_json(after) : json_null());
	(void)json_array_append_new(c->list, one);
}

/* ---- one telegram ---- */

static bool says_the_same(const struct broadcast *a, const struct broadcast *b)
{
	char x[DECISION_LIST_SIZE];
	char y[DECISION_LIST_SIZE];
	return a->kind == b->kind && a->event == b->event && a->level == b->level &&
	       a->severity == b->severity &&
	       strcmp(decision_towns(a, x), decision_towns(b, y)) == 0;
}

static bool goes_the_same_way(const struct rules_broadcast *a, const struct rules_broadcast *b)
{
	bool same = a->hold == b->hold && a->channels.count == b->channels.count;
	for (size_t i = 0; same && i < a->channels.count; i++) {
		same = text_list_has(&b->channels, a->channels.list[i]);
	}
	return same;
}

/* The index in d of what says the same and has no partner yet, or d's count. */
static size_t partner(const struct rules_decision *d, const bool *taken, const struct broadcast *b)
{
	size_t i = 0;
	while (i < d->broadcast_count &&
		(taken[i] || !says_the_same(d->broadcasts[i].broadcast, b))) {
		i++;
	}
	return i;
}

static void compare(struct comparison *c, const struct moment *m,
	const struct rules_decision *before, const struct rules_decision *after)
{
	bool *taken = mem_new_array(after->broadcast_count + 1, sizeof(*taken));
	for (size_t i = 0; i < before->broadcast_count; i++) {
		const struct rules_broadcast *old = &before->broadcasts[i];
		size_t k = partner(after, taken, old->broadcast);
		if (k == after->broadcast_count) {
			tell(c, m, "removed", '-', old, NULL);
			continue;
		}
		taken[k] = true;
		if (!goes_the_same_way(old, &after->broadcasts[k])) {
			tell(c, m, "changed", '~', old, &after->broadcasts[k]);
		}
	}
	for (size_t k = 0; k < after->broadcast_count; k++) {
		if (!taken[k]) {
			tell(c, m, "added", '+', NULL, &after->broadcasts[k]);
		}
	}
	free(taken);
}

static void compare_alert(struct comparison *c, const struct moment *m, const struct alert *alert)
{
	struct rules_decision *before = take(&c->before, alert, m->at);
	struct rules_decision *after = take(&c->after, alert, m->at);
	if (before && after) {
		compare(c, m, before, after);
	}
	rules_decision_free(before);
	rules_decision_free(after);
}

static void compare_recording(struct comparison *c, const struct recording *recording)
{
	for (size_t i = 0; i < recording->count; i++) {
		const struct recorded *file = &recording->list[i];
		const struct moment m = {.at = file->arrived, .file = file->name};
		struct decoded decoded;
		struct decode_refusal refusal;
		c->telegrams++;
		c->refused += telegram_read(c->reader, file->path, &decoded, &refusal) ? 0 : 1;
		for (size_t k = 0; k < decoded.count; k++) {
			if (decoded.parts[k].alert) {
				compare_alert(c, &m, decoded.parts[k].alert);
			} else {
				c->refused++;
			}
		}
		decoded_clear(&decoded);
	}
}

/* ---- the sum ---- */

static void add_row(struct table *t, const char *name, const char *before, const char *after)
{
	const char *const cells[] = {name, before, after};
	table_add(t, cells);
}

static const char *number(size_t value, char out[24])
{
	(void)snprintf(out, 24, "%zu", value);
	return out;
}

/* "-" where a configuration has no such channel. */
static const char *number_of(const struct side *s, const char *channel, char out[24])
{
	for (size_t i = 0; i < s->config->channel_count; i++) {
		if (strcmp(s->config->channels[i].name, channel) == 0) {
			return number(s->by_channel[i], out);
		}
	}
	return "-";
}

static void print_sum(const struct comparison *c)
{
	char before[24];
	char after[24];
	say(_("%sWith this change %zu broadcasts instead of %zu (%zu telegrams, %zu refused).\n"),
		c->differences > 0 ? "\n" : "", c->after.broadcasts, c->before.broadcasts,
		c->telegrams, c->refused);
	say(c->differences > 0 ? _("%zu differ: + only now, - only before, ~ other channels.\n\n")
			       : _("%zu differ.\n\n"),
		c->differences);
	const char *const heads[] = {_("channel"), _("before"), _("now")};
	struct table *t = table_new(heads, 3, 0, 0x6);
	const struct config *old = c->before.config;
	const struct config *new = c->after.config;
	for (size_t i = 0; i < new->channel_count; i++) {
		const char *name = new->channels[i].name;
		add_row(t, name, number_of(&c->before, name, before),
			number_of(&c->after, name, after));
	}
	for (size_t i = 0; i < old->channel_count; i++) {
		if (!config_channel(new, old->channels[i].name)) {
			add_row(t, old->channels[i].name,
				number_of(&c->before, old->channels[i].name, before), "-");
		}
	}
	add_row(t, _("(held for staff)"), number(c->before.held, before),
		number(c->after.held, after));
	table_print(t);
	table_free(t);
}

static json_t *side_json(const struct side *s)
{
	json_t *channels = json_object();
	for (size_t i = 0; i < s->config->channel_count; i++) {
		json_put_int(channels, s->config->channels[i].name, (int64_t)s->by_channel[i]);
	}
	json_t *object = json_object();
	json_put_text(object, "config", s->config->path);
	json_put_int(object, "broadcasts", (int64_t)s->broadcasts);
	json_put_int(object, "held", (int64_t)s->held);
	json_put(object, "by_channel", channels);
	return object;
}

static void print_sum_json(struct comparison *c)
{
	json_t *object = json_object();
	json_put_int(object, "telegrams", (int64_t)c->telegrams);
	json_put_int(object, "refused", (int64_t)c->refused);
	json_put(object, "before", side_json(&c->before));
	json_put(object, "after", side_json(&c->after));
	json_put(object, "differences", c->list);
	cli_print_json(object);
}

int against_folder(struct cli *cli, const struct config *before, const struct config *after,
	const char *folder)
{
	struct telegram_reader *reader = telegram_reader_new(after);
	struct recording recording;
	int code = recording_open(cli, reader, folder, &recording);
	if (code == CLI_OK) {
		struct comparison c = {.cli = cli, .reader = reader, .list = json_array()};
		open_side(&c.before, before);
		open_side(&c.after, after);
		compare_recording(&c, &recording);
		if (cli->json) {
			print_sum_json(&c);
		} else {
			print_sum(&c);
			json_decref(c.list);
		}
		close_side(&c.before);
		close_side(&c.after);
	}
	recording_clear(&recording);
	telegram_reader_free(reader);
	return code;
}
