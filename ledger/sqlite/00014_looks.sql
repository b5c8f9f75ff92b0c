-- +goose Up

-- What later scans saw of the places of findings. One that says nothing is not
-- kept.
CREATE TABLE looks (
	campaign TEXT    NOT NULL,
	addr     BLOB    NOT NULL,
	port     INTEGER NOT NULL,
	proto    TEXT    NOT NULL,
	kind     TEXT    NOT NULL,
	seen     INTEGER NOT NULL,
	source   TEXT    NOT NULL,
	state    TEXT    NOT NULL CHECK (state IN ('open', 'closed', 'silent')),
	service  TEXT    NOT NULL,
	name     TEXT    NOT NULL,
	strength TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	evidence TEXT    NOT NULL,
	reporter TEXT    NOT NULL,
	PRIMARY KEY (campaign, addr, port, proto, kind, seen, source)
) STRICT, WITHOUT ROWID;
