package desk

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/pattern"
)

// What a reader takes.
const (
	readsWhole   = 12 * time.Second // for a letter of which everything is read
	readsSampled = 8 * time.Second  // for one that was drawn
	perKey       = time.Second
)

// A pacedReader reads letters with a keyboard alone and judges them by what their
// pages show. Its clock is counted: nobody waits for it.
type pacedReader struct {
	*visitor
	at       answer // the page before it
	page     *html.Node
	reading  time.Duration
	tabs     int             // keys where no script runs: Tab, Enter and text
	single   int             // keys where single keys are used
	overlook map[string]bool // faults that it passes over, once each
	wrong    int             // the number among the sampled letters of one that it knows to be wrong; 0: none
	sampled  int
	told     []string // what pages said of letters that were wrong on purpose
}

// see takes a page for what is before the reader.
func (r *pacedReader) see(a answer) {
	r.t.Helper()
	a.has(r.t, 200)
	page, err := html.Parse(strings.NewReader(a.body))
	campaigntest.Must(r.t, err)
	r.at, r.page = a, page
}

func attr(n *html.Node, name string) (value string, ok bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func get(n *html.Node, name string) string {
	value, _ := attr(n, name)
	return value
}

// all lists the elements below one that fit.
func all(n *html.Node, fits func(*html.Node) bool) (found []*html.Node) {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && fits(c) {
			found = append(found, c)
		}
	}
	return found
}

// stops reports whether Tab stops at an element.
func stops(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if _, open := attr(p, "open"); p.Data == "details" && !open && n.Data != "summary" {
			return false
		}
	}
	switch n.Data {
	case "a":
		return get(n, "href") != ""
	case "input":
		return get(n, "type") != "hidden"
	case "button", "select", "textarea", "summary", "iframe":
		return true
	}
	return get(n, "tabindex") == "0"
}

// find returns the first element that fits.
func (r *pacedReader) find(what string, fits func(*html.Node) bool) *html.Node {
	r.t.Helper()
	found := all(r.page, fits)
	if len(found) == 0 {
		r.t.Fatalf("%v: no %s in\n%s", r.at.url, what, r.at.body)
	}
	return found[0]
}

// reach counts the keys that it takes to reach an element: where single keys are
// used, the one that it shows; else Tab from the top, or behind the link that
// skips to what is the page's own.
func (r *pacedReader) reach(n *html.Node) {
	r.t.Helper()
	order := all(r.page, stops)
	place := slices.Index(order, n)
	if place < 0 {
		r.t.Fatalf("%v: Tab does not reach %s%s", r.at.url, get(n, "href"), get(n, "value"))
	}
	tabs := place + 1
	own := all(r.find("main", func(n *html.Node) bool { return n.Data == "main" }), stops)
	if i := slices.Index(own, n); i >= 0 {
		tabs = min(tabs, 2+i+1)
	}
	r.tabs += tabs
	_, presses := attr(n, "data-key")
	_, focuses := attr(n, "data-focus")
	if presses || focuses {
		tabs = 1
	}
	r.single += tabs
}

// follow goes where a link leads.
func (r *pacedReader) follow(what string, fits func(*html.Node) bool) {
	r.t.Helper()
	link := r.find(what, func(n *html.Node) bool { return n.Data == "a" && fits(n) })
	r.reach(link)
	r.enter(link)
	r.see(r.get(get(link, "href")))
}

// enter counts the key that uses what was reached: a single key has done so.
func (r *pacedReader) enter(n *html.Node) {
	r.tabs++
	if _, ok := attr(n, "data-key"); !ok {
		r.single++
	}
}

// press writes into the fields of a form, and sends it by a button.
func (r *pacedReader) press(what string, fits func(*html.Node) bool, typed ...string) {
	r.t.Helper()
	button := r.find(what, func(n *html.Node) bool { return n.Data == "button" && fits(n) })
	form := button.Parent
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	if form == nil || get(form, "method") != "post" {
		r.t.Fatalf("%v: %s is in no form that is posted", r.at.url, what)
	}
	pairs := []string{}
	for _, field := range all(form, func(n *html.Node) bool { return n.Data == "input" }) {
		value := get(field, "value")
		if get(field, "type") != "hidden" {
			if len(typed) == 0 {
				r.t.Fatalf("%v: nothing to write into %s", r.at.url, get(field, "name"))
			}
			value, typed = typed[0], typed[1:]
			r.reach(field)
			r.tabs += len(value)
			r.single += len(value)
		}
		pairs = append(pairs, get(field, "name"), value)
	}
	if name := get(button, "name"); name != "" {
		pairs = append(pairs, name, get(button, "value"))
	}
	if len(pairs) > 2 && get(form, "class") == "hold" { // Enter in the field sends it
		r.tabs, r.single = r.tabs+1, r.single+1
	} else {
		r.reach(button)
		r.enter(button)
	}
	r.see(r.post(get(form, "action"), pairs...))
}

