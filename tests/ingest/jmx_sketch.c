/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ingest/jmx_sketch.h"

#include "base/file.h"
#include "ingest/decode.h"
#include "ingest/xml.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#define SAMPLES SOURCE_DIR "/schemas/samples/jmx/"

struct alert *sketch_decode(const char *name)
{
	char path[512];
	char *data = NULL;
	size_t size = 0;
	struct err e = {0};
	(void)snprintf(path, sizeof(path), SAMPLES "%s.xml", name);
	if (file_read(path, XML_SIZE_LIMIT, &data, &size, &e) != 0) {
		fail_msg("%s", e.text);
	}
	struct alert *a = NULL;
	struct decode_refusal refusal;
	int rc = decode_telegram(data, size, NULL, &a, &refusal);
	free(data);
	if (rc != 0) {
		fail_msg("%s: refused %s: %s", name, refusal.code, refusal.reason);
	}
	return a;
}

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

void sketch_items(const struct alert *a, struct buf *out)
{
	for (size_t i = 0; i < a->item_count; i++) {
		const struct alert_item *item = &a->items[i];
		(void)buf_addf(out, "%s %s %s L%d %s %s | %zu", item->kind->name,
			or_dash(item->code), severity_name(item->severity), item->level,
			transition_name(item->transition), or_dash(item->value), item->area_count);
		if (item->area_count > 0) {
			const struct alert_area *first = &item->areas[0];
			const struct alert_area *last = &item->areas[item->area_count - 1];
			(void)buf_addf(out, " %s:%s", first->system, first->code);
			if (last != first) {
				(void)buf_addf(out, "..%s:%s", last->system, last->code);
			}
		}
		(void)buf_add_text(out, "\n");
	}
}

void sketch_envelope(const struct alert *a, struct buf *out)
{
	(void)buf_addf(out, "%s %s %s %s", alert_status_name(a->status),
		alert_action_name(a->action), a->type, a->series);
}
