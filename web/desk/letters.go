package desk

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
)

// perPage is how many letters a page of the list shows.
const perPage = 50

// listPage is a part of the list of letters.
type listPage struct {
	*frame
	View        view
	Rows        []listRow
	Count       int
	More        bool // there are more than Count
	All         int
	First       string // URLs; empty: there is none
	Before      string
	Next        string
	Choices     []choice
	Heads       []head
	Everything  string // the list without a filter
	FirstChosen string
}

type listRow struct {
	ledger.Entry
	URL string
}

// A choice is a filter with the values that there are.
type choice struct {
	Name   string // of the parameter
	Label  string
	Values []choiceValue
}

type choiceValue struct {
	Value, Label string
	Count        int
	Chosen       bool
}

// A head is that of a column.
type head struct {
	Label, URL string
	Sorted     string // for aria-sort; empty: the list is not sorted by it
	Number     bool   // its values are numbers
}

// letters shows a list of letters.
func (d *Desk) letters(w http.ResponseWriter, r *http.Request, f *frame) error {
	ctx := r.Context()
	v := readView(r.URL.Query())
	if err := d.full(r, f, f.T("letters.title")); err != nil {
		return err
	}
	p := listPage{frame: f, View: v, Everything: "/letters"}
	if err := p.fill(ctx, d.c, v); err != nil {
		return err
	}
	counts, err := campaign.Counts(ctx, d.c)
	if err != nil {
		return err
	}
	p.All = counts.Letters
	p.Choices = choices(f, v, counts)
	if v.FirstTime != nil {
		p.FirstChosen = map[bool]string{true: "yes", false: "no"}[*v.FirstTime]
	}
	for _, c := range columns {
		h := head{Label: f.T("column." + c.key), Number: c.order == ledger.BySize}
		if c.order != "" {
			h.URL = v.sorted(c.order)
			if v.order() == c.order {
				h.Sorted = map[bool]string{false: "ascending", true: "descending"}[v.Descending]
			}
		}
		p.Heads = append(p.Heads, h)
	}
	f.Did = d.did(r, f)
	return d.show(w, http.StatusOK, "letters", p)
}

// columns are those of the list, with the order that each sorts it by.
var columns = []struct {
	key   string
	order ledger.Order
}{
	{"letter", ledger.ByID}, {"to", ""}, {"state", ledger.ByState}, {"country", ledger.ByCountry}, {"language", ledger.ByLanguage},
	{"kinds", ledger.ByKind}, {"findings", ledger.BySize}, {"agency", ledger.ByAgency},
}

// fill reads the letters, and where the pages before and behind begin.
func (p *listPage) fill(ctx context.Context, c *campaign.Campaign, v view) (err error) {
	q := v.Query
	q.Limit = perPage
	if v.back {
		q.Descending = !q.Descending
	}
	found, err := campaign.Page(ctx, c, q)
	if err != nil {
		return errForm // a place that is none
	}
	if v.back {
		slices.Reverse(found.Entries)
	}
	for _, e := range found.Entries {
		p.Rows = append(p.Rows, listRow{e, v.of(e.ID)})
	}
	if p.Count, p.More, err = campaign.Count(ctx, c, v.Filter); err != nil || len(p.Rows) == 0 {
		return err
	}
	first, last := v.order().Cursor(found.Entries[0]), v.order().Cursor(found.Entries[len(found.Entries)-1])
	further := found.Next != nil
	if further || v.back {
		p.Next = v.at(last, false)
	}
	if placed := v.After != (ledger.Cursor{}); placed && (!v.back || further) {
		p.Before, p.First = v.at(first, true), v.at(ledger.Cursor{}, false)
	}
	return nil
}

// choices lists the filters, with what there is of each.
func choices(f *frame, v view, c ledger.Counts) []choice {
	rounds, chosenRounds := map[string]int{}, []string{}
	for n, count := range c.Rounds {
		rounds[strconv.Itoa(n)] = count
	}
	for _, n := range v.Rounds {
		chosenRounds = append(chosenRounds, strconv.Itoa(n))
	}
	all := []choice{
		newChoice(f, "state", c.States, v.States, letter.States),
		newChoice(f, "country", c.Countries, v.Countries, nil),
		newChoice(f, "language", c.Languages, v.Languages, nil),
		newChoice(f, "agency", c.Agencies, v.Agencies, nil),
		newChoice(f, "kind", c.Kinds, v.Kinds, nil),
		newChoice(f, "class", c.Classes, v.Classes, nil),
		newChoice(f, "round", rounds, chosenRounds, nil),
	}
	return slices.DeleteFunc(all, func(c choice) bool { return len(c.Values) < 2 && !slices.ContainsFunc(c.Values, isChosen) })
}

func isChosen(v choiceValue) bool { return v.Chosen }

// newChoice lists the values of a filter: in an order, or the most frequent first.
func newChoice[T ~string](f *frame, name string, counts map[T]int, chosen, order []T) choice {
	c := choice{Name: name, Label: f.T("column." + name)}
	values := slices.Collect(maps.Keys(counts))
	for _, v := range chosen { // also what there is none of any more
		if _, ok := counts[v]; !ok {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, func(a, b T) int {
		if order != nil {
			return slices.Index(order, a) - slices.Index(order, b)
		}
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b))
	})
	for _, v := range values {
		if v == "" {
			continue
		}
		c.Values = append(c.Values, choiceValue{string(v), f.Name(name, string(v)), counts[v], slices.Contains(chosen, v)})
	}
	return c
}

// did says what the form before this page came to, if the letter is what it says.
func (d *Desk) did(r *http.Request, f *frame) did {
	q := r.URL.Query()
	what, id := q.Get("did"), q.Get("about")
	became, ok := decisions[what]
	if !ok || id == "" {
		return did{}
	}
	e, err := d.c.Entry(r.Context(), id)
	if err != nil || e.State != became.state {
		return did{}
	}
	return did{What: what, About: e.ID, Undo: became.undo}
}

// decisions are what may be done with a letter, the state that it leads to, and
// what takes it back.
var decisions = map[string]struct {
	state letter.State
	undo  string
}{
	"approve": {letter.Approved, "reopen"},
	"hold":    {letter.Held, "release"},
	"release": {letter.Drafted, ""},
	"reopen":  {letter.Drafted, ""},
	"sent":    {letter.Sent, ""},
	"failed":  {letter.Failed, ""},
	"again":   {letter.Approved, "reopen"},
	"second":  {letter.Drafted, ""}, // an approval that another person's has to follow
}
