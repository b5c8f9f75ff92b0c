-- +goose Up

-- The stage that a letter was drawn in, or 0.
ALTER TABLE letters ADD COLUMN stage BIGINT NOT NULL DEFAULT 0;
CREATE INDEX letters_drawn ON letters (queue_id, due_at, id) WHERE (state = 'deferred' OR state = 'approved' AND stage > 0);
CREATE INDEX letters_stage ON letters (campaign, agency, language, kinds) WHERE stage > 0;

-- Who looked at what came back after a stage, and let the next one go.
CREATE TABLE stages (
	campaign TEXT    NOT NULL,
	stage    BIGINT NOT NULL,
	by_whom  TEXT    NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (campaign, stage)
);
