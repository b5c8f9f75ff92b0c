-- +goose Up

-- What later scans saw of the places of findings. One that says nothing is not
-- kept.
CREATE TABLE looks (
	campaign TEXT COLLATE "C" NOT NULL,
	addr     BYTEA            NOT NULL,
	port     BIGINT           NOT NULL,
	proto    TEXT COLLATE "C" NOT NULL,
	kind     TEXT COLLATE "C" NOT NULL,
	seen     BIGINT           NOT NULL,
	source   TEXT COLLATE "C" NOT NULL,
	state    TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'closed', 'silent')),
	service  TEXT COLLATE "C" NOT NULL,
	name     TEXT COLLATE "C" NOT NULL,
	strength TEXT COLLATE "C" NOT NULL,
	reason   TEXT COLLATE "C" NOT NULL,
	evidence TEXT COLLATE "C" NOT NULL,
	reporter TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (campaign, addr, port, proto, kind, seen, source)
);
