-- +goose Up

-- Who this ledger is, also when it is copied or put back.
CREATE TABLE identity (
	id TEXT NOT NULL
) STRICT;
INSERT INTO identity (id) VALUES (lower(hex(randomblob(10))));

-- The lines of the marks that stand outside the ledger (package mark), in the
-- transaction in which their letters were marked.
CREATE TABLE marks (
	mark TEXT    NOT NULL,
	n    INTEGER NOT NULL,
	line TEXT    NOT NULL,
	PRIMARY KEY (mark, n)
) STRICT, WITHOUT ROWID;

-- Letters of which a mark says that they have left, and that were not in this
-- ledger when a person went on without the one that was.
CREATE TABLE departed (
	letter_id TEXT    PRIMARY KEY,
	at        INTEGER NOT NULL,
	by_whom   TEXT    NOT NULL,
	why       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Who went on with a ledger that was behind its mark, and on what grounds.
CREATE TABLE covered (
	at      INTEGER NOT NULL,
	by_whom TEXT    NOT NULL,
	why     TEXT    NOT NULL,
	letters INTEGER NOT NULL
) STRICT;

-- When the backup was made that this ledger was restored from, until it is
-- known what left since.
CREATE TABLE restored (
	taken_at INTEGER NOT NULL,
	at       INTEGER NOT NULL
) STRICT;
