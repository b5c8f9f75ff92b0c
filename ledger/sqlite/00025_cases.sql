-- +goose Up

-- A report of abuse, once for each message, and where it ended. The message
-- stands apart and goes first; of a secret one there is none.
CREATE TABLE cases (
	id         TEXT    PRIMARY KEY,
	campaign   TEXT    NOT NULL,
	digest     BLOB    NOT NULL,
	queue      TEXT    NOT NULL CHECK (queue IN ('', 'secret', 'restricted')),
	place      TEXT    NOT NULL CHECK (place IN ('customer', 'person', 'none', 'secret', 'restricted',
	           'not-ours', 'too-old', 'unclear', 'duplicate', 'closed')),
	why        TEXT    NOT NULL,
	kind       TEXT    NOT NULL,
	reporter   TEXT    NOT NULL,
	proven     TEXT    NOT NULL,
	automatic  INTEGER NOT NULL,
	language   TEXT    NOT NULL,
	message_id TEXT    NOT NULL,
	source     TEXT    NOT NULL,
	sent_at    INTEGER NOT NULL,
	read_at    INTEGER NOT NULL,
	keep_until INTEGER NOT NULL,
	by_whom    TEXT    NOT NULL,
	answered   TEXT    NOT NULL DEFAULT '',
	UNIQUE (campaign, digest)
) STRICT;
CREATE INDEX cases_place ON cases (campaign, place, read_at);
CREATE INDEX cases_reporter ON cases (campaign, reporter);
CREATE INDEX cases_keep ON cases (keep_until);

CREATE TABLE case_mails (
	case_id TEXT PRIMARY KEY REFERENCES cases (id),
	mail    BLOB NOT NULL
) STRICT;

-- What one host is said to have done at one time is one incident, however many
-- tell of it, and has one decision. addr is empty where only a name is told.
CREATE TABLE incidents (
	id       INTEGER PRIMARY KEY,
	campaign TEXT    NOT NULL,
	told_as  TEXT    NOT NULL,
	addr     BLOB    NOT NULL,
	port     INTEGER NOT NULL,
	target   INTEGER NOT NULL,
	seen     TEXT    NOT NULL,
	seen_at  INTEGER NOT NULL,
	kind     TEXT    NOT NULL,
	url      TEXT    NOT NULL,
	place    TEXT    NOT NULL,
	customer TEXT    NOT NULL,
	why      TEXT    NOT NULL,
	rests_on TEXT    NOT NULL,
	by_whom  TEXT    NOT NULL,
	UNIQUE (campaign, told_as)
) STRICT;
CREATE INDEX incidents_customer ON incidents (campaign, customer);

CREATE TABLE tellings (
	case_id     TEXT    NOT NULL REFERENCES cases (id),
	incident_id INTEGER NOT NULL REFERENCES incidents (id),
	evidence    TEXT    NOT NULL,
	span        TEXT    NOT NULL,
	PRIMARY KEY (case_id, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tellings_incident ON tellings (incident_id);

-- A customer hears of an incident once: this row has the last word.
CREATE TABLE notices (
	incident_id INTEGER NOT NULL REFERENCES incidents (id),
	customer    TEXT    NOT NULL,
	finding_id  INTEGER NOT NULL UNIQUE REFERENCES findings (id),
	at          INTEGER NOT NULL,
	PRIMARY KEY (incident_id, customer)
) STRICT, WITHOUT ROWID;

-- Who looked at a case, and what was decided about it.
CREATE TABLE case_log (
	id      INTEGER PRIMARY KEY,
	case_id TEXT    NOT NULL,
	at      INTEGER NOT NULL,
	by_whom TEXT    NOT NULL,
	what    TEXT    NOT NULL,
	text    TEXT    NOT NULL
) STRICT;
CREATE INDEX case_log_case ON case_log (case_id, id);

-- A decision of the program that a person found wrong: it counts against the
-- reporter and the kind.
CREATE TABLE mistakes (
	campaign    TEXT    NOT NULL,
	reporter    TEXT    NOT NULL,
	kind        TEXT    NOT NULL,
	incident_id INTEGER NOT NULL,
	at          INTEGER NOT NULL,
	by_whom     TEXT    NOT NULL
) STRICT;
CREATE INDEX mistakes_pair ON mistakes (campaign, reporter, kind, at);
