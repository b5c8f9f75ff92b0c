-- +goose Up

-- What a label of a sender means in reports, as somebody taught at the desk.
CREATE TABLE taught (
	campaign TEXT NOT NULL,
	sender   TEXT NOT NULL,
	label    TEXT NOT NULL,
	means    TEXT NOT NULL,
	by_whom  TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (campaign, sender, label)
) STRICT, WITHOUT ROWID;

-- Lists of reports are read page by page, and counted by where they ended.
CREATE INDEX cases_list ON cases (campaign, read_at, id);
CREATE INDEX cases_counts ON cases (campaign, queue, place, kind);
