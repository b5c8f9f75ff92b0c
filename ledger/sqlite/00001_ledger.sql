-- +goose Up

-- Findings are immutable. addr is the family (4 or 6) and the address, so that
-- bytes sort as addresses do. Times are UTC in Unix milliseconds everywhere.
CREATE TABLE findings (
	id       INTEGER PRIMARY KEY,
	campaign TEXT    NOT NULL,
	addr     BLOB    NOT NULL,
	port     INTEGER NOT NULL,
	proto    TEXT    NOT NULL,
	kind     TEXT    NOT NULL,
	service  TEXT    NOT NULL,
	seen     INTEGER NOT NULL,
	source   TEXT    NOT NULL,
	strength TEXT    NOT NULL CHECK (strength IN ('verified', 'observed', 'weak', 'contradicted')),
	reason   TEXT    NOT NULL,
	evidence TEXT    NOT NULL,
	reporter TEXT    NOT NULL,
	UNIQUE (campaign, addr, port, proto, kind, service, seen, source)
) STRICT;

CREATE TABLE rejects (
	campaign TEXT NOT NULL,
	source   TEXT NOT NULL,
	reason   TEXT NOT NULL,
	PRIMARY KEY (campaign, source)
) STRICT, WITHOUT ROWID;

-- A network is stored once, whoever asked: digest is of everything but fetched.
CREATE TABLE networks (
	id      INTEGER PRIMARY KEY,
	digest  BLOB    NOT NULL UNIQUE,
	data    TEXT    NOT NULL,
	fetched INTEGER NOT NULL
) STRICT;

CREATE TABLE covers (
	addr       BLOB    NOT NULL,
	bits       INTEGER NOT NULL,
	network_id INTEGER NOT NULL REFERENCES networks (id),
	PRIMARY KEY (addr, bits)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
	campaign   TEXT    NOT NULL,
	addr       BLOB    NOT NULL,
	status     TEXT    NOT NULL CHECK (status IN ('found', 'none', 'failed', 'refused', 'special')),
	network_id INTEGER REFERENCES networks (id),
	failure    TEXT    NOT NULL,
	at         INTEGER NOT NULL,
	PRIMARY KEY (campaign, addr)
) STRICT, WITHOUT ROWID;

