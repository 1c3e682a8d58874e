/* SPDX-License-Identifier: Apache-2.0
 *
 * Info elements. Those of the first language make the items; others bring their texts, and an item
 * only when they speak of areas that the first language does not have.
 */
#include "base/digest.h"
#include "ingest/cap/cap_private.h"
#include "ingest/cap/kinds.h"
#include "ingest/cap/words.h"
#include "ingest/xml.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct infos {
	const char *lang; /* of the first info */
	char (*area_keys)[DIGEST_HEX_SIZE];
	size_t key_count;
	size_t count;
	size_t all_clear;
	size_t past;		  /* items that are over: all clear, or urgency past */
	struct wall_time expires; /* of the info at hand */
	bool expires_missing;
};

/* ---- words ---- */

struct word {
	const char *word;
	const char *meaning;
};

static const struct word urgencies[] = {{"immediate", NULL}, {"expected", NULL}, {"future", NULL},
	{"past", NULL}, {"unknown", NULL}, {0}};
static const struct word certainties[] = {{"observed", NULL}, {"likely", NULL},
	{"very likely", "likely"}, {"possible", NULL}, {"unlikely", NULL}, {"unknown", NULL}, {0}};
static const struct word severities[] = {{"extreme", NULL}, {"severe", NULL}, {"moderate", NULL},
	{"minor", NULL}, {"unknown", NULL}, {0}};

/* Sets *out to the word in lower case; "unknown" with a warning for what is in no list. */
static int read_word(struct cap *c, const xmlNode *info, const char *name, const struct word *list,
	const char **out)
{
	const char *text;
	int rc = cap_text(c, info, name, &text);
	if (rc) {
		return rc;
	}
	*out = "unknown";
	for (const struct word *w = list; w->word; w++) {
		if (strcasecmp(w->word, text) == 0) {
			*out = w->meaning ? w->meaning : w->word;
			return 0;
		}
	}
	cap_warn(c, "unknown-word", "%s \"%.60s\" read as unknown", name, text);
	return 0;
}

/* ---- texts ---- */

void cap_add_piece(struct cap *c, struct alert_texts *texts, const char *lang, const char *piece)
{
	if (piece[0] == '\0') {
		return;
	}
	for (size_t i = 0; i < texts->count; i++) {
		struct alert_text *have = &texts->list[i];
		if (strcasecmp(have->lang, lang) != 0) {
			continue;
		}
		if (strlen(have->text) > CAP_JOINED_LIMIT) {
			cap_warn(c, "text-cut", "more text in %.20s than fits", lang);
		} else if (!strstr(have->text, piece)) {
			have->text = pool_printf(c->alert->pool, "%s\n%s", have->text, piece);
		}
		return;
	}
	alert_add_text(c->alert, texts, lang, piece);
}

/* One line without embedding and override marks, which could turn a headline round. */
static const char *one_line(struct pool *pool, const char *text)
{
	char *out = pool_copy_text(pool, text);
	size_t size = 0;
	for (const unsigned char *in = (const unsigned char *)text; *in; in++) {
		if (in[0] == 0xe2 && in[1] == 0x80 && in[2] >= 0xaa && in[2] <= 0xae) {
			in += 2;
			continue;
		}
		out[size++] = *in < 0x20 ? ' ' : (char)*in;
	}
	out[size] = '\0';
	return out;
}

static const char *build_headline(struct cap *c, const xmlNode *info, const char *event)
{
	const xmlNode *area = xml_child(info, c->ns, "area");
	const char *place = xml_child_text(c->alert->pool, area, c->ns, "areaDesc");
	cap_warn(c, "missing-headline", "headline built from event and area");
	return pool_printf(c->alert->pool, "%.200s%s%.200s", event, place[0] ? ": " : "", place);
}

static void look_for_test(struct cap *c, const char *where, const char *word)
{
	if (word && c->alert->status == ALERT_STATUS_ACTUAL) {
		cap_warn(c, "test-words", "%s says \"%s\" under status actual", where, word);
	}
}

/* Every element of that name: two instruction elements do occur. */
static int read_prose(struct cap *c, const xmlNode *info, const char *name, const char *lang,
	struct alert_texts *texts)
{
	size_t count = 0;
	for (const xmlNode *n = xml_child(info, c->ns, name); n; n = xml_next(n)) {
		if (++count > CAP_PROSE_LIMIT) {
			return decode_refuse(c->refusal, "too-large", (int)xmlGetLineNo(n),
				"more than %d %s elements in one info", CAP_PROSE_LIMIT, name);
		}
		const char *text = cap_node_text(c, n);
		if (!text) {
			return -EBADMSG;
		}
		look_for_test(c, name, cap_test_word(text));
		cap_add_piece(c, texts, lang, text);
	}
	return 0;
}

