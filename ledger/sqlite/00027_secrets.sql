-- +goose Up

-- Random texts that hashes of this ledger are made with: of "wishes" those of
-- people who are not to be written to and of whom nothing else is known any more.
CREATE TABLE secrets (
	what  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
