package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"headsup/letter"
)

// An Answer is what somebody answered to a letter, and what a person made of
// it. Its JSON names are settled.
type Answer struct {
	ID      int64         `json:"id"`
	Letter  string        `json:"letter"`
	To      string        `json:"to"` // of the letter
	Round   int           `json:"round"`
	At      time.Time     `json:"at"`
	From    string        `json:"from"`
	Text    string        `json:"text"`
	Message string        `json:"message,omitempty"` // its Message-ID, or what stands for it
	Open    bool          `json:"open"`              // it needs somebody
	Ruling  letter.Ruling `json:"ruling,omitempty"`
	Other   string        `json:"other,omitempty"` // whom it names instead
	Note    string        `json:"note,omitempty"`
	By      string        `json:"by,omitempty"` // who ruled
	Settled time.Time     `json:"settled,omitzero"`
	State   letter.State  `json:"state"` // of the letter
}

const answerColumns = `a.id, a.letter_id, l.recipient, l.round, l.state, a.at, e.by_whom, e.text, e.ref, a.closed, a.ruling, a.other, a.note, a.settled_by, a.settled_at`

const answerTables = " FROM answers a JOIN events e ON e.id = a.id JOIN letters l ON l.id = a.letter_id"

func scanAnswer(row interface{ Scan(...any) error }) (a Answer, err error) {
	var at, closed, settled int64
	err = row.Scan(&a.ID, &a.Letter, &a.To, &a.Round, &a.State, &at, &a.From, &a.Text, &a.Message, &closed, &a.Ruling, &a.Other, &a.Note, &a.By, &settled)
	a.At, a.Settled, a.Open = timeOf(at), timeOf(settled), closed == 0
	return a, err
}

// An AnswerQuery asks for a page of a campaign's answers: the open ones first,
// within both the earliest first. A field that is not empty leaves those that
// it fits.
type AnswerQuery struct {
	Campaign  string
	Letter    string
	Open      bool // only those that need somebody
	Rulings   []letter.Ruling
	Countries []string // of the letter's contact
	Agencies  []string
	After     AnswerCursor
	Limit     int // 0: 50
}

// An AnswerCursor is the place behind an answer. The zero cursor is the beginning.
type AnswerCursor struct {
	Closed int
	At     int64
	ID     int64
}

// Cursor returns the place behind a.
func (a Answer) Cursor() AnswerCursor { return AnswerCursor{1 - one(a.Open), msOf(a.At), a.ID} }

// Answers returns the answers that q asks for, and where the next page begins,
// nil if there is none. A page takes the same time wherever in the list it is.
func Answers(ctx context.Context, l *Ledger, q AnswerQuery) (page []Answer, next *AnswerCursor, err error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	var args []any
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	where := "a.campaign = " + arg(q.Campaign)
	if q.Letter != "" {
		where += " AND a.letter_id = " + arg(q.Letter)
	}
	if q.Open {
		where += " AND a.closed = 0"
	}
	in := func(column string, values []string) {
		var list []string
		for _, v := range values {
			list = append(list, arg(v))
		}
		if len(list) > 0 {
			where += " AND " + column + " IN (" + strings.Join(list, ", ") + ")"
		}
	}
	var rulings []string
	for _, r := range q.Rulings {
		rulings = append(rulings, string(r))
	}
	in("a.ruling", rulings)
	in("l.country", q.Countries)
	in("l.agency", q.Agencies)
	if q.After != (AnswerCursor{}) {
		where += fmt.Sprintf(" AND (a.closed, a.at, a.id) > (%s, %s, %s)", arg(q.After.Closed), arg(q.After.At), arg(q.After.ID))
	}
	rows, err := l.r.QueryContext(ctx, fmt.Sprintf("SELECT %s%s WHERE %s ORDER BY a.closed, a.at, a.id LIMIT %d",
		answerColumns, answerTables, where, q.Limit+1), args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanAnswer(rows)
		if err != nil {
			return nil, nil, err
		}
		page = append(page, a)
	}
	if len(page) > q.Limit {
		page = page[:q.Limit]
		c := page[q.Limit-1].Cursor()
		next = &c
	}
	return page, next, rows.Err()
}

// FindAnswer returns one answer of a campaign, or [ErrNotFound].
func FindAnswer(ctx context.Context, l *Ledger, campaign string, id int64) (Answer, error) {
	return answerOf(l.r.QueryRowContext(ctx, "SELECT "+answerColumns+answerTables+" WHERE a.campaign = $1 AND a.id = $2", campaign, id), id)
}

func answerOf(row *sql.Row, id int64) (Answer, error) {
	a, err := scanAnswer(row)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: answer %d", ErrNotFound, id)
	}
	return a, err
}

// AnswerLoad counts the answers of a campaign that are open, and those that
// were settled since a time, and says when the first one came; zero: none did.
func AnswerLoad(ctx context.Context, l *Ledger, campaign string, since time.Time) (open, settled int, first time.Time, err error) {
	var at sql.NullInt64
	err = l.r.QueryRowContext(ctx, `
SELECT COALESCE(sum(1 - closed), 0), COALESCE(sum(CASE WHEN settled_at >= $2 THEN closed ELSE 0 END), 0), min(at) FROM answers WHERE campaign = $1`,
		campaign, msOf(since)).Scan(&open, &settled, &at)
	return open, settled, timeOf(at.Int64), err
}

// comesTo is what an answer a comes to for its letter: where only some of what it
// says was taken back, the rest stands.
const comesTo = `CASE WHEN a.ruling = 'wrong' AND EXISTS (SELECT 1 FROM placements p WHERE p.letter_id = a.letter_id AND p.fate = 'lettered')
       THEN 'done' ELSE a.ruling END`

// answered folds the answers of a campaign by their letters.
func answered(ctx context.Context, l *Ledger, campaign string) (map[string]letter.Answered, error) {
	rows, err := l.r.QueryContext(ctx, "SELECT a.letter_id, "+comesTo+", a.at FROM answers a WHERE a.campaign = $1", campaign)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]letter.Answered{}
	for rows.Next() {
		var id string
		var ruling letter.Ruling
		var at int64
		if err := rows.Scan(&id, &ruling, &at); err != nil {
			return nil, err
		}
		a := all[id]
		a.Add(ruling, timeOf(at))
		all[id] = a
	}
	return all, rows.Err()
}

// turnsOf are what contacts said of addresses of a campaign, by address as
// [addrKey] writes it, in the order in which they said it.
func turnsOf(ctx context.Context, l *Ledger, campaign string) (map[string][]letter.Turn, error) {
	rows, err := l.r.QueryContext(ctx, "SELECT DISTINCT addr, contact, other, answer_id FROM turned WHERE campaign = $1 ORDER BY answer_id", campaign)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string][]letter.Turn{}
	for rows.Next() {
		var addr []byte
		var t letter.Turn
		if err := rows.Scan(&addr, &t.From, &t.To, &t.Answer); err != nil {
			return nil, err
		}
		all[string(addr)] = append(all[string(addr)], t)
	}
	return all, rows.Err()
}
