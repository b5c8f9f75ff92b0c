-- +goose Up

-- What a draft was made of, as a hash, so that nothing is written twice that
-- would come out the same. Empty: it is written anew.
ALTER TABLE letters ADD COLUMN made TEXT NOT NULL DEFAULT '';
