package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"headsup/finding"
)

// A sieve is a Filter as conditions of SQL, with what is known of how many
// letters each lets through.
type sieve struct {
	campaign   string
	conditions []condition
	args       []any
	all        int // letters of the campaign
}

type condition struct {
	column  string // of letters; empty: it takes a look at the row, or at other tables
	sql     string
	passes  int      // letters that it lets through, at most
	counted bool     // so many, and not one less
	index   string   // that finds them; empty: none
	values  []string // that the column may have; none: it is not asked for them
}

// arg adds an argument and returns its placeholder.
func (s *sieve) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

// where joins all conditions for a list sorted by o.
func (s *sieve) where(d *dialect, o Order) string {
	parts := []string{"1 = 1"}
	for _, c := range s.conditions {
		if d.indexed != "" && len(c.values) > 1 && c.column == string(o) {
			c.sql = "+" + c.sql // SQLite would find value by value, and then sort all
		}
		parts = append(parts, c.sql)
	}
	return strings.Join(parts, " AND ")
}

// among adds the condition that a column has one of some values, if there are
// any. t says how many letters have which.
func among[T any](s *sieve, t tally, column string, values []T) {
	if len(values) == 0 {
		return
	}
	c := condition{column: column, index: "letters_by_" + column, counted: true}
	var places []string
	for _, v := range values {
		value := fmt.Sprint(v)
		if slices.Contains(c.values, value) {
			continue
		}
		places = append(places, s.arg(v))
		c.values = append(c.values, value)
		c.passes += t[column][value]
	}
	c.sql = column + " IN (" + strings.Join(places, ", ") + ")"
	s.conditions = append(s.conditions, c)
}

// sieve makes the conditions of f.
func newSieve(ctx context.Context, l *Ledger, f Filter) (*sieve, error) {
	t, err := tallied(ctx, l, f.Campaign, f.columns())
	if err != nil {
		return nil, err
	}
	s := &sieve{campaign: f.Campaign, all: t.sum("round", func(string) bool { return true })}
	if f.Campaign != "" {
		s.conditions = append(s.conditions, condition{column: "campaign", sql: "campaign = " + s.arg(f.Campaign), passes: s.all})
	}
	among(s, t, "state", texts(f.States))
	among(s, t, "class", texts(f.Classes))
	among(s, t, "country", texts(f.Countries))
	among(s, t, "language", texts(f.Languages))
	among(s, t, "agency", texts(f.Agencies))
	among(s, t, "round", f.Rounds)
	if len(f.Kinds) > 0 {
		among(s, t, "kinds", kindsWith(t["kinds"], f.Kinds))
	}
	if f.FirstTime != nil {
		among(s, t, "first_time", []int{one(*f.FirstTime)})
	}
	s.size(t, f.AtLeast, f.AtMost)
	if len(f.IDs) > 0 {
		s.conditions = append(s.conditions, condition{column: "id", sql: "id IN (" + s.list(f.IDs) + ")", passes: len(f.IDs), index: byKey})
	}
	if f.Contact != "" {
		s.conditions = append(s.conditions, condition{sql: "mailbox = " + s.arg(strings.ToLower(f.Contact)), passes: 1, index: "letters_mailbox"})
	}
	if strings.TrimSpace(f.Text) != "" {
		err = searchWords(ctx, l, s, f.Text)
	}
	return s, err
}

// columns lists the tallied columns that f asks for, and round, which tells how many letters there are.
func (f Filter) columns() []string {
	columns := []string{"round"}
	for column, asked := range map[string]bool{
		"state":      len(f.States) > 0,
		"class":      len(f.Classes) > 0,
		"country":    len(f.Countries) > 0,
		"language":   len(f.Languages) > 0,
		"agency":     len(f.Agencies) > 0,
		"kinds":      len(f.Kinds) > 0,
		"first_time": f.FirstTime != nil,
		"findings":   f.AtLeast > 0 || f.AtMost > 0,
	} {
		if asked {
			columns = append(columns, column)
		}
	}
	slices.Sort(columns) // the same query for the same filter
	return columns
}

// texts makes words from outside fit for a comparison.
func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = text(string(v))
	}
	return out
}

func (s *sieve) list(ids []string) string {
	places := make([]string, len(ids))
	for i, id := range ids {
		places[i] = s.arg(id)
	}
	return strings.Join(places, ", ")
}

