package desk

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

// A view is a list of letters as its URL names it: which letters, in which
// order, from which place on.
type view struct {
	ledger.Query
	back bool // the page ends before After instead of beginning behind it
}

// maxChosen is how many values of a filter are read, and maxText how much of one.
const (
	maxChosen = 40
	maxText   = 200
)

// readView reads a view. What is no value of a filter chooses nothing, and a
// number that is none is left out.
func readView(q url.Values) (v view) {
	v.States = chosen[letter.State](q, "state")
	v.Classes = chosen[letter.Class](q, "class")
	v.Countries = chosen[string](q, "country")
	v.Languages = chosen[string](q, "language")
	v.Agencies = chosen[string](q, "agency")
	v.Kinds = chosen[finding.Kind](q, "kind")
	for _, r := range chosen[string](q, "round") {
		if n, err := strconv.Atoi(r); err == nil {
			v.Rounds = append(v.Rounds, n)
		}
	}
	switch q.Get("first") {
	case "yes", "no":
		first := q.Get("first") == "yes"
		v.FirstTime = &first
	}
	v.AtLeast, v.AtMost = atoi(q.Get("least")), atoi(q.Get("most"))
	v.Text = cut(strings.TrimSpace(q.Get("q")))
	if o := ledger.Order(q.Get("sort")); slices.Contains(ledger.Orders, o) {
		v.Order = o
	}
	v.Descending = q.Get("down") == "1"
	v.After = ledger.Cursor{Key: cut(q.Get("key")), ID: cut(q.Get("id"))}
	v.back = q.Get("back") == "1"
	return v
}

func chosen[T ~string](q url.Values, name string) (out []T) {
	for _, s := range q[name] {
		if s = cut(s); s != "" && len(out) < maxChosen && !slices.Contains(out, T(s)) {
			out = append(out, T(s))
		}
	}
	return out
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// cut keeps what is text of a value, up to a length.
func cut(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	return s
}

// Filtered reports whether more than words choose the letters.
func (v view) Filtered() bool {
	v.Text, v.Order, v.Descending = "", "", false
	return len(v.values()) > 0
}

// values writes a view, without its place.
func (v view) values() url.Values {
	q := url.Values{}
	add(q, "state", v.States)
	add(q, "class", v.Classes)
	add(q, "country", v.Countries)
	add(q, "language", v.Languages)
	add(q, "agency", v.Agencies)
	add(q, "kind", v.Kinds)
	for _, r := range v.Rounds {
		q.Add("round", strconv.Itoa(r))
	}
	if v.FirstTime != nil {
		q.Set("first", map[bool]string{true: "yes", false: "no"}[*v.FirstTime])
	}
	for name, n := range map[string]int{"least": v.AtLeast, "most": v.AtMost} {
		if n > 0 {
			q.Set(name, strconv.Itoa(n))
		}
	}
	if v.Text != "" {
		q.Set("q", v.Text)
	}
	if v.Order != "" && v.Order != ledger.ByID {
		q.Set("sort", string(v.Order))
	}
	if v.Descending {
		q.Set("down", "1")
	}
	return q
}

// Encoded is the view as a form sends it.
func (v view) Encoded() string { return v.values().Encode() }

func add[T ~string](q url.Values, name string, values []T) {
	for _, v := range values {
		q.Add(name, string(v))
	}
}

// at is the URL of the view from a place on, or up to it.
func (v view) at(c ledger.Cursor, back bool) string {
	q := v.values()
	if c != (ledger.Cursor{}) {
		q.Set("key", c.Key)
		q.Set("id", c.ID)
	}
	if back {
		q.Set("back", "1")
	}
	return path("/letters", q)
}

// of is the URL of a letter within the view, whose neighbours are the view's.
func (v view) of(id string) string { return path("/letters/"+url.PathEscape(id), v.values()) }

// sorted is the URL of the view in another order, or in the same from its end.
func (v view) sorted(o ledger.Order) string {
	v.Descending = v.order() == o && !v.Descending
	v.Order = o
	return path("/letters", v.values())
}

func (v view) order() ledger.Order {
	if v.Order == "" {
		return ledger.ByID
	}
	return v.Order
}

func path(p string, q url.Values) string {
	if len(q) == 0 {
		return p
	}
	return p + "?" + q.Encode()
}
