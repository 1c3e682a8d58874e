/* SPDX-License-Identifier: Apache-2.0
 *
 * What a telegram says (check) and what would follow from it (explain), without a hub.
 */
#include "base/json.h"
#include "cli/against.h"
#include "cli/cli.h"
#include "cli/decision.h"
#include "cli/load.h"
#include "cli/memory_state.h"
#include "cli/table.h"
#include "cli/telegram.h"
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "expected 2026-11-20T15:10:00+09:00" */
static const char *arrival_words(const struct alert_arrival *arrival, char *out, size_t size)
{
	char at[WALL_TIME_TEXT_SIZE] = "";
	if (arrival->state != ARRIVAL_NONE && !wall_time_is_none(arrival->at)) {
		(void)wall_time_format(arrival->at, CLOCK_JST_OFFSET_MINUTES, at);
	}
	(void)snprintf(out, size, "%s%s%s", cli_word(arrival_state_name(arrival->state)),
		at[0] ? " " : "", at);
	return out;
}

/* Appends " what when", or nothing when there is neither. */
static void add_part(char *line, size_t size, const char *what, struct wall_time when)
{
	char at[WALL_TIME_TEXT_SIZE] = "";
	size_t used = strlen(line);
	if (!wall_time_is_none(when)) {
		(void)wall_time_format(when, CLOCK_JST_OFFSET_MINUTES, at);
	}
	(void)snprintf(line + used, size - used, "%s%s%s%s", what[0] || at[0] ? " " : "", what,
		what[0] && at[0] ? " " : "", at);
}

static void print_point(const struct alert_point *p)
{
	char line[1024];
	char arrival[WALL_TIME_TEXT_SIZE + 40] = "";
	if (p->arrival.state != ARRIVAL_NONE) {
		(void)arrival_words(&p->arrival, arrival, sizeof(arrival));
	}
	(void)snprintf(line, sizeof(line), "%s %s:", p->code, p->name);
	add_part(line, sizeof(line), arrival, WALL_TIME_NONE);
	add_part(line, sizeof(line), wall_time_is_none(p->high_tide) ? "" : _("high tide"),
		p->high_tide);
	add_part(line, sizeof(line), p->height[0] ? _("highest wave") : "", WALL_TIME_NONE);
	add_part(line, sizeof(line), p->height, p->height_at);
	print_wrapped(line, 6);
}

static void print_arrival(const struct alert_item *item)
{
	char line[200];
	char text[WALL_TIME_TEXT_SIZE + 40];
	if (item->arrival.state != ARRIVAL_NONE) {
		(void)snprintf(line, sizeof(line), _("arrival: %s"),
			arrival_words(&item->arrival, text, sizeof(text)));
		print_wrapped(line, 6);
	}
	for (size_t i = 0; i < item->point_count; i++) {
		print_point(&item->points[i]);
	}
}

static void print_item(const struct alert_item *item)
{
	char line[1024];
	(void)snprintf(line, sizeof(line), "%s [%s] %s %s%s%s", item->kind->name, item->code,
		item->name, cli_word(severity_name(item->severity)), item->value[0] ? " " : "",
		item->value);
	print_wrapped(line, 2);
	size_t shown = item->area_count < 6 ? item->area_count : 6;
	for (size_t i = 0; i < shown; i++) {
		const struct alert_area *area = &item->areas[i];
		(void)snprintf(line, sizeof(line), "%s %s %s", area->system[0] ? area->system : "-",
			area->code, area->name);
		print_wrapped(line, 6);
	}
	if (item->area_count > shown) {
		say(_("      … and %zu more areas\n"), item->area_count - shown);
	}
	print_arrival(item);
}

static void print_alert(const char *file, const struct alert *a)
{
	char issued[WALL_TIME_TEXT_SIZE];
	char id[ALERT_ID_SIZE];
	alert_id(a, id);
	say("%s: %s  %s  %s\n", file, id, a->type, a->title);
	say(_("  %s, %s, issued %s, series %s\n"), cli_word(alert_status_name(a->status)),
		cli_word(alert_action_name(a->action)),
		wall_time_format(a->issued, a->offset_minutes, issued), a->series);
	const char *headline = alert_text_in(&a->headline, "ja");
	if (headline[0]) {
		print_wrapped(headline, 2);
	}
	for (size_t i = 0; i < a->item_count; i++) {
		print_item(&a->items[i]);
	}
	const char *texts[] = {
		alert_text_in(&a->description, "ja"), alert_text_in(&a->instruction, "ja")};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i][0]) {
			print_wrapped(texts[i], 2);
		}
	}
	for (size_t i = 0; i < a->warning_count; i++) {
		say(_("  warning %s: %s\n"), a->warnings[i].code, a->warnings[i].text);
	}
}

int run_check(struct cli *cli, int argc, char **argv)
{
	if (argc < 1) {
		return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "check", "FILE...");
	}
	/* Only mails need a configuration, to say what they mean. */
	bool named = cli->config_path || getenv("HANSHO_CONFIG");
	struct config *config = named ? load_config(cli) : NULL;
	if (named && !config) {
		return CLI_BAD_INPUT;
	}
	struct telegram_reader *reader = telegram_reader_new(config);
	int worst = CLI_OK;
	for (int i = 0; i < argc; i++) {
		struct alert *alert = telegram_read_or_say(cli, reader, argv[i]);
		if (!alert) {
			worst = CLI_BAD_INPUT;
		} else if (cli->json) {
			cli_print_json(alert_to_json(alert));
		} else {
			print_alert(argv[i], alert);
		}
		alert_free(alert);
	}
	telegram_reader_free(reader);
	config_free(config);
	return worst;
}

