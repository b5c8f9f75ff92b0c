-- +goose Up

-- A lot is a frozen list of letters, by their hashes, that somebody reads a
-- sample of and approves as a whole.
CREATE TABLE lots (
	id       INTEGER PRIMARY KEY,
	campaign TEXT    NOT NULL,
	view     TEXT    NOT NULL,
	by_whom  TEXT    NOT NULL,
	at       INTEGER NOT NULL,
	state    TEXT    NOT NULL CHECK (state IN ('reading', 'stopped', 'approving', 'approved')),
	hash     TEXT    NOT NULL,
	letters  INTEGER NOT NULL,
	approved INTEGER NOT NULL DEFAULT 0,
	refused  INTEGER NOT NULL DEFAULT 0,
	note     TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX lots_campaign ON lots (campaign, id);

CREATE TABLE lot_letters (
	lot_id  INTEGER NOT NULL REFERENCES lots (id),
	letter_id TEXT    NOT NULL,
	hash      TEXT    NOT NULL,
	PRIMARY KEY (lot_id, letter_id)
) STRICT, WITHOUT ROWID;

-- What is read of a lot. plant says what was made wrong on purpose.
CREATE TABLE lot_reads (
	lot_id  INTEGER NOT NULL REFERENCES lots (id),
	n         INTEGER NOT NULL,
	letter_id TEXT    NOT NULL,
	kind      TEXT    NOT NULL CHECK (kind IN ('shape', 'sample', 'plant')),
	plant     TEXT    NOT NULL DEFAULT '',
	verdict   TEXT    NOT NULL DEFAULT '' CHECK (verdict IN ('', 'right', 'wrong')),
	reason    TEXT    NOT NULL DEFAULT '',
	by_whom   TEXT    NOT NULL DEFAULT '',
	at        INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (lot_id, n)
) STRICT, WITHOUT ROWID;
