/* SPDX-License-Identifier: Apache-2.0
 *
 * A recorded day judged again: every telegram at its time of arrival, on a state of its own in
 * memory. It never opens a store or a channel, so it is safe beside a live hub.
 */
#include "base/json.h"
#include "cli/cli.h"
#include "cli/decision.h"
#include "cli/load.h"
#include "cli/memory_state.h"
#include "cli/recording.h"
#include "cli/table.h"
#include "cli/telegram.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { INDENT = 10, VERDICTS = RULES_NOTHING + 1 };

struct tally {
	size_t telegrams; /* files, whatever became of them */
	size_t verdicts[VERDICTS];
	size_t refused;
	size_t unhandled; /* of them: kinds of telegram that no hub acts on */
	size_t repeated;
	size_t broadcasts;
	size_t held;
	size_t *sent_by_channel; /* by index of the configuration's channels */
	size_t *held_by_channel;
};

struct replay {
	struct cli *cli;
	const struct config *config;
	const struct telegram_reader *telegrams;
	struct memory_state *memory;
	struct rules_reader reader;
	struct tally tally;
	struct wall_time clock; /* of the recording */
	char day[16];		/* whose heading was printed last */
	double speed;		/* 0: do not wait */
	int64_t began_ms;	/* monotonic */
	struct wall_time first; /* arrival */
};

/* ---- time ---- */

static const char *stamp(struct wall_time t, char out[WALL_TIME_TEXT_SIZE])
{
	return wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, out);
}

/* "06:40:18", after a heading with the day when that is another one. */
static const char *clock_of(struct replay *r, struct wall_time t, char out[WALL_TIME_TEXT_SIZE])
{
	(void)stamp(t, out);
	if (strlen(out) < 19) {
		return "--:--:--";
	}
	if (strncmp(r->day, out, 10) != 0) {
		(void)snprintf(r->day, sizeof(r->day), "%.10s", out);
		say("%s\n", r->day);
	}
	memmove(out, out + 11, 8);
	out[8] = '\0';
	return out;
}

static void wait_for(struct replay *r, struct wall_time arrived)
{
	if (!(r->speed > 0) || wall_time_is_none(arrived)) {
		return;
	}
	double due_ms = (double)r->began_ms + (double)(arrived.ms - r->first.ms) / r->speed;
	double left_ms = due_ms - (double)clock_mono_now().ms;
	if (left_ms > 0) {
		struct timespec left = {.tv_sec = (time_t)(left_ms / 1000),
			.tv_nsec = (long)(fmod(left_ms, 1000) * 1e6)};
		(void)fflush(stdout);
		while (nanosleep(&left, &left) != 0) {
		}
	}
}

/* ---- lines ---- */

static void put_line(json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);
	print_json_text(stdout, line);
	free(line);
	json_decref(object);
}

static json_t *line_of(const char *event, struct wall_time at, const char *file)
{
	char text[WALL_TIME_TEXT_SIZE];
	json_t *object = json_object();
	json_put_text(object, "event", event);
	json_put_text(object, "at", stamp(at, text));
	json_put_text(object, "file", file);
	return object;
}

static const char *town_name(const struct replay *r, const char *code)
{
	const struct municipality *m = config_municipality(r->config, code);
	return m ? m->name : code;
}

static void show_row(
	struct replay *r, const char *event, struct wall_time at, const struct state_row *row)
{
	if (r->cli->json) {
		json_t *object = line_of(event, at, "");
		json_put_text(object, "status", alert_status_name(row->status));
		json_put_text(object, "municipality", row->municipality);
		json_put_text(object, "slot", row->slot);
		json_put_text(object, "kind", row->kind->name);
		json_put_text(object, "code", row->code);
		json_put_text(object, "name", row->name);
		put_line(object);
		return;
	}
	char text[WALL_TIME_TEXT_SIZE];
	const char *name = row->name[0] ? row->name : row->kind->ja;
	const char *town = town_name(r, row->municipality);
	bool ended = strcmp(event, "ended") == 0;
	if (ended) {
		say(_("%s  ends by itself: %s %s (%s)\n"), clock_of(r, at, text), town, name,
			row->slot);
	} else {
		say(_("%s  still in force: %s %s (%s)\n"), clock_of(r, at, text), town, name,
			row->slot);
	}
}

static void show_ended(void *to, const struct state_row *row)
{
	show_row(to, "ended", row->expires, row);
}

static void show_in_force(void *to, const struct state_row *row)
{
	struct replay *r = to;
	show_row(r, "in_force", r->clock, row);
}

