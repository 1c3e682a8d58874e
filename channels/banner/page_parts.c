/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/banner/page_parts.h"

#include "channels/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char page_style[] =
	"*{box-sizing:border-box}"
	"html{-webkit-text-size-adjust:100%}"
	"body{margin:0;background:#eef0f3;color:#16181d;font:1.0625rem/1.75 "
	"system-ui,-apple-system,"
	"\"Hiragino Sans\",\"Noto Sans JP\",\"Noto Sans CJK JP\",\"Yu Gothic "
	"UI\",Meiryo,sans-serif;"
	"line-break:strict;overflow-wrap:anywhere;word-break:auto-phrase}"
	"header{background:#14213d;color:#fff;padding:1rem 0}"
	"header>div,footer{padding:0 1rem}"
	"header p{margin:0;font-size:.9rem}"
	"h1{margin:0;font-size:1.5rem;line-height:1.3;letter-spacing:.04em}"
	"h1 span{display:block;font-size:.85rem;font-weight:400;letter-spacing:0}"
	"header>div,main,footer{max-width:46rem;margin:0 auto}"
	"main{padding:.75rem 1rem 2rem}"
	"[hidden]{display:none!important}"
	".asof{margin:.25rem 0 .75rem;font-size:.95rem}"
	".stale,.none{margin:0 0 1rem;padding:1rem;border:3px solid #16181d;border-radius:.5rem;"
	"background:#fff}"
	".stale{border-style:dashed;font-weight:700}"
	".none{border:1px solid #8a93a3}"
	".none p,.stale p{margin:0}"
	"article{margin:0 0 1.25rem;background:#fff;border:2px solid #16181d;border-radius:.75rem;"
	"overflow:hidden}"
	".band{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .6rem;margin:0;"
	"padding:.5rem .9rem;font-weight:700;line-height:1.4}"
	".band svg{width:1.6em;height:1.6em;flex:none}"
	".band .level{margin-left:auto;padding:.1em .6em;border:2px solid;border-radius:.4em}"
	".band [lang=en]{font-weight:400;font-size:.9rem}"
	".extreme .band{background:#4a0a5e;color:#fff}"
	".severe .band{background:#b00020;color:#fff}"
	".moderate .band{background:#ffd84d;color:#16181d}"
	".minor .band,.unknown .band{background:#dce6f2;color:#14213d}"
	".released .band{background:#d9efe1;color:#0b4a2b}"
	".cancelled .band,.withdrawn .band{background:#e4e4e7;color:#222}"
	".extreme{border-color:#4a0a5e;border-width:4px}"
	".severe{border-color:#b00020;border-width:4px}"
	".text{padding:.75rem .9rem;border-top:1px solid #c9cfd8}"
	".text:first-of-type{border-top:0}"
	"h2,h3{margin:0;line-height:1.35}"
	"h2{font-size:1.6rem}h3{font-size:1.2rem}"
	".text p{margin:.4rem 0 0;white-space:pre-line}"
	".facts{margin:0;padding:.6rem .9rem;background:#f5f6f8;border-top:1px solid #c9cfd8;"
	"font-size:.95rem;line-height:1.6}"
	".facts div{display:flex;gap:.75em}.facts dt{flex:none;width:5em;color:#444b57}"
	".facts dd{margin:0}"
	"footer{padding-bottom:1rem;font-size:.9rem}"
	"a{color:#0b3d91}a:focus-visible{outline:3px solid #b00020;outline-offset:2px}"
	".drill{background:repeating-linear-gradient(135deg,#cfe3ff 0 28px,#fff 28px 56px)}"
	".drill header{background:#0b3d91}"
	".mock{margin:0;padding:.75rem 1rem;background:#fff;color:#0b3d91;border:6px double "
	"#0b3d91;"
	"font-size:1.25rem;font-weight:700;text-align:center;line-height:1.5}"
	".mock span{display:block;font-size:1rem}"
	".drill article{border:4px dashed #0b3d91}"
	".drill .band{background:#fff;color:#0b3d91;border-bottom:2px dashed #0b3d91}"
	".drill main>div>.asof{background:#fff;padding:0 .5rem}"
	"@media(min-width:48rem){h1{font-size:2rem}h2{font-size:2rem}main{padding-top:1.25rem}}"
	"@media print{body{background:#fff}article{break-inside:avoid}}";

