-- +goose Up

-- What a list of letters shows, filters or sorts by stands in the light row.
-- kinds are those of its findings, each once, sorted, with blanks between.
-- class says why a letter failed or bounced. first_time is 1 until another
-- letter, of another campaign or round, has been sent to the mailbox.
ALTER TABLE letters ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN org TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN kinds TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN class TEXT NOT NULL DEFAULT '';
ALTER TABLE letters ADD COLUMN first_time INTEGER NOT NULL DEFAULT 1;

UPDATE letters SET
       country = COALESCE((SELECT b.data ->> '$.To.country' FROM bodies b WHERE b.letter_id = letters.id), ''),
       org = COALESCE((SELECT b.data ->> '$.To.org' FROM bodies b WHERE b.letter_id = letters.id), '');

UPDATE letters SET kinds = k.kinds
  FROM (SELECT letter_id, group_concat(kind, ' ' ORDER BY kind) AS kinds
          FROM (SELECT DISTINCT p.letter_id, f.kind FROM placements p JOIN findings f ON f.id = p.finding_id
                 WHERE p.letter_id IS NOT NULL AND p.fate IN ('lettered', 'suppressed'))
         GROUP BY letter_id) k
 WHERE letters.id = k.letter_id;

UPDATE letters SET class = CASE
       WHEN state = 'failed' AND reason LIKE 'given up: %' THEN 'network'
       WHEN state = 'failed' THEN 'unclear'
       WHEN EXISTS (SELECT 1 FROM events e WHERE e.letter_id = letters.id AND e.kind = 'bounce') THEN 'mailbox'
       WHEN EXISTS (SELECT 1 FROM events e WHERE e.letter_id = letters.id AND e.kind = 'expired') THEN 'network'
       ELSE 'unclear' END
 WHERE state IN ('failed', 'bounced');

UPDATE letters SET first_time = 0
 WHERE EXISTS (SELECT 1 FROM letters o
                WHERE o.mailbox = letters.mailbox AND (o.campaign <> letters.campaign OR o.round <> letters.round)
                  AND o.state IN ('sent', 'unknown')
                  AND (letters.state NOT IN ('sent', 'unknown', 'bounced') OR o.changed_at < letters.changed_at));

-- One index for each order. Behind the key stands what else may be asked for,
-- so that letters that are passed over cost no look at their rows.
-- A change of state touches two of them.
DROP INDEX letters_state;
CREATE INDEX letters_by_id ON letters (campaign, id, country, language, agency, kinds, findings, first_time, round);
CREATE INDEX letters_by_country ON letters (campaign, country, id, language, agency, kinds, findings, first_time, round);
CREATE INDEX letters_by_language ON letters (campaign, language, id, country, agency, kinds, findings, first_time, round);
CREATE INDEX letters_by_agency ON letters (campaign, agency, id, country, language, kinds, findings, first_time, round);
CREATE INDEX letters_by_kinds ON letters (campaign, kinds, id, country, language, agency, findings, first_time, round);
CREATE INDEX letters_by_findings ON letters (campaign, findings, id, country, language, agency, kinds, first_time, round);
CREATE INDEX letters_by_first_time ON letters (campaign, first_time, id, country, language, agency, kinds, findings, round);
CREATE INDEX letters_by_round ON letters (campaign, round, id, country, language, agency, kinds, findings, first_time);
CREATE INDEX letters_by_state ON letters (campaign, state, id, country, language, agency, kinds, findings, first_time, round, class);
CREATE INDEX letters_by_class ON letters (campaign, class, id, country, language, agency, kinds, findings, first_time, round);

