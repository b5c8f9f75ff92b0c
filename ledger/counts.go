package ledger

import (
	"context"
	"fmt"
	"strconv"

	"headsup/finding"
	"headsup/letter"
)

// Counts says how many letters of a campaign there are of what, and how many
// rows ended where. A letter about two kinds counts for both.
type Counts struct {
	Letters   int
	FirstTime int // to mailboxes that no other letter was sent to before
	States    map[letter.State]int
	Classes   map[letter.Class]int // of failed and bounced ones
	Countries map[string]int
	Languages map[string]int
	Agencies  map[string]int
	Kinds     map[finding.Kind]int
	Rounds    map[int]int
	Sizes     map[int]int // by number of findings
	Fates     map[letter.Fate]int
}

// Counts counts what is in a campaign. It looks at no letter and no row.
func (l *Ledger) Counts(ctx context.Context, campaign string) (c Counts, err error) {
	t, err := tallied(ctx, l, campaign, nil)
	if err != nil {
		return c, err
	}
	c = Counts{
		Letters:   t.sum("round", func(string) bool { return true }),
		FirstTime: t["first_time"]["1"],
		States:    keyed[letter.State](t["state"]),
		Classes:   keyed[letter.Class](t["class"]),
		Countries: keyed[string](t["country"]),
		Languages: keyed[string](t["language"]),
		Agencies:  keyed[string](t["agency"]),
		Kinds:     map[finding.Kind]int{},
		Fates:     keyed[letter.Fate](t["fate"]),
	}
	delete(c.Classes, "")
	for set, n := range t["kinds"] {
		for _, k := range splitKinds(set) {
			c.Kinds[k] += n
		}
	}
	if n := t["rejects"][""]; n > 0 {
		c.Fates[letter.FateRejected] += n
	}
	if c.Rounds, err = byNumber(t["round"]); err != nil {
		return c, err
	}
	c.Sizes, err = byNumber(t["findings"])
	return c, err
}

func keyed[K ~string](in map[string]int) map[K]int {
	out := map[K]int{}
	for value, n := range in {
		out[K(value)] = n
	}
	return out
}

func byNumber(in map[string]int) (map[int]int, error) {
	out := map[int]int{}
	for value, n := range in {
		number, err := strconv.Atoi(value)
		if err != nil {
			return nil, err
		}
		out[number] = n
	}
	return out, nil
}

// Sum accounts for every row of a campaign. Findings that have not been placed
// are rows that are not accounted for, so that [letter.Sum.Check] fails.
func (l *Ledger) Sum(ctx context.Context, campaign string) (s letter.Sum, err error) {
	t, err := tallied(ctx, l, campaign, []string{"rows", "rejects", "fate", "state", "class"})
	if err != nil {
		return s, err
	}
	s.States = keyed[letter.State](t["state"])
	if delete(t["class"], ""); len(t["class"]) > 0 {
		s.Classes = keyed[letter.Class](t["class"])
	}
	for _, n := range s.States {
		s.Letters += n
	}
	placed := 0
	for fate, n := range t["fate"] {
		s.Add(letter.Fate(fate), n)
		placed += n
	}
	s.Add(letter.FateRejected, t["rejects"][""])
	s.Rows += t["rows"][""] - placed
	if s.Failed > 0 {
		err = l.r.QueryRowContext(ctx, "SELECT count(*) FROM placements WHERE campaign = $1 AND fate = 'failed' AND reason = $2 AND reason <> ''",
			campaign, letter.NotLookedUp).Scan(&s.Due)
	}
	if s.Held > 0 && err == nil {
		err = l.r.QueryRowContext(ctx, "SELECT count(*) FROM placements WHERE campaign = $1 AND fate = 'held' AND reason LIKE $2 AND reason <> ''",
			campaign, letter.ByRule+"%").Scan(&s.ByRule)
	}
	return s, err
}

// A tally says how many there are of what: by column and value.
type tally map[string]map[string]int

func (t tally) sum(column string, fits func(value string) bool) (n int) {
	for value, of := range t[column] {
		if fits(value) {
			n += of
		}
	}
	return n
}

// tally reads what is counted of some columns, or of all.
func tallied(ctx context.Context, l *Ledger, campaign string, columns []string) (tally, error) {
	query, args := "SELECT what, value, CAST(sum(n) AS BIGINT) FROM tallies WHERE campaign = $1", []any{campaign}
	if campaign == "" {
		query = "SELECT what, value, CAST(sum(n) AS BIGINT) FROM tallies WHERE campaign <> $1"
	}
	if len(columns) > 0 {
		query += " AND what IN (" + placeholders(2, len(columns)) + ")"
		for _, c := range columns {
			args = append(args, c)
		}
	}
	rows, err := l.r.QueryContext(ctx, query+" GROUP BY what, value HAVING sum(n) <> 0", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := tally{}
	for rows.Next() {
		var what, value string
		var n int
		if err := rows.Scan(&what, &value, &n); err != nil {
			return nil, err
		}
		if t[what] == nil {
			t[what] = map[string]int{}
		}
		t[what][value] = n
	}
	return t, rows.Err()
}

// count adds to what is counted of findings and rejects. Of letters and
// placements the database counts itself.
func (t *tx) count(ctx context.Context, campaign, what string, n int64) error {
	if n == 0 {
		return nil
	}
	return t.must(ctx, fmt.Sprintf(`
INSERT INTO tallies (campaign, what, value, part, n) VALUES ($1, $2, '', %s, $3)
    ON CONFLICT (campaign, what, value, part) DO UPDATE SET n = tallies.n + excluded.n`, t.d.part), campaign, what, n)
}

// Redrafts counts the letters of a campaign that only a new draft releases.
func Redrafts(ctx context.Context, l *Ledger, campaign string) (n int, err error) {
	err = l.r.QueryRowContext(ctx, "SELECT count(*) FROM letters WHERE campaign = $1 AND state IN ('drafted', 'held') AND redraft <> ''",
		campaign).Scan(&n)
	return n, err
}