const char banner_style[] =
	".hansho-banner [hidden]{display:none!important}"
	".hansho-item,.hansho-stale{display:flex;gap:.6em;margin:0;padding:.7em "
	"1em;line-height:1.6;"
	"border:2px solid #16181d;background:#fff;color:#16181d}"
	".hansho-item svg{flex:none;width:1.6em;height:1.6em}"
	".hansho-item p{margin:0}.hansho-item strong{font-size:1.15em}"
	".hansho-item a{color:inherit;text-decoration:underline}"
	".hansho-extreme{background:#4a0a5e;color:#fff}"
	".hansho-severe{background:#b00020;color:#fff}"
	".hansho-moderate{background:#ffd84d}"
	".hansho-released{background:#d9efe1;color:#0b4a2b}"
	".hansho-drill .hansho-item{background:#fff;color:#0b3d91;border:4px dashed #0b3d91}";

const char page_script[] =
	"(function(r){if(!r||!r.dataset)return;"
	"function one(s,e){return(e||r).querySelector(s)}"
	"function look(){var t=Date.now(),n=0,"
	"old=t-Date.parse(r.dataset.updated)>+r.dataset.staleMs;"
	"r.querySelectorAll('[data-expires]').forEach(function(e){"
	"e.hidden=Date.parse(e.dataset.expires)<=t;if(!e.hidden)n++});"
	"one('[data-stale]').hidden=!old;"
	"var e=one('[data-none]');if(e)e.hidden=n>0||old}"
	"function take(h){var p=new DOMParser().parseFromString(h,'text/html'),"
	"n=p.querySelector('[data-updated]');"
	"if(n){r.dataset.updated=n.dataset.updated;"
	"if(one('[data-asof]'))one('[data-asof]').textContent=one('[data-asof]',n).textContent;"
	"if(r.dataset.version!==n.dataset.version){r.dataset.version=n.dataset.version;"
	"one('[data-live]').innerHTML=one('[data-live]',n).innerHTML}}look()}"
	"function load(){if(!r.dataset.src||!window.fetch)return look();"
	"fetch(r.dataset.src,{cache:'no-store'}).then(function(a){"
	"return a.ok?a.text():''}).then(take).catch(look)}"
	"look();setInterval(look,10000);setInterval(load,60000)"
	"})(document.currentScript.previousElementSibling)";

/* ---- times ---- */

const char *page_time(struct wall_time t, char out[PAGE_TIME_SIZE])
{
	static const char *const days[] = {"日", "月", "火", "水", "木", "金", "土"};
	time_t seconds = (time_t)(t.ms / 1000 + CLOCK_JST_OFFSET_MINUTES * 60);
	struct tm tm;
	if (!gmtime_r(&seconds, &tm)) {
		out[0] = '\0';
		return out;
	}
	(void)snprintf(out, PAGE_TIME_SIZE, "%d月%d日(%s) %d:%02d", tm.tm_mon + 1, tm.tm_mday,
		days[tm.tm_wday % 7], tm.tm_hour, tm.tm_min);
	return out;
}

void page_add_time(struct buf *out, struct wall_time t)
{
	char iso[WALL_TIME_TEXT_SIZE];
	char words[PAGE_TIME_SIZE];
	(void)buf_addf(out, "<time datetime=\"%s\">%s</time>",
		wall_time_format(t, CLOCK_JST_OFFSET_MINUTES, iso), page_time(t, words));
}

/* ---- looks ---- */

#define TRIANGLE "M12 2 23 21H1zM11 9v6h2V9zm0 8v2h2v-2z"
#define CIRCLE	 "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm-1 5h2v2h-2zm0 4h2v8h-2z"
#define CHECK	 "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zM6 12l2-2 3 3 6-6 2 2-8 8z"
#define CROSS                                                                                      \
	"M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zM7 9l2-2 3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 "    \
	"3-3z"

static const struct page_look looks_in_force[] = {
	[SEVERITY_UNKNOWN] = {"unknown", CIRCLE, "情報", "Information"},
	[SEVERITY_MINOR] = {"minor", CIRCLE, "お知らせ", "Advice"},
	[SEVERITY_MODERATE] = {"moderate", TRIANGLE, "注意", "Caution"},
	[SEVERITY_SEVERE] = {"severe", TRIANGLE, "危険", "Danger"},
	[SEVERITY_EXTREME] = {"extreme", TRIANGLE, "最大級の危険", "Extreme danger"},
};

/* 解除 and 取消 are never the same word: over, and never true. */
static const struct page_look looks_ended[] = {
	[ENTRY_RELEASED] = {"released", CHECK, "解除", "Lifted"},
	[ENTRY_CANCELLED] = {"cancelled", CROSS, "取消（誤報）", "Cancelled: issued in error"},
	[ENTRY_WITHDRAWN] = {"withdrawn", CROSS, "取り下げ", "Withdrawn"},
};

const struct page_look *page_look_of(const struct board_entry *entry)
{
	return entry->state == ENTRY_IN_FORCE ? &looks_in_force[entry->broadcast->severity]
					      : &looks_ended[entry->state];
}

