-- +goose Up

-- The events that are the reason of a firmer letter, each of one: this row has
-- the last word. The letter may not be written yet.
CREATE TABLE firmed (
	incident_id BIGINT PRIMARY KEY REFERENCES incidents (id),
	letter_id   TEXT COLLATE "C" NOT NULL
);
CREATE INDEX firmed_letter ON firmed (letter_id);
