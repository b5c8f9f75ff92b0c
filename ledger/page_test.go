package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"headsup/finding"
	"headsup/letter"
)

// entriesOf returns all letters of all campaigns.
func entriesOf(t testing.TB, l *Ledger) (es []Entry) {
	t.Helper()
	for e, err := range l.Letters(t.Context(), Filter{}) {
		must(t, err)
		es = append(es, e)
	}
	return es
}

// A choice is a filter, and the same said in Go.
type choice struct {
	name   string
	filter Filter
	fits   func(e Entry) bool // nil: the entry does not tell
}

var yes, no = true, false

func choices() []choice {
	has := func(kinds ...finding.Kind) func(Entry) bool {
		return func(e Entry) bool {
			return slices.ContainsFunc(e.Kinds, func(k finding.Kind) bool { return slices.Contains(kinds, k) })
		}
	}
	return []choice{
		{"all", Filter{}, func(Entry) bool { return true }},
		{"country", Filter{Countries: []string{"FR"}}, func(e Entry) bool { return e.Country == "FR" }},
		{"no country", Filter{Countries: []string{""}}, func(e Entry) bool { return e.Country == "" }},
		{"two countries", Filter{Countries: []string{"US", "JP"}}, func(e Entry) bool { return e.Country == "US" || e.Country == "JP" }},
		{"language", Filter{Languages: []string{"en"}}, func(e Entry) bool { return e.Language == "en" }},
		{"agency", Filter{Agencies: []string{"bnetz"}}, func(e Entry) bool { return e.Agency == "bnetz" }},
		{"kind", Filter{Kinds: []finding.Kind{finding.OpenProxy}}, has(finding.OpenProxy)},
		{"two kinds", Filter{Kinds: []finding.Kind{finding.OpenProxy, finding.ExposedService}}, has(finding.OpenProxy, finding.ExposedService)},
		{"a kind that there is not", Filter{Kinds: []finding.Kind{"botnet"}}, has("botnet")},
		{"state", Filter{States: []letter.State{letter.Drafted}}, func(e Entry) bool { return e.State == letter.Drafted }},
		{"two states", Filter{States: []letter.State{letter.Failed, letter.Bounced}}, func(e Entry) bool { return e.State.Lost() }},
		{"class", Filter{Classes: []letter.Class{letter.ClassMailbox}}, func(e Entry) bool { return e.Class == letter.ClassMailbox }},
		{"at least", Filter{AtLeast: 5}, func(e Entry) bool { return e.Findings >= 5 }},
		{"at most", Filter{AtMost: 2}, func(e Entry) bool { return e.Findings <= 2 }},
		{"first contact", Filter{FirstTime: &yes}, func(e Entry) bool { return e.FirstTime }},
		{"known contact", Filter{FirstTime: &no}, func(e Entry) bool { return !e.FirstTime }},
		{"round", Filter{Rounds: []int{2, 3}}, func(e Entry) bool { return e.Round == 2 || e.Round == 3 }},
		{"a word", Filter{Text: "Ö1"}, func(e Entry) bool { return strings.Contains(wordsOf(e.ID, e.To, e.Org, e.Subject), "ö1") }},
		{"words", Filter{Text: "NETZ ö1 relay"}, func(e Entry) bool { return strings.Contains(strings.ToLower(e.Org), "ö1") }},
		{"a word that all have", Filter{Text: "open relay"}, func(Entry) bool { return true }},
		{"a word that is a pattern", Filter{Text: "d%.example"}, func(Entry) bool { return false }},
		{"a network", Filter{Text: "10.0.0.0/24"}, nil},
		{"a country's drafts about proxies to first contacts",
			Filter{Countries: []string{"US"}, States: []letter.State{letter.Drafted}, Kinds: []finding.Kind{finding.OpenProxy}, FirstTime: &yes},
			func(e Entry) bool {
				return e.Country == "US" && e.State == letter.Drafted && has(finding.OpenProxy)(e) && e.FirstTime
			}},
	}
}

