package desk

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
	"headsup/ledger/postgrestest"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
)

// deskSize is how many letters, and ten times as many findings, the benchmark of
// pages makes: HEADSUP_PAGE_LETTERS, or a hundred thousand.
func deskSize(b *testing.B) (n int) {
	n = 100_000
	if s := os.Getenv("HEADSUP_PAGE_LETTERS"); s != "" {
		_, err := fmt.Sscan(s, &n)
		campaigntest.Must(b, err)
	}
	return n
}

const (
	readers20 = 20                     // people at the desk
	asks      = 4                      // pages that each of them asks for, one after the other
	reads     = 400 * time.Millisecond // that somebody looks at a page, at least
)

// BenchmarkPages says how long each page of the desk takes at the server while 20
// people ask for it at once, in milliseconds, and how large it is:
//
//	go test ./web/desk -run xxx -bench Pages/sqlite -benchtime 1x -timeout 2h
//
// To make the campaign takes longer than to ask for its pages: HEADSUP_PAGE_DIR
// names a folder that it is kept in. HEADSUP_PAGE names a part of the pages to
// ask for. On PostgreSQL it runs where HEADSUP_POSTGRES or HEADSUP_REAL=1 is set.
func BenchmarkPages(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkPages(b, "") })
	b.Run("postgres", func(b *testing.B) { benchmarkPages(b, postgrestest.Start(b, "fsync=on").URL) })
}

func benchmarkPages(b *testing.B, database string) {
	n, dir, kept := deskSize(b), b.TempDir(), os.Getenv("HEADSUP_PAGE_DIR")
	if kept != "" && database == "" {
		dir = kept
	}
	_, err := os.Stat(filepath.Join(dir, "headsup.db"))
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh {
		campaigntest.Must(b, campaigntest.Write(dir, nil))
		campaigntest.Edit(b, dir, "[letters]", "[letters]\npdf = false")
		if database != "" {
			campaigntest.Ledger(b, dir, database)
		}
	}
	c := campaigntest.Open(b, dir, nil)
	if fresh {
		began := time.Now()
		fillLetters(b, c, n)
		fmt.Printf("%d letters about %d findings made in %s\n", n, 10*n, time.Since(began).Round(time.Second))
	}
	first, err := campaign.Within(c).Ledger.Page(b.Context(), ledger.Query{Filter: ledger.Filter{Campaign: c.ID(), States: []letter.State{letter.Drafted}}, Limit: 1})
	campaigntest.Must(b, err)
	id := first.Entries[0].ID
	last := url.Values{"sort": {"findings"}, "down": {"1"}, "back": {"1"}}
	pages := []string{"/", "/letters", "/letters?" + last.Encode(), "/letters?country=DE&state=drafted", "/letters?language=fr&kind=open-proxy&sort=country", "/letters?q=holder77", "/letters?q=relay",
		"/letters?q=10.0.7.0/24", "/letters/" + id, "/letters/" + id + "?state=approved&sort=country", "/batches", "/unwritten", "/unwritten?fate=no_contact", "/unwritten?fate=failed", "/inbox", "/answers",
		"/suppressions", "/people", "/switchboard", "/switchboard?post:q=" + id, "/switchboard?post:q=10.0.0.0/16", "/switchboard?post:q=holder77.example", "/lookups", "/contacts", "/report",
		"/post", "/experiment"}
	pages = slices.DeleteFunc(pages, func(p string) bool { return !strings.Contains(p, os.Getenv("HEADSUP_PAGE")) })
	for b.Loop() {
		ask(b, c, pages)
	}
}