/* ---- explain ---- */

static json_t *decision_to_json(const struct rules_decision *d)
{
	json_t *trace = json_array();
	for (size_t i = 0; i < d->trace_count; i++) {
		(void)json_array_append_new(trace, json_string(d->trace[i]));
	}
	json_t *object = json_object();
	json_put_text(object, "verdict", rules_verdict_name(d->verdict));
	json_put_text(object, "reason", d->reason);
	json_put_flag(object, "alarm", d->alarm);
	json_put(object, "trace", trace);
	json_put(object, "broadcasts", decision_broadcasts_json(d));
	return object;
}

static void print_broadcast(const struct cli *cli, const struct rules_broadcast *rb)
{
	const struct broadcast *b = rb->broadcast;
	char line[DECISION_LIST_SIZE];
	say(_("  BROADCAST %s  %s, %s, rule %s\n"), b->id, cli_word(event_type_name(b->event)),
		cli_word(severity_name(b->severity)), b->rule);
	say(_("    channels: %s\n"), decision_channels(&rb->channels, line));
	if (rb->hold) {
		say(_("    HELD: %s\n"), rb->hold_reason ? rb->hold_reason : "");
	}
	const struct broadcast_text *text = broadcast_text_in(b, cli->japanese ? "ja" : "en");
	const struct {
		const char *form;
		const char *text;
	} forms[] = {{_("title"), text->title}, {_("short"), text->brief}, {_("body"), text->body},
		{_("speech"), text->speech}};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		say("    %s:\n", forms[i].form);
		print_wrapped(forms[i].text, 6);
	}
}

static void print_decision(const struct cli *cli, const char *file, const struct rules_decision *d)
{
	say("%s: %s%s%s%s\n", file, cli_word(rules_verdict_name(d->verdict)),
		d->reason && d->reason[0] ? " - " : "", cli_word(d->reason ? d->reason : ""),
		d->alarm ? _("  *** staff must look ***") : "");
	for (size_t i = 0; i < d->trace_count; i++) {
		print_wrapped(d->trace[i], 4);
	}
	for (size_t i = 0; i < d->broadcast_count; i++) {
		print_broadcast(cli, &d->broadcasts[i]);
	}
}

static int explain_files(
	struct cli *cli, const struct config *config, int argc, char **argv, struct wall_time at)
{
	struct telegram_reader *reader = telegram_reader_new(config);
	struct memory_state *memory = memory_state_new();
	struct rules_reader states;
	memory_state_reader(memory, &states);
	int worst = CLI_OK;
	for (int i = 0; i < argc; i++) {
		struct alert *alert = telegram_read_or_say(cli, reader, argv[i]);
		if (!alert) {
			worst = CLI_BAD_INPUT;
			continue;
		}
		struct rules_decision *d = rules_decide(
			config, alert, &states, wall_time_is_none(at) ? alert->issued : at);
		memory_state_apply(memory, alert, d);
		if (cli->json) {
			json_t *object = decision_to_json(d);
			json_put_text(object, "file", argv[i]);
			cli_print_json(object);
		} else {
			print_decision(cli, argv[i], d);
		}
		rules_decision_free(d);
		alert_free(alert);
	}
	memory_state_free(memory);
	telegram_reader_free(reader);
	return worst;
}

/* NEW is the configuration in use unless -c names one; OLD the one in use unless --baseline names
 * one. One of the two must be named. */
static int explain_against(struct cli *cli, const char *folder, const char *baseline)
{
	if (!cli->config_path && !baseline) {
		return cli_fail(cli, CLI_USAGE,
			_("--against compares two configurations: name one with --config or "
			  "--baseline"));
	}
	struct cli old = *cli;
	old.config_path = baseline;
	struct config *after = load_config(cli);
	struct config *before = load_config(&old);
	int code = CLI_BAD_INPUT;
	if (before && after) {
		code = against_folder(cli, before, after, folder);
	}
	config_free(before);
	config_free(after);
	return code;
}

int run_explain(struct cli *cli, int argc, char **argv)
{
	const char *folder = cli_take_option(&argc, argv, "--against");
	const char *baseline = cli_take_option(&argc, argv, "--baseline");
	if (folder || baseline) {
		return folder && argc == 0
			       ? explain_against(cli, folder, baseline)
			       : cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "explain",
					 "--against FOLDER [--config NEW] [--baseline OLD]");
	}
	const char *at_text = cli_take_option(&argc, argv, "--at");
	struct wall_time at = WALL_TIME_NONE;
	if (argc < 1) {
		return cli_fail(
			cli, CLI_USAGE, _("usage: hansho %s %s"), "explain", "FILE... [--at TIME]");
	}
	if (at_text && strcmp(at_text, "now") == 0) {
		at = clock_wall_now();
	} else if (at_text && wall_time_parse(at_text, strlen(at_text), &at, NULL)) {
		return cli_fail(cli, CLI_USAGE,
			_("--at: \"%s\" is no time; write it like 2026-11-20T14:30:00+09:00, or "
			  "now"),
			at_text);
	}
	struct config *config = load_config(cli);
	if (!config) {
		return CLI_BAD_INPUT;
	}
	int code = explain_files(cli, config, argc, argv, at);
	config_free(config);
	return code;
}
