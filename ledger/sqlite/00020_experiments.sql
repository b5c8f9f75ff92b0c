-- +goose Up

-- What is compared in a campaign, sealed before its first letter left.
CREATE TABLE experiments (
	campaign  TEXT    PRIMARY KEY,
	plan      TEXT    NOT NULL,
	hash      TEXT    NOT NULL,
	by_whom   TEXT    NOT NULL,
	at        INTEGER NOT NULL,
	ended_at  INTEGER NOT NULL DEFAULT 0,
	ended_by  TEXT    NOT NULL DEFAULT '',
	ended_why TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Who is in which arm, by all keys of each organisation.
CREATE TABLE assigned (
	campaign TEXT    NOT NULL,
	key      TEXT    NOT NULL,
	unit     TEXT    NOT NULL,
	arm      TEXT    NOT NULL,
	stratum  INTEGER NOT NULL,
	places   INTEGER NOT NULL,
	PRIMARY KEY (campaign, key)
) STRICT, WITHOUT ROWID;
