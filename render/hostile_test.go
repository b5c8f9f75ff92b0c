package render_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"mime"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/render/typeset"
)

// Hostile are values as strangers write them into registries and banners.
var hostile = []string{
	`<script>alert(1)</script>`,
	`**x** [y](javascript:alert(1)) ` + "`z` _a_ # h",
	"Evil\r\nBcc: victim@example.com\r\n\r\nbody",
	"abc\u202edcba\u2066\u2069",
	`=cmd|' /C calc'!A0`,
	"@SUM(1+1)",
	"+1", "-1", "\t=1", " =1",
	`{{.Code}} {{template "x"}} %d %s`,
	"\ue000\ue001\ue010\ue011",
	"caf\xe9 \xff", "\x00\x1b[31m", `"quoted", <a@example.com>`, "1. list\n\n# head\n\n> quote",
	"&lt;b&gt; &#x202e; &amp;", "\\", "=?utf-8?q?a=0D=0Ab?=", "é", "javascript:alert(1)", `' onload='x`, "\U0001d54f \U00010348 \U000f0001\U0010fffd \ufffe", strings.Repeat("W", 3000), "👩‍👩‍👧‍👦 株式会社",
}

// poisoned puts a value wherever a letter takes text from outside.
func poisoned(l letter.Letter, v string) letter.Letter {
	l.To.Org, l.To.Name, l.To.Address = v, v, []string{v, v}
	l.Networks = []lookup.Network{l.Networks[0]}
	l.Networks[0].Name, l.Networks[0].Org, l.Networks[0].Handle = v, v, v
	l.Findings = slices.Clone(l.Findings)
	for i := range l.Findings {
		l.Findings[i].Evidence, l.Findings[i].Reason, l.Findings[i].Service, l.Findings[i].Reporter = v, v, v, v
	}
	l.Agency.ID, l.Agency.Name, l.Agency.Names, l.Agency.Signatory, l.Agency.Phone, l.Agency.Site = v, v, nil, v, v, v
	l.Agency.Address, l.Agency.Key, l.CoSponsors = []string{v, v}, v, []string{v}
	return l
}

var (
	tag    = regexp.MustCompile(`</?([a-z0-9]+)`)
	escape = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
)

// tags counts those of a page. What is a link, a cell or a heading is so
// because the template says so, whatever the values are.
func tags(page string) int {
	return len(slices.DeleteFunc(tag.FindAllString(page, -1), func(t string) bool {
		return slices.Contains([]string{"<bdi", "</bdi", "<br", "<p", "</p"}, t)
	}))
}

func TestHostileValues(t *testing.T) {
	p := &paper{}
	r := renderer(t, render.Options{Site: "https://advice.example.org", Printer: p})
	_, calm := parts(t, must(t, r, poisoned(example("en"), "calm")).Mail)
	for _, v := range hostile {
		t.Run(fmt.Sprintf("%.30q", v), func(t *testing.T) {
			out := must(t, r, poisoned(example("en"), v))
			checkShape(t, out.Mail)
			head, ps := parts(t, out.Mail)
			shown := finding.Clean(v, 300)
			for _, name := range []string{"Bcc", "Cc", "Date"} {
				if head.Get(name) != "" {
					t.Errorf("header %s: %q", name, head.Get(name))
				}
			}
			if from, err := mail.ParseAddressList(head.Get("From")); err != nil || len(from) != 1 || from[0].Address != "notices@example.org" || from[0].Name != shown {
				t.Errorf("From %q: %v, want the name %q", head.Get("From"), err, shown)
			}
			if org, err := new(mime.WordDecoder).DecodeHeader(head.Get("Organization")); err != nil || org != strings.ReplaceAll(shown, "=?", "= ?") {
				t.Errorf("Organization %q, %v", org, err)
			}
			if n := tags(ps[1].text); shown != "" && n != tags(calm[1].text) {
				t.Errorf("%d tags, a calm letter has %d:\n%s", n, tags(calm[1].text), ps[1].text)
			}
			if !strings.Contains(strings.NewReplacer("<bdi>", "", "</bdi>", "").Replace(ps[1].text), "("+html.EscapeString(shown)+")") && shown != "" {
				t.Errorf("the HTML does not say %q", shown)
			}
			if squeezed := strings.Join(strings.Fields(ps[0].text), " "); !strings.Contains(squeezed, shown) {
				t.Errorf("the text does not say %q:\n%s", shown, ps[0].text)
			}
			for _, x := range ps[:2] {
				if found := escape.FindString(x.text); found != "" {
					t.Errorf("%s has the control character %q", x.kind, found)
				}
			}
			checkCSV(t, ps[2].text)
			if got := fmt.Sprint(p.last.To, p.last.Head, p.last.Author); escape.MatchString(got) {
				t.Errorf("on paper: %q", got)
			}
		})
	}
}