// BenchmarkReports does the same with the pages of a provider, who has a tenth as
// many reports.
func BenchmarkReports(b *testing.B) {
	dir := b.TempDir()
	for name, text := range map[string]string{settings.File: fmt.Sprintf(providerSettings, b.TempDir()), "code.key": "0123456789abcdef0123", "customers.csv": providerCustomers} {
		campaigntest.Must(b, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	c := campaigntest.Open(b, dir, nil)
	n := deskSize(b)
	id := fillReports(b, c, n)
	for b.Loop() {
		ask(b, c, []string{"/", "/cases", "/cases?place=person", "/cases?kind=copyright", "/cases?customer=77", "/cases?reporter=r7.example", "/cases?due=1", "/cases?back=1&at=1&id=0", "/cases/" + id, "/apart", "/customers"})
	}
}

// ask prints a line about each page.
func ask(b *testing.B, c *campaign.Campaign, pages []string) {
	d, err := New(c, Options{})
	campaigntest.Must(b, err)
	defer d.Close()
	h := d.Handler()
	cookies := make([][]*http.Cookie, readers20)
	for i := range cookies {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", d.Link(fmt.Sprint("reader", i)), nil))
		cookies[i] = w.Result().Cookies()
	}
	fmt.Printf("%-58s %8s %8s %8s %8s %8s\n", "page", "median", "95 %", "worst", "CPU", "KB")
	for _, page := range pages {
		var mu sync.Mutex
		var took []time.Duration
		size, status := 0, 0
		get := func(reader int) time.Duration {
			r := request(page)
			for _, cookie := range cookies[reader] {
				r.AddCookie(cookie)
			}
			w := httptest.NewRecorder()
			start := time.Now()
			h.ServeHTTP(w, r)
			spent := time.Since(start)
			mu.Lock()
			defer mu.Unlock()
			size, status = w.Body.Len(), w.Code
			return spent
		}
		get(0) // what is made once, such as the report
		d.work.Wait()
		before := campaigntest.CPUTime()
		var people sync.WaitGroup
		for i := range readers20 {
			people.Go(func() {
				for range asks {
					spent := get(i)
					mu.Lock()
					took = append(took, spent)
					mu.Unlock()
					time.Sleep(reads + time.Duration(17*i)*time.Millisecond)
				}
			})
		}
		people.Wait()
		cpu := float64((campaigntest.CPUTime() - before).Microseconds()) / 1000 / readers20 / asks
		slices.Sort(took)
		ms := func(part float64) float64 { return float64(took[int(part*float64(len(took)-1))].Microseconds()) / 1000 }
		line := fmt.Sprintf("%-58s %8.1f %8.1f %8.1f %8.1f %8.1f", page, ms(.5), ms(.95), ms(1), cpu, float64(size)/1024)
		if status != http.StatusOK {
			line += fmt.Sprint("  status ", status)
		}
		fmt.Println(line)
	}
}

// request asks for a page, or, behind "post:", for what a form comes to.
func request(page string) *http.Request {
	at, form, ok := strings.Cut(page, "?post:")
	if !ok {
		return httptest.NewRequest("GET", page, nil)
	}
	r := httptest.NewRequest("POST", at, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// fillLetters puts letters of all sorts into a ledger by its own calls, ten
// findings for each; of ten findings one has no contact, and one look-up failed.
func fillLetters(b *testing.B, c *campaign.Campaign, n int) {
	b.Helper()
	ctx, in := b.Context(), campaign.Within(c)
	homes := []string{"DE", "US", "FR", "JP", "BR", "IN", "", "IT"}
	told := map[string]string{"DE": "de", "FR": "fr", "JP": "ja", "BR": "pt-BR", "IT": "it"}
	kinds := []finding.Kind{finding.OpenRelay, finding.OpenProxy, finding.ExposedService}
	var fs []finding.Finding
	for i := range 10 * n {
		addr := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, 10<<24+uint32(i))))
		fs = append(fs, finding.Finding{Addr: addr, Port: 25, Proto: "tcp", Kind: kinds[i/10%3], Service: "smtp", Strength: finding.Verified, Reason: "forwarded a probe",
			Seen: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Source: fmt.Sprint("scan.csv:", i), Evidence: "250 2.1.5 Ok"})
	}
	for part := range slices.Chunk(fs, 10_000) {
		_, err := in.Ledger.AddFindings(ctx, in.Rules.ID, part)
		campaigntest.Must(b, err)
	}
	drafts, order, lost := map[int]*ledger.Draft{}, []int{}, []letter.Placement{}
	k := 0
	for row, err := range in.Ledger.Rows(ctx, in.Rules.ID) {
		campaigntest.Must(b, err)
		at := k / 10
		switch k++; k % 10 {
		case 8:
			lost = append(lost, letter.Placement{Row: row.ID, Fate: letter.FateNoContact, Reason: fmt.Sprintf("rdap.example names nobody for NET-%d", at%2000)})
			continue
		case 9:
			lost = append(lost, letter.Placement{Row: row.ID, Fate: letter.FateFailed, Reason: fmt.Sprintf("rdap%d.example: temporary failure: status 503", at%7)})
			continue
		}
		d := drafts[at]
		if d == nil {
			home := homes[at%len(homes)]
			to := lookup.Contact{Email: fmt.Sprintf("abuse@holder%d.example", at), Org: fmt.Sprint("Holder ", at), Role: "abuse", Country: home}
			x := letter.Letter{Campaign: in.Rules.ID, Round: 1, To: to, Networks: []lookup.Network{{First: row.Finding.Addr, Last: row.Finding.Addr, Handle: fmt.Sprint("NET-", at), Contacts: []lookup.Contact{to}}},
				Languages: []string{cmp.Or(told[home], "en")}, Agency: letter.Agency{ID: "ocn", From: "notices@ocn.example.org"}, Date: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
			x.ID = letter.Reference(in.Rules.ID, x.Pile(), 1)
			d = &ledger.Draft{Letter: x, Lanes: []string{"campaign:" + in.Rules.ID},
				Rendered: letter.Rendered{Subject: "Open relay: please check [" + x.ID + "]", Mail: []byte("Message-ID: <" + x.ID + "@ocn.example.org>\r\nContent-Type: text/plain\r\n\r\n" + strings.Repeat("hello\r\n", 100))}}
			drafts[at], order = d, append(order, at)
		}
		d.Findings, d.Letter.Findings = append(d.Findings, row.ID), append(d.Letter.Findings, row.Finding)
	}
	campaigntest.Must(b, in.Ledger.Place(ctx, in.Rules.ID, lost))
	for part := range slices.Chunk(order, 500) {
		var set []ledger.ReadyDraft
		for _, at := range part {
			ready, err := drafts[at].Ready()
			campaigntest.Must(b, err)
			set = append(set, ready)
			delete(drafts, at)
		}
		_, err := ledger.DraftAll(ctx, in.Ledger, set)
		campaigntest.Must(b, err)
		for _, d := range set[:len(set)/20] {
			campaigntest.Must(b, in.Ledger.Approve(ctx, d.Letter.ID, d.Hash(), "anna"))
		}
	}
	var looks []outcome.Look
	for i, f := range fs[:len(fs)/5] {
		looks = append(looks, outcome.Look{Place: outcome.PlaceOf(f), State: []outcome.State{outcome.Open, outcome.Closed}[i%2], Service: "smtp", Source: fmt.Sprint("again.csv:", i), Seen: time.Now()})
	}
	for part := range slices.Chunk(looks, 10_000) {
		_, err := ledger.AddLooks(ctx, in.Ledger, in.Rules.ID, part)
		campaigntest.Must(b, err)
	}
}

// fillReports puts reports of all sorts into the ledger of a provider, and returns
// one of them.
func fillReports(b *testing.B, c *campaign.Campaign, n int) (some string) {
	b.Helper()
	in := campaign.Within(c)
	cs := ledger.NewCases(in.Ledger, in.Rules.ID)
	var set []ledger.Case
	for i := range n {
		kind := []string{"spam", "scan", "copyright", "phishing", "bruteforce"}[i%5]
		place := []ledger.Place{ledger.ToPerson, ledger.NotOurs, ledger.TooOld, ledger.UnclearHolder, ledger.NoReport, ledger.Closed}[i%6]
		x := ledger.Case{ID: fmt.Sprintf("case%08d", i), Place: place, Kind: kind, Reporter: fmt.Sprintf("soc@r%d.example", i%500), Why: "for the benchmark", MessageID: fmt.Sprint(i), Sent: time.Now(),
			Mail: []byte("Subject: x\r\n\r\n" + strings.Repeat("198.51.100.7 did something\r\n", 40)), Keep: time.Hour}
		if i%1000 == 999 {
			x.Queue, x.Place = string(ledger.KeptSecret), ledger.KeptSecret
		}
		if i%10 == 0 {
			x.Incidents = []ledger.Incident{{Key: fmt.Sprint("i", i), Addr: netip.MustParseAddr("198.51.100.7"), Seen: "now", At: time.Now(), Kind: kind, Place: ledger.NotOurs, Customer: []string{"77", "78"}[i/10%2]}}
		}
		if set = append(set, x); len(set) == 1000 || i == n-1 {
			_, err := cs.Add(b.Context(), set)
			campaigntest.Must(b, err)
			set = nil
		}
	}
	return fmt.Sprintf("case%08d", n/2/10*10)
}
