-- +goose Up

-- Two more places where a row may end: it waits as a control, or was taken back.
ALTER TABLE placements DROP CONSTRAINT placements_fate_check,
	ADD CONSTRAINT placements_fate_check CHECK (fate IN ('lettered', 'held', 'suppressed', 'no_contact',
	             'failed', 'special', 'duplicate', 'rejected', 'waiting', 'withdrawn'));
