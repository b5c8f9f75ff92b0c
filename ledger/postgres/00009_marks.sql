-- +goose Up

-- Who this ledger is, also when it is copied or put back.
CREATE TABLE identity (
	id TEXT NOT NULL
);
INSERT INTO identity (id) VALUES (substr(replace(gen_random_uuid()::text, '-', ''), 1, 20));

-- The lines of the marks that stand outside the ledger (package mark), in the
-- transaction in which their letters were marked.
CREATE TABLE marks (
	mark TEXT    NOT NULL,
	n    BIGINT NOT NULL,
	line TEXT    NOT NULL,
	PRIMARY KEY (mark, n)
);

-- Letters of which a mark says that they have left, and that were not in this
-- ledger when a person went on without the one that was.
CREATE TABLE departed (
	letter_id TEXT    PRIMARY KEY,
	at        BIGINT NOT NULL,
	by_whom   TEXT    NOT NULL,
	why       TEXT    NOT NULL
);

-- Who went on with a ledger that was behind its mark, and on what grounds.
CREATE TABLE covered (
	at      BIGINT NOT NULL,
	by_whom TEXT    NOT NULL,
	why     TEXT    NOT NULL,
	letters BIGINT NOT NULL
);

-- When the backup was made that this ledger was restored from, until it is
-- known what left since.
CREATE TABLE restored (
	taken_at BIGINT NOT NULL,
	at       BIGINT NOT NULL
);
