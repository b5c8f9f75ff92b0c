-- +goose Up

-- Who lets which version of the words of a language leave, in which function, and
-- who wrote it down.
CREATE TABLE releases (
	campaign TEXT   NOT NULL,
	language TEXT   NOT NULL,
	version  TEXT   NOT NULL,
	function TEXT   NOT NULL,
	by_whom  TEXT   NOT NULL,
	recorded TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (campaign, language, version, function)
);

-- The words that a letter is made of, by language; '': it is from before.
ALTER TABLE letters ADD COLUMN versions TEXT NOT NULL DEFAULT '';