// compareBy says in Go what an order is.
func (o Order) compareBy(a, b Entry) int {
	by := 0
	switch o {
	case BySize:
		by = cmp.Compare(a.Findings, b.Findings)
	case ByRound:
		by = cmp.Compare(a.Round, b.Round)
	default:
		by = cmp.Compare(o.Cursor(a).Key, o.Cursor(b).Key)
	}
	return cmp.Or(by, cmp.Compare(a.ID, b.ID))
}

func TestPagesOfAllFiltersInAllOrders(t *testing.T) {
	alone(t)
	t.Parallel()
	forEach(t, func(t *testing.T, l *Ledger) {
		crowd{"other26", 30, 2}.store(t, l)
		crowd{"relay26", 100, 4}.store(t, l)
		all := entriesOf(t, l)
		if len(all) != 130 {
			t.Fatalf("%d letters", len(all))
		}
		for _, c := range choices() {
			if c.fits == nil {
				continue
			}
			c.filter.Campaign = "relay26"
			want := slices.DeleteFunc(slices.Clone(all), func(e Entry) bool { return e.Campaign != "relay26" || !c.fits(e) })
			if n, more, err := l.Count(t.Context(), c.filter); err != nil || n != len(want) || more {
				t.Errorf("%s: %d letters (%v), want %d", c.name, n, err, len(want))
			}
			for _, o := range Orders {
				for _, descending := range []bool{false, true} {
					slices.SortFunc(want, func(a, b Entry) int {
						if descending {
							a, b = b, a
						}
						return o.compareBy(a, b)
					})
					if got, want := pages(t, l, Query{Filter: c.filter, Order: o, Descending: descending, Limit: 37}), idsOf(want); !slices.Equal(got, want) {
						t.Errorf("%s by %s, descending %v: %d letters, want %d:\n%q\n%q", c.name, o, descending, len(got), len(want), got, want)
					}
				}
			}
		}
	})
}

// pages reads a list page by page.
func pages(t *testing.T, l *Ledger, q Query) (ids []string) {
	t.Helper()
	for {
		p, err := l.Page(t.Context(), q)
		must(t, err)
		if len(p.Entries) > q.Limit || p.Next != nil && len(p.Entries) != q.Limit {
			t.Fatalf("%d letters on a page of %d, next %v", len(p.Entries), q.Limit, p.Next)
		}
		ids = append(ids, idsOf(p.Entries)...)
		if p.Next == nil {
			return ids
		}
		q.After = *p.Next
	}
}

func idsOf(es []Entry) (ids []string) {
	for _, e := range es {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestLettersAreFoundByTheAddressesOfTheirFindings(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		crowd{"relay26", 20, 4}.store(t, l)
		want := entriesOf(t, l)[7]
		r, err := l.Letter(t.Context(), want.ID)
		must(t, err)
		for _, sought := range []string{r.Letter.Findings[0].Addr.String(), r.Letter.Findings[0].Addr.String() + "/32", "::ffff:" + r.Letter.Findings[0].Addr.String()} {
			p, err := l.Page(t.Context(), Query{Filter: Filter{Campaign: "relay26", Text: sought}})
			must(t, err)
			if got := idsOf(p.Entries); !slices.Equal(got, []string{want.ID}) {
				t.Errorf("%s: %q, want %q", sought, got, want.ID)
			}
		}
		for sought, want := range map[string]int{"10.0.0.0/8": 20, "192.0.2.1": 0, "2001:db8::/32": 0} {
			if n, more, err := l.Count(t.Context(), Filter{Campaign: "relay26", Text: sought}); err != nil || n != want || more {
				t.Errorf("%s: %d letters (%v), want %d", sought, n, err, want)
			}
		}
	})
}

