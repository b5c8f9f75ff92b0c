-- +goose Up

-- What a letter takes back of others: a correction, a withdrawal or an apology.
ALTER TABLE letters ADD COLUMN corrects TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX letters_corrects ON letters (campaign, contact) WHERE corrects <> '';

-- The letters that it is about.
CREATE TABLE corrected (
	letter_id     TEXT COLLATE "C" NOT NULL REFERENCES letters (id),
	correction_id TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (letter_id, correction_id)
);
