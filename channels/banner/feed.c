/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/banner/feed.h"

#include "base/json.h"
#include "channels/banner/cap.h"
#include "channels/text.h"

#include <stdlib.h>

static void put_time(json_t *object, const char *key, struct wall_time t)
{
	char text[WALL_TIME_TEXT_SIZE];
	json_put_text(object, key, wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, text));
}

/* The broadcast without what concerns only the hub, with drill marks in its texts. */
static json_t *entry_to_json(const struct board_entry *entry)
{
	const struct broadcast *b = entry->broadcast;
	json_t *object = broadcast_to_json(b);
	(void)json_object_del(object, "rule");
	(void)json_object_del(object, "alert");
	json_t *texts = json_object();
	for (size_t i = 0; i < b->text_count; i++) {
		const char *lang = b->texts[i].lang;
		char *title = text_of(b, lang, TEXT_TITLE, TEXT_CHARACTERS, 0);
		char *brief = text_of(b, lang, TEXT_BRIEF, TEXT_CHARACTERS, 0);
		char *body = text_of(b, lang, TEXT_BODY, TEXT_CHARACTERS, 0);
		json_t *one = json_object();
		json_put_text(one, "title", title);
		json_put_text(one, "short", brief);
		json_put_text(one, "body", body);
		json_put(texts, lang, one);
		free(title);
		free(brief);
		free(body);
	}
	json_put(object, "texts", texts);
	char name[CAP_NAME_SIZE];
	json_put(object, "cap", json_sprintf("cap/%s.xml", cap_name(b->id, name)));
	json_put_text(object, "state", entry_state_name(entry->state));
	put_time(object, "until", entry->until);
	return object;
}

json_t *feed_json(const struct board *board, const struct page_context *context)
{
	json_t *in_force = json_array();
	json_t *ended = json_array();
	for (size_t i = 0; i < board->count; i++) {
		const struct board_entry *entry = &board->entries[i];
		if (entry->state == ENTRY_IN_FORCE) {
			(void)json_array_append_new(in_force, entry_to_json(entry));
		} else if (board_entry_is_notice(entry)) {
			(void)json_array_append_new(ended, entry_to_json(entry));
		}
	}
	json_t *object = json_object();
	json_put_text(object, "publisher", context->publisher);
	json_put_flag(object, "drill", context->drill);
	put_time(object, "updated", context->now);
	put_time(object, "stale_after",
		(struct wall_time){.ms = context->now.ms + context->stale_ms});
	json_put(object, "in_force", in_force);
	json_put(object, "ended", ended);
	return object;
}

static void add_element(struct buf *out, const char *name, const char *text)
{
	(void)buf_addf(out, "<%s>", name);
	(void)text_add_html(out, text);
	(void)buf_addf(out, "</%s>", name);
}

static void add_link(struct buf *out, const struct page_context *context, const char *rel,
	const char *type, const char *folder, const char *name)
{
	(void)buf_addf(out, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
	(void)text_add_html(out, context->url);
	(void)buf_addf(out, "%s%s%s\"/>", context->url[0] ? "/" : "", folder, name);
}

static void add_entry(
	struct buf *out, const struct board_entry *entry, const struct page_context *context)
{
	const struct broadcast *b = entry->broadcast;
	const char *lang = b->texts[0].lang;
	char *title = text_of(b, lang, TEXT_TITLE, TEXT_CHARACTERS, 0);
	char *brief = text_of(b, lang, TEXT_BRIEF, TEXT_CHARACTERS, 0);
	char name[CAP_NAME_SIZE];
	char time[WALL_TIME_TEXT_SIZE];
	(void)buf_add_text(out, "<entry><id>urn:hansho:");
	(void)text_add_html(out, context->site);
	(void)buf_add_text(out, ":");
	(void)text_add_html(out, b->id);
	(void)buf_add_text(out, "</id>");
	add_element(out, "title", title);
	add_element(out, "updated", wall_time_format(b->issued, CLOCK_JST_OFFSET_MINUTES, time));
	add_element(out, "summary", brief);
	(void)buf_addf(out, "<category term=\"%s\"/><category term=\"%s\"/>", b->kind->name,
		entry_state_name(entry->state));
	(void)cap_name(b->id, name);
	(void)buf_addf(out, "<link rel=\"alternate\" type=\"application/cap+xml\" href=\"");
	(void)text_add_html(out, context->url);
	(void)buf_addf(out, "%scap/%s.xml\"/></entry>\n", context->url[0] ? "/" : "", name);
	free(title);
	free(brief);
}

int feed_add_atom(struct buf *out, const struct board *board, const struct page_context *context)
{
	char time[WALL_TIME_TEXT_SIZE];
	(void)buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				"<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"ja\">\n"
				"<id>urn:hansho:");
	(void)text_add_html(out, context->site);
	(void)buf_addf(out, ":feed%s</id>\n<title>%s緊急情報 ", context->drill ? ":drill" : "",
		context->drill ? "【訓練】" : "");
	(void)text_add_html(out, context->publisher);
	(void)buf_add_text(out, "</title>\n<author>");
	add_element(out, "name", context->publisher);
	(void)buf_add_text(out, "</author>\n");
	add_element(out, "updated", wall_time_format(context->now, CLOCK_JST_OFFSET_MINUTES, time));
	add_link(out, context, "self", "application/atom+xml", "", "feed.atom");
	add_link(out, context, "alternate", "text/html", "", "index.html");
	(void)buf_add_text(out, "\n");
	for (size_t i = 0; i < board->count; i++) {
		if (board->entries[i].state != ENTRY_PAST) {
			add_entry(out, &board->entries[i], context);
		}
	}
	return buf_add_text(out, "</feed>\n");
}
