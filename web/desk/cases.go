package desk

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/cases"
	"headsup/campaign/customers"
	"headsup/campaign/duties"
	"headsup/campaign/people"
	"headsup/inbox/report"
	"headsup/ledger"
)

// caseRoutes are the pages of a provider.
func caseRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /cases":              {people.ToRead, with(d, caseList)},
		"GET /cases/{id}":         {people.ToRead, with(d, caseAt)},
		"POST /cases/{id}":        {people.ToSettle, with(d, decideCase)},
		"POST /cases/{id}/teach":  {people.ToSettle, with(d, teach)},
		"GET /apart":              {people.ToApart, with(d, apartList)},
		"GET /customers":          {people.ToRead, with(d, customersPage)},
		"POST /customers":         {people.ToSettle, with(d, acceptCustomers)},
		"POST /customers/unteach": {people.ToSettle, with(d, unteach)},
	}
}

// A caseView is a list of reports as its URL names it.
type caseView struct {
	ledger.CaseQuery
	Due bool // only those for which the law wants something done
}

func readCaseView(q url.Values) (v caseView) {
	v.Place, v.Kind = ledger.Place(cut(q.Get("place"))), cut(q.Get("kind"))
	v.Reporter, v.Customer = strings.TrimSpace(cut(q.Get("reporter"))), strings.TrimSpace(cut(q.Get("customer")))
	v.Due, v.Back = q.Get("due") == "1", q.Get("back") == "1"
	if ms, err := strconv.ParseInt(q.Get("at"), 10, 64); err == nil && q.Get("id") != "" {
		v.After = ledger.CaseCursor{Read: time.UnixMilli(ms), ID: cut(q.Get("id"))}
	}
	return v
}

// values writes a view without its place.
func (v caseView) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"place": string(v.Place), "kind": v.Kind, "reporter": v.Reporter, "customer": v.Customer} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.Due {
		q.Set("due", "1")
	}
	return q
}

// at is the URL of the view from a report on, or up to it.
func (v caseView) at(c ledger.CaseCursor, back bool) string {
	q := v.values()
	q.Set("at", strconv.FormatInt(c.Read.UnixMilli(), 10))
	q.Set("id", c.ID)
	if back {
		q.Set("back", "1")
	}
	return path("/cases", q)
}

// Of is the URL of a report in the view.
func (v caseView) Of(id string) string { return path("/cases/"+url.PathEscape(id), v.values()) }

// TeachAt is where a lesson about a report goes.
func (v caseView) TeachAt(id string) string {
	return path("/cases/"+url.PathEscape(id)+"/teach", v.values())
}

// Only is the URL of the list in which one thing is as it says.
func (v caseView) Only(name, value string) string {
	q := v.values()
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	return path("/cases", q)
}

// casesPage is a part of the list of reports.
type casesPage struct {
	*frame
	View   caseView
	Rows   []cases.Listed
	Places []figure
	Kinds  []figure
	All    int
	Secret int // reports that are kept apart, for those who may see them
	First  string
	Before string
	Next   string
	Errand *errand
}

// noProvider answers for a campaign that forwards nothing, and while nothing may
// be decided.
func noProvider(d *Desk, w http.ResponseWriter, r *http.Request, err error) error {
	switch {
	case errors.Is(err, campaign.ErrNoProvider), errors.Is(err, ledger.ErrNoCase):
		return errNoPage
	case errors.Is(err, customers.ErrChanged) && r.URL.Path != "/customers":
		http.Redirect(w, r, "/customers", http.StatusSeeOther)
		return nil
	}
	return err
}

func caseList(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	ctx := r.Context()
	if err := d.full(r, f, f.T("cases.title")); err != nil {
		return err
	}
	p := casesPage{frame: f, View: readCaseView(r.URL.Query()), Errand: errandOf(d, writing)}
	err := readCases(d, func(desk *cases.Desk) (err error) {
		v := p.View
		if v.Due {
			var next *ledger.CaseCursor
			if p.Rows, next, err = cases.Due(ctx, desk, v.CaseQuery, perPage); next != nil {
				p.Next = v.at(*next, false)
			}
			if v.After.ID != "" {
				p.First = v.Only("", "")
			}
			return err
		}
		v.Limit = perPage
		var more bool
		if p.Rows, more, err = cases.Page(ctx, desk, v.CaseQuery); err != nil || len(p.Rows) == 0 {
			return err
		}
		first, last := p.Rows[0].Cursor(), p.Rows[len(p.Rows)-1].Cursor()
		if more || v.Back {
			p.Next = v.at(last, false)
		}
		if v.After.ID != "" && (!v.Back || more) {
			p.Before, p.First = v.at(first, true), v.Only("", "")
		}
		return nil
	})
	if err != nil {
		return noProvider(d, w, r, err)
	}
	in := campaign.Within(d.c)
	places, kinds, secret, err := ledger.CaseTallies(ctx, ledger.NewCases(in.Ledger, in.Rules.ID))
	if err != nil {
		return err
	}
	for _, place := range ledger.Places {
		if n := places[place]; n > 0 {
			p.Places, p.All = append(p.Places, figure{string(place), n, p.View.Only("place", string(place)), f.T("place." + string(place))}), p.All+n
		}
	}
	for kind, n := range kinds {
		p.Kinds = append(p.Kinds, figure{kind, n, p.View.Only("kind", kind), f.Name("report", kind)})
	}
	slices.SortFunc(p.Kinds, func(a, b figure) int { return strings.Compare(a.Label, b.Label) })
	if f.Roles.May(people.ToApart) {
		p.Secret = secret
	}
	return d.show(w, http.StatusOK, "cases", p)
}

