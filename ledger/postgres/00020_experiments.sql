-- +goose Up

-- What is compared in a campaign, sealed before its first letter left.
CREATE TABLE experiments (
	campaign  TEXT COLLATE "C" PRIMARY KEY,
	plan      TEXT   NOT NULL,
	hash      TEXT   NOT NULL,
	by_whom   TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	ended_at  BIGINT NOT NULL DEFAULT 0,
	ended_by  TEXT   NOT NULL DEFAULT '',
	ended_why TEXT   NOT NULL DEFAULT ''
);

-- Who is in which arm, by all keys of each organisation.
CREATE TABLE assigned (
	campaign TEXT COLLATE "C" NOT NULL,
	key      TEXT COLLATE "C" NOT NULL,
	unit     TEXT COLLATE "C" NOT NULL,
	arm      TEXT    NOT NULL,
	stratum  BIGINT NOT NULL,
	places   BIGINT NOT NULL,
	PRIMARY KEY (campaign, key)
);
