-- +goose Up

-- What a message says that waits for a person, as JSON.
ALTER TABLE events ADD COLUMN data TEXT NOT NULL DEFAULT '';
CREATE INDEX events_waiting ON events (letter_id, ref) WHERE data <> '';

-- The keys that letters were made with, by their fingerprints.
CREATE TABLE keys (
	campaign    TEXT    NOT NULL,
	fingerprint TEXT    NOT NULL,
	since       INTEGER NOT NULL,
	PRIMARY KEY (campaign, fingerprint)
) STRICT, WITHOUT ROWID;
