-- +goose Up

-- What the one-time codes of a person are made with, sealed with the campaign's
-- key ("": they have none), and the last step whose code was taken (RFC 6238).
ALTER TABLE people ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN code_step INTEGER NOT NULL DEFAULT 0;

-- Codes for who has lost what makes theirs, each for one use. hash is SHA-256.
CREATE TABLE recovery (
	name    TEXT NOT NULL REFERENCES people (name),
	hash    TEXT NOT NULL,
	used_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (name, hash)
) STRICT, WITHOUT ROWID;
