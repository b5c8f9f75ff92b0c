-- +goose Up

-- By which name a house's sign-in (OpenID Connect) knows a person: its subject,
-- which stays when names and mailboxes change; "": by none.
ALTER TABLE people ADD COLUMN subject TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX people_subject ON people (subject) WHERE subject <> '' AND ended_at = 0;

-- Who may do, until a day, what another may besides their own.
CREATE TABLE deputies (
	name    TEXT COLLATE "C" NOT NULL REFERENCES people (name),
	of_whom TEXT COLLATE "C" NOT NULL REFERENCES people (name),
	since   BIGINT NOT NULL,
	until   BIGINT NOT NULL,
	by_whom TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (name, of_whom)
);
