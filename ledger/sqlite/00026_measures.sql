-- +goose Up

-- What is done about a customer beyond letters: a command that the settings
-- name is to act, such as a walled garden. Intent is here before it runs; one
-- that was running when the machine went down stays "running" until a person
-- says what it was.
CREATE TABLE measures (
	id       INTEGER PRIMARY KEY,
	campaign TEXT    NOT NULL,
	customer TEXT    NOT NULL,
	state    TEXT    NOT NULL CHECK (state IN ('proposed', 'running', 'done', 'failed', 'dismissed', 'releasing', 'released')),
	why      TEXT    NOT NULL,
	at       INTEGER NOT NULL,
	ran_at   INTEGER NOT NULL DEFAULT 0,
	by_whom  TEXT    NOT NULL DEFAULT '',
	answer   TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX measures_state ON measures (campaign, state);
CREATE INDEX measures_customer ON measures (campaign, customer);

-- An event is a reason for one measure: this row has the last word.
CREATE TABLE measured (
	incident_id INTEGER PRIMARY KEY REFERENCES incidents (id),
	measure_id  INTEGER NOT NULL REFERENCES measures (id)
) STRICT;
