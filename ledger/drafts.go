package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"headsup/letter"
)

// A ReadyDraft is a draft with all that is stored of it. To make one ready takes
// about as long as to store it, and may be done by many at a time.
type ReadyDraft struct {
	Draft
	row letterRow
}

// Hash is that of what was rendered: see [Hash].
func (d ReadyDraft) Hash() string { return d.row.hash }

// Ready makes a draft ready to be stored.
func (d Draft) Ready() (ReadyDraft, error) {
	if d.Lanes == nil {
		d.Lanes = d.Letter.Lanes()
	}
	row, err := newLetterRow(d)
	if err != nil {
		err = fmt.Errorf("letter %q: %w", d.Letter.ID, err)
	}
	return ReadyDraft{d, row}, err
}

// Made is a hash of all that the bytes and the row of a letter come from, but
// for the bytes themselves; it is empty where the draft has no Basis.
func (d Draft) Made() (string, error) {
	if d.Lanes == nil {
		d.Lanes = d.Letter.Lanes()
	}
	data, err := storedLetter(d.Letter)
	return d.made(data), err
}

// made takes the letter as it is stored.
func (d Draft) made(data []byte) string {
	if d.Basis == "" {
		return ""
	}
	var b []byte
	put := func(parts ...string) {
		for _, s := range parts {
			b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
		}
	}
	put(d.Basis, string(data), d.From, d.Outdated)
	put(d.Lanes...)
	for i, f := range d.Letter.Findings {
		b = binary.AppendVarint(b, d.Findings[i])
		b = binary.AppendVarint(append(b, addrKey(f.Addr)...), f.Seen.UnixMilli())
		b = binary.AppendUvarint(b, uint64(f.Port))
		put(f.Proto, string(f.Kind), f.Service, string(f.Strength), f.Reason, f.Source, f.Evidence, f.Reporter)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// DraftAll stores letters in one transaction, each as [Ledger.Draft] does, and
// says what became of them. Where one is refused, those before it are stored,
// and those behind it are not.
func DraftAll(ctx context.Context, l *Ledger, ds []ReadyDraft) (out []Drafting, err error) {
	err = inGroup(ctx, l, func(ctx context.Context, t *tx) (err error) {
		out, err = draftSet(ctx, t, ds)
		return err
	})
	if err == nil || len(ds) == 1 && !errors.Is(err, errOdd) {
		return out, err
	}
	out = nil
	for _, d := range ds { // one by one, which finds out whose fault it is
		one, err := draftOne(ctx, l, d)
		if err != nil {
			return out, err
		}
		out = append(out, one)
	}
	return out, nil
}

// draftSet stores letters, those that are new in as few statements as it takes.
func draftSet(ctx context.Context, t *tx, ds []ReadyDraft) ([]Drafting, error) {
	stored, err := placesOf(ctx, t, ds)
	if err != nil {
		return nil, err
	}
	out := make([]Drafting, len(ds))
	var fresh []ReadyDraft
	for i, d := range ds {
		if !slices.Contains(stored, d.place()) {
			out[i], fresh = Created, append(fresh, d)
			continue
		}
		if out[i], err = t.draft(ctx, d.Draft, d.row); err != nil {
			return nil, err
		}
	}
	if len(fresh) == 0 {
		return out, nil
	}
	return out, insertSet(ctx, t, fresh)
}

// A letterPlace is what there is one letter of.
type letterPlace struct {
	Campaign string `json:"campaign"`
	Contact  string `json:"contact"`
	Round    int    `json:"round"`
}

func (d ReadyDraft) place() letterPlace {
	return letterPlace{d.Letter.Campaign, d.row.contact, d.Letter.Round}
}

// placesOf returns the places of letters that hold one.
func placesOf(ctx context.Context, t *tx, ds []ReadyDraft) (taken []letterPlace, err error) {
	places := make([]letterPlace, len(ds))
	for i, d := range ds {
		places[i] = d.place()
	}
	rows, err := t.QueryContext(ctx, `
SELECT campaign, contact, round FROM letters
 WHERE (campaign, contact, round) IN (SELECT value ->> 'campaign', value ->> 'contact', CAST(value ->> 'round' AS BIGINT) FROM `+t.d.each+")",
		asList(places))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p letterPlace
		if err := rows.Scan(&p.Campaign, &p.Contact, &p.Round); err != nil {
			return nil, err
		}
		taken = append(taken, p)
	}
	return taken, rows.Err()
}

// asList is for statements that read a list with [dialect.each].
func asList[T any](list []T) string {
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings and numbers
	}
	return string(text)
}

