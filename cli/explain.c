/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho explain: what would follow from telegrams, in order, each on the state that those before
 * it left; or, with --against, what a changed configuration would have done on a recording.
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
#include <string.h>

struct explanation {
	struct cli *cli;
	const struct config *config;
	const struct memory_state *memory; /* as it was before the telegram */
	const char *file;
	const struct alert *alert;
	const struct rules_decision *decision;
	bool steps; /* the trace of the rules too */
};

static bool is_mark(const struct state_row *row)
{
	return strncmp(row->slot, "seen/", strlen("seen/")) == 0;
}

static const char *town_name(const struct explanation *x, const char *code)
{
	const struct municipality *m = config_municipality(x->config, code);
	return m ? m->name : code;
}

static const struct state_row *row_before(
	const struct explanation *x, const struct rules_change *change)
{
	const struct state_row *row = memory_state_find(x->memory, &change->row);
	return row && row->in_force ? row : NULL;
}

/* ---- for programs ---- */

static json_t *touches_json(const struct rules_decision *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->touch_count; i++) {
		const struct rules_touch *t = &d->touches[i];
		json_t *one = json_object();
		json_put_text(one, "municipality", t->municipality);
		json_put_text(one, "kind", t->item->kind->name);
		json_put_text(one, "code", t->item->code);
		json_put_text(one, "area", t->area ? t->area->code : "");
		json_put_text(one, "how", rules_how_name(t->how));
		(void)json_array_append_new(list, one);
	}
	return list;
}

static json_t *row_json(const struct state_row *row)
{
	if (!row) {
		return json_null();
	}
	json_t *object = json_object();
	json_put_text(object, "kind", row->kind->name);
	json_put_text(object, "code", row->code);
	json_put_text(object, "name", row->name);
	json_put_text(object, "severity", severity_name(row->severity));
	json_put_int(object, "level", row->level);
	json_put_text(object, "alert", row->alert);
	return object;
}

static json_t *changes_json(const struct explanation *x)
{
	json_t *list = json_array();
	for (size_t i = 0; i < x->decision->change_count; i++) {
		const struct rules_change *c = &x->decision->changes[i];
		if (is_mark(&c->row)) {
			continue;
		}
		json_t *one = json_object();
		json_put_text(one, "municipality", c->row.municipality);
		json_put_text(one, "slot", c->row.slot);
		json_put(one, "before", row_json(row_before(x, c)));
		json_put(one, "after", row_json(c->row.in_force ? &c->row : NULL));
		json_put_text(one, "event", c->has_event ? event_type_name(c->event) : "");
		(void)json_array_append_new(list, one);
	}
	return list;
}

static void print_json(const struct explanation *x)
{
	const struct rules_decision *d = x->decision;
	json_t *trace = json_array();
	for (size_t i = 0; i < d->trace_count; i++) {
		(void)json_array_append_new(trace, json_string(d->trace[i]));
	}
	json_t *object = json_object();
	json_put_text(object, "verdict", rules_verdict_name(d->verdict));
	json_put_text(object, "reason", d->reason);
	json_put_flag(object, "alarm", d->alarm);
	json_put(object, "touches", touches_json(d));
	json_put(object, "changes", changes_json(x));
	json_put(object, "trace", trace);
	json_put(object, "broadcasts", decision_broadcasts_json(d));
	json_put_text(object, "file", x->file);
	cli_print_json(object);
}

/* ---- for people ---- */

static void print_touches(const struct explanation *x)
{
	const struct rules_decision *d = x->decision;
	if (d->touch_count > 0) {
		say(_("  CONCERNS US\n"));
	}
	for (size_t i = 0; i < d->touch_count; i++) {
		const struct rules_touch *t = &d->touches[i];
		char item[DECISION_LIST_SIZE];
		say("    %s: %s (%s%s%s)\n", town_name(x, t->municipality),
			decision_item(x->cli, t->item, item), t->area ? t->area->code : "",
			t->area ? " " : "", t->area ? t->area->name : _("no area"));
		if (t->how == RULES_HOW_GUESSED) {
			say(_("      taken as ours, for no table says that it is not\n"));
		}
	}
}

