package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headsup/finding"
)

// An Order is what a list of letters is sorted by. Letters that are equal in
// it stand in the order of their IDs.
type Order string

const (
	ByID        Order = "id"
	ByState     Order = "state"
	ByClass     Order = "class"
	ByCountry   Order = "country"
	ByLanguage  Order = "language"
	ByAgency    Order = "agency"
	ByKind      Order = "kinds"
	BySize      Order = "findings"
	ByFirstTime Order = "first_time"
	ByRound     Order = "round"
)

// Orders lists all orders.
var Orders = []Order{ByID, ByState, ByClass, ByCountry, ByLanguage, ByAgency, ByKind, BySize, ByFirstTime, ByRound}

// A Cursor names a place in a list: behind the letter with this key and ID.
// The zero Cursor is the list's beginning.
type Cursor struct {
	Key string // what Order sorts by, in text
	ID  string
}

// Cursor returns the place behind e in a list sorted by o.
func (o Order) Cursor(e Entry) Cursor {
	key := map[Order]string{
		ByID:        e.ID,
		ByState:     string(e.State),
		ByClass:     string(e.Class),
		ByCountry:   e.Country,
		ByLanguage:  e.Language,
		ByAgency:    e.Agency,
		ByKind:      joinKinds(e.Kinds),
		BySize:      strconv.Itoa(e.Findings),
		ByFirstTime: strconv.Itoa(one(e.FirstTime)),
		ByRound:     strconv.Itoa(e.Round),
	}
	return Cursor{key[o], e.ID}
}

// value returns the key of a cursor as the database compares it.
func (o Order) value(key string) (any, error) {
	switch o {
	case BySize, ByFirstTime, ByRound:
		return strconv.ParseInt(key, 10, 64)
	}
	return text(key), nil
}

// A Query asks for a page of a list of letters.
type Query struct {
	Filter
	Order      Order // empty: ByID
	Descending bool
	After      Cursor
	Limit      int // 0: 50
}

// A Page is a part of a list of letters.
type Page struct {
	Entries []Entry
	Next    *Cursor // where the next page begins, or nil if this is the last one
}

// Page returns the letters that q asks for. It reads no body.
//
// A page takes the same time wherever in the list it is, if q names a campaign.
func (l *Ledger) Page(ctx context.Context, q Query) (p Page, err error) {
	if q.Order == "" {
		q.Order = ByID
	}
	if !slices.Contains(Orders, q.Order) {
		return p, fmt.Errorf("letters are not sorted by %q", q.Order)
	}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	s, err := newSieve(ctx, l, q.Filter)
	if err != nil {
		return p, err
	}
	index, _ := s.best(q.Order, q.Limit)
	from := s.from(l.d, index, q.Order)
	where, order, err := s.after(l.d, q)
	if err != nil {
		return p, err
	}
	rows, err := l.r.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM letters
 WHERE id IN (SELECT id FROM %s WHERE %s ORDER BY %s LIMIT %d) ORDER BY %s`,
		entryColumns, from, where, order, q.Limit+1, order), s.args...)
	if err != nil {
		return p, err
	}
	if p.Entries, err = scanEntries(rows); err != nil {
		return p, err
	}
	if len(p.Entries) > q.Limit {
		p.Entries = p.Entries[:q.Limit]
		next := q.Order.Cursor(p.Entries[q.Limit-1])
		p.Next = &next
	}
	return p, nil
}

// after returns the conditions of the letters behind q.After, and their order.
func (s *sieve) after(d *dialect, q Query) (where, order string, err error) {
	than, direction := ">", ""
	if q.Descending {
		than, direction = "<", " DESC"
	}
	where = s.where(d, q.Order)
	key := string(q.Order)
	if q.Order == ByID || s.has(key, q.After.Key) { // then the ID alone tells
		key = ""
	}
	order = "id" + direction
	if key != "" {
		order = key + direction + ", " + order
	}
	switch {
	case q.After == Cursor{}:
	case key == "":
		where += fmt.Sprintf(" AND id %s %s", than, s.arg(q.After.ID))
	default:
		value, err := q.Order.value(q.After.Key)
		if err != nil {
			return "", "", fmt.Errorf("not a place in a list by %s: %q", q.Order, q.After.Key)
		}
		where += fmt.Sprintf(" AND (%s, id) %s (%s, %s)", key, than, s.arg(value), s.arg(q.After.ID))
	}
	return where, order, nil
}

// has reports whether a column has one value in all letters that fit.
func (s *sieve) has(column, value string) bool {
	return slices.ContainsFunc(s.conditions, func(c condition) bool { return c.column == column && len(c.values) == 1 && c.values[0] == value })
}

// What counting may cost before it ends at a bound.
const (
	dear     = 20_000
	countsTo = 1000
)

// Count returns how many letters f chooses, or, where it would take long to
// look at all of them, a number that there are more of. It reads no body.
func (l *Ledger) Count(ctx context.Context, f Filter) (n int, more bool, err error) {
	s, err := newSieve(ctx, l, f)
	if err != nil {
		return 0, false, err
	}
	switch {
	case f.Campaign == "":
	case len(s.conditions) == 1:
		return s.all, false, nil
	case len(s.conditions) == 2 && s.conditions[1].counted:
		return s.conditions[1].passes, false, nil
	}
	limit := ""
	index, cost := s.best(ByID, s.all)
	if f.Campaign != "" && cost > dear {
		limit = fmt.Sprintf(" LIMIT %d", countsTo+1)
		index, _ = s.best(ByID, countsTo+1)
	}
	from := s.from(l.d, index, ByID)
	query := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s WHERE %s%s) x", from, s.where(l.d, ByID), limit)
	err = l.r.QueryRowContext(ctx, query, s.args...).Scan(&n)
	if limit != "" && n > countsTo {
		return countsTo, true, err
	}
	return n, false, err
}

// joinKinds writes kinds as they are stored.
func joinKinds(kinds []finding.Kind) string {
	var b strings.Builder
	for i, k := range kinds {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(k))
	}
	return b.String()
}

func splitKinds(s string) (kinds []finding.Kind) {
	for _, k := range strings.Fields(s) {
		kinds = append(kinds, finding.Kind(k))
	}
	return kinds
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
