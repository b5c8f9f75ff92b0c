-- +goose Up

-- Until when the law has what identifies a customer kept, whoever asks to be
-- forgotten; 0: it does not. longer says that proceedings were commenced.
ALTER TABLE cases ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN longer INTEGER NOT NULL DEFAULT 0;
