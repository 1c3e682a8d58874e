/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/areamail/template.h"

#include "channels/text.h"

#include <errno.h>
#include <string.h>

const char *const template_names[] = {
	"key",
	"sender",
	"sent",
	"expires",
	"status",
	"kind_of_message",
	"distribution_type",
	"references",
	"subject",
	"body",
	"event",
	"severity",
	"area_name",
	"area_code",
	"carrier",
	NULL,
};

static int is_name(const char *name, size_t size)
{
	for (size_t i = 0; template_names[i]; i++) {
		if (strlen(template_names[i]) == size &&
			strncmp(template_names[i], name, size) == 0) {
			return 1;
		}
	}
	return 0;
}

int template_check(const char *text, struct err *e)
{
	int line = 1;
	for (const char *at = text; *at; at++) {
		line += *at == '\n';
		if (strncmp(at, "{{", 2) != 0) {
			continue;
		}
		const char *end = strstr(at, "}}");
		size_t size = end ? (size_t)(end - at) - 2 : 0;
		if (!end || !is_name(at + 2, size)) {
			return err_set(e, -EINVAL, "line %d: unknown placeholder {{%.*s}}", line,
				(int)(size < 60 ? size : 60), at + 2);
		}
		at = end + 1;
	}
	return 0;
}

static const char *value_of(const struct template_value *values, const char *name, size_t size)
{
	for (; values->name; values++) {
		if (strlen(values->name) == size && strncmp(values->name, name, size) == 0) {
			return values->value;
		}
	}
	return "";
}

int template_fill(const char *text, const struct template_value *values, struct buf *out)
{
	while (*text) {
		const char *open = strstr(text, "{{");
		const char *end = open ? strstr(open, "}}") : NULL;
		if (!end) {
			(void)buf_add_text(out, text);
			break;
		}
		(void)buf_add(out, text, (size_t)(open - text));
		(void)text_add_html(out, value_of(values, open + 2, (size_t)(end - open) - 2));
		text = end + 2;
	}
	return out->failed;
}
