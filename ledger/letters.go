package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"headsup/finding"
	"headsup/letter"
)

// An Entry is what lists show of a letter. Its JSON names are settled.
type Entry struct {
	ID        string       `json:"id"`
	Campaign  string       `json:"campaign"`
	Agency    string       `json:"agency"`
	To        string       `json:"to"` // addr-spec, as registered
	Language  string       `json:"language"`
	Round     int          `json:"round"`
	State     letter.State `json:"state"`
	Findings  int          `json:"findings"`
	Networks  int          `json:"networks"`
	Subject   string       `json:"subject"`
	Hash      string       `json:"hash"`
	Reason    string       `json:"reason,omitempty"`  // of the state: who held it and why, the server's last reply
	Redraft   string       `json:"redraft,omitempty"` // why only a new draft releases it
	Attempt   int          `json:"attempt,omitempty"`
	Due       time.Time    `json:"due,omitzero"` // deferred: not before
	Changed   time.Time    `json:"changed,omitzero"`
	From      string       `json:"-"` // envelope sender
	MessageID string       `json:"-"` // without angle brackets

	Country   string            `json:"-"` // of the contact, ISO 3166-1 alpha-2, or empty
	Org       string            `json:"-"` // the contact's organisation
	Kinds     []finding.Kind    `json:"-"` // of the findings, each once, sorted
	Class     letter.Class      `json:"-"` // why it failed or bounced
	Kept      bool              `json:"-"` // a person holds it back
	Seen      time.Time         `json:"-"` // when the earliest of its findings was, as drafted; zero: it has none
	Corrects  letter.Correction `json:"-"` // what it takes back of others
	Words     string            `json:"-"` // letter.Rendered.Words
	FirstTime bool              `json:"-"` // no letter of another campaign or round was sent to the mailbox before

	turn int64 // due_at where it is no time (turns.go)
}

const entryColumns = `id, campaign, agency, recipient, language, round, state, findings, networks, subject, hash,
       reason, attempt, due_at, changed_at, envelope_from, message_id, country, org, kinds, class, first_time, redraft, kept, seen_at, corrects, versions`

func scanEntry(row interface{ Scan(...any) error }) (e Entry, err error) {
	var due, changed, first, kept, seen int64
	var kinds string
	err = row.Scan(&e.ID, &e.Campaign, &e.Agency, &e.To, &e.Language, &e.Round, &e.State, &e.Findings, &e.Networks,
		&e.Subject, &e.Hash, &e.Reason, &e.Attempt, &due, &changed, &e.From, &e.MessageID,
		&e.Country, &e.Org, &kinds, &e.Class, &first, &e.Redraft, &kept, &seen, &e.Corrects, &e.Words)
	e.Kept, e.Seen = kept == 1, timeOf(seen)
	if e.turn = due; due > lastTurn {
		e.turn, e.Due = 0, timeOf(due)
	}
	e.Changed, e.Kinds, e.FirstTime = timeOf(changed), splitKinds(kinds), first == 1
	return e, err
}

// A Filter chooses letters. The zero Filter chooses all; a field that is not
// empty leaves those that it fits.
type Filter struct {
	Campaign  string
	IDs       []string
	Contact   string // addr-spec, in any case
	States    []letter.State
	Classes   []letter.Class
	Countries []string
	Languages []string
	Agencies  []string
	Kinds     []finding.Kind // with a finding of one of these kinds
	Rounds    []int
	FirstTime *bool
	AtLeast   int    // findings
	AtMost    int    // findings; 0: no limit
	Text      string // an address or prefix of a finding, or words that reference, recipient, organisation and subject hold
}

// Entry returns what lists show of a letter, or [ErrNotFound].
func (l *Ledger) Entry(ctx context.Context, id string) (Entry, error) {
	e, err := scanEntry(l.r.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1", id))
	if err != nil {
		return Entry{}, notFound(err, id)
	}
	return e, nil
}

// Letters yields the letters that f chooses, by ID. It reads no body.
func (l *Ledger) Letters(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		s, err := newSieve(ctx, l, f)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		rows, err := l.r.QueryContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE "+s.where(l.d, ByID)+" ORDER BY id", s.args...)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			e, err := scanEntry(rows)
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Entry{}, err)
		}
	}
}

// scanEntries reads all rows and closes them.
func scanEntries(rows *sql.Rows) (es []Entry, err error) {
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		es = append(es, e)
	}
	return es, rows.Err()
}

// A Record is a letter with all that was stored of it. The logo of its agency
// is only in the rendered bytes.
type Record struct {
	Entry
	Letter      letter.Letter
	Rendered    letter.Rendered
	Fingerprint string // hash of the approval, or empty: Entry.Hash where the letter is approved or beyond
	ApprovedBy  string
	ApprovedAt  time.Time
}

// Letter returns one letter, or [ErrNotFound].
func (l *Ledger) Letter(ctx context.Context, id string) (r Record, err error) {
	if r.Entry, err = l.Entry(ctx, id); err != nil {
		return Record{}, err
	}
	var data []byte
	if err := l.r.QueryRowContext(ctx, "SELECT data, mail, pdf FROM bodies WHERE letter_id = $1", id).
		Scan(&data, &r.Rendered.Mail, &r.Rendered.PDF); err != nil {
		return Record{}, err
	}
	if err := json.Unmarshal(data, &r.Letter); err != nil {
		return Record{}, err
	}
	r.Rendered.Subject = r.Subject
	var at int64
	err = l.r.QueryRowContext(ctx, "SELECT hash, by_whom, at FROM approvals WHERE letter_id = $1 ORDER BY at DESC LIMIT 1", id).
		Scan(&r.Fingerprint, &r.ApprovedBy, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Record{}, err
	}
	r.ApprovedAt = timeOf(at)
	r.Letter.Findings, err = findingsOf(ctx, l, id)
	return r, err
}

func findingsOf(ctx context.Context, l *Ledger, id string) (fs []finding.Finding, err error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT f.addr, f.port, f.proto, f.kind, f.service, f.seen, f.source, f.strength, f.reason, f.evidence, f.reporter
  FROM placements p JOIN findings f ON f.id = p.finding_id
 WHERE p.letter_id = $1 AND p.fate IN ('lettered', 'suppressed', 'withdrawn')`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f finding.Finding
		s := findingScanner{f: &f}
		if err := rows.Scan(s.columns()...); err != nil {
			return nil, err
		}
		if err := s.finish(); err != nil {
			return nil, err
		}
		fs = append(fs, f)
	}
	slices.SortFunc(fs, finding.Compare)
	return fs, rows.Err()
}

// Find returns the ID of the letter with this ID, Message-ID or envelope
// sender, for what comes back by mail, or [ErrNotFound]. An envelope sender
// that several letters share finds none of them.
func (l *Ledger) Find(ctx context.Context, key string) (string, error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT id FROM letters WHERE id = $1 UNION SELECT id FROM letters WHERE message_id = $1
 UNION SELECT id FROM letters WHERE envelope_from = $1 LIMIT 2`, key)
	if err != nil {
		return "", err
	}
	ids, err := collect[string](rows)
	if err == nil && len(ids) != 1 {
		err = fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	if err != nil {
		return "", err
	}
	return ids[0], nil
}
