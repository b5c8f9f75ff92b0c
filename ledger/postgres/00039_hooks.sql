-- +goose Up

-- How far the events of letters were told to a program of the house. Nobody tells
-- before due_at: it is the lease of who tells just now, and the pause after a failure.
CREATE TABLE hooks (
	campaign   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
	last_event BIGINT NOT NULL,
	failures   BIGINT NOT NULL DEFAULT 0,
	due_at     BIGINT NOT NULL DEFAULT 0
);
