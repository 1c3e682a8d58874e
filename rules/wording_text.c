/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/wording_text.h"

#include "base/buf.h"
#include "base/err.h"
#include "rules/words.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

const char *wording_expand(
	struct pool *pool, const char *template, const struct wording_pair *pairs, size_t count)
{
	struct buf out;
	buf_init(&out, WORDING_TEXT_MAX);
	for (const char *c = template; *c; c++) {
		size_t i = count;
		if (c[0] == '{' && c[1] != '\0' && c[2] == '}') {
			for (i = 0; i < count && pairs[i].key != c[1]; i++) {
			}
		}
		if (i < count) {
			(void)buf_add_text(&out, pairs[i].text);
			c += 2;
		} else {
			(void)buf_add(&out, c, 1);
		}
	}
	const char *kept = pool_copy_text(pool, buf_text(&out));
	buf_clear(&out);
	return kept;
}

size_t wording_length(const char *text)
{
	size_t count = 0;
	for (; *text; text++) {
		count += ((unsigned char)*text & 0xC0U) != 0x80U;
	}
	return count;
}

/* U+0080-009F, U+200B-200F, U+202A-202E, U+2066-2069, U+FEFF. Returns bytes, 0: none. */
static size_t hidden_size(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] <= 0x9F) {
		return 2;
	}
	if (c[0] == 0xE2 && c[1] == 0x80 &&
		((c[2] >= 0x8B && c[2] <= 0x8F) || (c[2] >= 0xAA && c[2] <= 0xAE))) {
		return 3;
	}
	if (c[0] == 0xE2 && c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9) {
		return 3;
	}
	return c[0] == 0xEF && c[1] == 0xBB && c[2] == 0xBF ? 3 : 0;
}

const char *wording_clean(struct pool *pool, const char *text, size_t limit)
{
	struct buf out;
	buf_init(&out, WORDING_TEXT_MAX);
	size_t size = strlen(text);
	const char *end = text + utf8_cut(text, size, limit);
	while (text < end) {
		size_t hidden = hidden_size(text);
		bool newline = *text == '\n' || (*text == '\r' && text[1] != '\n');
		if (hidden > 0) {
			text += hidden;
		} else if (newline) {
			/* Not at the beginning, at most one empty line. */
			bool skip =
				out.size == 0 || (out.size > 1 && out.data[out.size - 1] == '\n' &&
							 out.data[out.size - 2] == '\n');
			(void)buf_add(&out, "\n", skip ? 0 : 1);
			text++;
		} else if (*text == '\r') {
			text++;
		} else {
			bool control = iscntrl((unsigned char)*text) != 0;
			(void)buf_add(&out, control ? " " : text, 1);
			text++;
		}
	}
	while (out.size > 0 && isspace((unsigned char)out.data[out.size - 1])) {
		out.data[--out.size] = '\0';
	}
	const char *kept = pool_printf(pool, "%s%s", buf_text(&out), size > limit ? "…" : "");
	buf_clear(&out);
	return kept;
}

void words_clock_of(struct wall_time t, struct words_clock *out)
{
	time_t seconds = (time_t)(t.ms / 1000) + (time_t)CLOCK_JST_OFFSET_MINUTES * 60;
	struct tm tm = {0};
	(void)gmtime_r(&seconds, &tm);
	*out = (struct words_clock){tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min};
}
