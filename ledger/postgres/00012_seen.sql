-- +goose Up

-- When the earliest finding of a letter was seen; 0 if nothing stands in it.
ALTER TABLE letters ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
UPDATE letters SET seen_at = COALESCE((
       SELECT min(f.seen) FROM placements p JOIN findings f ON f.id = p.finding_id
        WHERE p.letter_id = letters.id AND p.fate = 'lettered'), 0);
