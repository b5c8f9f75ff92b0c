package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"headsup/letter"
)

// A Draft is a letter for people to review.
type Draft struct {
	Letter   letter.Letter
	Rendered letter.Rendered
	Findings []int64  // letter.Row.ID of Letter.Findings
	From     string   // envelope sender; empty: the agency's From
	Lanes    []string // the rate limits on its way, the widest first; nil: Letter.Lanes

	// Turn is where the letter stands in the order of sending, above 0 and up to
	// 1: a lower one leaves before. With 0 it leaves before all that have a turn,
	// those approved first at first.
	Turn float64

	// Basis is a hash of what decides the letter's bytes besides the letter: the
	// words, the fonts, the program. Where it is empty, nobody can know later
	// whether the letter would come out the same ([Standing]).
	Basis string

	// Outdated says why the findings are too old ([letter.Ages.Outdated]), or is
	// empty. A letter that was put back, or held, to be drafted anew is not
	// released by such a draft.
	Outdated string
}

// A Drafting says what became of a draft.
type Drafting string

const (
	Created   Drafting = "created"
	Replaced  Drafting = "replaced"  // an earlier draft, whose bytes were others
	Unchanged Drafting = "unchanged" // the same bytes as before
	Kept      Drafting = "kept"      // the letter is past review (or held): nothing was touched
	Withheld  Drafting = "withheld"  // replaced, and a person still holds it back
	Outdated  Drafting = "outdated"  // replaced, and still not to leave: its findings are as old as before
)

// Hash is what an approval is bound to: SHA-256 over the lengths and bytes of
// subject, mail and PDF, in hexadecimal.
func Hash(r letter.Rendered) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(r.Subject), r.Mail, r.PDF} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Draft stores a letter and places its findings in it.
//
// There is one letter for each campaign, contact (see [letter.PileKey]) and round, whatever its ID: a
// draft is replaced, and so is a letter that only a new draft releases; any other
// letter past review is [Kept]. [ErrTwice] means that the
// contact's letter has another ID, or that one of the findings already stands
// in another letter past review. The mail must have a Message-ID.
func (l *Ledger) Draft(ctx context.Context, d Draft) (out Drafting, err error) {
	ready, err := d.Ready()
	if err != nil {
		return "", err
	}
	return draftOne(ctx, l, ready)
}

func draftOne(ctx context.Context, l *Ledger, d ReadyDraft) (out Drafting, err error) {
	err = inGroup(ctx, l, func(ctx context.Context, t *tx) (err error) {
		out, err = t.draft(ctx, d.Draft, d.row)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("letter %q: %w", d.Letter.ID, err)
	}
	return out, nil
}

// A letterRow is what is stored of a draft besides its bytes.
type letterRow struct {
	contact, mailbox, domain, language, hash, from, messageID string
	country, org, kinds, made                                 string
	data                                                      []byte
	seen                                                      time.Time // of the earliest finding
}

func newLetterRow(d Draft) (r letterRow, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(d.Rendered.Mail))
	if err != nil {
		return r, err
	}
	r.messageID = strings.Trim(m.Header.Get("Message-ID"), "<> \t")
	if r.messageID == "" {
		return r, errors.New("mail without Message-ID")
	}
	r.contact, r.mailbox = d.Letter.Pile(), letter.ContactKey(d.Letter.To)
	if _, r.domain, _ = strings.Cut(r.mailbox, "@"); r.domain == "" {
		return r, fmt.Errorf("contact %q is not an address", r.mailbox)
	}
	r.from = d.From
	if r.from == "" {
		r.from = d.Letter.Agency.From
	}
	if len(d.Letter.Languages) > 0 {
		r.language = d.Letter.Languages[0]
	}
	r.country, r.org, r.kinds = text(d.Letter.To.Country), text(d.Letter.To.Org), joinKinds(d.Letter.Kinds())
	for _, f := range d.Letter.Findings {
		if d.Letter.Corrects != "" {
			break // what is taken back does not grow old
		}
		if r.seen.IsZero() || f.Seen.Before(r.seen) {
			r.seen = f.Seen
		}
	}
	r.hash = Hash(d.Rendered)
	r.data, err = storedLetter(d.Letter)
	r.made = d.made(r.data)
	return r, err
}

