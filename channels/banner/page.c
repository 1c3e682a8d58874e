/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/banner/page.h"

#include "base/digest.h"
#include "channels/banner/page_parts.h"
#include "channels/text.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_IN_TITLES = 30, PART_LIMIT = 4 * 1024 * 1024 };

static bool is_shown(const struct board_entry *entry)
{
	return entry->state != ENTRY_PAST;
}

static size_t count_shown(const struct board *board)
{
	return board->count - board_count(board, ENTRY_PAST);
}

/* ---- frame shared by both pages ---- */

static void add_attribute(struct buf *out, const char *name, const char *value)
{
	(void)buf_addf(out, " %s=\"", name);
	(void)text_add_html(out, value);
	(void)buf_add_text(out, "\"");
}

/* Opens the element the script works on. live is what it shows: its digest tells the script whether
 * anything changed, so that a screen reader is not made to read the same again. */
static void add_root(struct buf *out, const struct page_context *context, const char *class,
	const char *src, const struct buf *live)
{
	enum { VERSION_SIZE = 16 };
	char updated[WALL_TIME_TEXT_SIZE];
	char version[DIGEST_HEX_SIZE];
	digest_of(buf_text(live), live->size, version);
	version[VERSION_SIZE] = '\0';
	(void)buf_addf(out,
		"<div class=\"%s\" data-updated=\"%s\" data-stale-ms=\"%lld\" data-version=\"%s\"",
		class, wall_time_format(context->now, CLOCK_JST_OFFSET_MINUTES, updated),
		(long long)context->stale_ms, version);
	if (src[0] != '\0') {
		add_attribute(out, "data-src", src);
	}
	(void)buf_add_text(out, ">\n");
}

static void add_stale(struct buf *out, const char *class)
{
	(void)buf_addf(out,
		"<div role=\"status\"><div class=\"%s\" data-stale hidden>"
		"<p>"
		"このページの更新が止まっています。最新の情報は、テレビ・ラジオ・防災無線などで確認"
		"して"
		"ください。</p><p lang=\"en\">This page is out of date. Check television, radio or "
		"loudspeakers for the latest information.</p></div></div>\n",
		class);
}

static void add_script(struct buf *out)
{
	(void)buf_addf(out, "<script>%s</script>\n", page_script);
}

/* ---- index.html ---- */

static void add_entries(struct buf *out, const struct board *board, enum page_detail detail)
{
	size_t shown = 0;
	size_t total = count_shown(board);
	for (size_t i = 0; i < board->count; i++) {
		if (!is_shown(&board->entries[i])) {
			continue;
		}
		if (detail == DETAIL_TITLES && shown == ENTRIES_IN_TITLES) {
			(void)buf_addf(out,
				"<p class=\"none\">ほか%zu件 <span lang=\"en\">and %zu "
				"more</span></p>\n",
				total - shown, total - shown);
			break;
		}
		page_add_entry(out, &board->entries[i], detail);
		shown++;
	}
	(void)buf_addf(out,
		"<div class=\"none\" "
		"data-none%s><p>いま、このページで発表中の緊急情報はありません。</p>"
		"<p lang=\"en\">No emergency information is in force on this page.</p></div>\n",
		total > 0 ? " hidden" : "");
}

/* The script is allowed by its digest and nothing else is: no text of an alert can become code. */
static void add_policy(struct buf *out)
{
	unsigned char raw[DIGEST_BYTES];
	char text[64];
	struct digest *d = digest_new();
	digest_add(d, page_script, strlen(page_script));
	digest_end(d, raw);
	digest_free(d);
	(void)base64_encode(raw, sizeof(raw), text);
	(void)buf_addf(out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src 'sha256-%s'; connect-src 'self'; base-uri "
		"'none'; form-action 'none'\">\n",
		text);
}

static void add_head(struct buf *out, const struct page_context *context)
{
	(void)buf_add_text(out, "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n"
				"<meta charset=\"utf-8\">\n"
				"<meta name=\"viewport\" content=\"width=device-width,"
				"initial-scale=1\">\n");
	add_policy(out);
	(void)buf_add_text(
		out, context->drill ? "<meta name=\"robots\" content=\"noindex\">\n" : "");
	(void)buf_addf(out, "<title>%s緊急情報 | ", context->drill ? "【訓練】" : "");
	(void)text_add_html(out, context->publisher);
	(void)buf_addf(out,
		"</title>\n<link rel=\"alternate\" type=\"application/atom+xml\" "
		"href=\"feed.atom\">\n<style>%s</style>\n</head>\n<body%s>\n",
		page_style, context->drill ? " class=\"drill\"" : "");
}

static void add_heading(struct buf *out, const struct page_context *context)
{
	if (context->drill) {
		(void)buf_add_text(out,
			"<p class=\"mock\">これは訓練です。実際の災害ではありません。"
			"<span lang=\"en\">THIS IS A DRILL. There is no real "
			"emergency.</span></p>\n");
	}
	(void)buf_add_text(out, "<header><div><p>");
	(void)text_add_html(out, context->publisher);
	(void)buf_addf(out,
		"</p><h1>%s緊急情報<span lang=\"en\">%sEmergency information</span></h1></div>"
		"</header>\n",
		context->drill ? "【訓練】" : "", context->drill ? "[DRILL] " : "");
}

