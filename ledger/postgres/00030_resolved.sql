-- +goose Up

-- The letter that tells who reported that the cause was removed, or why there is
-- none; empty: not yet.
ALTER TABLE cases ADD COLUMN resolved TEXT NOT NULL DEFAULT '';
