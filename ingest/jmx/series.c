/* SPDX-License-Identifier: Apache-2.0
 *
 * Identity of a telegram: which series it belongs to and where in it. The rules stand in
 * jmx_private.h.
 */
#include "ingest/jmx/jmx_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY_LIMIT = 200 }; /* bytes; real ones have at most some sixty */

static const char blanks[] = " \t\r\n";

/* Several EventIDs stand blank separated; their order is not promised, so the lowest names the
 * series. */
static const char *lowest_event(struct jmx *j)
{
	const char *lowest = "";
	size_t lowest_size = 0;
	for (const char *at = j->a->events + strspn(j->a->events, blanks); *at;) {
		size_t size = strcspn(at, blanks);
		int order = strncmp(at, lowest, size < lowest_size ? size : lowest_size);
		if (lowest_size == 0 || order < 0 || (order == 0 && size < lowest_size)) {
			lowest = at;
			lowest_size = size;
		}
		at += size;
		at += strspn(at, blanks);
	}
	return pool_copy(j->pool, lowest, utf8_cut(lowest, lowest_size, KEY_LIMIT));
}

static const char *event_prefix(struct jmx *j)
{
	const char *event = lowest_event(j);
	return pool_copy(j->pool, event, strcspn(event, "_"));
}

/* The widest area of the families that are keyed by it: Body first, else Headline. */
static bool is_wide(const char *type)
{
	static const char *const wide[] = {"気象警報・注意報（府県予報区等）",
		"気象特別警報報知（府県予報区等）", "竜巻注意情報（発表細分）"};
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (strcmp(type, wide[i]) == 0) {
			return true;
		}
	}
	return false;
}

static const char *warning_area(struct jmx *j)
{
	for (const xmlNode *w = xml_child(j->body, JMX_NS_METE, "Warning"); w; w = xml_next(w)) {
		if (is_wide(xml_attribute(j->pool, w, "type"))) {
			return jmx_at(j, w, JMX_NS_METE, "Item/Area/Code");
		}
	}
	const xmlNode *headline = xml_child(j->head, JMX_NS_HEAD, "Headline");
	for (const xmlNode *i = xml_child(headline, JMX_NS_HEAD, "Information"); i;
		i = xml_next(i)) {
		if (is_wide(xml_attribute(j->pool, i, "type"))) {
			return jmx_at(j, i, JMX_NS_HEAD, "Item/Areas/Area/Code");
		}
	}
	return "";
}

static const char *office_key(struct jmx *j)
{
	const char *area = warning_area(j);
	return area[0] ? area : j->a->office;
}

static const char *event_office(struct jmx *j)
{
	const char *event = lowest_event(j);
	return event[0] ? pool_printf(j->pool, "%s@%s", event, j->a->office) : "";
}

static const char *utc(struct jmx *j, struct wall_time t)
{
	char text[WALL_TIME_TEXT_SIZE];
	return pool_copy_text(j->pool, wall_time_format(t, 0, text));
}

static void set_revision(struct jmx *j, int info_rank)
{
	/* Too long a serial is cut: it still tells apart, and real ones have at most three digits.
	 */
	char serial[16];
	const char *digits = j->serial + strspn(j->serial, "0");
	(void)snprintf(serial, sizeof(serial), "%6.10s", digits[0] ? digits : "0");
	for (char *at = serial; *at == ' '; at++) {
		*at = '0';
	}
	const char *issued = utc(j, j->a->issued);
	const char *sent = utc(j, j->a->sent);
	j->a->revision =
		j->type->serial_first
			? pool_printf(j->pool, "%s/%s/%d/%s", serial, issued, info_rank, sent)
			: pool_printf(j->pool, "%s/%s/%d/%s", issued, serial, info_rank, sent);
}

void jmx_identify(struct jmx *j, int info_rank)
{
	static const char *(*const keys[])(struct jmx *) = {
		[JMX_KEY_EVENT] = lowest_event,
		[JMX_KEY_PREFIX] = event_prefix,
		[JMX_KEY_OFFICE] = office_key,
		[JMX_KEY_EVENT_OFFICE] = event_office,
	};
	const char *key = keys[j->type->key](j);
	if (!key[0]) {
		/* An alert without its id is still an alert: it stands alone. */
		key = utc(j, j->a->issued);
		jmx_warn(j, "missing-event", "no EventID or area names the series of this %s",
			j->a->type);
	}
	j->a->series = pool_printf(j->pool, "%s/%s", j->a->type, key);
	set_revision(j, info_rank);
}
