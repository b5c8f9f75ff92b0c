-- +goose Up

-- When somebody showed a token last, to the minute; 0: never.
ALTER TABLE tokens ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
