-- +goose Up

-- What a person shows instead of a password, at the shell or from a program. hash
-- is of the random text (SHA-256, hexadecimal), which is kept nowhere; roles are
-- words with blanks between, and what it is good for at the most.
CREATE TABLE tokens (
	hash     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	name     TEXT COLLATE "C" NOT NULL REFERENCES people (name),
	roles    TEXT COLLATE "C" NOT NULL,
	since    BIGINT NOT NULL,
	until    BIGINT NOT NULL,
	by_whom  TEXT COLLATE "C" NOT NULL,
	ended_at BIGINT NOT NULL DEFAULT 0
);
