/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/banner/cap.h"

#include "channels/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const status_words[] = {
	[ALERT_STATUS_TEST] = "Test",
	[ALERT_STATUS_EXERCISE] = "Exercise",
	[ALERT_STATUS_ACTUAL] = "Actual",
};

static const char *const severity_words[] = {
	[SEVERITY_UNKNOWN] = "Unknown",
	[SEVERITY_MINOR] = "Minor",
	[SEVERITY_MODERATE] = "Moderate",
	[SEVERITY_SEVERE] = "Severe",
	[SEVERITY_EXTREME] = "Extreme",
};

static const char *const urgency_words[] = {
	[SEVERITY_UNKNOWN] = "Unknown",
	[SEVERITY_MINOR] = "Future",
	[SEVERITY_MODERATE] = "Expected",
	[SEVERITY_SEVERE] = "Immediate",
	[SEVERITY_EXTREME] = "Immediate",
};

/* What a kind is in CAP's words; the first pattern that matches. */
static const struct {
	const char *pattern;
	const char *category;
	const char *response;
	const char *certainty;
} kind_words[] = {
	{"civil.*", "Security", "Shelter", "Likely"},
	{"eew.*", "Geo", "Shelter", "Likely"},
	{"earthquake.*", "Geo", "Monitor", "Observed"},
	{"tsunami.major_warning", "Geo", "Evacuate", "Likely"},
	{"tsunami.warning", "Geo", "Evacuate", "Likely"},
	{"tsunami.*", "Geo", "Avoid", "Likely"},
	{"volcano.*", "Geo", "Avoid", "Likely"},
	{"nankai.*", "Geo", "Prepare", "Possible"},
	{"hokkaido.*", "Geo", "Prepare", "Possible"},
	{"weather.*", "Met", "Prepare", "Likely"},
	{"flood.*", "Met", "Prepare", "Likely"},
	{"sensor.*", "Met", "Monitor", "Observed"},
	{"evacuation.shelter", "Safety", "Monitor", "Observed"},
	{"evacuation.*", "Safety", "Evacuate", "Likely"},
	{"safety.fire", "Fire", "Avoid", "Observed"},
	{"safety.crime", "Security", "Monitor", "Observed"},
	{"safety.*", "Safety", "Monitor", "Observed"},
	{"*", "Other", "None", "Unknown"},
};

const char *cap_name(const char *id, char out[CAP_NAME_SIZE])
{
	size_t at = 0;
	for (; at < CAP_NAME_SIZE - 1 && id[at]; at++) {
		char c = id[at];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_' || (c == '.' && at > 0);
		out[at] = '_';
		if (plain) {
			out[at] = c;
		}
	}
	out[at] = '\0';
	return out;
}

static void add_element(struct buf *out, const char *indent, const char *name, const char *text)
{
	if (text[0] != '\0') {
		(void)buf_addf(out, "%s<%s>", indent, name);
		(void)text_add_html(out, text);
		(void)buf_addf(out, "</%s>\n", name);
	}
}

/* CAP 1.2 knows no fractions of a second. */
static const char *cap_time(struct wall_time t, char out[WALL_TIME_TEXT_SIZE])
{
	struct wall_time whole = {.ms = t.ms - t.ms % 1000};
	return wall_time_format(whole, CLOCK_JST_OFFSET_MINUTES, out);
}

static void add_pair(struct buf *out, const char *indent, const char *element, const char *name,
	const char *value)
{
	if (value[0] == '\0') {
		return;
	}
	(void)buf_addf(out, "%s<%s><valueName>", indent, element);
	(void)text_add_html(out, name);
	(void)buf_add_text(out, "</valueName><value>");
	(void)text_add_html(out, value);
	(void)buf_addf(out, "</value></%s>\n", element);
}

static void add_number(struct buf *out, const char *name, int value)
{
	if (value > 0) {
		(void)buf_addf(out,
			"    <parameter><valueName>%s</valueName><value>%d</value></parameter>\n",
			name, value);
	}
}

/* ---- alert ---- */

static void add_references(struct buf *out, const struct broadcast *b, const struct board *board,
	const struct cap_author *author)
{
	struct buf list;
	buf_init(&list, out->limit);
	for (size_t i = 0; i < b->replace_count; i++) {
		const struct board_entry *older = board_find(board, b->replaces[i]);
		if (older) {
			char sent[WALL_TIME_TEXT_SIZE];
			(void)buf_addf(&list, "%s%s,%s,%s", list.size ? " " : "", author->sender,
				b->replaces[i], cap_time(older->broadcast->issued, sent));
		}
	}
	add_element(out, "  ", "references", buf_text(&list));
	buf_clear(&list);
}

static bool knows_a_reference(const struct broadcast *b, const struct board *board)
{
	for (size_t i = 0; i < b->replace_count; i++) {
		if (board_find(board, b->replaces[i])) {
			return true;
		}
	}
	return false;
}