func leadsTo(href string) func(*html.Node) bool {
	return func(n *html.Node) bool { return get(n, "href") == href }
}

func says(name, value string) func(*html.Node) bool {
	return func(n *html.Node) bool { return get(n, name) == value }
}

// text is what an element shows.
func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// makeBatch goes from the first page to a new batch of what awaits review.
func (r *pacedReader) makeBatch() (id int64) {
	r.t.Helper()
	r.see(r.get("/"))
	r.follow("link to the letters", leadsTo("/letters?state=drafted"))
	r.press("button for a batch", func(n *html.Node) bool { return get(n.Parent, "action") == "/batches" })
	return number(r.t, r.at)
}

// What the reader sees of a letter that is wrong on purpose.
const (
	otherReader  = "reader"
	otherAddress = "address"
	halfMissing  = "half"
)

var inParens = pattern.New(`\(([^()]+)\)`)

// fault compares the parts of a letter's page with each other.
func (r *pacedReader) fault() string {
	body := ""
	for _, pre := range all(r.page, func(n *html.Node) bool { return n.Data == "pre" && get(n, "lang") == "" }) {
		part := text(pre)
		if !strings.HasSuffix(strings.TrimSpace(part), "Office for Communications Networks") {
			return halfMissing // in each language the agency signs last
		}
		body += part
	}
	header := text(r.find("head of the letter", says("class", "letter")))
	org := inParens.FindStringSubmatch(header[strings.LastIndex(header, "@"):])
	if org == nil {
		r.t.Fatalf("no organisation in %q", header)
	}
	rows := all(r.page, func(n *html.Node) bool { return n.Data == "th" && get(n, "scope") == "row" })
	if !strings.Contains(strings.Join(strings.Fields(body), " "), "("+org[1]+")") {
		return otherReader
	}
	for _, row := range rows {
		if !strings.Contains(body, text(row.FirstChild)) {
			return otherAddress
		}
	}
	return ""
}

// read reads a batch until nothing is left to be read, or until it stops.
func (r *pacedReader) read() {
	r.t.Helper()
	for {
		if !strings.Contains(r.at.url.Path, "/read/") {
			if len(all(r.page, says("data-key", "j"))) == 0 {
				return
			}
			r.follow("next letter", says("data-key", "j"))
		}
		whole := all(r.page, func(n *html.Node) bool {
			return n.Data == "a" && strings.HasPrefix(get(n, "href"), "/letters/") && strings.Contains(r.at.body, "The first of its shape")
		})
		if len(whole) > 0 {
			back := r.at
			r.follow("whole letter", leadsTo(get(whole[0], "href")))
			r.tabs, r.single, r.reading = r.tabs+1, r.single+1, r.reading+readsWhole
			r.see(back)
		} else {
			r.reading += readsSampled
			r.sampled++
		}
		fault := r.fault()
		if fault == "" && len(whole) == 0 && r.wrong > 0 && r.sampled >= r.wrong { // that very one may be planted
			fault, r.wrong = "theirs no more", 0
		}
		if fault == "" || r.overlook[fault] {
			delete(r.overlook, fault)
			r.press("Right", says("value", "right"))
		} else {
			r.press("Wrong", says("value", "wrong"), fault)
		}
		for _, n := range all(r.page, says("role", "status")) {
			if said := strings.TrimSpace(text(n)); strings.Contains(said, "wrong on purpose") {
				r.told = append(r.told, said)
			}
		}
	}
}

// took is what the clock says, once with Tab and Enter alone, once with single keys.
func (r *pacedReader) took() (tabs, single time.Duration) {
	return r.reading + time.Duration(r.tabs)*perKey, r.reading + time.Duration(r.single)*perKey
}

