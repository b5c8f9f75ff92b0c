-- +goose Up

-- A suppression by AS number finds what it covers from the number on, and reads
-- no other rows.
CREATE INDEX networks_asn ON networks (asn);
CREATE INDEX lookups_network ON lookups (network_id);