// insertSet stores letters of places that hold none.
func insertSet(ctx context.Context, t *tx, ds []ReadyDraft) error {
	now, err := t.now(ctx)
	if err != nil {
		return err
	}
	queues, err := queuesOf(ctx, t, ds)
	if err != nil {
		return err
	}
	known, err := writtenTo(ctx, t, ds)
	if err != nil {
		return err
	}
	letters := bulk{table: "letters", columns: []string{"id", "campaign", "contact", "mailbox", "round", "domain", "agency", "language",
		"subject", "findings", "networks", "hash", "state", "queue_id", "recipient", "envelope_from", "message_id", "country", "org", "kinds",
		"seen_at", "made", "due_at", "versions", "first_time", "changed_at"}}
	words := bulk{table: "words", columns: []string{"letter_id", "text"}}
	bodies := bulk{table: "bodies", columns: []string{"letter_id", "data", "mail", "pdf"}}
	events := bulk{table: "events", columns: []string{"letter_id", "at", "kind", "state", "by_whom", "text", "ref", "data"}}
	for _, d := range ds {
		r, id := d.row, d.Letter.ID
		first := 1
		if slices.ContainsFunc(known[r.mailbox], func(p letterPlace) bool { return p.Campaign != d.Letter.Campaign || p.Round != d.Letter.Round }) {
			first = 0
		}
		letters.rows = append(letters.rows, []any{id, d.Letter.Campaign, r.contact, r.mailbox, int64(d.Letter.Round), r.domain, d.Letter.Agency.ID, r.language,
			text(d.Rendered.Subject), int64(len(d.Findings)), int64(len(d.Letter.Networks)), r.hash, string(letter.Drafted), queues[way(d.Lanes)], d.Letter.To.Email,
			r.from, r.messageID, r.country, r.org, r.kinds, msOf(r.seen), r.made, dueAt(d.Turn), d.Rendered.Words, int64(first), msOf(now)})
		words.rows = append(words.rows, []any{id, wordsOf(id, d.Letter.To.Email, d.Letter.To.Org, d.Rendered.Subject)})
		bodies.rows = append(bodies.rows, []any{id, string(r.data), d.Rendered.Mail, append([]byte{}, d.Rendered.PDF...)})
		events.rows = append(events.rows, []any{id, msOf(now), string(Created), string(letter.Drafted), "", r.hash, "", ""})
	}
	for _, b := range []bulk{letters, words, bodies, events} {
		b.onConflict = "DO NOTHING"
		n, err := t.d.bulk(ctx, t, b)
		if err == nil && int(n) != len(ds) {
			err = errOdd
		}
		if err != nil {
			return err
		}
	}
	return placeSet(ctx, t, ds)
}

// placeSet places the findings of new letters in them.
func placeSet(ctx context.Context, t *tx, ds []ReadyDraft) error {
	var ps []letter.Placement
	for _, d := range ds {
		for _, id := range d.Findings {
			ps = append(ps, letter.Placement{Row: id, Fate: letter.FateLettered, Letter: d.Letter.ID})
		}
	}
	placed, err := t.place(ctx, ds[0].Letter.Campaign, ps)
	if err == nil && int(placed) != len(ps) {
		err = errOdd
	}
	return err
}