static const char *name_of(const struct state_row *row)
{
	return !row ? _("nothing") : row->name[0] ? row->name : row->kind->ja;
}

static void print_changes(const struct explanation *x)
{
	bool headed = false;
	for (size_t i = 0; i < x->decision->change_count; i++) {
		const struct rules_change *c = &x->decision->changes[i];
		const struct state_row *before = row_before(x, c);
		if (is_mark(&c->row) || (!before && !c->row.in_force)) {
			continue;
		}
		if (!headed) {
			say(_("  IN FORCE\n"));
			headed = true;
		}
		const char *town = town_name(x, c->row.municipality);
		const char *after = name_of(c->row.in_force ? &c->row : NULL);
		if (c->has_event) {
			say("    %s: %s → %s (%s)\n", town, name_of(before), after,
				cli_word(event_type_name(c->event)));
		} else {
			say("    %s: %s (%s)\n", town, after, _("no change"));
		}
	}
}

static void print_broadcast(const struct explanation *x, const struct rules_broadcast *rb)
{
	const struct broadcast *b = rb->broadcast;
	char line[DECISION_LIST_SIZE];
	say(_("  BROADCAST %s  %s, %s, rule %s\n"), b->id, cli_word(event_type_name(b->event)),
		cli_word(severity_name(b->severity)), b->rule);
	say(_("    channels: %s\n"), decision_channels(&rb->channels, line));
	if (rb->hold) {
		say(_("    HELD: %s\n"), cli_word(rb->hold_reason ? rb->hold_reason : ""));
	}
	const struct broadcast_text *text = broadcast_text_in(b, x->cli->japanese ? "ja" : "en");
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

static void print_steps(const struct rules_decision *d)
{
	say(_("  STEPS\n"));
	for (size_t i = 0; i < d->trace_count; i++) {
		print_wrapped(d->trace[i], 4);
	}
}

static void print_text(const struct explanation *x)
{
	const struct rules_decision *d = x->decision;
	const char *reason = d->reason ? d->reason : "";
	say("%s: %s%s%s%s\n", x->file, cli_word(rules_verdict_name(d->verdict)),
		reason[0] ? " - " : "", cli_word(reason),
		d->alarm ? _("  *** staff must look ***") : "");
	decision_print_head(x->alert);
	print_touches(x);
	print_changes(x);
	for (size_t i = 0; i < d->broadcast_count; i++) {
		print_broadcast(x, &d->broadcasts[i]);
	}
	if (x->steps) {
		print_steps(d);
	}
}

/* ---- the verb ---- */

static void explain_alert(struct explanation *x, struct memory_state *memory,
	const struct rules_reader *states, const struct alert *alert, struct wall_time at)
{
	struct rules_decision *d =
		rules_decide(x->config, alert, states, wall_time_is_none(at) ? alert->issued : at);
	x->alert = alert;
	x->decision = d;
	if (x->cli->json) {
		print_json(x);
	} else {
		print_text(x);
	}
	memory_state_apply(memory, alert, d);
	rules_decision_free(d);
}

static int explain_files(struct explanation *x, int argc, char **argv, struct wall_time at)
{
	struct telegram_reader *reader = telegram_reader_new(x->config);
	struct memory_state *memory = memory_state_new();
	struct rules_reader states;
	memory_state_reader(memory, &states);
	x->memory = memory;
	int worst = CLI_OK;
	for (int i = 0; i < argc; i++) {
		struct decoded decoded;
		if (!telegram_read_or_say(x->cli, reader, argv[i], &decoded)) {
			worst = CLI_BAD_INPUT;
		}
		x->file = argv[i];
		for (size_t k = 0; k < decoded.count; k++) {
			if (decoded.parts[k].alert) {
				explain_alert(x, memory, &states, decoded.parts[k].alert, at);
			}
		}
		decoded_clear(&decoded);
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
	bool steps = cli_take_flag(&argc, argv, "--steps");
	struct wall_time at = WALL_TIME_NONE;
	if (argc < 1) {
		return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "explain",
			"FILE... [--at TIME] [--steps]");
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
	struct explanation x = {.cli = cli, .config = config, .steps = steps};
	int code = explain_files(&x, argc, argv, at);
	config_free(config);
	return code;
}
