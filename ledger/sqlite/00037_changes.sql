-- +goose Up

-- What was changed of people and of settings that take two: who said so first,
-- and who did after them. settled_at is 0 while it waits for the other one.
CREATE TABLE changes (
	id         INTEGER PRIMARY KEY,
	what       TEXT NOT NULL,
	value      TEXT NOT NULL,
	by_whom    TEXT NOT NULL,
	at         INTEGER NOT NULL,
	settled_by TEXT NOT NULL DEFAULT '',
	settled_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX changes_what ON changes (what, settled_at);