static int read_texts(struct cap *c, const xmlNode *info, const char *lang, const char *event)
{
	struct alert *a = c->alert;
	const char *headline;
	int rc = cap_text(c, info, "headline", &headline);
	if (rc) {
		return rc;
	}
	if (headline[0] == '\0') {
		headline = build_headline(c, info, event);
	}
	look_for_test(c, "headline", cap_test_word_in_title(headline));
	look_for_test(c, "event", cap_test_word_in_title(event));
	cap_add_piece(c, &a->headline, lang, one_line(a->pool, headline));
	rc = read_prose(c, info, "description", lang, &a->description);
	return rc ? rc : read_prose(c, info, "instruction", lang, &a->instruction);
}

/* ---- items ---- */

/* A key of what the areas cover, without their names, which differ by language. "" when nothing
 * but names is there. */
static void area_key(struct cap *c, const xmlNode *info, char out[DIGEST_HEX_SIZE])
{
	static const char *const elements[] = {"geocode", "polygon", "circle"};
	struct digest *d = digest_new();
	bool any = false;
	for (const xmlNode *area = xml_child(info, c->ns, "area"); area; area = xml_next(area)) {
		for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
			const xmlNode *n = xml_child(area, c->ns, elements[i]);
			for (; n; n = xml_next(n)) {
				any = true;
				xml_digest(d, n);
			}
		}
	}
	digest_end_hex(d, out);
	digest_free(d);
	if (!any) {
		out[0] = '\0';
	}
}

/* The item of the same areas (its number), or all->key_count. */
static size_t item_of_area(const struct infos *all, const char *key)
{
	size_t i = 0;
	while (i < all->key_count && strcmp(all->area_keys[i], key) != 0) {
		i++;
	}
	return i;
}

/* The same in another language may end later, or not say when. */
static void extend(struct alert_item *item, struct wall_time expires)
{
	bool open = wall_time_is_none(item->expires) || wall_time_is_none(expires);
	if (open || expires.ms > item->expires.ms) {
		item->expires = open ? WALL_TIME_NONE : expires;
	}
}

/* IPAWS: a parameter for each way to the public that the originator does not want. */
static void add_blocked(struct cap *c, const char *name, const char *value)
{
	struct alert *a = c->alert;
	if (strcasecmp(name, "BLOCKCHANNEL") != 0 || a->blocked.count >= CAP_WORD_LIMIT) {
		return;
	}
	char *word = pool_copy_text(a->pool, value);
	for (char *p = word; *p; p++) {
		*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	}
	if (word[0] && !alert_has_word(&a->blocked, word)) {
		alert_add_word(a, &a->blocked, word);
	}
}

/* The first code that a table knows; *code is it, or else the first code of all. */
static int find_kind(
	struct cap *c, const xmlNode *info, const char **code, const struct kind **kind)
{
	static const char *const sources[] = {"eventCode", "parameter"};
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		const xmlNode *n = xml_child(info, c->ns, sources[i]);
		for (; n; n = xml_next(n)) {
			const char *name;
			const char *value;
			int rc = cap_text(c, n, "valueName", &name);
			rc = rc ? rc : cap_text(c, n, "value", &value);
			if (rc) {
				return rc;
			}
			add_blocked(c, name, value);
			/* What telephones would show (IPAWS): South Pasadena, 11 November 2025,
			 * said only here that it was a test. */
			if (strcasecmp(name, "CMAMtext") == 0 ||
				strcasecmp(name, "CMAMlongtext") == 0) {
				look_for_test(c, name, cap_test_word(value));
			}
			if (i == 0 && cap_code_is_test(name, value)) {
				look_for_test(c, "eventCode", value);
			}
			const struct kind *found = cap_kind_of_code(name, value);
			if (found && !*kind) {
				*kind = found;
				*code = value;
			}
			if (i == 0 && (*code)[0] == '\0') {
				*code = value;
			}
		}
	}
	return 0;
}

static bool is_all_clear(struct cap *c, const xmlNode *info)
{
	const xmlNode *n = xml_child(info, c->ns, "responseType");
	for (; n; n = xml_next(n)) {
		if (strcasecmp(xml_text(c->alert->pool, n), "AllClear") == 0) {
			return true;
		}
	}
	return false;
}

static int add_item(struct cap *c, struct infos *all, const xmlNode *info, const char *event)
{
	const struct kind *kind = NULL;
	const char *code = "";
	const char *severity = "";
	int rc = find_kind(c, info, &code, &kind);
	if (rc) {
		return rc;
	}
	kind = kind ? kind : cap_kind_of_event(event);
	struct alert_item *item = alert_add_item(c->alert, kind ? kind : cap_kind_other());
	item->code = code;
	item->name = event;
	rc = read_word(c, info, "urgency", urgencies, &item->urgency);
	rc = rc ? rc : read_word(c, info, "certainty", certainties, &item->certainty);
	rc = rc ? rc : read_word(c, info, "severity", severities, &severity);
	if (rc) {
		return rc;
	}
	(void)severity_parse(severity, &item->severity);
	item->expires = all->expires;
	bool clear = is_all_clear(c, info);
	if (clear) {
		item->transition = TRANSITION_RELEASED;
		all->all_clear++;
	}
	all->past += clear || strcmp(item->urgency, "past") == 0;
	return cap_read_areas(c, info, item);
}

