-- +goose Up

-- Until when the law has what identifies a customer kept, whoever asks to be
-- forgotten; 0: it does not. longer says that proceedings were commenced.
ALTER TABLE cases ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN longer BIGINT NOT NULL DEFAULT 0;