// storedLetter is what is stored of a letter besides its bytes.
func storedLetter(l letter.Letter) ([]byte, error) {
	l.Findings = nil    // they are joined when the letter is read
	l.Agency.Logo = nil // it is in the rendered bytes, once for each letter is enough
	return json.Marshal(l)
}

func (t *tx) draft(ctx context.Context, d Draft, row letterRow) (Drafting, error) {
	old, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+` FROM letters
 WHERE campaign = $1 AND contact = $2 AND round = $3`+t.d.lock, d.Letter.Campaign, row.contact, d.Letter.Round))
	out := Created
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return "", err
	case old.ID != d.Letter.ID:
		return "", fmt.Errorf("%w: the contact's letter in round %d is %q", ErrTwice, d.Letter.Round, old.ID)
	case old.State != letter.Drafted && old.State != letter.Suppressed && (old.State != letter.Held || old.Redraft == ""):
		return Kept, nil
	case old.Kept:
		out = Withheld
	case old.Redraft != "" && d.Outdated != "":
		out = Outdated
	case old.Hash == row.hash && old.State == letter.Drafted && old.Redraft == "":
		out = Unchanged
	default:
		out = Replaced
	}
	queue, err := t.queue(ctx, d.Letter.Campaign, d.Lanes)
	if err != nil {
		return "", err
	}
	if out == Created {
		err = t.insertLetter(ctx, d, row, queue)
	} else {
		err = t.replaceLetter(ctx, d, row, queue, old)
	}
	if err != nil {
		return "", err
	}
	if out != Unchanged && (out != Outdated || old.Hash != row.hash) {
		state := letter.Drafted
		if out == Withheld {
			state = letter.Held
		}
		if err := t.record(ctx, HistoryEntry{Letter: d.Letter.ID, Kind: string(out), State: state, Text: row.hash}); err != nil {
			return "", err
		}
	}
	return out, t.placeIn(ctx, d)
}

func (t *tx) insertLetter(ctx context.Context, d Draft, r letterRow, queue int64) error {
	if err := t.must(ctx, `
INSERT INTO letters (id, campaign, contact, mailbox, round, domain, agency, language, subject, findings, networks,
                     hash, state, queue_id, recipient, envelope_from, message_id, country, org, kinds, seen_at, made, corrects, due_at, versions, first_time, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'drafted', $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, `+firstTime("$4", "$2", "$5")+", "+t.d.now+")",
		d.Letter.ID, d.Letter.Campaign, r.contact, r.mailbox, d.Letter.Round, r.domain, d.Letter.Agency.ID, r.language,
		text(d.Rendered.Subject), len(d.Findings), len(d.Letter.Networks), r.hash, queue,
		d.Letter.To.Email, r.from, r.messageID, r.country, r.org, r.kinds, msOf(r.seen), r.made, string(d.Letter.Corrects), dueAt(d.Turn), d.Rendered.Words); err != nil {
		return err
	}
	if err := t.setWords(ctx, d); err != nil {
		return err
	}
	return t.must(ctx, "INSERT INTO bodies (letter_id, data, mail, pdf) VALUES ($1, $2, $3, $4)",
		d.Letter.ID, string(r.data), d.Rendered.Mail, append([]byte{}, d.Rendered.PDF...))
}

// replaceLetter writes a letter anew. Where a person holds it back, that stays.
func (t *tx) replaceLetter(ctx context.Context, d Draft, r letterRow, queue int64, old Entry) error {
	state, reason := letter.Drafted, ""
	switch {
	case old.Kept && old.State == letter.Held:
		state, reason = letter.Held, old.Reason
	case old.Kept:
		state, reason = letter.Held, "held back before it was suppressed"
	}
	redraft := ""
	if old.Redraft != "" {
		redraft = text(d.Outdated)
	}
	if redraft != "" && !old.Kept {
		reason = redraft
	}
	if err := t.must(ctx, `
UPDATE letters SET agency = $1, language = $2, subject = $3, findings = $4, networks = $5, hash = $6,
       state = $16, reason = $17, redraft = $18, seen_at = $19, made = $20, due_at = $21, queue_id = $7, recipient = $8, envelope_from = $9, message_id = $10,
       country = $11, org = $12, kinds = $13, versions = $22, first_time = `+firstTime("letters.mailbox", "letters.campaign", "letters.round")+`, changed_at = `+t.d.now+`
 WHERE id = $14 AND state = $15`,
		d.Letter.Agency.ID, r.language, text(d.Rendered.Subject), len(d.Findings), len(d.Letter.Networks), r.hash,
		queue, d.Letter.To.Email, r.from, r.messageID, r.country, r.org, r.kinds, d.Letter.ID, string(old.State), string(state), reason, redraft, msOf(r.seen), r.made, dueAt(d.Turn), d.Rendered.Words); err != nil {
		return err
	}
	if err := t.setWords(ctx, d); err != nil {
		return err
	}
	return t.must(ctx, "UPDATE bodies SET data = $2, mail = $3, pdf = $4 WHERE letter_id = $1",
		d.Letter.ID, string(r.data), d.Rendered.Mail, append([]byte{}, d.Rendered.PDF...))
}

