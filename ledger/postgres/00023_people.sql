-- +goose Up

-- Who may sign in at the desk. A name is never another person's: who has left
-- keeps theirs, with ended_at. roles are words with blanks between; hash is of
-- the password (argon2id, in PHC form).
CREATE TABLE people (
	name     TEXT COLLATE "C" PRIMARY KEY,
	roles    TEXT COLLATE "C" NOT NULL,
	hash     TEXT COLLATE "C" NOT NULL,
	since    BIGINT           NOT NULL,
	by_whom  TEXT COLLATE "C" NOT NULL,
	ended_at BIGINT           NOT NULL DEFAULT 0
);
