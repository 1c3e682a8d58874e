/* SPDX-License-Identifier: Apache-2.0
 *
 * All SQL of the store except the migrations. Parameters are bound, columns named. An index that
 * holds only some rows is used only when the WHERE clause repeats its condition word for word.
 */
#include "store/statements.h"

/* In the order of delivery_read(). */
#define DELIVERY_COLUMNS                                                                           \
	"seq, id, broadcast, state, priority, expires_ms, resend_unknown, position, exhausted, "   \
	"waiting, expired, open_batches, next_retry_ms, audience_list, category, areas, targets"

#define UNFINISHED "(state IN ('ready', 'held') OR open_batches > 0)"

/* A delivery as staff see it; d is the delivery, b its broadcast, a its alert. */
#define DELIVERY_SHOWN                                                                             \
	"d.id AS id, d.broadcast AS broadcast, d.channel AS channel, d.state AS state, "           \
	"d.priority AS priority, d.expires_ms AS \"expires@\", d.total AS targets, "               \
	"d.delivered AS delivered, d.confirmed AS confirmed, d.waiting AS waiting, "               \
	"d.claimed AS claimed, d.unknown AS unknown, d.failed AS failed, "                         \
	"d.quarantined AS quarantined, d.expired AS expired, d.cancelled AS cancelled, "           \
	"d.resent_unknown AS resent_unknown, d.attempts AS attempts, "                             \
	"d.first_ms - a.received_ms AS first_ms, d.last_ms - a.received_ms AS last_ms, "           \
	"d.next_retry_ms AS \"next_retry@\", d.reason AS reason"
#define DELIVERY_SOURCE                                                                            \
	" FROM deliveries d JOIN broadcasts b ON b.id = d.broadcast"                               \
	" JOIN alerts a ON a.id = b.alert "

