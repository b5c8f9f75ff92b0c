-- +goose Up

-- The stage that a letter was drawn in, or 0.
ALTER TABLE letters ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letters_drawn ON letters (queue_id, due_at, id) WHERE (state = 'deferred' OR state = 'approved' AND stage > 0);
CREATE INDEX letters_stage ON letters (campaign, agency, language, kinds) WHERE stage > 0;

-- Who looked at what came back after a stage, and let the next one go.
CREATE TABLE stages (
	campaign TEXT    NOT NULL,
	stage    INTEGER NOT NULL,
	by_whom  TEXT    NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (campaign, stage)
) STRICT, WITHOUT ROWID;
