-- SPDX-License-Identifier: Apache-2.0
-- What staff must look at, from when it began until it ended or somebody took note.
CREATE TABLE alarms (
	seq INTEGER PRIMARY KEY,
	what TEXT NOT NULL,			-- 'feed-silent', 'alert-held', ...
	subject TEXT NOT NULL,			-- the feed, channel, alert or delivery
	detail TEXT NOT NULL,
	standing INTEGER NOT NULL CHECK (standing IN (0, 1)),	-- 1: it ends by itself
	first_ms INTEGER NOT NULL,
	last_ms INTEGER NOT NULL,
	count INTEGER NOT NULL,
	told_ms INTEGER,			-- when a message last named it
	acked_by TEXT NOT NULL,			-- '': nobody yet
	ended_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (what, subject) WHERE ended_ms IS NULL;
