/* SPDX-License-Identifier: Apache-2.0
 *
 * pending[] holds the indexes of targets without outcome, sorted by language. A turn takes as many
 * messages from its front as one session may carry, runs the session, and puts back what the relay
 * only put off. A turn that brought nothing forward is the last, so the loop ends.
 */
#include "channels/mail/deliver.h"

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "channels/mail/address.h"
#include "channels/mail/message.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADS_LIMIT = 8 * 1024 * 1024,
	TURN_MIN_MS = 1000, /* the library waits at least that long for a reply */
};

struct letter { /* the shared part of the mails in one language */
	const char *lang;
	char *text;
	size_t size;
};

struct group {	      /* one message of the session */
	size_t first; /* in pending */
	size_t count;
	size_t head_at;
	char id[MAIL_ID_SIZE];
};

struct work {
	const struct mail_settings *settings;
	struct agent *agent;
	const struct channel_batch *batch;
	char (*addresses)[ADDRESS_SIZE]; /* by target */
	const char **languages;		 /* by target: of the text it gets */
	size_t *pending;
	size_t pending_count;
	struct letter *letters;
	size_t letter_count;
	/* of the turn */
	struct group *groups;
	struct smtp_job *jobs;
	const char **recipients; /* by position in pending */
	struct outcome *outcomes;
	bool *again;
	size_t group_count;
	size_t taken; /* targets in the session */
	struct buf heads;
};

static void conclude_early(
	struct work *w, size_t target, enum outcome_reason reason, const char *text)
{
	struct outcome o = {.class = OUTCOME_PERMANENT, .reason = reason};
	outcome_set_text(&o, text);
	agent_outcome(w->agent, w->batch, target, &o);
}

/* ---- letters ---- */

static const struct letter *find_letter(const struct work *w, const char *lang)
{
	for (size_t i = 0; i < w->letter_count; i++) {
		if (strcmp(w->letters[i].lang, lang) == 0) {
			return &w->letters[i];
		}
	}
	return NULL;
}

/* NULL when the text cannot be made a mail; *e says why. */
static const struct letter *letter_in(struct work *w, const char *lang, struct err *e)
{
	const struct letter *found = find_letter(w, lang);
	if (!found) {
		struct letter *l = &w->letters[w->letter_count];
		l->lang = lang;
		if (mail_rest(w->settings, w->batch->broadcast, lang, &l->text, &l->size, e)) {
			return NULL;
		}
		w->letter_count++;
		found = l;
	}
	return found;
}

/* ---- who is pending ---- */

static void accept_targets(struct work *w)
{
	for (size_t i = 0; i < w->batch->count; i++) {
		const struct channel_target *t = &w->batch->targets[i];
		struct err e = {0};
		const char *why;
		w->languages[i] = broadcast_text_in(w->batch->broadcast, t->lang)->lang;
		if (address_form(t->address, w->addresses[i], &why)) {
			conclude_early(w, i, OUTCOME_REASON_TARGET, why);
		} else if (!letter_in(w, w->languages[i], &e)) {
			conclude_early(w, i, OUTCOME_REASON_CONTENT, e.text);
		} else {
			w->pending[w->pending_count++] = i;
		}
	}
}

static int compare_language(const void *a, const void *b, void *data)
{
	const struct work *w = data;
	size_t x = *(const size_t *)a;
	size_t y = *(const size_t *)b;
	int order = strcmp(w->languages[x], w->languages[y]);
	return order ? order : (x > y) - (x < y);
}

/* ---- one turn ---- */

static bool is_id(const char *text)
{
	size_t size =
		strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
	return size > 0 && text[size] == '\0' && size < MAIL_ID_SIZE;
}

static void name_group(struct work *w, struct group *g)
{
	const size_t *members = w->pending + g->first;
	const struct channel_target *targets[MAIL_GROUP_MAX];
	assert(g->count > 0 && g->count <= MAIL_GROUP_MAX);
	for (size_t i = 0; i < g->count; i++) {
		targets[i] = &w->batch->targets[members[i]];
	}
	if (w->settings->personal && is_id(targets[0]->key)) {
		(void)snprintf(g->id, sizeof(g->id), "%s", targets[0]->key);
	} else {
		mail_group_id(w->batch->delivery, targets, g->count, g->id);
	}
}