// With HEADSUP_REAL=1, every value is in a letter of every language, half of
// them in one to a desk and half in a reminder to a customer; without it, a ninth
// of that. With HEADSUP_LONG=1, all are in both.
func TestHostileValuesInEveryLanguage(t *testing.T) {
	alone(t)
	share := 18
	switch {
	case os.Getenv("HEADSUP_LONG") == "1":
		share = 1
	case os.Getenv("HEADSUP_REAL") == "1":
		share = 2
	}
	p := &paper{}
	r := renderer(t, render.Options{Site: "https://advice.example.org", Printer: p})
	for n, lang := range r.Languages() {
		desk, customer := full(lang, "en"), full(lang, "en")
		customer.To.Role, customer.To.Reports, customer.Round = lookup.Customer, lookup.DigestReports, 2
		for k, l := range []letter.Letter{desk, customer} {
			calm := must(t, r, poisoned(l, "calm"))
			for m, v := range hostile {
				if (n+m+k)%share != 0 {
					continue
				}
				ok := t.Run(fmt.Sprintf("%s/%s/%.30q", lang, l.To.Role, v), func(t *testing.T) {
					checkHarmless(t, v, must(t, r, poisoned(l, v)), calm)
					title := strings.Replace(p.last.Title, prose.Isolate("192.0.2.7"), "192.0.2.7", 1) // ours
					if got := fmt.Sprint(title, p.last.To, p.last.Head, p.last.Author, p.last.Return, p.last.Continue); escape.MatchString(got) {
						t.Errorf("on paper: %q", got)
					}
				})
				if !ok {
					return // the same in every language
				}
			}
		}
	}
}

// checkHarmless checks that a letter is built like one without a hostile value.
func checkHarmless(t *testing.T, v string, out, calm letter.Rendered) {
	t.Helper()
	checkShape(t, out.Mail)
	head, ps := parts(t, out.Mail)
	calmHead, calms := parts(t, calm.Mail)
	checkHeader(t, v, head, calmHead)
	if out.Subject != calm.Subject || len(ps) != len(calms) {
		t.Fatalf("subject %q and %d parts, a calm letter has %q and %d", out.Subject, len(ps), calm.Subject, len(calms))
	}
	// Isolates of our own keep a value from turning the text around it.
	isolates := strings.NewReplacer("\u2066", "", "\u2068", "", "\u2069", "")
	for i, x := range ps {
		if x.kind != calms[i].kind || x.name != calms[i].name {
			t.Errorf("part %d is %s %q, in a calm letter %s %q", i+1, x.kind, x.name, calms[i].kind, calms[i].name)
		}
		switch x.kind {
		case "text/csv":
			checkCSV(t, x.text)
		case "application/json":
			checkReport(t, v, x.text, calms[i].text)
		case "text/html":
			if got, want := tags(x.text), tags(calms[i].text); finding.Clean(v, 300) != "" && got != want {
				t.Errorf("%d tags, a calm letter has %d", got, want)
			}
			fallthrough
		case "text/plain":
			if found := escape.FindString(isolates.Replace(x.text)); found != "" {
				t.Errorf("%s has the control character %q", x.kind, found)
			}
			if n, m := strings.Count(x.text, "\u2066")+strings.Count(x.text, "\u2068"), strings.Count(x.text, "\u2069"); n != m {
				t.Errorf("%s opens %d isolates and closes %d", x.kind, n, m)
			}
		}
	}
}

