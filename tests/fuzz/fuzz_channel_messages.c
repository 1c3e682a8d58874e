/* SPDX-License-Identifier: Apache-2.0
 *
 * A driver's view of the hub's bytes: a batch is read or refused with a reason, and every text that
 * was read can be measured, cut and published.
 */
#include "base/json.h"
#include "channels/banner/cap.h"
#include "channels/banner/feed.h"
#include "channels/banner/page.h"
#include "channels/message.h"
#include "channels/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cut_texts(const struct broadcast *b)
{
	static const size_t limits[] = {1, 7, 70, 200};
	for (int measure = TEXT_CHARACTERS; measure <= TEXT_BYTES; measure++) {
		for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
			const char *lang = b->texts[0].lang;
			char *text =
				text_of(b, lang, TEXT_BODY, (enum text_measure)measure, limits[i]);
			const char *mark = text_drill_mark(lang);
			if (text_length(text, (enum text_measure)measure) > limits[i] &&
				strcmp(text, mark) != 0) {
				abort();
			}
			free(text);
		}
	}
	char *line = text_one_line(b->texts[0].body);
	if (strpbrk(line, "\r\n")) {
		abort();
	}
	free(line);
}

/* Takes ownership of b. */
static void publish(struct broadcast *b)
{
	const struct page_context context = {
		.publisher = "半鐘市",
		.url = "https://city.example",
		.home = "",
		.site = "test",
		.now = b->issued,
		.stale_ms = 1000,
		.drill = b->status != ALERT_STATUS_ACTUAL,
	};
	const struct cap_author author = {
		.sender = "a@b.example", .publisher = "半鐘市", .url = ""};
	struct board board;
	struct buf out;
	board_init(&board);
	buf_init(&out, (size_t)64 * 1024 * 1024);
	board_put(&board, b, b->issued, 1000);
	(void)cap_add(&out, board.entries[0].broadcast, &board, &author);
	(void)page_add_banner(&out, &board, &context);
	(void)page_add_index(&out, &board, &context);
	(void)feed_add_atom(&out, &board, &context);
	json_decref(feed_json(&board, &context));
	(void)board_expire(&board, (struct wall_time){.ms = INT64_MAX});
	buf_clear(&out);
	board_clear(&board);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = {0};
	json_t *message = json_read((const char *)data, size, &e);
	if (!message) {
		return 0;
	}
	struct channel_message m;
	e = (struct err){0};
	if (channel_message_read(message, &m, &e) == 0) {
		cut_texts(m.broadcast);
		struct broadcast *b = m.broadcast;
		m.broadcast = NULL;
		publish(b);
		channel_message_clear(&m);
	} else if (e.text[0] == '\0') {
		abort();
	}
	json_decref(message);
	return 0;
}
