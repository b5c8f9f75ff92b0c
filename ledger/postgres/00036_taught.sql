-- +goose Up

-- What a label of a sender means in reports, as somebody taught at the desk.
CREATE TABLE taught (
	campaign TEXT COLLATE "C" NOT NULL,
	sender   TEXT COLLATE "C" NOT NULL,
	label    TEXT COLLATE "C" NOT NULL,
	means    TEXT COLLATE "C" NOT NULL,
	by_whom  TEXT COLLATE "C" NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (campaign, sender, label)
);

-- Lists of reports are read page by page, and counted by where they ended.
CREATE INDEX cases_list ON cases (campaign, read_at, id);
CREATE INDEX cases_counts ON cases (campaign, queue, place, kind);
