-- +goose Up

-- Tickets of the house's own system for letters that need a person: one for each
-- letter and reason, and one for each answer. A row is there before the ticket is;
-- number is 0 while nobody knows that the ticket is there. Nobody asks the system
-- about a row before due_at. A letter that is withdrawn leaves its row.
CREATE TABLE tickets (
	letter_id TEXT    NOT NULL,
	reason    TEXT    NOT NULL CHECK (reason IN ('held', 'answered', 'bounced')),
	answer_id INTEGER NOT NULL DEFAULT 0,
	campaign  TEXT    NOT NULL,
	place     TEXT    NOT NULL,
	number    INTEGER NOT NULL DEFAULT 0,
	tries     INTEGER NOT NULL DEFAULT 0,
	due_at    INTEGER NOT NULL DEFAULT 0,
	closed_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (letter_id, reason, answer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_open ON tickets (campaign, place, due_at) WHERE closed_at = 0 AND number > 0;
