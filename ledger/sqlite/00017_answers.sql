-- +goose Up

-- What people answered, and what a person made of it. The words stand in the
-- event of that number. closed is 0 while the answer needs somebody.
CREATE TABLE answers (
	id         INTEGER PRIMARY KEY REFERENCES events (id),
	campaign   TEXT NOT NULL,
	letter_id  TEXT NOT NULL REFERENCES letters (id),
	at         INTEGER NOT NULL,
	closed     INTEGER NOT NULL DEFAULT 0,
	ruling     TEXT NOT NULL DEFAULT '',
	other      TEXT NOT NULL DEFAULT '',
	note       TEXT NOT NULL DEFAULT '',
	settled_at INTEGER NOT NULL DEFAULT 0,
	settled_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX answers_list ON answers (campaign, closed, at, id);
CREATE INDEX answers_letter ON answers (letter_id);
INSERT INTO answers (id, campaign, letter_id, at)
SELECT e.id, l.campaign, l.id, e.at FROM events e JOIN letters l ON l.id = e.letter_id WHERE e.kind = 'answer';

-- Findings whose contact is not responsible by an answer, and in which letter
-- the contact was told of them. other is whom the answer names.
CREATE TABLE turned (
	finding_id INTEGER NOT NULL,
	answer_id  INTEGER NOT NULL REFERENCES answers (id),
	campaign   TEXT NOT NULL,
	letter_id  TEXT NOT NULL,
	addr       BLOB NOT NULL,
	contact    TEXT NOT NULL,
	other      TEXT NOT NULL,
	PRIMARY KEY (finding_id, answer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX turned_campaign ON turned (campaign, answer_id);

-- Findings that were taken back: by which answer (0: by none), by whom and why.
CREATE TABLE taken_back (
	finding_id INTEGER PRIMARY KEY,
	answer_id  INTEGER NOT NULL,
	campaign   TEXT NOT NULL,
	at         INTEGER NOT NULL,
	by_whom    TEXT NOT NULL,
	reason     TEXT NOT NULL
) STRICT;
