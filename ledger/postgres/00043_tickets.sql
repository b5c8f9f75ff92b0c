-- +goose Up

-- Tickets of the house's own system for letters that need a person: one for each
-- letter and reason, and one for each answer. A row is there before the ticket is;
-- number is 0 while nobody knows that the ticket is there. Nobody asks the system
-- about a row before due_at. A letter that is withdrawn leaves its row.
CREATE TABLE tickets (
	letter_id TEXT COLLATE "C" NOT NULL,
	reason    TEXT COLLATE "C" NOT NULL CHECK (reason IN ('held', 'answered', 'bounced')),
	answer_id BIGINT NOT NULL DEFAULT 0,
	campaign  TEXT COLLATE "C" NOT NULL,
	place     TEXT COLLATE "C" NOT NULL,
	number    BIGINT NOT NULL DEFAULT 0,
	tries     BIGINT NOT NULL DEFAULT 0,
	due_at    BIGINT NOT NULL DEFAULT 0,
	closed_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (letter_id, reason, answer_id)
);
CREATE INDEX tickets_open ON tickets (campaign, place, due_at) WHERE closed_at = 0 AND number > 0;
