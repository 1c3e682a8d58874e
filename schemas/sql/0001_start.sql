-- SPDX-License-Identifier: Apache-2.0
-- The queue and the record, version 1. Times are milliseconds since 1970 (UTC), names end in _ms.
-- A migration is never changed once released: the next change is 0002_*.sql.

CREATE TABLE alerts (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	digest TEXT NOT NULL UNIQUE,
	status TEXT NOT NULL CHECK (status IN ('actual', 'exercise', 'test')),
	action TEXT NOT NULL,
	type TEXT NOT NULL,
	title TEXT NOT NULL,
	series TEXT NOT NULL,
	revision TEXT NOT NULL,
	severity TEXT NOT NULL,
	feed TEXT NOT NULL,
	issued_ms INTEGER,
	received_ms INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	reason TEXT NOT NULL,
	alarm INTEGER NOT NULL CHECK (alarm IN (0, 1)),
	trace TEXT NOT NULL,
	json TEXT NOT NULL,
	raw BLOB NOT NULL
) STRICT;

-- The same telegram once more, from this or another source.
CREATE TABLE sightings (
	seq INTEGER PRIMARY KEY,
	alert TEXT NOT NULL REFERENCES alerts (id),
	feed TEXT NOT NULL,
	at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sightings_by_alert ON sightings (alert);

-- What was not taken, with its bytes, so that staff can see what a source really sent.
CREATE TABLE refusals (
	seq INTEGER PRIMARY KEY,
	feed TEXT NOT NULL,
	code TEXT NOT NULL,
	reason TEXT NOT NULL,
	line INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	raw BLOB NOT NULL
) STRICT;

-- A cancel that came before what it cancels. revision '': all of the series.
CREATE TABLE tombstones (
	status TEXT NOT NULL,
	series TEXT NOT NULL,
	revision TEXT NOT NULL,
	by_alert TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	PRIMARY KEY (status, series, revision)
) STRICT, WITHOUT ROWID;

-- What is in force (schemas/state.h).
CREATE TABLE states (
	status TEXT NOT NULL CHECK (status IN ('actual', 'exercise', 'test')),
	municipality TEXT NOT NULL,
	slot TEXT NOT NULL,
	in_force INTEGER NOT NULL CHECK (in_force IN (0, 1)),
	kind TEXT NOT NULL,
	severity TEXT NOT NULL,
	level INTEGER NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	source TEXT NOT NULL,
	series TEXT NOT NULL,
	event TEXT NOT NULL,
	issued_ms INTEGER,
	sent_ms INTEGER,
	expires_ms INTEGER,
	thread TEXT NOT NULL,
	alert TEXT NOT NULL,
	PRIMARY KEY (status, municipality, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE broadcasts (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	alert TEXT NOT NULL REFERENCES alerts (id),
	thread TEXT NOT NULL,
	status TEXT NOT NULL CHECK (status IN ('actual', 'exercise', 'test')),
	kind TEXT NOT NULL,
	event TEXT NOT NULL,
	severity TEXT NOT NULL,
	issue INTEGER NOT NULL,
	held INTEGER NOT NULL CHECK (held IN (0, 1)),
	hold_reason TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	json TEXT NOT NULL
) STRICT;
CREATE INDEX broadcasts_by_alert ON broadcasts (alert);
CREATE INDEX broadcasts_by_thread ON broadcasts (thread, status);

-- One broadcast on one channel. Targets are taken from the audience by a cursor; the counters say
-- where each one taken is now, so that always
--   taken = delivered + waiting + claimed + unknown + failed + quarantined + expired + cancelled.
CREATE TABLE deliveries (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	broadcast TEXT NOT NULL REFERENCES broadcasts (id),
	channel TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('held', 'ready', 'done', 'expired', 'cancelled')),
	reason TEXT NOT NULL,
	priority INTEGER NOT NULL,
	created_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	ended_ms INTEGER,
	resend_unknown INTEGER NOT NULL CHECK (resend_unknown IN (0, 1)),
	position INTEGER NOT NULL CHECK (position >= 0),	-- last recipients.seq, or index, taken
	exhausted INTEGER NOT NULL CHECK (exhausted IN (0, 1)),	-- nobody is left behind position
	total INTEGER NOT NULL,					-- -1: not yet known
	next_retry_ms INTEGER,					-- no waiting target is due earlier
	taken INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0),
	delivered INTEGER NOT NULL DEFAULT 0 CHECK (delivered >= 0),
	waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
	claimed INTEGER NOT NULL DEFAULT 0 CHECK (claimed >= 0),
	unknown INTEGER NOT NULL DEFAULT 0 CHECK (unknown >= 0),
	failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
	quarantined INTEGER NOT NULL DEFAULT 0 CHECK (quarantined >= 0),
	expired INTEGER NOT NULL DEFAULT 0 CHECK (expired >= 0),
	cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
	confirmed INTEGER NOT NULL DEFAULT 0 CHECK (confirmed >= 0),
	resent_unknown INTEGER NOT NULL DEFAULT 0,
	open_batches INTEGER NOT NULL DEFAULT 0 CHECK (open_batches >= 0),
	attempts INTEGER NOT NULL DEFAULT 0,
	first_ms INTEGER,
	last_ms INTEGER,
	audience_list TEXT NOT NULL,				-- '': fixed targets
	category TEXT NOT NULL,
	areas TEXT NOT NULL,					-- JSON array of codes
	targets TEXT NOT NULL					-- JSON array of names
) STRICT;
CREATE INDEX deliveries_by_broadcast ON deliveries (broadcast);
CREATE INDEX deliveries_ready ON deliveries (channel, priority, expires_ms, seq)
	WHERE state = 'ready';
CREATE INDEX deliveries_unfinished ON deliveries (expires_ms)
	WHERE state IN ('ready', 'held') OR open_batches > 0;
CREATE INDEX deliveries_troubled ON deliveries (unknown, failed, quarantined)
	WHERE unknown > 0 OR failed > 0 OR quarantined > 0;

-- Every batch that left the hub. While it is open (ended_ms is null) its targets are those of
-- claim (positions, delta coded; retries: rows of targets) less those of batch_done.
CREATE TABLE batches (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	delivery INTEGER NOT NULL REFERENCES deliveries (seq),
	agent TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	started_ms INTEGER NOT NULL,
	ended_ms INTEGER,
	size INTEGER NOT NULL,
	retry INTEGER NOT NULL CHECK (retry IN (0, 1)),
	delivered INTEGER NOT NULL DEFAULT 0,
	transient INTEGER NOT NULL DEFAULT 0,
	permanent INTEGER NOT NULL DEFAULT 0,
	unknown INTEGER NOT NULL DEFAULT 0,
	crashed INTEGER NOT NULL DEFAULT 0,
	error TEXT NOT NULL DEFAULT '',
	claim BLOB
) STRICT;
CREATE INDEX batches_by_delivery ON batches (delivery);
CREATE INDEX batches_open ON batches (seq) WHERE ended_ms IS NULL;

CREATE TABLE batch_done (
	batch INTEGER NOT NULL REFERENCES batches (seq),
	item INTEGER NOT NULL,
	PRIMARY KEY (batch, item)
) STRICT, WITHOUT ROWID;

-- The exceptions: targets that were not simply delivered at the first attempt.
CREATE TABLE targets (
	delivery INTEGER NOT NULL REFERENCES deliveries (seq),
	target TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'unknown', 'failed',
		'quarantined', 'expired', 'cancelled')),
	attempt INTEGER NOT NULL,
	crash_count INTEGER NOT NULL,
	retry_ms INTEGER,
	batch INTEGER REFERENCES batches (seq),
	changed_ms INTEGER NOT NULL,
	class TEXT NOT NULL,
	reason TEXT NOT NULL,
	code INTEGER NOT NULL,
	text TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	address TEXT NOT NULL,
	lang TEXT NOT NULL,
	area TEXT NOT NULL,
	PRIMARY KEY (delivery, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX targets_due ON targets (delivery, retry_ms, attempt) WHERE state = 'waiting';
CREATE INDEX targets_claimed ON targets (batch) WHERE state = 'claimed';

CREATE TABLE receipts (
	delivery INTEGER NOT NULL REFERENCES deliveries (seq),
	target TEXT NOT NULL,
	state TEXT NOT NULL,
	step INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	detail TEXT NOT NULL,
	PRIMARY KEY (delivery, target)
) STRICT, WITHOUT ROWID;

-- removed: taken off the list while a delivery was still going through it. The row keeps its place
-- so that a list loaded anew neither skips nor repeats anybody.
CREATE TABLE recipients (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	list TEXT NOT NULL,
	id TEXT NOT NULL,
	address TEXT NOT NULL,
	lang TEXT NOT NULL,
	name TEXT NOT NULL,
	categories TEXT NOT NULL,
	areas TEXT NOT NULL,
	removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
	UNIQUE (list, id)
) STRICT;
CREATE INDEX recipients_in_order ON recipients (list, seq);
CREATE INDEX recipients_removed ON recipients (list) WHERE removed = 1;

CREATE TABLE devices (
	channel TEXT NOT NULL,
	device TEXT NOT NULL,
	state TEXT NOT NULL,
	seen_ms INTEGER NOT NULL,
	PRIMARY KEY (channel, device)
) STRICT, WITHOUT ROWID;

-- Append-only. digest = SHA-256(prev, at, actor, operation, subject, detail).
CREATE TABLE log (
	seq INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	actor TEXT NOT NULL,
	operation TEXT NOT NULL,
	subject TEXT NOT NULL,
	detail TEXT NOT NULL,
	prev TEXT NOT NULL,
	digest TEXT NOT NULL
) STRICT;
CREATE INDEX log_by_subject ON log (subject);
CREATE TRIGGER log_is_not_rewritten BEFORE UPDATE ON log
	BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON log
	BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- Where the log ends: a chain alone cannot tell that its last entries were cut off.
CREATE TABLE log_end (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	seq INTEGER NOT NULL,
	digest TEXT NOT NULL
) STRICT;
INSERT INTO log_end (one, seq, digest) VALUES (1, 0, '');

CREATE TABLE kept_values (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