static void show_broadcast(struct replay *r, const struct rules_broadcast *rb)
{
	const struct broadcast *b = rb->broadcast;
	char at[WALL_TIME_TEXT_SIZE];
	char list[DECISION_LIST_SIZE];
	char event[DECISION_LIST_SIZE];
	const struct broadcast_text *text = broadcast_text_in(b, r->cli->japanese ? "ja" : "en");
	say("%s  %s%s (%s)  %s\n", clock_of(r, r->clock, at),
		b->status == ALERT_STATUS_EXERCISE ? _("[DRILL] ") : "",
		decision_event(r->cli, b, event), cli_word(severity_name(b->severity)),
		decision_towns(b, list));
	print_wrapped(text->title, INDENT);
	print_wrapped(decision_channels(&rb->channels, list), INDENT);
	char thread[DECISION_LIST_SIZE];
	(void)snprintf(thread, sizeof(thread), _("thread %s, report %d, rule %s"), b->thread,
		b->update, b->rule[0] ? b->rule : "-");
	print_wrapped(thread, INDENT);
	if (rb->hold) {
		(void)snprintf(thread, sizeof(thread), _("HELD: %s"),
			cli_word(rb->hold_reason ? rb->hold_reason : ""));
		print_wrapped(thread, INDENT);
	}
}

static void show_decision(struct replay *r, const char *file, const struct alert *alert,
	const struct rules_decision *d)
{
	if (r->cli->json) {
		char id[ALERT_ID_SIZE];
		alert_id(alert, id);
		json_t *object = line_of("telegram", r->clock, file);
		json_put_text(object, "alert", id);
		json_put_text(object, "type", alert->type);
		json_put_text(object, "status", alert_status_name(alert->status));
		json_put_text(object, "verdict", rules_verdict_name(d->verdict));
		json_put_text(object, "reason", d->reason);
		json_put_flag(object, "alarm", d->alarm);
		json_put(object, "broadcasts", decision_broadcasts_json(d));
		put_line(object);
		return;
	}
	for (size_t i = 0; i < d->broadcast_count; i++) {
		show_broadcast(r, &d->broadcasts[i]);
	}
	if (d->alarm && d->broadcast_count == 0) {
		char at[WALL_TIME_TEXT_SIZE];
		say(_("%s  staff must look: %s: %s\n"), clock_of(r, r->clock, at), file,
			cli_word(d->reason));
	}
}

static bool is_unhandled(const struct decode_refusal *refusal)
{
	return strcmp(refusal->code, "not-handled") == 0;
}

static void show_refusal(struct replay *r, const char *file, const struct decode_refusal *refusal)
{
	if (r->cli->json) {
		json_t *object = line_of("refused", r->clock, file);
		json_put_text(object, "code", refusal->code);
		json_put_text(object, "reason", refusal->reason);
		json_put_int(object, "line", refusal->line);
		put_line(object);
		return;
	}
	if (is_unhandled(refusal)) {
		return; /* a day has hundreds of them */
	}
	char at[WALL_TIME_TEXT_SIZE];
	say(_("%s  refused: %s: %s: %s\n"), clock_of(r, r->clock, at), file, refusal->code,
		refusal->reason);
}

/* ---- the day ---- */

static void count(struct replay *r, const struct rules_decision *d)
{
	struct tally *t = &r->tally;
	t->verdicts[d->verdict]++;
	for (size_t i = 0; i < d->broadcast_count; i++) {
		const struct rules_broadcast *rb = &d->broadcasts[i];
		t->broadcasts++;
		t->held += rb->hold ? 1 : 0;
		for (size_t c = 0; c < r->config->channel_count; c++) {
			if (text_list_has(&rb->channels, r->config->channels[c].name)) {
				size_t *by = rb->hold ? t->held_by_channel : t->sent_by_channel;
				by[c]++;
			}
		}
	}
}

static void refuse(struct replay *r, const char *name, const struct decode_refusal *refusal)
{
	r->tally.refused++;
	r->tally.unhandled += is_unhandled(refusal) ? 1 : 0;
	show_refusal(r, name, refusal);
}

static void judge_alert(struct replay *r, const char *name, const struct alert *alert)
{
	if (memory_state_repeats(r->memory, alert)) {
		r->tally.repeated++;
		if (r->cli->json) {
			put_line(line_of("duplicate", r->clock, name));
		}
		return;
	}
	struct rules_decision *d = rules_decide(r->config, alert, &r->reader, r->clock);
	memory_state_apply(r->memory, alert, d);
	count(r, d);
	show_decision(r, name, alert, d);
	rules_decision_free(d);
}

static void judge(struct replay *r, const struct recorded *file)
{
	struct decoded decoded;
	struct decode_refusal refusal = {.code = ""};
	r->tally.telegrams++;
	if (!telegram_read(r->telegrams, file->path, &decoded, &refusal)) {
		refuse(r, file->name, &refusal);
	}
	for (size_t i = 0; i < decoded.count; i++) {
		const struct decode_part *part = &decoded.parts[i];
		if (part->alert) {
			judge_alert(r, file->name, part->alert);
		} else {
			refuse(r, file->name, &part->refusal);
		}
	}
	decoded_clear(&decoded);
}