-- A lane is a rate limit: mark_at is the one stored time of its GCRA.
-- base_ms is what the settings ask for, gap_ms what is kept at present.
CREATE TABLE lanes (
	key          TEXT    PRIMARY KEY,
	base_ms      INTEGER NOT NULL,
	gap_ms       INTEGER NOT NULL,
	burst        INTEGER NOT NULL,
	mark_at      INTEGER NOT NULL DEFAULT 0,
	paused_until INTEGER NOT NULL DEFAULT 0,
	slowed_at    INTEGER NOT NULL DEFAULT 0,
	pauses       INTEGER NOT NULL DEFAULT 0,
	clean        INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Letters that pass through the same lanes stand in one queue. next_at is
-- never later than the first of them may go, and NULL if none is waiting.
CREATE TABLE queues (
	id       INTEGER PRIMARY KEY,
	campaign TEXT    NOT NULL,
	trunk    TEXT    NOT NULL,
	lane     TEXT    NOT NULL,
	next_at  INTEGER,
	UNIQUE (campaign, trunk, lane)
) STRICT;
CREATE INDEX queues_next ON queues (next_at, id) WHERE next_at IS NOT NULL;

CREATE TABLE letters (
	id            TEXT    PRIMARY KEY,
	campaign      TEXT    NOT NULL,
	contact       TEXT    NOT NULL,
	round         INTEGER NOT NULL,
	domain        TEXT    NOT NULL,
	agency        TEXT    NOT NULL,
	language      TEXT    NOT NULL,
	subject       TEXT    NOT NULL,
	findings      INTEGER NOT NULL,
	networks      INTEGER NOT NULL,
	hash          TEXT    NOT NULL,
	state         TEXT    NOT NULL CHECK (state IN ('drafted', 'approved', 'held', 'sending', 'sent',
	              'deferred', 'failed', 'unknown', 'bounced', 'suppressed')),
	reason        TEXT    NOT NULL DEFAULT '',
	queue_id      INTEGER NOT NULL REFERENCES queues (id),
	recipient     TEXT    NOT NULL,
	envelope_from TEXT    NOT NULL,
	message_id    TEXT    NOT NULL,
	attempt       INTEGER NOT NULL DEFAULT 0,
	due_at        INTEGER NOT NULL DEFAULT 0,
	changed_at    INTEGER NOT NULL,
	UNIQUE (campaign, contact, round)
) STRICT;
CREATE INDEX letters_waiting ON letters (queue_id, due_at, id) WHERE state IN ('approved', 'deferred');
CREATE INDEX letters_state ON letters (campaign, state);
CREATE INDEX letters_message ON letters (message_id);
CREATE INDEX letters_from ON letters (envelope_from);

-- The bytes stand apart: a change of state must not copy them.
CREATE TABLE bodies (
	letter_id TEXT PRIMARY KEY REFERENCES letters (id),
	data      TEXT NOT NULL,
	mail      BLOB NOT NULL,
	pdf       BLOB NOT NULL
) STRICT;

CREATE TABLE placements (
	finding_id INTEGER PRIMARY KEY REFERENCES findings (id),
	campaign   TEXT NOT NULL,
	fate       TEXT NOT NULL CHECK (fate IN ('lettered', 'held', 'suppressed', 'no_contact',
	           'failed', 'special', 'duplicate', 'rejected')),
	reason     TEXT NOT NULL,
	letter_id  TEXT REFERENCES letters (id)
) STRICT;
CREATE INDEX placements_letter ON placements (letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX placements_fate ON placements (campaign, fate);

CREATE TABLE approvals (
	letter_id TEXT    NOT NULL REFERENCES letters (id),
	hash      TEXT    NOT NULL,
	by_whom   TEXT    NOT NULL,
	at        INTEGER NOT NULL
) STRICT;
CREATE INDEX approvals_letter ON approvals (letter_id);

-- Who is sending. An attempt whose owner's lease has run out is nobody's.
CREATE TABLE owners (
	owner       TEXT    PRIMARY KEY,
	lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
	letter_id  TEXT    NOT NULL REFERENCES letters (id),
	attempt    INTEGER NOT NULL,
	owner      TEXT    NOT NULL,
	state      TEXT    NOT NULL CHECK (state IN ('sending', 'sent', 'deferred', 'failed', 'unknown')),
	phase      TEXT    NOT NULL CHECK (phase IN ('claimed', 'connected', 'dot', 'replied')),
	code       INTEGER NOT NULL DEFAULT 0,
	reply      TEXT    NOT NULL DEFAULT '',
	claimed_at INTEGER NOT NULL,
	marked_at  INTEGER,
	settled_at INTEGER,
	PRIMARY KEY (letter_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_open ON attempts (owner) WHERE state = 'sending';

-- What happened to letters besides attempts. It outlives a withdrawn draft.
CREATE TABLE events (
	id        INTEGER PRIMARY KEY,
	letter_id TEXT    NOT NULL,
	at        INTEGER NOT NULL,
	kind      TEXT    NOT NULL,
	state     TEXT    NOT NULL,
	by_whom   TEXT    NOT NULL,
	text      TEXT    NOT NULL,
	ref       TEXT    NOT NULL
) STRICT;
CREATE INDEX events_letter ON events (letter_id, at);
CREATE UNIQUE INDEX events_once ON events (letter_id, kind, ref) WHERE ref <> '';

CREATE TABLE suppressions (
	scope    TEXT    NOT NULL CHECK (scope IN ('address', 'domain', 'prefix')),
	value    TEXT    NOT NULL,
	campaign TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	since    INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	PRIMARY KEY (scope, value, campaign)
) STRICT, WITHOUT ROWID;

-- Where the ledger was copied to. Only the copy sends.
CREATE TABLE moved (
	to_where TEXT    NOT NULL,
	at       INTEGER NOT NULL
) STRICT;
