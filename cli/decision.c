/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/decision.h"

#include "base/json.h"
#include "cli/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char more[] = "…";

static void print(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(char *out, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	utf8_vprint(out, DECISION_LIST_SIZE, format, args);
	va_end(args);
}

/* false when it was the last that fits. */
static bool join(char *out, const char *separator, const char *text)
{
	size_t used = strlen(out);
	size_t need = strlen(separator) + strlen(text) + sizeof(more);
	if (used + need >= DECISION_LIST_SIZE) {
		memcpy(out + used, more, sizeof(more));
		return false;
	}
	(void)snprintf(out + used, DECISION_LIST_SIZE - used, "%s%s", used ? separator : "", text);
	return true;
}

const char *decision_channels(const struct text_list *channels, char out[DECISION_LIST_SIZE])
{
	out[0] = '\0';
	for (size_t i = 0; i < channels->count && join(out, ", ", channels->list[i]); i++) {
	}
	return out;
}

const char *decision_towns(const struct broadcast *b, char out[DECISION_LIST_SIZE])
{
	out[0] = '\0';
	for (size_t i = 0; i < b->area_count; i++) {
		const struct alert_area *area = &b->areas[i];
		const char *name = area->name[0] ? area->name : area->code;
		if (name[0] && !join(out, "、", name)) {
			break;
		}
	}
	return out;
}

const char *decision_event(
	const struct cli *cli, const struct broadcast *b, char out[DECISION_LIST_SIZE])
{
	const char *event = cli_word(event_type_name(b->event));
	const char *kind = cli->japanese ? b->kind->ja : b->kind->en;
	if (b->level > 0) {
		print(out, _("%s, %s, level %d"), kind, event, b->level);
	} else {
		print(out, _("%s, %s"), kind, event);
	}
	return out;
}

/* A severity that the telegram leaves open says nothing. */
static void join_severity(const struct alert_item *item, char *out)
{
	char level[64];
	if (item->severity != SEVERITY_UNKNOWN) {
		(void)join(out, ", ", cli_word(severity_name(item->severity)));
	}
	if (item->level > 0) {
		(void)snprintf(level, sizeof(level), _("level %d"), item->level);
		(void)join(out, ", ", level);
	}
	if (item->transition != TRANSITION_NONE) {
		(void)join(out, ", ", cli_word(transition_name(item->transition)));
	}
}

const char *decision_item(
	const struct cli *cli, const struct alert_item *item, char out[DECISION_LIST_SIZE])
{
	const char *kind = cli->japanese ? item->kind->ja : item->kind->en;
	bool coded = item->code[0] && strcmp(item->code, item->name) != 0;
	print(out, "%s (%s)%s%s%s%s%s%s%s", kind, item->kind->name, coded ? " [" : "",
		coded ? item->code : "", coded ? "]" : "", item->name[0] ? " " : "", item->name,
		item->value[0] ? " " : "", item->value);
	join_severity(item, out);
	return out;
}

void decision_print_head(const struct alert *a)
{
	char issued[WALL_TIME_TEXT_SIZE];
	char expires[WALL_TIME_TEXT_SIZE];
	say("  %s  %s\n", a->type, a->title);
	say(_("  %s, %s, issued %s, series %s\n"), cli_word(alert_status_name(a->status)),
		cli_word(alert_action_name(a->action)),
		wall_time_format(a->issued, a->offset_minutes, issued), a->series);
	if (!wall_time_is_none(a->expires)) {
		say(_("  until %s\n"), wall_time_format(a->expires, a->offset_minutes, expires));
	}
	for (size_t i = 0; i < a->reference_count; i++) {
		say(_("  refers to %s %s\n"), a->references[i].series, a->references[i].revision);
	}
	const char *headline = alert_text_in(&a->headline, "ja");
	if (headline[0]) {
		print_wrapped(headline, 2);
	}
}

json_t *decision_broadcast_json(const struct rules_broadcast *rb)
{
	json_t *channels = json_array();
	for (size_t i = 0; i < rb->channels.count; i++) {
		(void)json_array_append_new(channels, json_string(rb->channels.list[i]));
	}
	json_t *one = json_object();
	json_put(one, "broadcast", broadcast_to_json(rb->broadcast));
	json_put(one, "channels", channels);
	json_put_flag(one, "hold", rb->hold);
	json_put_text(one, "hold_reason", rb->hold_reason);
	return one;
}

json_t *decision_broadcasts_json(const struct rules_decision *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->broadcast_count; i++) {
		(void)json_array_append_new(list, decision_broadcast_json(&d->broadcasts[i]));
	}
	return list;
}
