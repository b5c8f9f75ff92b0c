-- +goose Up

-- Who is at the desk. token is a hash of what the browser has.
CREATE TABLE sessions (
	token      TEXT   COLLATE "C" PRIMARY KEY,
	data       BYTEA  NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);