// way is how the queue of letters that pass through lanes is known.
func way(lanes []string) [2]string {
	n := len(lanes)
	if n == 0 {
		return [2]string{}
	}
	return [2]string{strings.Join(lanes[:n-1], " "), lanes[n-1]}
}

// queuesOf returns the queues of letters of one campaign, by the way they go.
func queuesOf(ctx context.Context, t *tx, ds []ReadyDraft) (map[[2]string]int64, error) {
	type row struct {
		Campaign string `json:"campaign"`
		Trunk    string `json:"trunk"`
		Lane     string `json:"lane"`
	}
	ids := map[[2]string]int64{}
	var list []row
	b := bulk{table: "queues", columns: []string{"campaign", "trunk", "lane"}, onConflict: "DO NOTHING"}
	for _, d := range ds {
		if d.Letter.Campaign != ds[0].Letter.Campaign {
			return nil, errOdd
		}
		w := way(d.Lanes)
		if _, ok := ids[w]; ok {
			continue
		}
		for _, key := range d.Lanes {
			if err := checkLane(key); err != nil {
				return nil, err
			}
		}
		ids[w] = 0
		list = append(list, row{d.Letter.Campaign, w[0], w[1]})
		b.rows = append(b.rows, []any{d.Letter.Campaign, w[0], w[1]})
	}
	if _, err := t.d.bulk(ctx, t, b); err != nil {
		return nil, err
	}
	rows, err := t.QueryContext(ctx, `
SELECT id, trunk, lane FROM queues
 WHERE (campaign, trunk, lane) IN (SELECT value ->> 'campaign', value ->> 'trunk', value ->> 'lane' FROM `+t.d.each+")", asList(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var w [2]string
		if err := rows.Scan(&id, &w[0], &w[1]); err != nil {
			return nil, err
		}
		ids[w] = id
	}
	return ids, rows.Err()
}

// writtenTo returns the places of letters that were sent to the mailboxes of
// drafts, by mailbox.
func writtenTo(ctx context.Context, t *tx, ds []ReadyDraft) (map[string][]letterPlace, error) {
	mailboxes := make([]string, len(ds))
	for i, d := range ds {
		mailboxes[i] = d.row.mailbox
	}
	rows, err := t.QueryContext(ctx, `
SELECT mailbox, campaign, round FROM letters
 WHERE mailbox IN (SELECT value ->> 'id' FROM `+t.d.each+") AND state IN ('sent', 'unknown')", idList(mailboxes))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]letterPlace{}
	for rows.Next() {
		var mailbox string
		var p letterPlace
		if err := rows.Scan(&mailbox, &p.Campaign, &p.Round); err != nil {
			return nil, err
		}
		out[mailbox] = append(out[mailbox], p)
	}
	return out, rows.Err()
}

// A StandingDraft is a draft as it is in the ledger, and what it was made of.
type StandingDraft struct {
	Entry
	Made   string
	Placed int // findings that stand in it
}

// Standing returns those of the letters with these IDs, by ID, that are drafts
// about which nothing else was said since, and of which it is known what they
// were made of.
func Standing(ctx context.Context, l *Ledger, ids []string) (map[string]StandingDraft, error) {
	rows, err := l.r.QueryContext(ctx, "SELECT "+entryColumns+`, made,
       (SELECT count(*) FROM placements p WHERE p.letter_id = letters.id AND p.fate = 'lettered')
  FROM letters WHERE id IN (SELECT value ->> 'id' FROM `+l.d.each+") AND state = 'drafted' AND redraft = '' AND made <> ''", idList(ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]StandingDraft{}
	for rows.Next() {
		var d StandingDraft
		d.Entry, err = scanEntry(alsoScan{rows, []any{&d.Made, &d.Placed}})
		if err != nil {
			return nil, err
		}
		out[d.ID] = d
	}
	return out, rows.Err()
}

// alsoScan scans columns behind those that are asked for.
type alsoScan struct {
	row  interface{ Scan(...any) error }
	more []any
}

func (s alsoScan) Scan(to ...any) error { return s.row.Scan(append(to, s.more...)...) }