// checkHeader checks that a value is in the fields that say who writes, and
// nowhere else.
func checkHeader(t *testing.T, v string, head, calm mail.Header) {
	t.Helper()
	if got, want := slices.Sorted(maps.Keys(head)), slices.Sorted(maps.Keys(calm)); !slices.Equal(got, want) && finding.Clean(v, 300) != "" {
		t.Errorf("fields %q, a calm letter has %q", got, want)
	}
	for name := range head {
		switch name {
		case "From", "Organization", "Feedback-Id", "Content-Type": // which has the boundary
		default:
			if got, want := head[name], calm[name]; !slices.Equal(got, want) {
				t.Errorf("%s %q, in a calm letter %q", name, got, want)
			}
		}
	}
	if from, err := head.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != "notices@example.org" || from[0].Name != finding.Clean(v, 300) {
		t.Errorf("From %q: %v", head.Get("From"), err)
	}
	if id := head.Get("Feedback-ID"); strings.Count(id, ":") != 3 || strings.ContainsAny(id, " <>=\"") {
		t.Errorf("Feedback-ID %q", id)
	}
}

// checkReport checks that a value is in its own fields of a report.
func checkReport(t *testing.T, v, text, calm string) {
	t.Helper()
	var got, want map[string]any
	if err := errors.Join(json.Unmarshal([]byte(text), &got), json.Unmarshal([]byte(calm), &want)); err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`[<>&\x00-\x09\x0b-\x1f\x7f]|[\x{202a}-\x{202e}\x{2066}-\x{2069}]|\\u00[01]`).FindString(text); found != "" {
		t.Errorf("the report has %q", found)
	}
	if service := finding.Clean(v, 300); service != "" && got["service"] != service {
		t.Errorf("service %q, want %q", got["service"], service)
	}
	for _, party := range []string{"sender", "reporter"} {
		if org := got[party].(map[string]any)["org"]; org != finding.Clean(v, 200) {
			t.Errorf("%s %q", party, org)
		}
		delete(got[party].(map[string]any), "org")
		delete(want[party].(map[string]any), "org")
	}
	for _, name := range []string{"service", "description", "evidence"} {
		delete(got, name)
		delete(want, name)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("report %v, in a calm letter %v", got, want)
	}
}

// Every value is printed in English, and some of them in each language for
// which there are fonts. With HEADSUP_LONG=1, all are in all.
func TestHostileValuesOnPaperInEveryLanguage(t *testing.T) {
	alone(t)
	var missing *typeset.MissingGlyph
	r := renderer(t, render.Options{Printer: systemPrinter(t), Site: "https://advice.example.org"})
	for n, lang := range r.Languages() {
		l := full(lang)
		if _, err := r.Render(l); errors.As(err, &missing) {
			t.Logf("%s: %v", lang, err)
			continue
		}
		for m, v := range hostile {
			if lang != "en" && n != m && n != m+len(hostile) && os.Getenv("HEADSUP_LONG") != "1" {
				continue
			}
			if n%3 != 0 && os.Getenv("HEADSUP_REAL") != "1" {
				continue
			}
			sick := poisoned(l, v)
			if out, err := r.Render(sick); err == nil {
				checkPages(t, out.PDF)
			} else if !errors.As(err, &missing) { // the house can choose another name for itself
				t.Errorf("%s, %.30q: %v", lang, v, err)
			}
			sick.Agency, sick.CoSponsors = l.Agency, nil
			checkPages(t, must(t, r, sick).PDF)
		}
	}
}

func checkPages(t *testing.T, file []byte) {
	t.Helper()
	if n, err := pdf.Pages(file); err != nil || n < 1 || n > 12 {
		t.Errorf("a PDF of %d pages: %v", n, err)
	}
}

func checkCSV(t *testing.T, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "ip,port,proto,kind,service,strength,seen,evidence" {
		t.Errorf("columns %s", got)
	}
	checkInert(t, rows[1:])
}

func checkInert(t *testing.T, rows [][]string) {
	t.Helper()
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(strings.TrimLeft(cell, " ")[:1], "=+-@\t\r") || strings.ContainsAny(cell, "\r\n\t") {
				t.Errorf("a spreadsheet would take %q for a formula or a row", cell)
			}
		}
	}
}
