/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/told.h"

#include <string.h>

struct asking {
	const char *municipality;
	bool waits; /* the last one about the municipality */
	bool out;
};

/* One that names no municipality (but districts or shapes) may be about any. */
static bool is_about(const struct rules_sent *sent, const char *municipality)
{
	bool names_any = false;
	for (size_t i = 0; i < sent->areas->count; i++) {
		if (strcmp(sent->areas->list[i], municipality) == 0) {
			return true;
		}
		names_any = names_any || strlen(sent->areas->list[i]) == strlen(municipality);
	}
	return !names_any;
}

static void ask(void *to, const struct rules_sent *sent)
{
	struct asking *a = to;
	if (is_about(sent, a->municipality)) {
		a->waits = sent->waits;
		a->out = a->out || !sent->waits;
	}
}

enum told told_of(const struct judgement *j, const struct state_row *row)
{
	if (!row || !row->thread[0]) {
		return TOLD_ALL;
	}
	struct asking a = {.municipality = row->municipality};
	j->reader->thread(j->reader->data, j->alert->status, row->thread, ask, &a);
	if (!a.waits) {
		return TOLD_ALL;
	}
	return a.out ? TOLD_EARLIER : TOLD_NOTHING;
}
