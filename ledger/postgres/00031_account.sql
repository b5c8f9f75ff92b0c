-- +goose Up

-- The mailboxes of the customer that an event is about, so that its letter goes to
-- none of them; "*": it is not known which.
ALTER TABLE incidents ADD COLUMN account TEXT NOT NULL DEFAULT '';
