-- +goose Up

-- Two more places where a row may end: it waits as a control, or was taken
-- back. SQLite changes a CHECK in a new table alone.
CREATE TABLE placements_new (
	finding_id INTEGER PRIMARY KEY REFERENCES findings (id),
	campaign   TEXT NOT NULL,
	fate       TEXT NOT NULL CHECK (fate IN ('lettered', 'held', 'suppressed', 'no_contact',
	             'failed', 'special', 'duplicate', 'rejected', 'waiting', 'withdrawn')),
	reason     TEXT NOT NULL,
	letter_id  TEXT REFERENCES letters (id)
) STRICT;
INSERT INTO placements_new (finding_id, campaign, fate, reason, letter_id)
SELECT finding_id, campaign, fate, reason, letter_id FROM placements;
DROP TABLE placements;
ALTER TABLE placements_new RENAME TO placements;
CREATE INDEX placements_letter ON placements (letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX placements_fate ON placements (campaign, fate);
-- +goose StatementBegin
CREATE TRIGGER placements_insert AFTER INSERT ON placements BEGIN
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (NEW.campaign, 'fate', NEW.fate, 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER placements_delete AFTER DELETE ON placements BEGIN
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (OLD.campaign, 'fate', OLD.fate, 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER placements_update AFTER UPDATE OF fate ON placements WHEN OLD.fate <> NEW.fate BEGIN
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (OLD.campaign, 'fate', OLD.fate, 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (NEW.campaign, 'fate', NEW.fate, 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