/* ---- times ---- */

static int read_times(struct cap *c, struct infos *all, const xmlNode *info)
{
	struct alert *a = c->alert;
	const char *text[3];
	int rc = cap_text(c, info, "effective", &text[0]);
	rc = rc ? rc : cap_text(c, info, "onset", &text[1]);
	rc = rc ? rc : cap_text(c, info, "expires", &text[2]);
	if (rc) {
		return rc;
	}
	struct wall_time effective;
	struct wall_time onset;
	struct wall_time expires;
	cap_warn_time(c, "effective", text[0], &effective, NULL);
	cap_warn_time(c, "onset", text[1], &onset, NULL);
	cap_warn_time(c, "expires", text[2], &expires, NULL);
	all->expires = expires;
	if (wall_time_is_none(a->effective) ||
		(!wall_time_is_none(effective) && effective.ms < a->effective.ms)) {
		a->effective = effective;
	}
	if (wall_time_is_none(a->onset) || (!wall_time_is_none(onset) && onset.ms < a->onset.ms)) {
		a->onset = onset;
	}
	if (wall_time_is_none(expires)) {
		all->expires_missing = true;
	} else if (expires.ms > a->expires.ms) {
		a->expires = expires; /* "unknown" is the smallest of all times */
	}
	return 0;
}

static int read_info(struct cap *c, struct infos *all, const xmlNode *info)
{
	struct alert *a = c->alert;
	const char *lang;
	const char *event;
	int rc = cap_text(c, info, "language", &lang);
	rc = rc ? rc : cap_text(c, info, "event", &event);
	if (rc) {
		return rc;
	}
	lang = lang[0] ? lang : "en-US";
	event = one_line(a->pool, event);
	if (all->count == 0) {
		all->lang = lang;
		a->title = event;
		rc = cap_text(c, info, "senderName", &a->office);
		if (rc) {
			return rc;
		}
	}
	if (event[0] == '\0') {
		cap_warn(c, "missing-event", "info without event");
	}
	rc = read_texts(c, info, lang, event);
	rc = rc ? rc : read_times(c, all, info);
	if (rc) {
		return rc;
	}
	char key[DIGEST_HEX_SIZE];
	area_key(c, info, key);
	bool translation = strcasecmp(lang, all->lang) != 0;
	size_t same = translation ? item_of_area(all, key) : all->key_count;
	if (same < all->key_count) {
		extend(&a->items[same], all->expires);
		return 0;
	}
	if (translation && key[0] == '\0') {
		for (size_t i = 0; i < a->item_count; i++) {
			extend(&a->items[i], all->expires);
		}
		return 0;
	}
	if (translation) {
		cap_warn(c, "areas-of-one-language", "areas that only %.20s has", lang);
	}
	memcpy(all->area_keys[all->key_count++], key, sizeof(key));
	all->count++;
	return add_item(c, all, info, event);
}

static void conclude(struct cap *c, const struct infos *all)
{
	struct alert *a = c->alert;
	if (all->count == 0) {
		if (a->action == ALERT_ACTION_ISSUE || a->action == ALERT_ACTION_UPDATE) {
			cap_warn(c, "no-info", "nothing to tell: no info element");
		}
		return;
	}
	if (all->expires_missing) {
		cap_warn(c, "missing-expires", "an info says not when it ends");
	}
	if (!wall_time_is_none(a->expires) && a->expires.ms <= a->sent.ms) {
		cap_warn(c, "expires-before-sent", "over before it was sent");
	}
	a->over = a->action == ALERT_ACTION_CANCEL && all->past == a->item_count;
	bool speaks = a->action == ALERT_ACTION_ISSUE || a->action == ALERT_ACTION_UPDATE;
	if (speaks && all->all_clear == a->item_count) {
		a->action = ALERT_ACTION_RELEASE;
	}
}

int cap_read_infos(struct cap *c, const xmlNode *root)
{
	struct infos all = {.lang = ""};
	size_t count = 0;
	all.area_keys = pool_take(c->alert->pool, CAP_INFO_LIMIT * sizeof(*all.area_keys));
	for (const xmlNode *info = xml_child(root, c->ns, "info"); info; info = xml_next(info)) {
		if (++count > CAP_INFO_LIMIT) {
			return decode_refuse(c->refusal, "too-large", (int)xmlGetLineNo(info),
				"more than %d info elements", CAP_INFO_LIMIT);
		}
		int rc = read_info(c, &all, info);
		if (rc) {
			return rc;
		}
	}
	conclude(c, &all);
	return 0;
}
