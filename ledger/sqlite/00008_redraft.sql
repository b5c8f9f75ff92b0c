-- +goose Up

-- redraft says why the bytes of a letter may not leave: only a new draft
-- releases it. kept is 1 where a person holds the letter back.
ALTER TABLE letters ADD COLUMN redraft TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
UPDATE letters SET kept = 1 WHERE state = 'held';

-- Who suppressed, and on which letter and message it rests.
ALTER TABLE suppressions ADD COLUMN by_whom TEXT NOT NULL DEFAULT '';
ALTER TABLE suppressions ADD COLUMN letter_id TEXT NOT NULL DEFAULT '';
ALTER TABLE suppressions ADD COLUMN message TEXT NOT NULL DEFAULT '';

-- How often a table has changed, for those who keep what they read of it.
CREATE TABLE versions (
	what TEXT    PRIMARY KEY,
	n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO versions (what, n) VALUES ('suppressions', 0);
