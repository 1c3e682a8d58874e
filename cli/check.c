/* SPDX-License-Identifier: Apache-2.0
 *
 * hansho check: what telegrams say, whatever their format, without a hub.
 */
#include "cli/cli.h"
#include "cli/decision.h"
#include "cli/load.h"
#include "cli/table.h"
#include "cli/telegram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_AREAS = 12 };

/* One line for each list of codes: "jma.city: 0720400 いわき市, 0720500 白河市". */
static void print_areas(const struct alert_item *item)
{
	char line[DECISION_LIST_SIZE] = "";
	const char *system = NULL;
	size_t shown = item->area_count < SHOWN_AREAS ? item->area_count : SHOWN_AREAS;
	for (size_t i = 0; i < shown; i++) {
		const struct alert_area *area = &item->areas[i];
		bool shape = area->polygon[0] || area->circle[0];
		const char *code = !shape	      ? area->code
				   : area->polygon[0] ? _("polygon")
						      : _("circle");
		if (system && strcmp(system, area->system) != 0) {
			print_wrapped(line, 4);
			line[0] = '\0';
		}
		size_t used = strlen(line);
		(void)snprintf(line + used, sizeof(line) - used, "%s%s%s %s",
			used		  ? ", "
			: area->system[0] ? area->system
					  : "-",
			used ? "" : ": ", code, area->name);
		line[utf8_cut(line, strlen(line), sizeof(line) - 1)] = '\0';
		system = area->system;
	}
	if (line[0]) {
		print_wrapped(line, 4);
	}
	if (item->area_count > shown) {
		say(_("    … and %zu more areas\n"), item->area_count - shown);
	}
}

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
	print_wrapped(line, 4);
}

static void print_arrival(const struct alert_item *item)
{
	char line[200];
	char text[WALL_TIME_TEXT_SIZE + 40];
	if (item->arrival.state != ARRIVAL_NONE) {
		(void)snprintf(line, sizeof(line), _("arrival: %s"),
			arrival_words(&item->arrival, text, sizeof(text)));
		print_wrapped(line, 4);
	}
	for (size_t i = 0; i < item->point_count; i++) {
		print_point(&item->points[i]);
	}
}

static void print_alert(const struct cli *cli, const char *file, const struct alert *a)
{
	char id[ALERT_ID_SIZE];
	char item[DECISION_LIST_SIZE];
	alert_id(a, id);
	say("%s: %s\n", file, id);
	decision_print_head(a);
	for (size_t i = 0; i < a->item_count; i++) {
		print_wrapped(decision_item(cli, &a->items[i], item), 2);
		print_areas(&a->items[i]);
		print_arrival(&a->items[i]);
	}
	const char *texts[] = {
		alert_text_in(&a->description, "ja"), alert_text_in(&a->instruction, "ja")};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i][0]) {
			print_wrapped(texts[i], 2);
		}
	}
	for (size_t i = 0; i < a->signature_count; i++) {
		const struct alert_signature *s = &a->signatures[i];
		say(_("  signature %s: %s %s\n"), signature_state_name(s->state), s->signer,
			s->reason);
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
		struct decoded decoded;
		if (!telegram_read_or_say(cli, reader, argv[i], &decoded)) {
			worst = CLI_BAD_INPUT;
		}
		for (size_t k = 0; k < decoded.count; k++) {
			const struct alert *alert = decoded.parts[k].alert;
			if (alert && cli->json) {
				cli_print_json(alert_to_json(alert));
			} else if (alert) {
				print_alert(cli, argv[i], alert);
			}
		}
		decoded_clear(&decoded);
	}
	telegram_reader_free(reader);
	config_free(config);
	return worst;
}
