-- +goose Up

-- Who stopped a campaign ('' is all of them), and who let it go on. Every claim
-- looks for a row that has not ended.
CREATE TABLE halts (
	id        INTEGER PRIMARY KEY,
	campaign  TEXT    NOT NULL,
	by_whom   TEXT    NOT NULL,
	reason    TEXT    NOT NULL,
	at        INTEGER NOT NULL,
	ended_at  INTEGER,
	ended_by  TEXT    NOT NULL DEFAULT '',
	ended_why TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX halts_open ON halts (campaign) WHERE ended_at IS NULL;
