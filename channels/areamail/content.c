/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/areamail/content.h"

#include "channels/text.h"

#include <stdlib.h>
#include <string.h>

/* The closed list. level_min: only at this 警戒レベル相当 or above; 0 any. A kind that is not here
 * is refused: a bear or a lost person must not ring every phone of the town. What ends or mends an
 * earlier message (release, cancellation) passes at any level, but only when there is one. */
static const struct {
	const char *pattern;
	int level_min;
	enum severity severity_min;
} allowed[] = {
	{"civil.*", 0, SEVERITY_UNKNOWN},
	{"evacuation.elderly", 0, SEVERITY_UNKNOWN},
	{"evacuation.order", 0, SEVERITY_UNKNOWN},
	{"evacuation.emergency", 0, SEVERITY_UNKNOWN},
	{"tsunami.major_warning", 0, SEVERITY_UNKNOWN},
	{"tsunami.warning", 0, SEVERITY_UNKNOWN},
	{"tsunami.advisory", 0, SEVERITY_UNKNOWN},
	{"volcano.warning_residential", 0, SEVERITY_UNKNOWN},
	{"volcano.warning_crater", 0, SEVERITY_UNKNOWN},
	{"volcano.flash", 0, SEVERITY_UNKNOWN},
	{"weather.landslide", 4, SEVERITY_UNKNOWN},
	{"flood.river", 3, SEVERITY_UNKNOWN},
	/* 特別警報: since the end of 2022 the municipality sends these itself. */
	{"weather.*", 0, SEVERITY_EXTREME},
};

bool areamail_allows(const struct broadcast *b)
{
	bool ends = b->replace_count > 0 &&
		    (b->event == EVENT_RELEASED || b->event == EVENT_CANCELLED ||
			    b->event == EVENT_LOWERED || b->event == EVENT_CORRECTED);
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (!kind_matches(allowed[i].pattern, b->kind->name)) {
			continue;
		}
		if (ends || (b->level >= allowed[i].level_min &&
				    b->severity >= allowed[i].severity_min)) {
			return true;
		}
	}
	return false;
}

static char *fit(
	const struct broadcast *b, enum text_form form, enum text_measure measure, size_t limit)
{
	return text_of_clean(b, "ja", form, measure, limit, areamail_clean);
}

void areamail_word(
	const struct broadcast *b, const struct areamail_limits *limits, struct areamail_text *out)
{
	out->subject = fit(b, TEXT_TITLE, TEXT_CHARACTERS, limits->subject_max);
	if (out->subject[0] == '\0') { /* nothing of the wording was left */
		free(out->subject);
		out->subject = text_shorten(b->kind->ja, TEXT_CHARACTERS, limits->subject_max);
	}
	out->body = fit(b, TEXT_BODY, TEXT_NEWLINE_TWO, limits->body_max);
}

void areamail_text_clear(struct areamail_text *t)
{
	free(t->subject);
	free(t->body);
	*t = (struct areamail_text){0};
}