static void add_foot(struct buf *out, const struct page_context *context)
{
	(void)buf_add_text(out, "<footer>\n<p><a href=\"feed.atom\">フィード (Atom)</a>");
	if (context->home[0] != '\0') {
		(void)buf_add_text(out, " · <a");
		add_attribute(out, "href", context->home);
		(void)buf_add_text(out, ">");
		(void)text_add_html(out, context->publisher);
		(void)buf_add_text(out, "ホームページ</a>");
	}
	(void)buf_add_text(out, "</p>\n</footer>\n</body>\n</html>\n");
}

static void add_index(struct buf *out, const struct board *board,
	const struct page_context *context, enum page_detail detail)
{
	struct buf live;
	buf_init(&live, out->limit);
	add_entries(&live, board, detail);
	add_head(out, context);
	add_heading(out, context);
	(void)buf_add_text(out, "<main>\n");
	add_root(out, context, "root", "index.html", &live);
	(void)buf_add_text(out, "<p class=\"asof\" data-asof>");
	page_add_time(out, context->now);
	(void)buf_add_text(out, " 現在</p>\n");
	add_stale(out, "stale");
	(void)buf_add_text(out, "<div data-live aria-live=\"polite\">\n");
	(void)buf_add(out, buf_text(&live), live.size);
	(void)buf_add_text(out, "</div>\n</div>\n");
	add_script(out);
	(void)buf_add_text(out, "</main>\n");
	add_foot(out, context);
	if (live.failed) {
		out->failed = live.failed;
	}
	buf_clear(&live);
}

int page_add_index(struct buf *out, const struct board *board, const struct page_context *context)
{
	int rc = 0;
	for (int detail = DETAIL_FULL; detail <= DETAIL_TITLES; detail++) {
		struct buf page;
		buf_init(&page, PART_LIMIT);
		add_index(&page, board, context, (enum page_detail)detail);
		bool fits = !page.failed && page.size <= PAGE_LIMIT;
		if (fits || detail == DETAIL_TITLES) {
			rc = page.failed ? page.failed : buf_add(out, page.data, page.size);
			detail = DETAIL_TITLES;
		}
		buf_clear(&page);
	}
	return rc;
}

/* ---- banner.html ---- */

static void add_item_text(struct buf *out, const struct broadcast *b, const char *lang)
{
	char *title = text_of(b, lang, TEXT_TITLE, TEXT_CHARACTERS, 0);
	char *brief = text_of(b, lang, TEXT_BRIEF, TEXT_CHARACTERS, 0);
	(void)buf_add_text(out, "<p");
	add_attribute(out, "lang", lang);
	(void)buf_add_text(out, "><strong>");
	(void)text_add_html(out, title);
	(void)buf_add_text(out, "</strong> ");
	if (strcmp(title, brief) != 0) {
		(void)text_add_html(out, brief);
	}
	(void)buf_add_text(out, "</p>");
	free(title);
	free(brief);
}

static void add_item(
	struct buf *out, const struct board_entry *entry, const struct page_context *context)
{
	const struct page_look *look = page_look_of(entry);
	const struct broadcast *b = entry->broadcast;
	char issued[WALL_TIME_TEXT_SIZE];
	char until[WALL_TIME_TEXT_SIZE];
	(void)buf_addf(out,
		"<div class=\"hansho-item hansho-%s\" data-status=\"%s\" data-issued=\"%s\" "
		"data-expires=\"%s\">",
		look->name, alert_status_name(b->status),
		wall_time_format(b->issued, CLOCK_JST_OFFSET_MINUTES, issued),
		wall_time_format(entry->until, CLOCK_JST_OFFSET_MINUTES, until));
	page_add_picture(out, look);
	(void)buf_addf(out, "<div><p lang=\"ja\">【%s】", look->ja);
	page_add_time(out, b->issued);
	(void)buf_add_text(out, "</p>");
	for (size_t i = 0; i < b->text_count; i++) {
		add_item_text(out, b, b->texts[i].lang);
	}
	(void)buf_add_text(out, "<p lang=\"ja\"><a href=\"");
	(void)text_add_html(out, context->url);
	(void)buf_addf(out, "%sindex.html\">緊急情報をくわしく見る</a></p></div></div>\n",
		context->url[0] ? "/" : "");
}

int page_add_banner(struct buf *out, const struct board *board, const struct page_context *context)
{
	struct buf live;
	struct buf src;
	buf_init(&live, PART_LIMIT);
	buf_init(&src, PART_LIMIT);
	bool urgent = false;
	for (size_t i = 0; i < board->count; i++) {
		const struct board_entry *entry = &board->entries[i];
		if (is_shown(entry)) {
			add_item(&live, entry, context);
			urgent |= entry->state == ENTRY_IN_FORCE &&
				  entry->broadcast->severity >= SEVERITY_SEVERE;
		}
	}
	if (context->url[0] != '\0') {
		(void)buf_addf(&src, "%s/banner.html", context->url);
	}
	(void)buf_addf(out, "<style>%s</style>\n", banner_style);
	add_root(out, context, context->drill ? "hansho-banner hansho-drill" : "hansho-banner",
		buf_text(&src), &live);
	add_stale(out, "hansho-stale");
	(void)buf_addf(out, "<div data-live role=\"%s\" aria-label=\"%s緊急情報\" lang=\"ja\">\n",
		urgent ? "alert" : "status", context->drill ? "【訓練】" : "");
	(void)buf_add(out, buf_text(&live), live.size);
	(void)buf_add_text(out, "</div>\n</div>\n");
	add_script(out);
	int rc = live.failed ? live.failed : out->failed;
	buf_clear(&live);
	buf_clear(&src);
	return rc;
}
