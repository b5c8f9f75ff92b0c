-- +goose Up

-- The AS that announces a network, 0 where nobody asked.
ALTER TABLE networks ADD COLUMN asn INTEGER NOT NULL DEFAULT 0;

-- Suppression by AS number.
-- SQLite cannot change a CHECK.
CREATE TABLE suppressions_with_as (
	scope    TEXT    NOT NULL CHECK (scope IN ('address', 'domain', 'prefix', 'as')),
	value    TEXT    NOT NULL,
	campaign TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	since    INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	PRIMARY KEY (scope, value, campaign)
) STRICT, WITHOUT ROWID;
INSERT INTO suppressions_with_as (scope, value, campaign, reason, since, until_at)
SELECT scope, value, campaign, reason, since, until_at FROM suppressions;
DROP TABLE suppressions;
ALTER TABLE suppressions_with_as RENAME TO suppressions;