// firstTime is 1 if no letter of another campaign or round was sent to a mailbox.
func firstTime(mailbox, campaign, round string) string {
	return fmt.Sprintf(`CASE WHEN EXISTS (SELECT 1 FROM letters o
       WHERE o.mailbox = %s AND (o.campaign <> %s OR o.round <> %s) AND o.state IN ('sent', 'unknown')) THEN 0 ELSE 1 END`, mailbox, campaign, round)
}

// setWords stores what a search finds the draft by.
func (t *tx) setWords(ctx context.Context, d Draft) error {
	return t.must(ctx, `
INSERT INTO words (letter_id, text) VALUES ($1, $2) ON CONFLICT (letter_id) DO UPDATE SET text = excluded.text`,
		d.Letter.ID, wordsOf(d.Letter.ID, d.Letter.To.Email, d.Letter.To.Org, d.Rendered.Subject))
}

// placeIn makes the findings of the draft those that are placed in it.
func (t *tx) placeIn(ctx context.Context, d Draft) error {
	if _, err := t.exec(ctx, "DELETE FROM placements WHERE letter_id = $1", d.Letter.ID); err != nil {
		return err
	}
	ps := make([]letter.Placement, 0, len(d.Findings))
	for _, id := range d.Findings {
		ps = append(ps, letter.Placement{Row: id, Fate: letter.FateLettered, Letter: d.Letter.ID})
	}
	placed, err := t.place(ctx, d.Letter.Campaign, ps)
	if err == nil && int(placed) != len(ps) {
		err = fmt.Errorf("%w: %d of %d findings stand in another letter past review", ErrTwice, len(ps)-int(placed), len(ps))
	}
	return err
}

// Withdraw removes the drafts of a campaign in which no finding stands any
// more, because another contact answers for them now. What was ever approved
// is kept. It returns the IDs of the drafts that are gone.
func (l *Ledger) Withdraw(ctx context.Context, campaign string) (ids []string, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		ids = nil
		rows, err := t.QueryContext(ctx, `
SELECT id FROM letters WHERE campaign = $1 AND corrects = '' AND (state = 'drafted' OR redraft <> '' AND kept = 0)
   AND NOT EXISTS (SELECT 1 FROM placements WHERE letter_id = letters.id AND fate = 'lettered')
   AND NOT EXISTS (SELECT 1 FROM approvals WHERE letter_id = letters.id)
   AND NOT (contact >= '`+answersOf+`' AND contact < 'answer!')
 ORDER BY id`+t.d.lock, campaign)
		if err != nil {
			return err
		}
		if ids, err = collect[string](rows); err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := t.exec(ctx, "UPDATE placements SET letter_id = NULL WHERE letter_id = $1", id); err != nil {
				return err
			}
			for _, table := range []string{"bodies", "words"} {
				if err := t.must(ctx, "DELETE FROM "+table+" WHERE letter_id = $1", id); err != nil {
					return err
				}
			}
			if err := t.must(ctx, "DELETE FROM letters WHERE id = $1 AND state IN ('drafted', 'held')", id); err != nil {
				return err
			}
			if err := t.record(ctx, HistoryEntry{Letter: id, Kind: "withdrawn", Text: "no finding stands in it any more"}); err != nil {
				return err
			}
		}
		return nil
	})
	return ids, err
}

// collect reads the one column of rows and closes them.
func collect[T any](rows *sql.Rows) (out []T, err error) {
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