// size adds the conditions on the number of findings.
func (s *sieve) size(t tally, least, most int) {
	for _, bound := range []struct {
		n       int
		compare string
		fits    func(n int) bool
	}{
		{least, ">=", func(n int) bool { return n >= least }},
		{most, "<=", func(n int) bool { return n <= most }},
	} {
		if bound.n <= 0 {
			continue
		}
		passes := t.sum("findings", func(value string) bool {
			n, err := strconv.Atoi(value)
			return err == nil && bound.fits(n)
		})
		s.conditions = append(s.conditions, condition{
			column: "findings", sql: "findings " + bound.compare + " " + s.arg(bound.n), passes: passes, counted: true, index: "letters_by_findings"})
	}
}

// kindsWith lists the sets of kinds that hold one of some kinds.
func kindsWith(sets map[string]int, kinds []finding.Kind) []string {
	found := []string{"-"} // no set, so that no letter is found where there is none
	for set := range sets {
		if slices.ContainsFunc(kinds, func(k finding.Kind) bool { return slices.Contains(splitKinds(set), k) }) {
			found = append(found, set)
		}
	}
	slices.Sort(found)
	return found
}

// byKey is SQLite's name for the index of the primary key.
const byKey = "sqlite_autoindex_letters_1"

// What it costs to pass over a letter: within an index that tells all that is
// asked, with a look at its row, and with one at other tables; and what sorting
// costs more, as a factor.
const (
	inIndex   = 1
	inRow     = 8
	elsewhere = 32
	sorted    = 3
)

// from names the table in a list sorted by o, with the index to use, which
// [sieve.best] has found. SQLite is told its name. PostgreSQL gets what a
// condition's index finds as a table of its own (OFFSET 0 keeps it from being
// taken apart): of a row comparison it knows only how many letters its first
// column leaves, and would rather go through the list from there. That condition
// is not one of s afterwards.
func (s *sieve) from(d *dialect, index string, o Order) string {
	if s.campaign == "" {
		return "letters"
	}
	if d.indexed != "" {
		return "letters " + d.indexed + " " + index
	}
	for i, c := range s.conditions {
		if c.index == index && c.column != string(o) && !c.sorts(o) {
			s.conditions = slices.Delete(s.conditions, i, i+1)
			return "(SELECT * FROM letters WHERE " + s.conditions[0].sql + " AND " + c.sql + " OFFSET 0) letters"
		}
	}
	return "letters"
}

// sorts reports whether the index of c has letters that fit in the order o.
func (c condition) sorts(o Order) bool {
	return len(c.values) == 1 && o == ByID || len(c.values) < 2 && c.column == string(o)
}

// best returns the index that finds the first so many letters by o with the
// least work, and how much that is, as long as letters that fit do not all
// stand at the end. SQLite itself does not know how many letters a value has.
//
// The index of the order passes over those that do not fit; that of a
// condition has to find, and sort, all that pass it.
func (s *sieve) best(o Order, first int) (index string, least int) {
	share := 1.0 // of the letters that fit
	for _, c := range s.conditions {
		share *= float64(c.passes) / float64(max(s.all, 1))
	}
	// until is how many of n letters are passed until there are enough, with some to spare.
	until := func(n int) int {
		return min(n, int(4*float64(first)/max(share, 1e-9)*float64(n)/float64(max(s.all, 1))))
	}
	index = "letters_by_" + string(o)
	passed, each := until(s.all), s.cost(index, string(o), o)
	if slices.ContainsFunc(s.conditions, func(c condition) bool { return related(c.column, string(o)) }) {
		passed = s.all / 2
	}
	least = passed * each
	for _, c := range s.conditions {
		if c.index == "" {
			continue
		}
		cost := c.passes * s.cost(c.index, c.column, o) * sorted
		if c.sorts(o) {
			cost = until(c.passes) * s.cost(c.index, c.column, o)
		}
		if cost < least {
			index, least = c.index, cost
		}
	}
	return index, least
}

// related reports whether two columns hang together so closely that the
// letters of one value may stand at one end of a list sorted by the other.
func related(a, b string) bool {
	for _, family := range [][]string{{"country", "language", "agency"}, {"state", "class"}} {
		if a != b && slices.Contains(family, a) && slices.Contains(family, b) {
			return true
		}
	}
	return false
}

// always lists what every index of letters by a column holds.
var always = []string{"campaign", "id", "country", "language", "agency", "kinds", "findings", "first_time", "round"}

// cost is what a letter costs that is found by an index on a column.
func (s *sieve) cost(index, by string, o Order) int {
	holds := func(column string) bool {
		return strings.HasPrefix(index, "letters_by_") && (slices.Contains(always, column) || column == by || column == "class" && by == "state")
	}
	cost := inIndex
	if !holds(string(o)) {
		cost = inRow
	}
	for _, c := range s.conditions {
		switch {
		case c.column == "" && c.index == "":
			cost = elsewhere
		case !holds(c.column):
			cost = max(cost, inRow)
		}
	}
	return cost
}