static void add_head(struct work *w, struct group *g)
{
	size_t target = w->pending[g->first];
	const struct mail_head head = {
		.message_id = g->id,
		.to = w->settings->personal ? w->addresses[target] : NULL,
		.recipient = w->settings->personal ? w->batch->targets[target].id : NULL,
	};
	g->head_at = w->heads.size;
	(void)mail_head_add(w->settings, &head, &w->heads);
}

/* As many recipients as one message may carry, all of one language. */
static size_t group_size(const struct work *w, size_t first)
{
	size_t limit = w->settings->personal ? 1 : (size_t)w->settings->group_max;
	const char *lang = w->languages[w->pending[first]];
	size_t count = 1;
	while (count < limit && first + count < w->pending_count &&
		strcmp(w->languages[w->pending[first + count]], lang) == 0) {
		count++;
	}
	return count;
}

static void plan_turn(struct work *w)
{
	w->group_count = 0;
	w->taken = 0;
	buf_reset(&w->heads);
	while (w->taken < w->pending_count && w->group_count < (size_t)w->settings->session_max) {
		struct group *g = &w->groups[w->group_count++];
		g->first = w->taken;
		g->count = group_size(w, w->taken);
		name_group(w, g);
		add_head(w, g);
		w->taken += g->count;
	}
	for (size_t i = 0; i < w->taken; i++) {
		w->recipients[i] = w->addresses[w->pending[i]];
	}
	for (size_t i = 0; i < w->group_count; i++) {
		const struct group *g = &w->groups[i];
		size_t end = i + 1 < w->group_count ? w->groups[i + 1].head_at : w->heads.size;
		const struct letter *l = find_letter(w, w->languages[w->pending[g->first]]);
		w->jobs[i] = (struct smtp_job){
			.head = buf_text(&w->heads) + g->head_at,
			.head_size = end - g->head_at,
			.rest = l->text,
			.rest_size = l->size,
			.envelope_id = g->id,
			.recipients = w->recipients + g->first,
			.recipient_count = g->count,
		};
	}
}

static void on_at_risk(void *data, size_t job)
{
	struct work *w = data;
	const struct group *g = &w->groups[job];
	if (g->count == w->pending_count) {
		agent_at_risk_rest(w->agent, w->batch);
		return;
	}
	for (size_t i = 0; i < g->count; i++) {
		agent_at_risk(w->agent, w->batch, w->pending[g->first + i]);
	}
}

static void on_report(
	void *data, size_t job, size_t recipient, const struct outcome *outcome, bool again)
{
	struct work *w = data;
	size_t at = w->groups[job].first + recipient;
	w->outcomes[at] = *outcome;
	w->again[at] = again;
}

static bool is_alike(const struct outcome *a, const struct outcome *b)
{
	return a->class == b->class && a->scope == b->scope && a->reason == b->reason &&
	       a->code == b->code;
}

/* All that are left came to the same: one frame says it. */
static bool conclude_together(struct work *w)
{
	struct outcome o = w->outcomes[0];
	for (size_t i = 0; i < w->taken; i++) {
		if (w->again[i] || !is_alike(&o, &w->outcomes[i])) {
			return false;
		}
	}
	/* Nothing further is tried with a relay that is not there or does not let us in. */
	bool hopeless = o.scope == OUTCOME_SCOPE_CHANNEL && o.class == OUTCOME_TRANSIENT;
	if (w->taken < w->pending_count && !hopeless) {
		return false;
	}
	if (o.class == OUTCOME_DELIVERED && w->group_count > 1) {
		o.text[0] = '\0'; /* the words hold the queue id of one message */
	}
	agent_outcome_rest(w->agent, w->batch, &o);
	w->pending_count = 0;
	return true;
}

