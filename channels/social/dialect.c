/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/social/dialect.h"

#include "base/json.h"
#include "base/mem.h"
#include "channels/text.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct dialect *const dialects[] = {
	&dialect_mastodon,
	&dialect_webhook,
	&dialect_x,
};

const struct dialect *dialect_find(const char *name)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		if (strcmp(dialects[i]->name, name) == 0) {
			return dialects[i];
		}
	}
	return NULL;
}

void post_init(struct post *p)
{
	*p = (struct post){0};
	buf_init(&p->body, POST_LIMIT);
}

void post_clear(struct post *p)
{
	free(p->url);
	for (size_t i = 0; i < p->header_count; i++) {
		free(p->headers[i]);
	}
	buf_clear(&p->body);
}

void post_header(struct post *p, const char *format, ...)
{
	char line[4096];
	va_list args;
	va_start(args, format);
	int size = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	p->failed |= size < 0 || (size_t)size >= sizeof(line);
	assert(p->header_count < POST_HEADERS);
	for (char *at = line; *at; at++) {
		if (*at == '\r' || *at == '\n') {
			*at = ' ';
		}
	}
	p->headers[p->header_count++] = mem_copy_text(line);
}

void post_json(struct post *p, json_t *object)
{
	if (object) {
		json_write(&p->body, object);
	}
	p->failed |= !object || p->body.failed != 0;
	json_decref(object);
}

/* "（第2報 11月20日14:30）": a service that refuses a text it has seen must not refuse an update.
 */
static void write_tail(const struct broadcast *b, const char *language, char *out, size_t capacity)
{
	char stamp[WALL_TIME_TEXT_SIZE];
	(void)wall_time_format(b->issued, CLOCK_JST_OFFSET_MINUTES, stamp);
	if (strlen(stamp) < 16) {
		out[0] = '\0';
		return;
	}
	stamp[16] = '\0'; /* 2026-11-20T14:30 */
	const char *clock = stamp + 11;
	const char *month = stamp[5] == '0' ? stamp + 6 : stamp + 5;
	const char *day = stamp[8] == '0' ? stamp + 9 : stamp + 8;
	int month_size = stamp[5] == '0' ? 1 : 2;
	int day_size = stamp[8] == '0' ? 1 : 2;
	if (strcmp(language, "ja") == 0) {
		(void)snprintf(out, capacity, "\n（第%d報 %.*s月%.*s日%s）", b->update, month_size,
			month, day_size, day, clock);
	} else {
		(void)snprintf(out, capacity, "\n(No. %d, %.10s %s JST)", b->update, stamp, clock);
	}
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Both services take "@name" and X "＠name" as a call to that account, who knows nothing of the
 * alert. A zero width space after the sign ends that; in a mail address nothing is called. */
static char *without_mentions(const char *text)
{
	enum { TEXT_LIMIT = 1024 * 1024 };
	static const char *const signs[] = {"@", "＠"};
	struct buf out;
	buf_init(&out, TEXT_LIMIT);
	bool after_name = false;
	for (const char *at = text; *at; at++) {
		(void)buf_add(&out, at, 1);
		for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
			size_t size = strlen(signs[i]);
			if (!after_name && strncmp(at, signs[i], size) == 0 && is_name(at[size])) {
				(void)buf_add(&out, at + 1, size - 1);
				(void)buf_add_text(&out, "\u200B");
				at += size - 1;
				break;
			}
		}
		after_name = is_name(*at);
	}
	return buf_steal(&out);
}

char *post_text(const struct account *a, const struct broadcast *b, int measure, size_t limit)
{
	char tail[96];
	write_tail(b, a->language, tail, sizeof(tail));
	size_t tail_size = text_length(tail, (enum text_measure)measure);
	char *text = text_of_clean(b, a->language, TEXT_BODY, (enum text_measure)measure,
		limit - tail_size, without_mentions);
	size_t size = strlen(text);
	text = mem_resize(text, size + strlen(tail) + 1);
	memcpy(text + size, tail, strlen(tail) + 1);
	return text;
}