static void play(struct replay *r, const struct recording *recording)
{
	for (size_t i = 0; i < recording->count; i++) {
		const struct recorded *file = &recording->list[i];
		if (i == 0) {
			r->first = r->clock = file->arrived;
			r->began_ms = clock_mono_now().ms;
		}
		wait_for(r, file->arrived);
		if (!wall_time_is_none(file->arrived)) {
			memory_state_ended(r->memory, r->clock, file->arrived, show_ended, r);
			r->clock = file->arrived;
		}
		judge(r, file);
	}
	memory_state_in_force(r->memory, r->clock, show_in_force, r);
}

/* ---- the sum ---- */

static json_t *by_channel(const struct config *c, const size_t *counts)
{
	json_t *object = json_object();
	for (size_t i = 0; i < c->channel_count; i++) {
		json_put_int(object, c->channels[i].name, (int64_t)counts[i]);
	}
	return object;
}

static void put_sum(struct replay *r)
{
	const struct tally *t = &r->tally;
	json_t *verdicts = json_object();
	for (size_t i = 0; i < VERDICTS; i++) {
		json_put_int(verdicts, rules_verdict_name((enum rules_verdict)i),
			(int64_t)t->verdicts[i]);
	}
	json_t *object = line_of("end", r->clock, "");
	json_put_int(object, "telegrams", (int64_t)t->telegrams);
	json_put_int(object, "refused", (int64_t)t->refused);
	json_put_int(object, "duplicates", (int64_t)t->repeated);
	json_put(object, "verdicts", verdicts);
	json_put_int(object, "broadcasts", (int64_t)t->broadcasts);
	json_put_int(object, "held", (int64_t)t->held);
	json_put(object, "by_channel", by_channel(r->config, t->sent_by_channel));
	json_put(object, "held_by_channel", by_channel(r->config, t->held_by_channel));
	put_line(object);
}

static void print_sum(struct replay *r)
{
	const struct tally *t = &r->tally;
	say(_("\n%zu telegrams: %zu refused (%zu of a kind no hub acts on), %zu came twice\n"),
		t->telegrams, t->refused, t->unhandled, t->repeated);
	for (size_t i = 0; i < VERDICTS; i++) {
		if (t->verdicts[i] > 0) {
			say("  %zu %s\n", t->verdicts[i],
				cli_word(rules_verdict_name((enum rules_verdict)i)));
		}
	}
	say(_("%zu broadcasts, %zu of them held for staff\n\n"), t->broadcasts, t->held);
	const char *const heads[] = {_("channel"), _("broadcasts"), _("held")};
	struct table *table = table_new(heads, 3, 0, 0x6);
	for (size_t i = 0; i < r->config->channel_count; i++) {
		char sent[24];
		char held[24];
		(void)snprintf(sent, sizeof(sent), "%zu", t->sent_by_channel[i]);
		(void)snprintf(held, sizeof(held), "%zu", t->held_by_channel[i]);
		const char *const cells[] = {r->config->channels[i].name, sent, held};
		table_add(table, cells);
	}
	table_print(table);
	table_free(table);
}

/* ---- the verb ---- */

static int replay_folder(
	struct cli *cli, const struct config *config, const char *folder, double speed)
{
	struct telegram_reader *reader = telegram_reader_new(config);
	struct recording recording;
	int code = recording_open(cli, reader, folder, &recording);
	if (code == CLI_OK) {
		struct replay r = {
			.cli = cli, .config = config, .telegrams = reader, .speed = speed};
		r.memory = memory_state_new();
		memory_state_reader(r.memory, &r.reader);
		r.tally.sent_by_channel = mem_new_array(config->channel_count + 1, sizeof(size_t));
		r.tally.held_by_channel = mem_new_array(config->channel_count + 1, sizeof(size_t));
		play(&r, &recording);
		if (cli->json) {
			put_sum(&r);
		} else {
			print_sum(&r);
		}
		free(r.tally.sent_by_channel);
		free(r.tally.held_by_channel);
		memory_state_free(r.memory);
	}
	recording_clear(&recording);
	telegram_reader_free(reader);
	return code;
}

int run_replay(struct cli *cli, int argc, char **argv)
{
	const char *speed_text = cli_take_option(&argc, argv, "--speed");
	char *end = NULL;
	double speed = speed_text ? strtod(speed_text, &end) : 0;
	if (argc != 1) {
		return cli_fail(
			cli, CLI_USAGE, _("usage: hansho %s %s"), "replay", "FOLDER [--speed N]");
	}
	if (speed_text && (end == speed_text || *end || !(speed >= 0) || !isfinite(speed))) {
		return cli_fail(
			cli, CLI_USAGE, _("--speed: \"%s\" is no number of 0 or more"), speed_text);
	}
	struct config *config = load_config(cli);
	if (!config) {
		return CLI_BAD_INPUT;
	}
	int code = replay_folder(cli, config, argv[0], speed);
	config_free(config);
	return code;
}
