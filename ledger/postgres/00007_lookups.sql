-- +goose Up

ALTER TABLE answers RENAME TO lookups;

-- Found means that somebody can be written to, here as everywhere.
UPDATE lookups SET status = 'none'
 WHERE status = 'found' AND network_id IN (
       SELECT id FROM networks WHERE COALESCE(CAST(data AS json) ->> 'contacts', '[]') = '[]');
