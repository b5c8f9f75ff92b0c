-- +goose Up

-- When an address was last written to, whatever the campaign.
CREATE INDEX letters_contact ON letters (contact);
