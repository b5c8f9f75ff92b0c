-- +goose Up

-- The language in which somebody reads the desk, in every browser (BCP 47); "": as
-- the browser asks.
ALTER TABLE people ADD COLUMN language TEXT COLLATE "C" NOT NULL DEFAULT '';