-- What a search finds letters by: reference, recipient, organisation and
-- subject, in lower case. Those of old letters come with the next version.
CREATE TABLE words (
	id        INTEGER PRIMARY KEY,
	letter_id TEXT NOT NULL UNIQUE REFERENCES letters (id),
	text      TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE words_index USING fts5 (text, content = 'words', content_rowid = 'id', tokenize = 'trigram case_sensitive 1');
-- +goose StatementBegin
CREATE TRIGGER words_insert AFTER INSERT ON words BEGIN
	INSERT INTO words_index (rowid, text) VALUES (NEW.id, NEW.text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER words_delete AFTER DELETE ON words BEGIN
	INSERT INTO words_index (words_index, rowid, text) VALUES ('delete', OLD.id, OLD.text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER words_update AFTER UPDATE OF text ON words WHEN OLD.text <> NEW.text BEGIN
	INSERT INTO words_index (words_index, rowid, text) VALUES ('delete', OLD.id, OLD.text);
	INSERT INTO words_index (rowid, text) VALUES (NEW.id, NEW.text);
END;
-- +goose StatementEnd

-- How many there are of what, kept by the triggers below and, of findings and
-- rejects, by those who add them. A count is the sum of its parts: writers at
-- the same time each have one, so that they need not wait for each other.
CREATE TABLE tallies (
	campaign TEXT    NOT NULL,
	what     TEXT    NOT NULL,
	value    TEXT    NOT NULL,
	part     INTEGER NOT NULL,
	n        INTEGER NOT NULL,
	PRIMARY KEY (campaign, what, value, part)
) STRICT, WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER letters_insert AFTER INSERT ON letters BEGIN
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (NEW.campaign, 'state', NEW.state, 0, 1),
	       (NEW.campaign, 'class', NEW.class, 0, 1),
	       (NEW.campaign, 'country', NEW.country, 0, 1),
	       (NEW.campaign, 'language', NEW.language, 0, 1),
	       (NEW.campaign, 'agency', NEW.agency, 0, 1),
	       (NEW.campaign, 'kinds', NEW.kinds, 0, 1),
	       (NEW.campaign, 'findings', CAST(NEW.findings AS TEXT), 0, 1),
	       (NEW.campaign, 'first_time', CAST(NEW.first_time AS TEXT), 0, 1),
	       (NEW.campaign, 'round', CAST(NEW.round AS TEXT), 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER letters_delete AFTER DELETE ON letters BEGIN
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (OLD.campaign, 'state', OLD.state, 0, -1),
	       (OLD.campaign, 'class', OLD.class, 0, -1),
	       (OLD.campaign, 'country', OLD.country, 0, -1),
	       (OLD.campaign, 'language', OLD.language, 0, -1),
	       (OLD.campaign, 'agency', OLD.agency, 0, -1),
	       (OLD.campaign, 'kinds', OLD.kinds, 0, -1),
	       (OLD.campaign, 'findings', CAST(OLD.findings AS TEXT), 0, -1),
	       (OLD.campaign, 'first_time', CAST(OLD.first_time AS TEXT), 0, -1),
	       (OLD.campaign, 'round', CAST(OLD.round AS TEXT), 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER letters_state AFTER UPDATE OF state ON letters WHEN OLD.state <> NEW.state BEGIN
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (OLD.campaign, 'state', OLD.state, 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (NEW.campaign, 'state', NEW.state, 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER letters_class AFTER UPDATE OF class ON letters WHEN OLD.class <> NEW.class BEGIN
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (OLD.campaign, 'class', OLD.class, 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (NEW.campaign, 'class', NEW.class, 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER letters_first_time AFTER UPDATE OF first_time ON letters WHEN OLD.first_time <> NEW.first_time BEGIN
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (OLD.campaign, 'first_time', CAST(OLD.first_time AS TEXT), 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (NEW.campaign, 'first_time', CAST(NEW.first_time AS TEXT), 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER letters_rest AFTER UPDATE OF country, language, agency, kinds, findings ON letters WHEN OLD.country <> NEW.country OR OLD.language <> NEW.language OR OLD.agency <> NEW.agency OR OLD.kinds <> NEW.kinds OR OLD.findings <> NEW.findings BEGIN
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (OLD.campaign, 'country', OLD.country, 0, -1),
	       (OLD.campaign, 'language', OLD.language, 0, -1),
	       (OLD.campaign, 'agency', OLD.agency, 0, -1),
	       (OLD.campaign, 'kinds', OLD.kinds, 0, -1),
	       (OLD.campaign, 'findings', CAST(OLD.findings AS TEXT), 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
	INSERT INTO tallies (campaign, what, value, part, n)
	VALUES (NEW.campaign, 'country', NEW.country, 0, 1),
	       (NEW.campaign, 'language', NEW.language, 0, 1),
	       (NEW.campaign, 'agency', NEW.agency, 0, 1),
	       (NEW.campaign, 'kinds', NEW.kinds, 0, 1),
	       (NEW.campaign, 'findings', CAST(NEW.findings AS TEXT), 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- Whoever has been written to is no first-time contact of the letters that wait.
-- +goose StatementBegin
CREATE TRIGGER letters_written AFTER UPDATE OF state ON letters WHEN NEW.state IN ('sent', 'unknown') AND OLD.state <> NEW.state BEGIN
	UPDATE letters SET first_time = 0
	 WHERE mailbox = NEW.mailbox AND (campaign <> NEW.campaign OR round <> NEW.round)
	   AND first_time = 1 AND state NOT IN ('sent', 'unknown', 'bounced');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER placements_insert AFTER INSERT ON placements BEGIN
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (NEW.campaign, 'fate', NEW.fate, 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER placements_delete AFTER DELETE ON placements BEGIN
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (OLD.campaign, 'fate', OLD.fate, 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER placements_update AFTER UPDATE OF fate ON placements WHEN OLD.fate <> NEW.fate BEGIN
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (OLD.campaign, 'fate', OLD.fate, 0, -1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
	INSERT INTO tallies (campaign, what, value, part, n) VALUES (NEW.campaign, 'fate', NEW.fate, 0, 1)
	    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = n + excluded.n;
END;
-- +goose StatementEnd

INSERT INTO tallies (campaign, what, value, part, n)
SELECT campaign, 'rows', '', 0, count(*) FROM findings GROUP BY campaign
 UNION ALL SELECT campaign, 'rejects', '', 0, count(*) FROM rejects GROUP BY campaign
 UNION ALL SELECT campaign, 'fate', fate, 0, count(*) FROM placements GROUP BY campaign, fate
 UNION ALL SELECT campaign, 'state', state, 0, count(*) FROM letters GROUP BY campaign, state
 UNION ALL SELECT campaign, 'class', class, 0, count(*) FROM letters GROUP BY campaign, class
 UNION ALL SELECT campaign, 'country', country, 0, count(*) FROM letters GROUP BY campaign, country
 UNION ALL SELECT campaign, 'language', language, 0, count(*) FROM letters GROUP BY campaign, language
 UNION ALL SELECT campaign, 'agency', agency, 0, count(*) FROM letters GROUP BY campaign, agency
 UNION ALL SELECT campaign, 'kinds', kinds, 0, count(*) FROM letters GROUP BY campaign, kinds
 UNION ALL SELECT campaign, 'findings', CAST(findings AS TEXT), 0, count(*) FROM letters GROUP BY campaign, findings
 UNION ALL SELECT campaign, 'first_time', CAST(first_time AS TEXT), 0, count(*) FROM letters GROUP BY campaign, first_time
 UNION ALL SELECT campaign, 'round', CAST(round AS TEXT), 0, count(*) FROM letters GROUP BY campaign, round;

-- An approval is bound to bytes. SQLite cannot add a CHECK.
-- +goose StatementBegin
CREATE TRIGGER approvals_hash BEFORE INSERT ON approvals WHEN NEW.hash = '' BEGIN
	SELECT RAISE(ABORT, 'an approval without a hash');
END;
-- +goose StatementEnd
