/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/mail/mail.h"

#include "ingest/mail/match.h"
#include "ingest/mail/normalise.h"
#include "ingest/mail/read.h"

#include <ctype.h>
#include <string.h>

enum { HASH_SIZE = 16, HEADLINE_MAX = 600 };

/* The receiver speaks for the government; its address is nobody's business. */
static const char source_name[] = "Ｊアラート";
static const char type_name[] = "JALERT-MAIL";

static bool may_send(const struct text_list *senders, const struct mail *m)
{
	if (!senders || senders->count == 0) {
		return true;
	}
	for (size_t i = 0; i < senders->count; i++) {
		char *pattern = pool_copy_text(m->pool, senders->list[i]);
		for (char *c = pattern; *c; c++) {
			*c = (char)tolower((unsigned char)*c);
		}
		if (mail_address_matches(pattern, m->from) ||
			mail_address_matches(pattern, m->envelope)) {
			return true;
		}
	}
	return false;
}

static void set_identity(struct alert *a, const struct mail *m, const struct mail_texts *t)
{
	char at[WALL_TIME_TEXT_SIZE];
	char words[DIGEST_HEX_SIZE];
	a->issued = wall_time_is_none(m->date) ? m->received : m->date;
	a->sent = a->issued;
	a->offset_minutes = m->offset_minutes;
	digest_of_fields(words, t->subject, t->body, NULL);
	digest_of_fields(a->digest, type_name, words, wall_time_format(a->issued, 0, at), NULL);
	a->events = pool_copy(a->pool, words, HASH_SIZE);
}

/* Words of its own are told only where the rule took them out, and of what no table has words
 * for. */
static void set_headline(struct alert *a, const struct mail *m, const struct mail_outcome *o)
{
	if (o->text[0]) {
		alert_add_text(a, &a->headline, "ja", o->text);
	} else if (strcmp(o->kind->name, "civil.other") == 0 && m->body[0]) {
		size_t size = utf8_cut(m->body, strlen(m->body), HEADLINE_MAX);
		alert_add_text(a, &a->headline, "ja", pool_copy(a->pool, m->body, size));
	}
}

static void set_item(struct alert *a, const struct mail_outcome *o)
{
	struct alert_item *item = alert_add_item(a, o->kind);
	item->severity = o->severity;
	item->level = o->level;
	item->code = pool_copy_text(a->pool, o->stage);
	item->name = pool_copy_text(a->pool, o->place);
	item->value = pool_copy_text(a->pool, o->stage[0] ? o->time : o->value);
	item->transition =
		o->action == ALERT_ACTION_RELEASE ? TRANSITION_RELEASED : TRANSITION_NONE;
	for (size_t i = 0; i < o->areas.count; i++) {
		alert_add_area(a, item, AREA_MUNICIPALITY, o->areas.list[i], "");
	}
}

static void set_outcome(struct alert *a, const struct mail *m, const struct mail_outcome *o)
{
	a->status = o->status;
	a->action = o->action;
	a->series = pool_printf(a->pool, "jalert-mail/%s", o->kind->hazard);
	a->revision = pool_printf(a->pool, "%s/%s", o->name, a->events);
	set_headline(a, m, o);
	set_item(a, o);
}

static void fill(struct alert *a, const struct mail *m, const struct decode_policy *policy)
{
	const struct mail_texts t = {
		.from = m->from,
		.envelope = m->envelope,
		.subject = mail_normalise(a->pool, m->subject),
		.body = mail_normalise(a->pool, m->body),
	};
	struct mail_outcome outcome;
	a->format = ALERT_FORMAT_JALERT_MAIL;
	a->type = type_name;
	a->scope = "public";
	a->sender = source_name;
	a->title = pool_copy_text(a->pool, m->subject);
	set_identity(a, m, &t);
	if (m->body[0]) {
		alert_add_text(a, &a->description, "ja", m->body);
	}
	if (policy && policy->mail_rules &&
		mail_rules_match(policy->mail_rules, &t, a->pool, &outcome)) {
		set_outcome(a, m, &outcome);
	} else {
		a->status = ALERT_STATUS_TEST;
		a->series = "jalert-mail/unmatched";
		a->revision = a->events;
		alert_add_warning(a, "mail-unmatched",
			"no mail rule matches: staff must read it (%s)",
			m->subject[0] ? m->subject : "no subject");
	}
	for (size_t i = 0; i < m->note_count; i++) {
		alert_add_warning(a, m->notes[i].code, "%s", m->notes[i].text);
	}
	if (wall_time_is_none(m->date)) {
		alert_add_warning(a, "mail-no-date",
			"the mail bears no time of its own; when it came here is taken");
	}
}

int mail_decode(const char *bytes, size_t size, const struct decode_policy *policy,
	struct alert **out, struct decode_refusal *refusal)
{
	if (size > MAIL_BYTES_MAX) {
		return decode_refuse(refusal, "too-large", 0,
			"a mail of %zu bytes is more than the %d taken", size, MAIL_BYTES_MAX);
	}
	struct alert *a = alert_new();
	struct mail m;
	int rc = 0;
	mail_read(a->pool, bytes, size, &m);
	if (policy && !may_send(policy->senders, &m)) {
		rc = decode_refuse(refusal, "sender-not-allowed", 0,
			"this feed does not take mails from \"%s\" (envelope \"%s\")", m.from,
			m.envelope);
	} else if (wall_time_is_none(m.date) && wall_time_is_none(m.received)) {
		rc = decode_refuse(refusal, "no-identity", 0,
			"the mail has neither Date nor Received: when it was sent is not known");
	} else if (m.subject[0] == '\0' && m.body[0] == '\0') {
		rc = decode_refuse(
			refusal, "empty", 0, "the mail has neither a subject nor a text");
	}
	if (rc) {
		alert_free(a);
		return rc;
	}
	fill(a, &m, policy);
	*out = a;
	return 0;
}