static const char *const texts[] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",

	[SQL_ALERT_ADD] =
		"INSERT INTO alerts (id, digest, status, action, type, title, series, revision,"
		" severity, feed, issued_ms, received_ms, verdict, reason, alarm, trace, json, raw)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[SQL_ALERT_BY_DIGEST] = "SELECT id FROM alerts WHERE digest = ?",
	[SQL_SIGHTING_ADD] = "INSERT INTO sightings (alert, feed, at_ms) VALUES (?,?,?)",
	[SQL_REFUSAL_ADD] = "INSERT INTO refusals (feed, code, reason, line, at_ms, raw)"
			    " VALUES (?,?,?,?,?,?)",
	[SQL_TOMBSTONE_ADD] =
		"INSERT INTO tombstones (status, series, revision, by_alert, at_ms)"
		" VALUES (?,?,?,?,?) ON CONFLICT (status, series, revision) DO NOTHING",
	/* One without revision stands for the whole series. */
	[SQL_TOMBSTONE_FIND] = "SELECT 1 FROM tombstones WHERE status = ?1 AND series = ?2"
			       " AND (?3 = '' OR revision IN ('', ?3)) LIMIT 1",

	[SQL_STATE_EACH] =
		"SELECT municipality, slot, in_force, kind, severity, level, code, name, value,"
		" source, series, event, issued_ms, sent_ms, expires_ms, thread, alert"
		" FROM states WHERE status = ? AND municipality = ?",
	[SQL_STATE_PUT] =
		"INSERT INTO states (status, municipality, slot, in_force, kind, severity, level,"
		" code, name, value, source, series, event, issued_ms, sent_ms, expires_ms, thread,"
		" alert) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
		" ON CONFLICT (status, municipality, slot) DO UPDATE SET"
		" in_force = excluded.in_force, kind = excluded.kind,"
		" severity = excluded.severity, level = excluded.level, code = excluded.code,"
		" name = excluded.name, value = excluded.value, source = excluded.source,"
		" series = excluded.series, event = excluded.event,"
		" issued_ms = excluded.issued_ms, sent_ms = excluded.sent_ms,"
		" expires_ms = excluded.expires_ms, thread = excluded.thread,"
		" alert = excluded.alert",
	[SQL_STATE_LIST] =
		"SELECT status, municipality, slot, kind, severity, level, code, name, value,"
		" source, series, event, issued_ms AS \"issued@\", sent_ms AS \"sent@\","
		" expires_ms AS \"expires@\", thread, alert FROM states WHERE in_force = 1"
		" ORDER BY status, municipality, slot",

	[SQL_BROADCAST_ADD] =
		"INSERT INTO broadcasts (id, alert, thread, status, kind, event, severity, issue,"
		" held, hold_reason, created_ms, json) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[SQL_BROADCAST_EXISTS] = "SELECT 1 FROM broadcasts WHERE id = ?",
	[SQL_BROADCAST_JSON] = "SELECT json FROM broadcasts WHERE id = ?",
	[SQL_BROADCAST_HOLD] = "UPDATE broadcasts SET held = ?2, hold_reason = ?3 WHERE id = ?1",
	[SQL_THREAD_EACH] =
		"SELECT b.id, b.issue, b.event, (SELECT json_group_array(channel) FROM"
		" (SELECT d.channel FROM deliveries d WHERE d.broadcast = b.id ORDER BY d.seq)),"
		" (SELECT json_group_array(json_extract(a.value, '$.code'))"
		" FROM json_each(b.json, '$.areas') a),"
		" b.held = 1 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.broadcast = b.id"
		" AND (d.attempts > 0 OR d.state IN ('ready', 'done')))"
		" FROM broadcasts b WHERE b.thread = ? AND b.status = ? ORDER BY b.seq",

	/* A thread is a slot, or a slot and what tells one time of it from the next. */
	[SQL_SAID_SINCE] =
		"SELECT b.severity, coalesce(json_extract(b.json, '$.level'), 0) FROM broadcasts b"
		" WHERE b.status = ?1 AND (b.thread = ?2 OR b.thread BETWEEN ?2 || '/' AND ?2 || "
		"'0')"
		" AND b.created_ms > ?4 AND b.held = 0"
		" AND b.event NOT IN ('released', 'cancelled', 'corrected')"
		" AND EXISTS (SELECT 1 FROM json_each(b.json, '$.areas') a"
		" WHERE substr(json_extract(a.value, '$.code'), 1, 5) = substr(?3, 1, 5))",

	[SQL_DELIVERY_ADD] =
		"INSERT INTO deliveries (id, broadcast, channel, state, reason, priority,"
		" created_ms, expires_ms, resend_unknown, position, exhausted, total,"
		" audience_list, category, areas, targets)"
		" VALUES (?1 || '/' || ?2,?1,?2,?3,'',?4,?5,?6,?7,0,?8,?9,?10,?11,?12,?13)",
	[SQL_DELIVERY_LOAD] = "SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE seq = ?",
	[SQL_DELIVERY_FIND] = "SELECT seq FROM deliveries WHERE id = ?",
	[SQL_DELIVERY_OF_ID] = "SELECT " DELIVERY_COLUMNS " FROM deliveries"
			       " WHERE (id = ?1 OR broadcast = ?1) AND seq > ?2"
			       " ORDER BY seq LIMIT 1",
	[SQL_DELIVERY_COUNT] =
		"UPDATE deliveries SET taken = taken + ?2, delivered = delivered + ?3,"
		" waiting = waiting + ?4, claimed = claimed + ?5, unknown = unknown + ?6,"
		" failed = failed + ?7, quarantined = quarantined + ?8, expired = expired + ?9,"
		" cancelled = cancelled + ?10, resent_unknown = resent_unknown + ?11,"
		" open_batches = open_batches + ?12, attempts = attempts + ?13,"
		" confirmed = confirmed + ?14,"
		" first_ms = iif(?3 > 0, coalesce(first_ms, ?16), first_ms),"
		" last_ms = iif(?3 > 0, ?16, last_ms),"
		" next_retry_ms = coalesce(min(next_retry_ms, ?15), next_retry_ms, ?15)"
		" WHERE seq = ?1",
	[SQL_DELIVERY_MOVE] = "UPDATE deliveries SET position = ?2, exhausted = ?3,"
			      " total = iif(?3 = 1 AND total < 0, taken, total) WHERE seq = ?1",
	[SQL_DELIVERY_STATE] =
		"UPDATE deliveries SET state = ?2, ended_ms = iif(?2 IN ('ready', 'held'), NULL,"
		" ?4), reason = ?3 WHERE seq = ?1",
	[SQL_DELIVERY_FINISH] =
		"UPDATE deliveries SET state = iif(expired > 0, 'expired', 'done'), ended_ms = ?2"
		" WHERE seq = ?1 AND state IN ('ready', 'held') AND exhausted = 1"
		" AND open_batches = 0 AND waiting = 0",
	[SQL_DELIVERY_REFRESH] =
		"UPDATE deliveries SET next_retry_ms = (SELECT min(retry_ms) FROM targets"
		" WHERE delivery = ?1 AND state = 'waiting') WHERE seq = ?1",
	[SQL_DELIVERY_OVERDUE] = "SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE " UNFINISHED
				 " AND expires_ms <= ?1 AND state IN ('ready', 'held')"
				 " AND (exhausted = 0 OR waiting > 0) LIMIT 1",

	[SQL_DELIVERY_CHANNELS] = "SELECT DISTINCT channel FROM deliveries"
				  " WHERE " UNFINISHED " ORDER BY channel",

	[SQL_CLAIM_CANDIDATE] =
		"SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE state = 'ready'"
		" AND channel = ?1 AND expires_ms > ?2 AND (exhausted = 0 OR next_retry_ms <= ?2)"
		" ORDER BY priority, expires_ms, seq LIMIT 1",
	[SQL_HAS_DUE] = "SELECT 1 FROM deliveries WHERE state = 'ready' AND channel = ?1"
			" AND expires_ms > ?2 AND (exhausted = 0 OR next_retry_ms <= ?2) LIMIT 1",
	[SQL_NEXT_DUE] =
		"SELECT min(iif(exhausted = 0, created_ms, next_retry_ms)) FROM deliveries"
		" WHERE state = 'ready' AND channel = ?1 AND (?2 IS NULL OR expires_ms > ?2)"
		" AND (exhausted = 0 OR next_retry_ms < expires_ms)",
	[SQL_AUDIENCE_NEXT] = "SELECT seq, id, address, lang, categories, areas, removed"
			      " FROM recipients INDEXED BY recipients_in_order"
			      " WHERE list = ? AND seq > ? ORDER BY seq",
	[SQL_AUDIENCE_AT] = "SELECT seq, id, address, lang, categories, areas, removed"
			    " FROM recipients WHERE seq = ?",

	[SQL_BATCH_ADD] = "INSERT INTO batches (delivery, agent, attempt, started_ms, size, retry,"
			  " claim) VALUES (?,?,?,?,?,?,?)",
	[SQL_BATCH_LOAD] =
		"SELECT b.delivery, b.size, b.attempt, b.retry, d.state, d.expires_ms,"
		" d.resend_unknown, b.ended_ms IS NOT NULL"
		" FROM batches b JOIN deliveries d ON d.seq = b.delivery WHERE b.seq = ?",
	[SQL_BATCH_CLAIM] = "SELECT claim FROM batches WHERE seq = ?",
	[SQL_BATCH_DONE_ADD] = "INSERT INTO batch_done (batch, item) VALUES (?,?)"
			       " ON CONFLICT (batch, item) DO NOTHING",
	[SQL_BATCH_DONE_EACH] = "SELECT item FROM batch_done WHERE batch = ?",
	[SQL_BATCH_DONE_COUNT] = "SELECT count(*) FROM batch_done WHERE batch = ?",
	[SQL_BATCH_DONE_DROP] = "DELETE FROM batch_done WHERE batch = ?",
	[SQL_BATCH_COUNT] =
		"UPDATE batches SET delivered = delivered + ?2, transient = transient + ?3,"
		" permanent = permanent + ?4, unknown = unknown + ?5, crashed = max(crashed, ?6),"
		" error = iif(error = '', ?7, error) WHERE seq = ?1",
	[SQL_BATCH_END] = "UPDATE batches SET ended_ms = ?2, claim = NULL WHERE seq = ?1"
			  " AND ended_ms IS NULL",
	[SQL_BATCH_OPEN_FIRST] =
		"SELECT seq FROM batches WHERE ended_ms IS NULL ORDER BY seq LIMIT 1",

	[SQL_TARGET_FIRST_DUE] =
		"SELECT attempt, crash_count FROM targets WHERE delivery = ? AND state = 'waiting'"
		" AND retry_ms <= ? ORDER BY retry_ms LIMIT 1",
	/* ?4: the most crashes a target may have been in to go with others. */
	[SQL_TARGET_DUE] = "SELECT target, address, lang, area FROM targets WHERE delivery = ?1"
			   " AND state = 'waiting' AND retry_ms <= ?2 AND attempt = ?3"
			   " AND crash_count BETWEEN ?4 AND ?5 ORDER BY retry_ms LIMIT ?6",
	[SQL_TARGET_CLAIM] =
		"UPDATE targets SET state = 'claimed', batch = ?3, attempt = attempt + 1,"
		" changed_ms = ?4 WHERE delivery = ?1 AND target = ?2",
	[SQL_TARGET_BEFORE] = "SELECT crash_count, class = 'unknown' FROM targets"
			      " WHERE delivery = ? AND target = ?",
	/* The class is the most that may have happened in any attempt: a transient failure does
	 * not undo an earlier attempt that may have been taken. */
	[SQL_TARGET_PUT] =
		"INSERT INTO targets (delivery, target, state, attempt, crash_count, retry_ms,"
		" batch, changed_ms, class, reason, code, text, remote_id, address, lang, area)"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
		" ON CONFLICT (delivery, target) DO UPDATE SET state = excluded.state,"
		" crash_count = excluded.crash_count, retry_ms = excluded.retry_ms,"
		" batch = excluded.batch, changed_ms = excluded.changed_ms,"
		" class = CASE WHEN class = 'unknown' AND excluded.class = 'transient'"
		" THEN 'unknown' ELSE excluded.class END,"
		" reason = excluded.reason, code = excluded.code,"
		" text = excluded.text, remote_id = excluded.remote_id",
	[SQL_TARGET_DROP] = "DELETE FROM targets WHERE delivery = ? AND target = ?",
	/* The order of claim: item numbers of batch_done mean this order. */
	[SQL_TARGETS_CLAIMED] = "SELECT target, address, lang, area FROM targets WHERE batch = ?"
				" AND state = 'claimed'",
	[SQL_TARGETS_TO] = "UPDATE targets SET state = ?2, retry_ms = NULL, changed_ms = ?3"
			   " WHERE delivery = ?1 AND state = 'waiting'",
	[SQL_TARGETS_END_UNKNOWN] =
		"UPDATE targets SET state = 'unknown', retry_ms = NULL, changed_ms = ?2"
		" WHERE delivery = ?1 AND state = 'waiting' AND class = 'unknown'",
	[SQL_TARGETS_RETRY] = "UPDATE targets SET state = 'waiting', retry_ms = ?3, changed_ms = ?3"
			      " WHERE delivery = ?1 AND state = ?2",
	[SQL_TARGETS_HASTEN] = "UPDATE targets SET retry_ms = ?1 WHERE state = 'waiting'"
			       " AND retry_ms > ?1",
	[SQL_DELIVERIES_HASTEN] = "UPDATE deliveries SET next_retry_ms = ?1"
				  " WHERE state IN ('ready', 'held') AND next_retry_ms > ?1",
	[SQL_TARGETS_RESOLVE_FAILED] =
		"UPDATE targets SET state = 'failed', changed_ms = ?3 WHERE delivery = ?1"
		" AND state = 'unknown' AND (?2 = '' OR target = ?2)",
	[SQL_TARGETS_RESOLVE_DELIVERED] = "DELETE FROM targets WHERE delivery = ?1"
					  " AND state = 'unknown' AND (?2 = '' OR target = ?2)",

	[SQL_RECEIPT_STEP] = "SELECT step FROM receipts WHERE delivery = ? AND target = ?",
	[SQL_RECEIPT_PUT] = "INSERT INTO receipts (delivery, target, state, step, at_ms, detail)"
			    " VALUES (?,?,?,?,?,?) ON CONFLICT (delivery, target) DO UPDATE SET"
			    " state = excluded.state, step = excluded.step, at_ms = excluded.at_ms,"
			    " detail = excluded.detail",

	[SQL_RECIPIENT_PUT] =
		"INSERT INTO recipients (list, id, address, lang, name, categories, areas)"
		" VALUES (?,?,?,?,?,?,?) ON CONFLICT (list, id) DO UPDATE SET"
		" address = excluded.address, lang = excluded.lang, name = excluded.name,"
		" categories = excluded.categories, areas = excluded.areas, removed = 0",
	[SQL_RECIPIENTS_COUNT] =
		"SELECT count(*) FROM recipients WHERE (?1 = '' OR list = ?1) AND removed = 0",
	[SQL_RECIPIENTS_IN_USE] =
		"SELECT 1 FROM deliveries WHERE " UNFINISHED " AND audience_list = ? LIMIT 1",
	[SQL_RECIPIENTS_REMOVE] =
		"UPDATE recipients SET removed = 1 WHERE list = ? AND removed = 0",
	[SQL_RECIPIENTS_DROP] = "DELETE FROM recipients WHERE list = ?",
	[SQL_RECIPIENTS_PURGE] = "DELETE FROM recipients WHERE list = ? AND removed = 1",
	[SQL_RECIPIENTS_ADOPT] =
		"INSERT INTO recipients (list, id, address, lang, name, categories, areas)"
		" SELECT ?2, id, address, lang, name, categories, areas FROM recipients"
		" WHERE list = ?1 AND removed = 0 ORDER BY seq"
		" ON CONFLICT (list, id) DO UPDATE SET"
		" address = excluded.address, lang = excluded.lang, name = excluded.name,"
		" categories = excluded.categories, areas = excluded.areas, removed = 0",
	[SQL_RECIPIENTS_LIST] = "SELECT id, address, lang, name, categories, areas FROM recipients"
				" WHERE list = ? AND id > ? AND removed = 0 ORDER BY id LIMIT ?",

	[SQL_QUEUE_LIST] = "SELECT " DELIVERY_SHOWN DELIVERY_SOURCE
			   "WHERE (d.state IN ('ready', 'held') OR d.open_batches > 0)"
			   " ORDER BY d.priority, d.expires_ms, d.seq LIMIT ?",
	[SQL_ALERT_LIST] =
		"SELECT id, received_ms AS \"received@\", feed, type, title, status, action,"
		" severity, issued_ms AS \"issued@\", verdict, reason, alarm AS \"alarm?\""
		" FROM alerts ORDER BY seq DESC LIMIT ?",
	[SQL_TOTALS] =
		"SELECT (SELECT count(*) FROM alerts) AS alerts,"
		" count(*) AS unfinished, coalesce(sum(waiting), 0) AS waiting,"
		" (SELECT coalesce(sum(unknown), 0) FROM deliveries WHERE unknown > 0"
		"  OR failed > 0 OR quarantined > 0) AS unknown,"
		" (SELECT coalesce(sum(failed + quarantined), 0) FROM deliveries"
		"  WHERE unknown > 0 OR failed > 0 OR quarantined > 0) AS failed,"
		" coalesce(sum(state = 'held'), 0) AS held FROM deliveries WHERE " UNFINISHED,
	[SQL_SETTLED] = "SELECT NOT EXISTS (SELECT 1 FROM broadcasts b JOIN deliveries d"
			" ON d.broadcast = b.id WHERE b.alert = a.id"
			" AND (d.state = 'ready' OR d.open_batches > 0))"
			" AND ?2 <= (SELECT coalesce(sum(d.confirmed), 0) FROM broadcasts b"
			" JOIN deliveries d ON d.broadcast = b.id WHERE b.alert = a.id)"
			" FROM alerts a WHERE a.id = ?1",
	/* Prefix: between ?1 and the next text of its length, as "~" sorts after all digits. */
	[SQL_ALERT_FIND] = "SELECT id FROM alerts WHERE id >= ?1 AND id < ?1 || '~' LIMIT 2",
	[SQL_SHOW_ALERT] =
		"SELECT id, feed, received_ms AS \"received@\", type, title, status, action,"
		" series, revision, issued_ms AS \"issued@\", severity, verdict, reason,"
		" alarm AS \"alarm?\", length(raw) AS raw_bytes, trace AS \"trace{\","
		" json AS \"alert{\" FROM alerts WHERE id = ?",
	[SQL_SHOW_SIGHTINGS] = "SELECT feed, at_ms AS \"at@\" FROM sightings WHERE alert = ?"
			       " ORDER BY seq LIMIT 200",
	/* ?2: one broadcast, or '' for all of the alert. */
	[SQL_SHOW_BROADCASTS] =
		"SELECT id, kind, event, severity, status, held AS \"held?\", hold_reason,"
		" created_ms AS \"created@\", json AS \"broadcast{\" FROM broadcasts"
		" WHERE alert = ?1 AND (?2 = '' OR id = ?2) ORDER BY seq",
	[SQL_SHOW_DELIVERIES] =
		"SELECT " DELIVERY_SHOWN ", d.seq AS seq, d.created_ms AS \"created@\","
		" d.ended_ms AS \"ended@\"" DELIVERY_SOURCE
		"WHERE d.broadcast = ?1 AND (?2 = '' OR d.id = ?2) ORDER BY d.seq",
	[SQL_SHOW_BATCHES] = "SELECT seq AS id, agent, attempt, size, started_ms AS \"started@\","
			     " ended_ms AS \"ended@\", delivered, transient, permanent, unknown,"
			     " crashed AS \"crashed?\", error FROM batches WHERE delivery = ?"
			     " ORDER BY seq DESC LIMIT 200",
	[SQL_SHOW_TARGETS] =
		"SELECT target AS \"id%\", address AS \"address*\", state, attempt,"
		" crash_count AS crashes, retry_ms AS \"retry@\", changed_ms AS \"changed@\","
		" class, reason, code, text, remote_id FROM targets WHERE delivery = ?"
		" ORDER BY target LIMIT 200",
	[SQL_SHOW_RECEIPTS] =
		"SELECT target AS \"target%\", state, at_ms AS \"at@\", detail FROM receipts"
		" WHERE delivery = ? ORDER BY target LIMIT 200",
	[SQL_SHOW_LEFT_OUT] =
		"SELECT max(0, (SELECT count(*) FROM batches WHERE delivery = ?1) - 200)"
		" AS batches_left_out, max(0, (SELECT count(*) FROM targets WHERE delivery = ?1)"
		" - 200) AS targets_left_out, max(0, (SELECT count(*) FROM receipts"
		" WHERE delivery = ?1) - 200) AS receipts_left_out",

	[SQL_LOG_END] = "SELECT seq, digest FROM log_end WHERE one = 1",
	[SQL_LOG_ADD] = "INSERT INTO log (seq, at_ms, actor, operation, subject, detail, prev,"
			" digest) VALUES (?,?,?,?,?,?,?,?)",
	[SQL_LOG_MOVE_END] = "UPDATE log_end SET seq = ?, digest = ? WHERE one = 1",
	[SQL_LOG_EACH] = "SELECT seq, at_ms, actor, operation, subject, detail, prev, digest"
			 " FROM log ORDER BY seq",
	[SQL_LOG_LIST] =
		"SELECT seq, at_ms AS \"at@\", actor, operation, subject, detail, digest FROM log"
		" WHERE (?1 = '' OR subject = ?1) ORDER BY seq DESC LIMIT ?2",

	[SQL_DEVICE_PUT] = "INSERT INTO devices (channel, device, state, seen_ms) VALUES (?,?,?,?)"
			   " ON CONFLICT (channel, device) DO UPDATE SET state = excluded.state,"
			   " seen_ms = excluded.seen_ms",
	[SQL_DEVICE_LIST] = "SELECT channel, device, seen_ms AS \"seen@\", state AS \"state{\""
			    " FROM devices ORDER BY channel, device",
	[SQL_VALUE_GET] = "SELECT value FROM kept_values WHERE key = ?",
	[SQL_VALUE_PUT] = "INSERT INTO kept_values (key, value) VALUES (?,?)"
			  " ON CONFLICT (key) DO UPDATE SET value = excluded.value",

	[SQL_ALARM_AGAIN] = "UPDATE alarms SET count = count + 1, last_ms = ?3, detail = ?4"
			    " WHERE what = ?1 AND subject = ?2 AND ended_ms IS NULL",
	[SQL_ALARM_ADD] = "INSERT INTO alarms (what, subject, detail, standing, first_ms, last_ms,"
			  " count, acked_by) VALUES (?1,?2,?3,?4,?5,?5,1,'')",
	[SQL_ALARM_END] = "UPDATE alarms SET ended_ms = ?3"
			  " WHERE what = ?1 AND (?2 = '' OR subject = ?2) AND ended_ms IS NULL",
	[SQL_ALARM_ACK] = "UPDATE alarms SET acked_by = ?2,"
			  " ended_ms = iif(standing = 1, NULL, ?3)"
			  " WHERE (?1 = 0 OR seq = ?1) AND ended_ms IS NULL AND acked_by = ''",
	[SQL_ALARM_TOLD] = "UPDATE alarms SET told_ms = ?1 WHERE ended_ms IS NULL",
	[SQL_ALARM_LIST] =
		"SELECT seq AS id, what, subject, detail, standing AS \"standing?\","
		" first_ms AS \"first@\", last_ms AS \"last@\", count, told_ms AS \"told@\","
		" acked_by, ended_ms AS \"ended@\" FROM alarms"
		" WHERE ?1 = 1 OR ended_ms IS NULL ORDER BY seq DESC LIMIT ?2",
};

_Static_assert(sizeof(texts) / sizeof(texts[0]) == SQL_COUNT, "every statement has its text");

const char *store_sql_text(enum store_sql sql)
{
	return texts[sql];
}
