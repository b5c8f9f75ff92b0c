-- +goose Up

-- The AS that announces a network, 0 where nobody asked.
ALTER TABLE networks ADD COLUMN asn BIGINT NOT NULL DEFAULT 0;

-- Suppression by AS number.
ALTER TABLE suppressions DROP CONSTRAINT suppressions_scope_check,
	ADD CONSTRAINT suppressions_scope_check CHECK (scope IN ('address', 'domain', 'prefix', 'as'));
