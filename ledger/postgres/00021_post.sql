-- +goose Up

-- What was printed to go by post. ready is 1 once the files of a batch are
-- whole; one that is not is made again before another is begun.
CREATE TABLE batches (
	id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	campaign  TEXT COLLATE "C" NOT NULL,
	agency    TEXT COLLATE "C" NOT NULL,
	nr        BIGINT NOT NULL,
	made_at   BIGINT NOT NULL,
	made_by   TEXT COLLATE "C" NOT NULL,
	ready     BIGINT NOT NULL DEFAULT 0,
	posted_at BIGINT NOT NULL DEFAULT 0,
	posted_by TEXT COLLATE "C" NOT NULL DEFAULT '',
	UNIQUE (campaign, nr)
);

-- The letters of a batch, in its order. A letter stands in one batch alone,
-- unless somebody asked for another copy.
CREATE TABLE enclosures (
	batch_id  TEXT COLLATE "C" NOT NULL REFERENCES batches (id),
	place     BIGINT NOT NULL,
	letter_id TEXT COLLATE "C" NOT NULL REFERENCES letters (id),
	copy      BIGINT NOT NULL,
	hash      TEXT COLLATE "C" NOT NULL,
	pages     BIGINT NOT NULL,
	PRIMARY KEY (batch_id, place),
	UNIQUE (letter_id, copy)
);

-- What became of a letter's paper, and when it was posted.
ALTER TABLE letters ADD COLUMN paper TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN posted_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX letters_paper ON letters (campaign, paper) WHERE paper <> '';