// FirstDue is what has to be done for a report first.
func (casesPage) FirstDue(c cases.Listed) *duties.Clock { return firstDue(c.Clocks) }

func firstDue(clocks []duties.Clock) (first *duties.Clock) {
	for i, c := range clocks {
		if c.Open() && (first == nil || c.Due.Before(first.Due)) {
			first = &clocks[i]
		}
	}
	return first
}

// apartPage lists what is kept apart: sender, time and addresses, and nothing of
// the reports.
type apartPage struct {
	*frame
	Rows []apart
	Next string
}

type apart struct {
	ledger.Case
	Addrs []netip.Addr
}

func apartList(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	ctx := r.Context()
	if err := d.full(r, f, f.T("apart.title")); err != nil {
		return err
	}
	in := campaign.Within(d.c)
	if !in.Settings.IsProvider() {
		return errNoPage
	}
	cs := ledger.NewCases(in.Ledger, in.Rules.ID)
	q := ledger.CaseQuery{Secret: true, After: readCaseView(r.URL.Query()).After, Limit: perPage}
	all, more, err := ledger.CasePage(ctx, cs, q)
	if err != nil {
		return err
	}
	p, ids := apartPage{frame: f}, make([]string, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	addrs, err := ledger.Addresses(ctx, cs, ids)
	if err != nil {
		return err
	}
	for _, c := range all {
		p.Rows = append(p.Rows, apart{c, addrs[c.ID]})
	}
	if err := ledger.LogViews(ctx, cs, f.Person, ids); err != nil {
		return err
	}
	if more {
		p.Next = strings.Replace(caseView{}.at(all[len(all)-1].Cursor(), false), "/cases", "/apart", 1)
	}
	return d.show(w, http.StatusOK, "apart", p)
}

// casePage is one report.
type casePage struct {
	*frame
	cases.Listed
	View   caseView
	Parts  []cases.ReadPart
	Others []netip.Addr
	Log    []ledger.CaseEvent
	Typed  url.Values // what was not taken
	Wrong  string     // the field that is to blame
	List   string
	Next   string
}

// Fields are what a label of a sender can mean.
func (casePage) Fields() []report.Field { return report.Fields }

// FirstDue is what has to be done for the report first.
func (p casePage) FirstDue() *duties.Clock { return firstDue(p.Clocks) }

// Said returns what was typed into a field of a form that was not taken.
func (p casePage) Said(field string) string { return p.Typed.Get(field) }

func caseAt(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showCase(d, w, r, casePage{frame: f}, http.StatusOK)
}

func showCase(d *Desk, w http.ResponseWriter, r *http.Request, p casePage, status int) error {
	ctx, id := r.Context(), r.PathValue("id")
	if err := openCase(d, r); err != nil {
		return noProvider(d, w, r, err)
	}
	p.View = readCaseView(r.URL.Query())
	err := readCases(d, func(desk *cases.Desk) (err error) {
		if p.Listed, p.Log, err = desk.Show(ctx, id, p.Person); err != nil {
			return err
		}
		p.Parts, p.Others = cases.Read(p.Case), cases.Others(desk, p.Case)
		q := p.View.CaseQuery
		q.After, q.Back, q.Limit = p.Cursor(), false, 1
		next, _, err := ledger.CasePage(ctx, desk.Cases, q)
		if len(next) > 0 {
			p.Next = p.View.Of(next[0].ID)
		}
		return err
	})
	if err != nil {
		return noProvider(d, w, r, err)
	}
	if err := d.full(r, p.frame, p.ID); err != nil {
		return err
	}
	p.List = p.View.Only("", "")
	if q := r.URL.Query().Get("did"); slices.Contains(caseDids, q) {
		p.Did.What = q
	}
	return d.show(w, status, "case", p)
}

// caseDids are what forms about reports come to.
var caseDids = []string{"case", "caseanswer", "casestay", "taught", "untaught", "customers"}

// openCase reports whether somebody may see a report. What is kept apart is not
// there for a page, whoever asks: the list of it says all that may be known.
func openCase(d *Desk, r *http.Request) error {
	in := campaign.Within(d.c)
	queue, err := ledger.QueueOf(r.Context(), ledger.NewCases(in.Ledger, in.Rules.ID), r.PathValue("id"))
	if err == nil && queue == string(ledger.KeptSecret) {
		err = errNoPage
	}
	return err
}

// back is where a form about a report leads afterwards.
func (v caseView) back(id, did string) string {
	q := v.values()
	q.Set("did", did)
	return path("/cases/"+url.PathEscape(id), q)
}