// TestReviewReadsNoBody takes the bodies out of reach and approves everything.
func TestReviewReadsNoBody(t *testing.T) {
	letters := 100
	if os.Getenv("HEADSUP_REAL") == "1" {
		letters = 10000
	}
	forEach(t, func(t *testing.T, l *Ledger) {
		crowd{"relay26", letters, 1}.store(t, l)
		_, err := l.w.Exec("UPDATE letters SET state = 'drafted', class = ''")
		must(t, err)
		_, err = l.w.Exec("ALTER TABLE bodies RENAME TO bodies_out_of_reach")
		must(t, err)
		read := 0
		waiting := make(chan Entry)
		var readers sync.WaitGroup
		for range 50 {
			readers.Go(func() {
				for e := range waiting {
					if err := l.Approve(t.Context(), e.ID, e.Hash, "tester"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for e, err := range l.Letters(t.Context(), Filter{Campaign: "relay26", States: []letter.State{letter.Drafted}}) {
			must(t, err)
			read++
			waiting <- e
		}
		close(waiting)
		readers.Wait()
		c, err := l.Counts(t.Context(), "relay26")
		if err != nil || read != letters || c.States[letter.Approved] != letters {
			t.Errorf("%d letters read, counts %+v, %v", read, c, err)
		}
		p, err := l.Page(t.Context(), Query{Filter: Filter{Campaign: "relay26"}, Order: BySize})
		must(t, err)
		if e, err := l.Entry(t.Context(), p.Entries[0].ID); err != nil || e.State != letter.Approved {
			t.Errorf("%+v, %v", e, err)
		}
		if r, err := l.Letter(t.Context(), p.Entries[0].ID); err == nil {
			t.Errorf("read a body that is out of reach: %+v", r)
		}
	})
}

func TestCountsOfACampaign(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		crowd{"other26", 30, 2}.store(t, l)
		crowd{"relay26", 60, 3}.store(t, l)
		_, err := l.AddRejects(t.Context(), "relay26", []Reject{{"scan.csv:400", "port"}})
		must(t, err)
		want := Counts{States: map[letter.State]int{}, Classes: map[letter.Class]int{}, Countries: map[string]int{}, Languages: map[string]int{},
			Agencies: map[string]int{}, Kinds: map[finding.Kind]int{}, Rounds: map[int]int{}, Sizes: map[int]int{}, Fates: map[letter.Fate]int{letter.FateRejected: 1}}
		for e, err := range l.Letters(t.Context(), Filter{Campaign: "relay26"}) {
			must(t, err)
			want.Letters++
			want.FirstTime += one(e.FirstTime)
			want.States[e.State]++
			want.Countries[e.Country]++
			want.Languages[e.Language]++
			want.Agencies[e.Agency]++
			want.Rounds[e.Round]++
			want.Sizes[e.Findings]++
			want.Fates[letter.FateLettered] += e.Findings
			if e.Class != "" {
				want.Classes[e.Class]++
			}
			for _, k := range e.Kinds {
				want.Kinds[k]++
			}
		}
		got, err := l.Counts(t.Context(), "relay26")
		must(t, err)
		if diff := gocmp.Diff(want, got); diff != "" || want.Letters != 60 {
			t.Error(diff)
		}
		sum, err := l.Sum(t.Context(), "relay26")
		must(t, err)
		if diff := gocmp.Diff(want.States, sum.States); diff != "" || sum.Letters != 60 || sum.Check() != nil {
			t.Errorf("the sum of one of two campaigns is %+v\n%s", sum, diff)
		}
	})
}

func TestAContactIsWrittenToForTheFirstTimeOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		draft := func(campaign string, round int, contact string) Draft {
			d := draftTo(contact, "hello")
			d.Letter.Campaign, d.Letter.Round = campaign, round
			d.Letter.ID = letter.Reference(campaign, d.Letter.Pile(), round)
			d.Rendered = rendered(d.Letter.ID, "hello")
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			return d
		}
		first := func(d Draft) bool {
			t.Helper()
			e, err := l.Entry(t.Context(), d.Letter.ID)
			must(t, err)
			return e.FirstTime
		}
		a, waits, elsewhere := draft("relay26", 1, "abuse@a.example"), draft("proxy26", 1, "Abuse@a.example"), draft("proxy26", 1, "abuse@b.example")
		if !first(a) || !first(waits) || !first(elsewhere) {
			t.Error("nobody has been written to")
		}
		must(t, l.Approve(t.Context(), a.Letter.ID, Hash(a.Rendered), "tester"))
		o := outbox(t, l, "me")
		must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
		later := draft("relay26", 2, "abuse@a.example")
		if !first(a) || first(waits) || !first(elsewhere) || first(later) {
			t.Errorf("first times after one was sent: %v %v %v %v", first(a), first(waits), first(elsewhere), first(later))
		}
	})
}

