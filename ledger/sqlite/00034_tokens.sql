-- +goose Up

-- What a person shows instead of a password, at the shell or from a program. hash
-- is of the random text (SHA-256, hexadecimal), which is kept nowhere; roles are
-- words with blanks between, and what it is good for at the most.
CREATE TABLE tokens (
	hash     TEXT NOT NULL PRIMARY KEY,
	name     TEXT NOT NULL REFERENCES people (name),
	roles    TEXT NOT NULL,
	since    INTEGER NOT NULL,
	until    INTEGER NOT NULL,
	by_whom  TEXT NOT NULL,
	ended_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