// shaped makes a campaign with n drafts in 40 shapes: in ten languages, about
// four sets of kinds.
func shaped(t *testing.T, n int) *campaign.Campaign {
	t.Helper()
	dir := campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
	contacts, scan := "match,email,org,language\n", "ip,port,proto,kind,service,seen,evidence\n"
	languages := []string{"en", "de", "fr", "es", "it", "nl", "pl", "cs", "sv", "da"}
	kinds := [][]string{{"open-relay,smtp"}, {"open-proxy,http"}, {"exposed-service,redis"}, {"open-relay,smtp", "open-proxy,http"}}
	for i := range n {
		contacts += fmt.Sprintf("2001:db8:%x::/48,abuse@isp%d.example,Holder %d,%s\n", i, i, i, languages[i%10])
		for j, kind := range kinds[i/10%4] {
			kind, service, _ := strings.Cut(kind, ",")
			scan += fmt.Sprintf("2001:db8:%x::%x,%d,tcp,%s,%s,2026-03-01T10:00:00Z,250 2.1.5 Ok\n", i, 25+j, 25+j, kind, service)
		}
	}
	campaigntest.Must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(contacts), 0o644))
	c := campaigntest.Open(t, dir, nil)
	_, err := c.Draft(t.Context(), []campaign.Source{campaign.Stream("scan.csv", strings.NewReader(scan))}, finding.Options{}, campaign.AskOptions{}, time.Now())
	campaigntest.Must(t, err)
	return c
}

// pacedSize is how many letters readers have before them: 5,000 with HEADSUP_LONG=1.
func pacedSize() int {
	if os.Getenv("HEADSUP_LONG") == "1" {
		return 5000
	}
	return 200
}

func TestAPacedReaderApprovesFortyShapes(t *testing.T) {
	n := pacedSize()
	c := shaped(t, n)
	d, base := serve(t, c)
	enterAs := func(person string) *pacedReader { return &pacedReader{visitor: enter(t, d, base, person)} }
	t.Run("who passes over each planted letter is told, and reads another sample", func(t *testing.T) { overlooks(t, c, enterAs("ben")) })
	t.Run("one wrong letter in the sample stops the batch", func(t *testing.T) { stopsAt(t, c, enterAs("ben")) })
	t.Run("all are approved", func(t *testing.T) { approvesAll(t, d, c, enterAs("anna"), n) })
}

func overlooks(t *testing.T, c *campaign.Campaign, r *pacedReader) {
	r.overlook = map[string]bool{otherReader: true, otherAddress: true, halfMissing: true}
	id := r.makeBatch()
	before, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	r.read()
	after, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	missed := 0
	for _, said := range r.told {
		if strings.Contains(said, "you called right") {
			missed++
		}
	}
	if missed != 3 || after.Missed != 3 || len(r.overlook) > 0 {
		t.Errorf("told of %d, %d were passed over, still to pass over %v: %q", missed, after.Missed, r.overlook, r.told)
	}
	if after.ToRead <= before.ToRead || after.Next != 0 || after.Proves >= after.Sample {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if want := letter.Bound(after.Letters-after.Shapes, after.Proves, 0.95); after.Extra != want {
		t.Errorf("up to %d, want %d", after.Extra, want)
	}
}

func stopsAt(t *testing.T, c *campaign.Campaign, r *pacedReader) {
	r.wrong = 50
	id := r.makeBatch()
	r.read()
	r.at.has(t, 200, "Stopped, because a letter was wrong:", "theirs no more")
	b, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	held, approved := count(t, c, letter.Held), count(t, c, letter.Approved)
	if b.State != ledger.LotStopped || b.Next == 0 || held != 1 || approved != 0 {
		t.Errorf("%+v, %d held, %d approved", b, held, approved)
	}
	r.post(batchPath(id)+"/approve", "hash", b.Hash).has(t, 409)
	id0, _, _ := strings.Cut(b.Note, ":")
	r.post("/letters/"+id0+"/release").has(t, 200)
}

func approvesAll(t *testing.T, d *Desk, c *campaign.Campaign, r *pacedReader, n int) {
	id := r.makeBatch()
	r.read()
	b, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	bound := letter.Bound(n-40, b.Sample, 0.95)
	if b.Shapes != 40 || b.Planted != 3 || b.Caught != 3 || b.Missed != 0 || b.Proves != b.Sample || b.Extra != bound {
		t.Errorf("%+v", b)
	}
	r.at.has(t, 200, fmt.Sprintf("none wrong: up to %d may be, at 95 %%", bound))
	r.press("Approve", says("data-key", "a"))
	d.work.Wait()
	r.see(r.get(batchPath(id)))
	if count(t, c, letter.Approved) != n {
		t.Errorf("%d of %d letters are approved", count(t, c, letter.Approved), n)
	}
	tabs, single := r.took()
	if n == 5000 && (tabs > 85*time.Minute || single > time.Hour || bound != 47) {
		t.Errorf("it took %s and %s; %d letters may be wrong", tabs, single, bound)
	}
	t.Logf("%d letters in %d shapes, %d drawn: %s with Tab and Enter alone, %s with single keys; %d letters may be wrong", n, b.Shapes, b.Sample, tabs, single, bound)
}
