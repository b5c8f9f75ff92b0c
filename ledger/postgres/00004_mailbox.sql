-- +goose Up

-- contact says what is written as one letter: a mailbox, or a mailbox and an
-- address for those who want a mail for each. mailbox is who gets it.
ALTER TABLE letters ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
UPDATE letters SET mailbox = contact;
DROP INDEX letters_contact;
CREATE INDEX letters_mailbox ON letters (mailbox);
