/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/inforce.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static bool ends(const struct broadcast *b)
{
	return b->event == EVENT_RELEASED || b->event == EVENT_CANCELLED;
}

bool inforce_applies(const struct broadcast *b)
{
	return b->status == ALERT_STATUS_ACTUAL && b->event != EVENT_INFO &&
	       strcmp(b->kind->category, "system") != 0;
}

char *inforce_note(const struct broadcast *b)
{
	if (ends(b)) {
		return mem_copy_text("");
	}
	char time[WALL_TIME_TEXT_SIZE];
	json_t *note = json_object();
	json_put_text(note, "broadcast", b->id);
	json_put_text(note, "kind", b->kind->name);
	json_put_text(note, "event", event_type_name(b->event));
	json_put_text(note, "severity", severity_name(b->severity));
	json_put_text(note, "title", b->texts[0].title);
	json_put_text(note, "text", b->texts[0].brief);
	json_put_text(note, "lang", b->texts[0].lang);
	json_put_text(note, "source", b->source);
	json_put_text(note, "issued", wall_time_format(b->issued, CLOCK_JST_OFFSET_MINUTES, time));
	json_put_text(
		note, "expires", wall_time_format(b->expires, CLOCK_JST_OFFSET_MINUTES, time));
	char *text = json_to_text(note);
	json_decref(note);
	return text;
}

unsigned inforce_expiry_s(const struct broadcast *b, struct wall_time now)
{
	enum { UNKNOWN_S = 3600, LONGEST_S = 7 * 24 * 3600 };
	if (ends(b)) {
		return 0;
	}
	if (wall_time_is_none(b->expires)) {
		return UNKNOWN_S;
	}
	int64_t left_s = (b->expires.ms - now.ms) / 1000;
	return left_s < 1 ? 1 : left_s > LONGEST_S ? LONGEST_S : (unsigned)left_s;
}
