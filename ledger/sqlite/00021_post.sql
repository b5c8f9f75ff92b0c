-- +goose Up

-- What was printed to go by post. ready is 1 once the files of a batch are
-- whole; one that is not is made again before another is begun.
CREATE TABLE batches (
	id        TEXT NOT NULL PRIMARY KEY,
	campaign  TEXT NOT NULL,
	agency    TEXT NOT NULL,
	nr        INTEGER NOT NULL,
	made_at   INTEGER NOT NULL,
	made_by   TEXT NOT NULL,
	ready     INTEGER NOT NULL DEFAULT 0,
	posted_at INTEGER NOT NULL DEFAULT 0,
	posted_by TEXT NOT NULL DEFAULT '',
	UNIQUE (campaign, nr)
) STRICT;

-- The letters of a batch, in its order. A letter stands in one batch alone,
-- unless somebody asked for another copy.
CREATE TABLE enclosures (
	batch_id  TEXT NOT NULL REFERENCES batches (id),
	place     INTEGER NOT NULL,
	letter_id TEXT NOT NULL REFERENCES letters (id),
	copy      INTEGER NOT NULL,
	hash      TEXT NOT NULL,
	pages     INTEGER NOT NULL,
	PRIMARY KEY (batch_id, place),
	UNIQUE (letter_id, copy)
) STRICT, WITHOUT ROWID;

-- What became of a letter's paper, and when it was posted.
ALTER TABLE letters ADD COLUMN paper TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN posted_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letters_paper ON letters (campaign, paper) WHERE paper <> '';