static void log_turn(const struct work *w)
{
	size_t counts[4] = {0};
	for (size_t i = 0; i < w->taken; i++) {
		counts[w->outcomes[i].class]++;
	}
	log_info("session over",
		"delivery=%s attempt=%d messages=%zu recipients=%zu delivered=%zu transient=%zu "
		"permanent=%zu unknown=%zu ms=%lld",
		LOG_TEXT(w->batch->delivery), w->batch->attempt, w->group_count, w->taken,
		counts[OUTCOME_DELIVERED], counts[OUTCOME_TRANSIENT], counts[OUTCOME_PERMANENT],
		counts[OUTCOME_UNKNOWN], (long long)w->outcomes[0].duration_ms);
}

/* Reports the turn and leaves in pending what goes on; false when nothing came forward. */
static bool conclude_turn(struct work *w)
{
	size_t left = 0;
	bool lost = false;
	log_turn(w);
	if (conclude_together(w)) {
		return false;
	}
	for (size_t i = 0; i < w->taken; i++) {
		if (w->again[i]) {
			w->pending[left++] = w->pending[i];
			continue;
		}
		lost = lost || (w->outcomes[i].class == OUTCOME_TRANSIENT &&
				       w->outcomes[i].scope == OUTCOME_SCOPE_CHANNEL);
		agent_outcome(w->agent, w->batch, w->pending[i], &w->outcomes[i]);
	}
	bool progress = left < w->taken && !lost;
	for (size_t i = w->taken; i < w->pending_count; i++) {
		w->pending[left++] = w->pending[i];
	}
	w->pending_count = left;
	return progress;
}

static void run_turns(struct work *w, struct smtp_relay *relay)
{
	const struct smtp_hooks hooks = {.at_risk = on_at_risk, .report = on_report, .data = w};
	bool progress = true;
	while (progress && w->pending_count > 0 &&
		mono_time_left_ms(w->batch->deadline) >= TURN_MIN_MS) {
		plan_turn(w);
		smtp_session_run(relay, w->jobs, w->group_count, w->batch->deadline, &hooks);
		progress = conclude_turn(w);
	}
	if (w->pending_count > 0) {
		struct outcome o = {.class = OUTCOME_TRANSIENT, .reason = OUTCOME_REASON_TIMEOUT};
		outcome_set_text(&o, progress ? "the batch's time was over before its turn"
					      : "the session before it came to nothing");
		agent_outcome_rest(w->agent, w->batch, &o);
	}
}

void mail_deliver(const struct mail_settings *settings, struct smtp_relay *relay,
	struct agent *agent, const struct channel_batch *batch)
{
	size_t count = batch->count;
	struct work w = {.settings = settings, .agent = agent, .batch = batch};
	w.addresses = mem_new_array(count, sizeof(*w.addresses));
	w.languages = mem_new_array(count, sizeof(*w.languages));
	w.pending = mem_new_array(count, sizeof(*w.pending));
	w.letters = mem_new_array(batch->broadcast->text_count + 1, sizeof(*w.letters));
	w.groups = mem_new_array(count, sizeof(*w.groups));
	w.jobs = mem_new_array(count, sizeof(*w.jobs));
	w.recipients = mem_new_array(count, sizeof(*w.recipients));
	w.outcomes = mem_new_array(count, sizeof(*w.outcomes));
	w.again = mem_new_array(count, sizeof(*w.again));
	buf_init(&w.heads, HEADS_LIMIT);
	accept_targets(&w);
	qsort_r(w.pending, w.pending_count, sizeof(*w.pending), compare_language, &w);
	run_turns(&w, relay);
	for (size_t i = 0; i < w.letter_count; i++) {
		free(w.letters[i].text);
	}
	buf_clear(&w.heads);
	free(w.again);
	free(w.outcomes);
	free(w.recipients);
	free(w.jobs);
	free(w.groups);
	free(w.letters);
	free(w.pending);
	free(w.languages);
	free(w.addresses);
}
