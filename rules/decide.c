/* SPDX-License-Identifier: Apache-2.0
 *
 * Status first, action second, body third. The steps are in the files they are named after; here
 * is their order and the verdict.
 */
#include "rules/compose.h"
#include "rules/diff.h"
#include "rules/guards.h"
#include "rules/localise.h"
#include "rules/reach.h"
#include "rules/route.h"
#include "rules/rules_private.h"
#include "rules/transition.h"

#include <string.h>

const char *rules_verdict_name(enum rules_verdict verdict)
{
	static const char *const names[] = {
		[RULES_ACTED] = "acted",
		[RULES_NO_CHANGE] = "no-change",
		[RULES_NOT_OURS] = "not-ours",
		[RULES_NO_RULE] = "no-rule",
		[RULES_HELD] = "held",
		[RULES_OLD] = "old",
		[RULES_TEST] = "test",
		[RULES_NOTHING] = "nothing",
	};
	size_t i = (size_t)verdict;
	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

static void conclude(struct judgement *j, enum rules_verdict verdict, const char *reason)
{
	j->decision->verdict = verdict;
	j->decision->reason = reason;
	judgement_trace(j, "verdict %s: %s", rules_verdict_name(verdict), reason);
}

/* These are sent only because something happens somewhere: one that says neither what nor where has
 * been damaged on its way, or its form has changed. It reaches nobody, but it is not calm. */
static bool lost_its_items(const struct alert *a)
{
	static const char *const types[] = {
		"VXSE43", "VFVO50", "VFVO56", "VXKO", "VPBS50", "VPOA50", "VPHW", "VXWW50"};
	if (a->format != ALERT_FORMAT_JMX || a->item_count > 0 ||
		a->action == ALERT_ACTION_CANCEL || a->action == ALERT_ACTION_RELEASE) {
		return false;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strncmp(a->type, types[i], strlen(types[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* What can be said before looking at areas. True when that is all. */
static bool conclude_early(struct judgement *j)
{
	const struct alert *a = j->alert;
	if (a->format == ALERT_FORMAT_JALERT_MAIL && a->item_count == 0) {
		j->decision->alarm = true;
		conclude(j, RULES_NOTHING,
			"a mail of the J-Alert receiver that no mail rule knows: staff must read "
			"it");
		return true;
	}
	if (a->status == ALERT_STATUS_TEST) {
		conclude(j, RULES_TEST, "status test: logged, reaches nobody");
		return true;
	}
	if (!alert_is_public(a) && !route_knows_scope(j)) {
		j->decision->alarm = true;
		conclude(j, RULES_HELD, "not for the public: staff decide what to do with it");
		return true;
	}
	if (lost_its_items(a)) {
		j->decision->alarm = true;
		conclude(j, RULES_NOTHING,
			"names neither a kind nor an area, which its type always does: staff must "
			"read it");
		return true;
	}
	bool says_nothing = a->item_count == 0 && a->reference_count == 0;
	bool acknowledges = a->format == ALERT_FORMAT_CAP && a->action == ALERT_ACTION_INFO;
	if ((says_nothing && a->action != ALERT_ACTION_CANCEL &&
		    a->action != ALERT_ACTION_RELEASE) ||
		acknowledges) {
		conclude(j, RULES_NOTHING, "carries nothing for residents");
		return true;
	}
	return false;
}

/* After the areas are known. An idle telegram may leave effects. */
static bool conclude_superfluous(struct judgement *j)
{
	const char *newer = "";
	switch (transition_use(j, &newer)) {
	case TRANSITION_IDLE:
		transition_finish(j);
		if (j->effect_count > 0) {
			return false;
		}
		conclude(j, RULES_NOTHING,
			pool_printf(j->pool, "the set of %s says the same and more", newer));
		return true;
	case TRANSITION_DOUBTFUL:
		if (j->touch_count == 0) {
			return false;
		}
		j->decision->alarm = true;
		conclude(j, RULES_HELD,
			pool_printf(j->pool,
				"%s, which should say this better, has never come from this office",
				newer));
		return true;
	case TRANSITION_SERVES:
		break;
	}
	return false;
}

static bool is_tombstoned(const struct judgement *j)
{
	const struct alert *a = j->alert;
	return j->family->shape == FAMILY_CHAIN && a->action != ALERT_ACTION_CANCEL &&
	       j->reader->tombstone(j->reader->data, a->status, a->series, a->revision);
}

/* Sender, identifier and time name one message: what comes under the same name with other words is
 * a mistake or worse. The first holds (CAP reference, section 7). */
static bool is_conflict(const struct judgement *j)
{
	const struct alert *a = j->alert;
	for (size_t v = 0; a->format == ALERT_FORMAT_CAP && v < j->view_count; v++) {
		for (size_t i = 0; i < j->views[v].row_count; i++) {
			const struct state_row *row = &j->views[v].rows[i];
			if (strcmp(row->series, a->series) == 0 && row->sent.ms == a->sent.ms &&
				strcmp(row->alert, j->id) != 0) {
				return true;
			}
		}
	}
	return false;
}

static void conclude_changes(struct judgement *j, size_t unsent)
{
	struct rules_decision *d = j->decision;
	bool any_event = false;
	for (size_t i = 0; i < j->effect_count; i++) {
		any_event = any_event || j->effects[i].has_event;
	}
	bool any_ours = j->touch_count > 0 || any_event;
	bool free_to_go = false;
	for (size_t i = 0; i < d->broadcast_count; i++) {
		free_to_go = free_to_go || !d->broadcasts[i].hold;
	}
	if (free_to_go) {
		conclude(j, RULES_ACTED, "a change for us goes out");
	} else if (d->broadcast_count > 0) {
		conclude(j, RULES_HELD, d->broadcasts[0].hold_reason);
	} else if (unsent > 0) {
		d->alarm = d->alarm || !alert_is_public(j->alert) || j->alert->blocked.count > 0;
		conclude(j, RULES_NO_RULE, "a change for us, but no rule sends it");
	} else if (j->superseded) {
		conclude(j, RULES_OLD, "something newer is known already");
	} else if (any_ours) {
		conclude(j, RULES_NO_CHANGE, "concerns us, but changes nothing");
	} else if (j->alert->action == ALERT_ACTION_CANCEL) {
		conclude(j, RULES_NO_CHANGE, "cancels what is not in force here");
	} else {
		conclude(j, RULES_NOT_OURS, "no area of ours");
	}
}

static void judge(struct judgement *j)
{
	const struct alert *a = j->alert;
	judgement_trace(j, "%s %s %s status %s action %s", alert_format_name(a->format), a->type,
		a->series, alert_status_name(a->status), alert_action_name(a->action));
	if (conclude_early(j)) {
		return;
	}
	diff_load(j);
	if (is_conflict(j)) {
		j->decision->alarm = true;
		conclude(j, RULES_OLD,
			"other words under the sender, identifier and time of a message that is "
			"known: the first holds");
		return;
	}
	bool tombstoned = is_tombstoned(j);
	if (a->action == ALERT_ACTION_CANCEL) {
		diff_cancel(j);
	} else if (tombstoned) {
		judgement_trace(j, "what cancels or replaces it came first");
		diff_overtaken(j);
	} else {
		localise(j);
		if (conclude_superfluous(j)) {
			return;
		}
		if (j->effect_count == 0) {
			diff_items(j);
		}
	}
	guards_check(j);
	size_t unsent = compose(j);
	diff_write(j);
	if (tombstoned && j->decision->broadcast_count == 0) {
		conclude(j, RULES_OLD, "cancelled or replaced before it came");
		return;
	}
	conclude_changes(j, unsent);
}

struct rules_decision *rules_decide(const struct config *config, const struct alert *alert,
	const struct rules_reader *reader, struct wall_time now)
{
	struct pool *pool = pool_new();
	struct rules_decision *d = pool_take(pool, sizeof(*d));
	d->pool = pool;
	d->reason = "";
	struct judgement j = {
		.config = config,
		.alert = alert,
		.reader = reader,
		.now = now,
		.pool = pool,
		.decision = d,
		.family = family_of(alert),
		.tree = alert->status == ALERT_STATUS_ACTUAL ? &config->live : &config->drill,
	};
	alert_id(alert, j.id);
	judge(&j);
	reach_clear(&j);
	return d;
}

void rules_decision_free(struct rules_decision *d)
{
	if (!d) {
		return;
	}
	for (size_t i = 0; i < d->broadcast_count; i++) {
		broadcast_free(d->broadcasts[i].broadcast);
	}
	pool_free(d->pool);
}
