/* SPDX-License-Identifier: Apache-2.0
 *
 * One alert from end to end: what came, what was made of it, what each channel did.
 */
#include "base/json.h"
#include "cli/cli.h"
#include "cli/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_INDENT = 4, SHOWN_TARGETS = 20 };

static void print_alert(const json_t *alert)
{
	char received[32];
	char issued[32];
	say(_("ALERT %s  %s  %s\n"), json_text(alert, "id", ""), json_text(alert, "type", ""),
		json_text(alert, "title", ""));
	say(_("  received %s from %s; issued %s; %s, %s, %s\n"),
		cli_time(json_text(alert, "received", ""), received), json_text(alert, "feed", ""),
		cli_time(json_text(alert, "issued", ""), issued),
		cli_word(json_text(alert, "status", "")), cli_word(json_text(alert, "action", "")),
		cli_word(json_text(alert, "severity", "")));
	say(_("  verdict: %s%s%s%s\n"), cli_word(json_text(alert, "verdict", "")),
		json_text(alert, "reason", "")[0] ? " - " : "",
		cli_word(json_text(alert, "reason", "")),
		json_flag(alert, "alarm", false) ? _("  *** staff must look ***") : "");
	size_t i;
	json_t *line;
	json_array_foreach(json_object_get(alert, "trace"), i, line)
	{
		if (json_is_string(line)) {
			print_wrapped(json_string_value(line), TEXT_INDENT);
		}
	}
	json_array_foreach(json_object_get(alert, "sightings"), i, line)
	{
		char at[32];
		say(_("  seen again %s from %s\n"), cli_time(json_text(line, "at", ""), at),
			json_text(line, "feed", ""));
	}
}

static void print_texts(const struct cli *cli, const json_t *broadcast)
{
	const json_t *texts = json_object_get(json_object_get(broadcast, "broadcast"), "texts");
	const json_t *text = json_object_get(texts, cli->japanese ? "ja" : "en");
	if (!text) {
		text = json_object_get(texts, "ja");
	}
	print_wrapped(json_text(text, "title", ""), TEXT_INDENT);
	print_wrapped(json_text(text, "short", ""), TEXT_INDENT);
}

struct text_line {
	char *text;
	size_t capacity;
	size_t size;
};

static void add(struct text_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text_line *line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int size = vsnprintf(line->text + line->size, line->capacity - line->size, format, args);
	va_end(args);
	line->size += size > 0 ? (size_t)size : 0;
	if (line->size >= line->capacity) {
		line->size = line->capacity - 1;
	}
}

static void print_delivery(const json_t *d)
{
	char total[32];
	int64_t targets = json_int(d, "target_count", -1);
	if (targets < 0) {
		(void)snprintf(total, sizeof(total), "…");
	} else {
		(void)snprintf(total, sizeof(total), "%lld", (long long)targets);
	}
	char line[1024];
	struct text_line out = {.text = line, .capacity = sizeof(line)};
	add(&out, _("  %-16s %s: %lld of %s handed over"), json_text(d, "channel", ""),
		cli_delivery_state(d), (long long)json_int(d, "delivered", 0), total);
	static const char *const counts[] = {
		"confirmed", "waiting", "unknown", "failed", "quarantined", "expired", "cancelled"};
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		int64_t count = json_int(d, counts[i], 0);
		if (count > 0) {
			add(&out, ", %lld %s", (long long)count, cli_word(counts[i]));
		}
	}
	if (json_int(d, "first_ms", -1) >= 0) {
		add(&out, _("; first after %lld ms, last after %lld ms"),
			(long long)json_int(d, "first_ms", 0),
			(long long)json_int(d, "last_ms", 0));
	}
	say("%s", line);
	if (json_text(d, "reason", "")[0]) {
		print_wrapped(json_text(d, "reason", ""), TEXT_INDENT + 2);
	}
}

static void print_targets(const json_t *d)
{
	size_t i;
	json_t *t;
	json_array_foreach(json_object_get(d, "targets"), i, t)
	{
		if (i == SHOWN_TARGETS) {
			say(_("      … and %zu more (--json shows them)\n"),
				json_array_size(json_object_get(d, "targets")) - i);
			break;
		}
		char line[640];
		(void)snprintf(line, sizeof(line), _("%s: %s after %lld attempts (%s%s%s)"),
			json_text(t, "id", ""), cli_word(json_text(t, "state", "")),
			(long long)json_int(t, "attempt", 0), json_text(t, "reason", ""),
			json_text(t, "text", "")[0] ? ": " : "", json_text(t, "text", ""));
		print_wrapped(line, TEXT_INDENT + 2);
	}
	json_array_foreach(json_object_get(d, "receipts"), i, t)
	{
		if (i == SHOWN_TARGETS) {
			say(_("      … and %zu more (--json shows them)\n"),
				json_array_size(json_object_get(d, "receipts")) - i);
			break;
		}
		char at[32];
		char line[512];
		(void)snprintf(line, sizeof(line), "%s: %s %s %s", json_text(t, "target", ""),
			cli_word(json_text(t, "state", "")), cli_time(json_text(t, "at", ""), at),
			json_text(t, "detail", ""));
		print_wrapped(line, TEXT_INDENT + 2);
	}
}

int run_show(struct cli *cli, int argc, char **argv)
{
	if (argc != 1) {
		return cli_fail(cli, CLI_USAGE, _("usage: hansho %s %s"), "show", "ID");
	}
	json_t *page = NULL;
	int code = cli_ask(cli, json_pack("{s:s,s:s}", "op", "show", "id", argv[0]), &page);
	if (code) {
		return code;
	}
	if (cli->json) {
		cli_print_json(page);
		return CLI_OK;
	}
	print_alert(json_object_get(page, "alert"));
	size_t i;
	json_t *b;
	json_array_foreach(json_object_get(page, "broadcasts"), i, b)
	{
		say(_("\nBROADCAST %s  %s, %s%s\n"), json_text(b, "id", ""),
			cli_word(json_text(b, "event", "")), cli_word(json_text(b, "severity", "")),
			strcmp(json_text(b, "status", ""), "exercise") == 0 ? _("  [DRILL]") : "");
		if (json_flag(b, "held", false)) {
			say(_("  HELD: %s\n  hansho release %s lets it go\n"),
				cli_word(json_text(b, "hold_reason", "")), json_text(b, "id", ""));
		}
		print_texts(cli, b);
		size_t k;
		json_t *d;
		json_array_foreach(json_object_get(b, "deliveries"), k, d)
		{
			print_delivery(d);
			print_targets(d);
		}
	}
	json_decref(page);
	return CLI_OK;
}
