/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/mqtt/ack.h"

#include "base/json.h"
#include "channels/mqtt/siren_order.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct row {
	const char *word;
	enum receipt_state state;
};

static const struct row states[] = {
	{"received", RECEIPT_DELIVERED},
	{"started", RECEIPT_CONFIRMED},
	{"finished", RECEIPT_CONFIRMED},
	{"refused", RECEIPT_REFUSED},
	{"failed", RECEIPT_FAILED},
};

static const struct row *find_state(const char *word)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(states[i].word, word) == 0) {
			return &states[i];
		}
	}
	return NULL;
}

/* SIREN_ACCEPTED for a word of a maker's own. */
static enum siren_refusal refusal_of(const char *reason)
{
	for (int i = SIREN_MALFORMED; i <= SIREN_NO_TEXT; i++) {
		if (strcmp(reason, siren_refusal_name((enum siren_refusal)i)) == 0) {
			return (enum siren_refusal)i;
		}
	}
	return SIREN_ACCEPTED;
}

/* "<broadcast>/<channel>/<target>[#stop]" -> "<broadcast>/<channel>", when it is ours. */
static int read_delivery(const char *id, const char *channel, struct siren_ack *out)
{
	const char *slash = strchr(id, '/');
	const char *last = strrchr(id, '/');
	if (!slash || slash == last || strchr(slash + 1, '/') != last || strchr(last, '#')) {
		return -ENOENT;
	}
	size_t channel_size = (size_t)(last - slash - 1);
	size_t size = (size_t)(last - id);
	if (strlen(channel) != channel_size || strncmp(slash + 1, channel, channel_size) != 0 ||
		size >= sizeof(out->delivery)) {
		return -ENOENT;
	}
	memcpy(out->delivery, id, size);
	out->delivery[size] = '\0';
	return 0;
}

/* Returns why the device refused, SIREN_ACCEPTED when it did not. */
static enum siren_refusal judge(const struct row *row, const char *reason, struct siren_ack *out)
{
	enum siren_refusal why =
		row->state == RECEIPT_REFUSED ? refusal_of(reason) : SIREN_ACCEPTED;
	out->state = row->state;
	if (why == SIREN_SEEN) {
		/* A repeat of an order the device has already obeyed or is obeying: proof that it
		 * has it, not a failure. */
		out->state = RECEIPT_DELIVERED;
	}
	out->alarm =
		siren_refusal_unverified(why) || why == SIREN_DRILL_KEY || why == SIREN_RETAINED;
	struct outcome clean = {0};
	outcome_set_text(&clean, reason);
	(void)snprintf(out->detail, sizeof(out->detail), "%s%s%.60s", row->word,
		reason[0] ? ": " : "", clean.text);
	return why;
}

int siren_ack_read(const char *payload, size_t size, const char *channel, struct siren_ack *out)
{
	*out = (struct siren_ack){.at = clock_wall_now()};
	struct err e = {0};
	json_t *ack = size <= SIREN_ACK_BYTES ? json_read(payload, size, &e) : NULL;
	const struct row *row = find_state(json_text(ack, "state", ""));
	if (!json_is_object(ack) || !row) {
		json_decref(ack);
		return -EINVAL;
	}
	enum siren_refusal why = judge(row, json_text(ack, "reason", ""), out);
	const char *at = json_text(ack, "at", "");
	struct wall_time when;
	if (wall_time_parse(at, strlen(at), &when, NULL) == 0) {
		out->at = when;
	}
	int rc = siren_refusal_unverified(why)
			 ? -ENOENT
			 : read_delivery(json_text(ack, "id", ""), channel, out);
	json_decref(ack);
	return rc;
}

json_t *siren_state_read(const char *payload, size_t size)
{
	struct err e = {0};
	json_t *state = size <= SIREN_ACK_BYTES ? json_read(payload, size, &e) : NULL;
	const char *word = json_text(state, "state", "");
	if (!json_is_object(state) ||
		(strcmp(word, "online") != 0 && strcmp(word, "offline") != 0)) {
		json_decref(state);
		return NULL;
	}
	return state;
}
