package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"headsup/letter"
)

// A HistoryEntry is something that happened to a letter.
type HistoryEntry struct {
	Letter string       `json:"letter"`
	At     time.Time    `json:"at"`
	Kind   string       `json:"kind"`            // "created", "approved", "held", "claimed", "dot", "sent", "bounce", "complaint", …
	State  letter.State `json:"state,omitempty"` // the state it led to, or empty
	By     string       `json:"by,omitempty"`
	Text   string       `json:"text,omitempty"`
	Ref    string       `json:"ref,omitempty"` // what it rests on, such as the Message-ID of a report
	Class  letter.Class `json:"-"`             // for Note, of a letter that bounced
	Data   string       `json:"-"`             // of what waits for a person: for whoever decides
}

// record stores e at the time of the database's clock unless it has its own.
func (t *tx) record(ctx context.Context, e HistoryEntry) error {
	_, err := recordEvent(ctx, t, e)
	return err
}

// recordEvent is record, and returns the number of the entry.
func recordEvent(ctx context.Context, t *tx, e HistoryEntry) (id int64, err error) {
	err = t.QueryRowContext(ctx, `
INSERT INTO events (letter_id, at, kind, state, by_whom, text, ref, data)
VALUES ($1, CASE WHEN CAST($2 AS BIGINT) = 0 THEN `+t.d.now+` ELSE CAST($2 AS BIGINT) END, $3, $4, $5, $6, $7, $8) RETURNING id`,
		e.Letter, msOf(e.At), e.Kind, string(e.State), text(e.By), text(e.Text), text(e.Ref), text(e.Data)).Scan(&id)
	return id, err
}

// Reported counts the letters of a campaign that an event of a kind came back about.
func (l *Ledger) Reported(ctx context.Context, campaign, kind string) (n int, err error) {
	err = l.r.QueryRowContext(ctx, `
SELECT count(DISTINCT e.letter_id) FROM events e JOIN letters l ON l.id = e.letter_id WHERE l.campaign = $1 AND e.kind = $2`, campaign, kind).Scan(&n)
	return n, err
}

// Note records an event that came from outside, such as a bounce or a
// complaint. Where e.State is set, the letter goes to that state if
// [letter.State.May] allows it, else Note returns [ErrState].
//
// An event whose Kind and Ref are known is not recorded again: reading a
// mailbox twice changes nothing, and Note returns false. What stop names is
// suppressed together with the event, or not at all.
func (l *Ledger) Note(ctx context.Context, e HistoryEntry, stop ...letter.Suppression) (added bool, err error) {
	err = inTx(ctx, l, func(t *tx) (err error) {
		added, err = t.note(ctx, e, stop...)
		return err
	})
	return added, err
}

func (t *tx) note(ctx context.Context, e HistoryEntry, stop ...letter.Suppression) (added bool, err error) {
	var known int
	if err := t.QueryRowContext(ctx, "SELECT count(*) FROM events WHERE letter_id = $1 AND kind = $2 AND ref = $3 AND ref <> ''",
		e.Letter, e.Kind, text(e.Ref)).Scan(&known); err != nil || known > 0 {
		return false, err
	}
	if e.State != "" {
		if err := t.change(ctx, e.Letter, e.State, cmp.Or(e.Class, letter.ClassUnclear), e.Text, nil); err != nil {
			return false, err
		}
	}
	for _, s := range stop {
		s.By, s.Letter, s.Message = e.By, e.Letter, e.Ref
		if _, err := t.suppress(ctx, s); err != nil {
			return false, err
		}
	}
	if e.Kind == string(letter.Reply) {
		_, err = recordAnswer(ctx, t, e)
		return true, err
	}
	return true, t.record(ctx, e)
}

// change moves a letter from the state it is in to another one that the rules
// allow. class counts where the letter did not arrive; from, if not nil, says
// which states it may come from.
func (t *tx) change(ctx context.Context, id string, to letter.State, class letter.Class, reason string, from func(letter.State) bool) error {
	if !to.Lost() {
		class = ""
	}
	var old letter.State
	err := t.QueryRowContext(ctx, "SELECT state FROM letters WHERE id = $1"+t.d.lock, id).Scan(&old)
	switch {
	case err != nil:
		return notFound(err, id)
	case !old.May(to) || from != nil && !from(old):
		return fmt.Errorf("%w: letter %q is %s", ErrState, id, old)
	}
	return t.must(ctx, "UPDATE letters SET state = $1, reason = $2, class = $5, stage = CASE WHEN $1 = 'approved' THEN 0 ELSE stage END, changed_at = "+t.d.now+" WHERE id = $3 AND state = $4",
		string(to), text(reason), id, string(old), string(class))
}

func notFound(err error, id string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: %q", ErrNotFound, id)
	}
	return err
}

// History returns everything that happened to a letter, the earliest first:
// drafts, decisions, attempts with their phases, and what came back.
func (l *Ledger) History(ctx context.Context, id string) (events []HistoryEntry, err error) {
	// In one millisecond, decisions come before attempts and reports after them.
	rows, err := l.r.QueryContext(ctx, `
SELECT at, kind, state, by_whom, text, ref, CASE WHEN state IN ('drafted', 'held', 'approved', 'suppressed') THEN 0 ELSE 4 END AS step, id FROM events WHERE letter_id = $1
 UNION ALL SELECT claimed_at, 'claimed', 'sending', owner, 'attempt ' || CAST(attempt AS TEXT), '', 1, 0 FROM attempts WHERE letter_id = $1
 UNION ALL SELECT marked_at, 'dot', 'sending', owner, '', '', 2, 0 FROM attempts WHERE letter_id = $1 AND marked_at IS NOT NULL
 UNION ALL SELECT settled_at, state, state, owner, reply, '', 3, 0 FROM attempts WHERE letter_id = $1 AND settled_at IS NOT NULL
 ORDER BY 1, 7, 8`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e := HistoryEntry{Letter: id}
		var at, step, nr int64
		if err := rows.Scan(&at, &e.Kind, &e.State, &e.By, &e.Text, &e.Ref, &step, &nr); err != nil {
			return nil, err
		}
		e.At = timeOf(at)
		events = append(events, e)
	}
	return events, rows.Err()
}
