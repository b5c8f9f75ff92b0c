-- +goose Up

-- What people answered, and what a person made of it. The words stand in the
-- event of that number. closed is 0 while the answer needs somebody.
CREATE TABLE answers (
	id         BIGINT PRIMARY KEY REFERENCES events (id),
	campaign   TEXT COLLATE "C" NOT NULL,
	letter_id  TEXT COLLATE "C" NOT NULL REFERENCES letters (id),
	at         BIGINT NOT NULL,
	closed     BIGINT NOT NULL DEFAULT 0,
	ruling     TEXT COLLATE "C" NOT NULL DEFAULT '',
	other      TEXT COLLATE "C" NOT NULL DEFAULT '',
	note       TEXT COLLATE "C" NOT NULL DEFAULT '',
	settled_at BIGINT NOT NULL DEFAULT 0,
	settled_by TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX answers_list ON answers (campaign, closed, at, id);
CREATE INDEX answers_letter ON answers (letter_id);
INSERT INTO answers (id, campaign, letter_id, at)
SELECT e.id, l.campaign, l.id, e.at FROM events e JOIN letters l ON l.id = e.letter_id WHERE e.kind = 'answer';

-- Findings whose contact is not responsible by an answer, and in which letter
-- the contact was told of them. other is whom the answer names.
CREATE TABLE turned (
	finding_id BIGINT NOT NULL,
	answer_id  BIGINT NOT NULL REFERENCES answers (id),
	campaign   TEXT COLLATE "C" NOT NULL,
	letter_id  TEXT COLLATE "C" NOT NULL,
	addr       BYTEA NOT NULL,
	contact    TEXT COLLATE "C" NOT NULL,
	other      TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (finding_id, answer_id)
);
CREATE INDEX turned_campaign ON turned (campaign, answer_id);

-- Findings that were taken back: by which answer (0: by none), by whom and why.
CREATE TABLE taken_back (
	finding_id BIGINT PRIMARY KEY,
	answer_id  BIGINT NOT NULL,
	campaign   TEXT COLLATE "C" NOT NULL,
	at         BIGINT NOT NULL,
	by_whom    TEXT COLLATE "C" NOT NULL,
	reason     TEXT COLLATE "C" NOT NULL
);