void page_add_picture(struct buf *out, const struct page_look *look)
{
	(void)buf_addf(out,
		"<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" fill=\"currentColor\" "
		"fill-rule=\"evenodd\"><path d=\"%s\"/></svg>",
		look->picture);
}

/* ---- entries ---- */

static void add_band(struct buf *out, const struct board_entry *entry)
{
	const struct page_look *look = page_look_of(entry);
	const struct broadcast *b = entry->broadcast;
	(void)buf_add_text(out, "<p class=\"band\">");
	page_add_picture(out, look);
	(void)buf_addf(out, "<span>%s</span><span lang=\"en\">%s</span>", look->ja, look->en);
	if (b->level > 0 && entry->state == ENTRY_IN_FORCE) {
		/* Only the municipality's own order is a level; the rest corresponds to one. */
		bool own = kind_matches("evacuation.*", b->kind->name);
		(void)buf_addf(out, "<span class=\"level\">警戒レベル%d%s</span>", b->level,
			own ? "" : "相当");
	}
	(void)buf_add_text(out, "</p>");
}

static void add_form(struct buf *out, const struct broadcast *b, const char *lang,
	enum text_form form, const char *tag)
{
	char *text = text_of(b, lang, form, TEXT_CHARACTERS, 0);
	(void)buf_addf(out, "<%s>", tag);
	(void)text_add_html(out, text);
	(void)buf_addf(out, "</%s>", tag);
	free(text);
}

static void add_text(
	struct buf *out, const struct broadcast *b, size_t index, enum page_detail detail)
{
	const char *lang = b->texts[index].lang;
	bool whole = detail == DETAIL_FULL || (detail == DETAIL_OTHER_BRIEF && index == 0);
	(void)buf_add_text(out, "<div class=\"text\" lang=\"");
	(void)text_add_html(out, lang);
	(void)buf_add_text(out, "\">");
	add_form(out, b, lang, TEXT_TITLE, index == 0 ? "h2" : "h3");
	if (detail != DETAIL_TITLES) {
		add_form(out, b, lang, whole ? TEXT_BODY : TEXT_BRIEF, "p");
	}
	(void)buf_add_text(out, "</div>");
}

static void add_areas(struct buf *out, const struct broadcast *b)
{
	enum { AREAS_SHOWN = 12 };
	if (b->area_count == 0) {
		return;
	}
	(void)buf_add_text(out, "<div><dt>対象</dt><dd>");
	for (size_t i = 0; i < b->area_count && i < AREAS_SHOWN; i++) {
		(void)buf_add_text(out, i ? "、" : "");
		(void)text_add_html(out, b->areas[i].name[0] ? b->areas[i].name : b->areas[i].code);
	}
	if (b->area_count > AREAS_SHOWN) {
		(void)buf_addf(out, " ほか%zu地域", b->area_count - AREAS_SHOWN);
	}
	(void)buf_add_text(out, "</dd></div>");
}

static void add_facts(struct buf *out, const struct board_entry *entry, enum page_detail detail)
{
	const struct broadcast *b = entry->broadcast;
	(void)buf_add_text(out, "<dl class=\"facts\">");
	if (detail != DETAIL_TITLES) {
		add_areas(out, b);
	}
	(void)buf_add_text(out, "<div><dt>発表</dt><dd>");
	page_add_time(out, b->issued);
	if (b->source[0] != '\0') {
		(void)buf_add_text(out, " ");
		(void)text_add_html(out, b->source);
	}
	if (b->update > 1) {
		(void)buf_addf(out, "（第%d報）", b->update);
	}
	(void)buf_add_text(out, "</dd></div>");
	if (entry->state == ENTRY_IN_FORCE) {
		(void)buf_add_text(out, "<div><dt>有効期限</dt><dd>");
		if (b->until_ended) {
			(void)buf_add_text(out, "解除・切替の発表まで</dd></div>");
		} else {
			page_add_time(out, b->expires);
			(void)buf_add_text(out, " まで</dd></div>");
		}
	}
	(void)buf_add_text(out, "</dl>");
}

void page_add_entry(struct buf *out, const struct board_entry *entry, enum page_detail detail)
{
	const struct broadcast *b = entry->broadcast;
	char until[WALL_TIME_TEXT_SIZE];
	(void)buf_addf(out, "<article class=\"%s\" data-status=\"%s\" data-expires=\"%s\">\n",
		page_look_of(entry)->name, alert_status_name(b->status),
		wall_time_format(entry->until, CLOCK_JST_OFFSET_MINUTES, until));
	add_band(out, entry);
	size_t texts = detail == DETAIL_TITLES ? 1 : b->text_count;
	for (size_t i = 0; i < texts; i++) {
		add_text(out, b, i, detail);
	}
	add_facts(out, entry, detail);
	(void)buf_add_text(out, "</article>\n");
}
