-- +goose Up

-- Who is at the desk. token is a hash of what the browser has.
CREATE TABLE sessions (
	token      TEXT    PRIMARY KEY,
	data       BLOB    NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_expiry ON sessions (expires_at);