// TestSearchWithoutTrigrams opens a ledger as somebody who may make tables, but
// no extension.
func TestSearchWithoutTrigrams(t *testing.T) {
	dsn := newDSN(t, "postgres")
	db, err := sql.Open("pgx", dsn)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	plain := fmt.Sprintf("plain_%d", os.Getpid())
	for _, q := range []string{"CREATE ROLE " + plain + " LOGIN", "GRANT CREATE ON SCHEMA public TO " + plain} {
		_, err := db.Exec(q)
		must(t, err)
	}
	t.Cleanup(func() {
		for _, q := range []string{"DROP OWNED BY " + plain + " CASCADE", "DROP ROLE " + plain} {
			if _, err := db.Exec(q); err != nil {
				t.Error(err)
			}
		}
	})
	u, err := url.Parse(dsn)
	must(t, err)
	q := u.Query()
	q.Set("user", plain)
	u.RawQuery, u.User = q.Encode(), nil
	l := openLedger(t, u.String())
	if err := l.SlowSearch; !errors.Is(err, errNoTrigrams) {
		t.Errorf("there is an index: %v", err)
	}
	crowd{"relay26", 20, 1}.store(t, l)
	if n, _, err := l.Count(t.Context(), Filter{Campaign: "relay26", Text: "netz ö1"}); err != nil || n != 11 {
		t.Errorf("%d letters, %v", n, err)
	}
	must(t, l.Close())
	l = openLedger(t, dsn) // somebody who may
	if err := l.SlowSearch; err != nil {
		t.Error(err)
	}
	must(t, l.Close())
}

func TestAPageThatCannotBe(t *testing.T) {
	l := newLedger(t, "sqlite")
	for name, q := range map[string]Query{
		"an unknown order":       {Order: "hash; DROP TABLE letters"},
		"a place of other order": {Order: BySize, After: Cursor{"many", "x"}},
	} {
		if p, err := l.Page(t.Context(), q); err == nil {
			t.Errorf("%s: %v", name, p)
		}
	}
	if e, err := l.Entry(t.Context(), "nobody"); err == nil {
		t.Errorf("a letter that there is not: %+v", e)
	}
}

// checkTallies compares what is counted with what there is.
func checkTallies(t testing.TB, l *Ledger) {
	t.Helper()
	query := "SELECT 'rows ' AS what, count(*) AS n FROM findings UNION ALL SELECT 'rejects ', count(*) FROM rejects UNION ALL SELECT 'fate ' || fate, count(*) FROM placements GROUP BY fate"
	for _, column := range []string{"state", "class", "country", "language", "agency", "kinds", "findings", "first_time", "round"} {
		query += fmt.Sprintf(" UNION ALL SELECT '%[1]s ' || CAST(%[1]s AS TEXT), count(*) FROM letters GROUP BY %[1]s", column)
	}
	want, got := numbersOf(t, l, query), numbersOf(t, l, "SELECT what || ' ' || value, CAST(sum(n) AS BIGINT) FROM tallies GROUP BY 1")
	for what, n := range want {
		if got[what] != n {
			t.Errorf("counted %d of %q, there are %d", got[what], what, n)
		}
		delete(got, what)
	}
	for what, n := range got {
		if n != 0 {
			t.Errorf("counted %d of %q, there are none", n, what)
		}
	}
}

func numbersOf(t testing.TB, l *Ledger, query string) map[string]int {
	t.Helper()
	rows, err := l.r.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var what string
		var n int
		must(t, rows.Scan(&what, &n))
		out[what] = n
	}
	must(t, rows.Err())
	return out
}