/* Update and Cancel without references mean nothing in CAP. */
static const char *type_of(const struct broadcast *b, const struct board *board)
{
	if (!knows_a_reference(b, board)) {
		return "Alert";
	}
	return b->event == EVENT_CANCELLED ? "Cancel" : "Update";
}

static const char *note_of(const struct broadcast *b)
{
	if (b->status == ALERT_STATUS_EXERCISE) {
		return "訓練 / This is a drill.";
	}
	if (b->status == ALERT_STATUS_TEST) {
		return "試験 / This is a test.";
	}
	return b->event == EVENT_CANCELLED ? "取消 / Issued in error and cancelled." : "";
}

/* ---- info ---- */

static void add_area(struct buf *out, const struct alert_area *area)
{
	(void)buf_add_text(out, "    <area>\n");
	add_element(out, "      ", "areaDesc",
		area->name[0]	? area->name
		: area->code[0] ? area->code
				: "-");
	add_element(out, "      ", "polygon", area->polygon);
	add_element(out, "      ", "circle", area->circle);
	if (area->system[0] != '\0') {
		size_t prefix = strlen(AREA_CAP_PREFIX);
		bool foreign = strncmp(area->system, AREA_CAP_PREFIX, prefix) == 0;
		add_pair(out, "      ", "geocode", area->system + (foreign ? prefix : 0),
			area->code);
	}
	(void)buf_add_text(out, "    </area>\n");
}

static void add_judgement(struct buf *out, const struct broadcast *b)
{
	bool over = b->event == EVENT_RELEASED || b->event == EVENT_CANCELLED;
	size_t k = 0;
	while (!kind_matches(kind_words[k].pattern, b->kind->name)) {
		k++;
	}
	add_element(out, "    ", "responseType", over ? "AllClear" : kind_words[k].response);
	add_element(out, "    ", "urgency", over ? "Past" : urgency_words[b->severity]);
	add_element(out, "    ", "severity", severity_words[b->severity]);
	add_element(out, "    ", "certainty", over ? "Observed" : kind_words[k].certainty);
}

static const char *category_of(const struct kind *kind)
{
	size_t k = 0;
	while (!kind_matches(kind_words[k].pattern, kind->name)) {
		k++;
	}
	return kind_words[k].category;
}

static void add_texts(struct buf *out, const struct broadcast *b, const char *lang)
{
	enum { HEADLINE_CHARACTERS = 160 };
	char *headline = text_of(b, lang, TEXT_BRIEF, TEXT_CHARACTERS, HEADLINE_CHARACTERS);
	char *body = text_of(b, lang, TEXT_BODY, TEXT_CHARACTERS, 0);
	add_element(out, "    ", "headline", headline);
	add_element(out, "    ", "description", body);
	free(headline);
	free(body);
}

static void add_info(struct buf *out, const struct broadcast *b, const struct broadcast_text *text,
	const struct cap_author *author)
{
	char time[WALL_TIME_TEXT_SIZE];
	bool japanese = strncmp(text->lang, "ja", 2) == 0;
	(void)buf_add_text(out, "  <info>\n");
	add_element(out, "    ", "language", text->lang);
	add_element(out, "    ", "category", category_of(b->kind));
	add_element(out, "    ", "event", japanese ? b->kind->ja : b->kind->en);
	add_judgement(out, b);
	add_pair(out, "    ", "eventCode", "hansho.kind", b->kind->name);
	add_pair(out, "    ", "eventCode", "source.code", b->code);
	add_element(out, "    ", "effective", cap_time(b->issued, time));
	add_element(out, "    ", "expires", cap_time(board_end_of(b), time));
	add_element(out, "    ", "senderName", author->publisher);
	add_texts(out, b, text->lang);
	add_element(out, "    ", "web", author->url);
	add_pair(out, "    ", "parameter", "hansho.source", b->source);
	add_pair(out, "    ", "parameter", "hansho.value", b->value);
	add_pair(out, "    ", "parameter", "hansho.event", event_type_name(b->event));
	add_number(out, "hansho.level", b->level);
	add_number(out, "hansho.update", b->update);
	for (size_t i = 0; i < b->area_count; i++) {
		add_area(out, &b->areas[i]);
	}
	(void)buf_add_text(out, "  </info>\n");
}

int cap_add(struct buf *out, const struct broadcast *b, const struct board *board,
	const struct cap_author *author)
{
	char sent[WALL_TIME_TEXT_SIZE];
	(void)buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				"<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n");
	add_element(out, "  ", "identifier", b->id);
	add_element(out, "  ", "sender", author->sender);
	add_element(out, "  ", "sent", cap_time(b->issued, sent));
	add_element(out, "  ", "status", status_words[b->status]);
	add_element(out, "  ", "msgType", type_of(b, board));
	add_element(out, "  ", "scope", "Public");
	add_element(out, "  ", "note", note_of(b));
	add_references(out, b, board, author);
	for (size_t i = 0; i < b->text_count; i++) {
		add_info(out, b, &b->texts[i], author);
	}
	return buf_add_text(out, "</alert>\n");
}
