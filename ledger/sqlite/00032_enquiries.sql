-- +goose Up

-- Who looked something up for somebody at the telephone, and what was asked.
CREATE TABLE enquiries (
	id       INTEGER PRIMARY KEY,
	campaign TEXT    NOT NULL,
	at       INTEGER NOT NULL,
	by_whom  TEXT    NOT NULL,
	text     TEXT    NOT NULL,
	found    INTEGER NOT NULL
) STRICT;
CREATE INDEX enquiries_list ON enquiries (campaign, id);
