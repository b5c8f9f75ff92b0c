-- +goose Up

-- Who may sign in at the desk. A name is never another person's: who has left
-- keeps theirs, with ended_at. roles are words with blanks between; hash is of
-- the password (argon2id, in PHC form).
CREATE TABLE people (
	name     TEXT    PRIMARY KEY,
	roles    TEXT    NOT NULL,
	hash     TEXT    NOT NULL,
	since    INTEGER NOT NULL,
	by_whom  TEXT    NOT NULL,
	ended_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
