-- +goose Up

-- The letter that confirms a report's receipt to who reported, where the law wants
-- that beside the decision; "due": not yet; empty: the law does not want it; else
-- why there is none.
ALTER TABLE cases ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
