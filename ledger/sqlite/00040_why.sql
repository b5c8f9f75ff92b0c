-- +goose Up

-- Why rows ended where they did is counted without a look at them, and so are the
-- letters that only a new draft releases.
CREATE INDEX placements_why ON placements (campaign, fate, reason) WHERE reason <> '';
CREATE INDEX letters_redraft ON letters (campaign, state) WHERE redraft <> '';

-- Lists of reports of one place or kind are read in their order.
CREATE INDEX cases_placed ON cases (campaign, place, read_at, id);
CREATE INDEX cases_kind ON cases (campaign, kind, read_at, id);
