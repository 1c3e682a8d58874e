/* SPDX-License-Identifier: Apache-2.0
 *
 * Any wording gives a text within the carriers' limits, in UTF-8; any template either has a named
 * fault or can be filled in.
 */
#include "base/mem.h"
#include "channels/areamail/content.h"
#include "channels/areamail/template.h"
#include "channels/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void word(char *text)
{
	const struct areamail_limits limits = {.subject_max = 15, .body_max = 200};
	struct broadcast_text texts = {
		.lang = "ja", .title = text, .brief = text, .body = text, .speech = ""};
	struct broadcast b = {.status = ALERT_STATUS_EXERCISE,
		.kind = kind_find("tsunami.warning"),
		.texts = &texts,
		.text_count = 1};
	struct areamail_text out;
	areamail_word(&b, &limits, &out);
	assert(text_length(out.subject, TEXT_CHARACTERS) <= limits.subject_max);
	assert(text_length(out.body, TEXT_NEWLINE_TWO) <= limits.body_max);
	assert(!u8_check((const uint8_t *)out.subject, strlen(out.subject)));
	assert(!u8_check((const uint8_t *)out.body, strlen(out.body)));
	areamail_text_clear(&out);
}

static void fill(const char *text)
{
	static const struct template_value values[] = {{"subject", "<&>"}, {NULL, NULL}};
	struct err e = {0};
	if (template_check(text, &e)) {
		assert(e.text[0]);
		return;
	}
	struct buf out;
	buf_init(&out, 1 << 20);
	(void)template_fill(text, values, &out);
	buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1);
	memcpy(text, data, size);
	word(text);
	fill(text);
	free(text);
	return 0;
}
