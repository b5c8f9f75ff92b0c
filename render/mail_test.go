package render_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"mime"
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
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
	"&lt;b&gt; &#x202e; &amp;", "\\", "=?utf-8?q?a=0D=0Ab?=", "é", strings.Repeat("W", 3000), "👩‍👩‍👧‍👦 株式会社",
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
	l.Agency.Name, l.Agency.Names, l.Agency.Signatory, l.Agency.Phone = v, nil, v, v
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
	_, calm := parts(t, must(t, r, example("en")).Mail)
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
			if n := tags(ps[1].text); n != tags(calm[1].text) {
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
			if got := fmt.Sprint(p.last.To, p.last.Head, p.last.Author); escape.MatchString(got) || len(p.last.To) > 6 {
				t.Errorf("on paper: %q", got)
			}
		})
	}
}

func TestHostileValuesInEveryLanguage(t *testing.T) {
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	// Isolates of our own keep a value from turning the text around it.
	isolates := strings.NewReplacer("\u2066", "", "\u2068", "", "\u2069", "")
	for _, lang := range r.Languages() {
		for _, role := range []string{"abuse", lookup.Customer} {
			l := full(lang, "en")
			l.To.Role = role
			_, calm := parts(t, must(t, r, poisoned(l, "calm")).Mail)
			for _, v := range hostile {
				out := must(t, r, poisoned(l, v))
				checkShape(t, out.Mail)
				_, ps := parts(t, out.Mail)
				csv := slices.IndexFunc(ps, func(p part) bool { return p.name == "findings.csv" })
				if got, want := tags(ps[1].text), tags(calm[1].text); got != want {
					t.Errorf("%s, %s, %.30q: %d tags, a calm letter has %d", lang, role, v, got, want)
				}
				for _, x := range ps[:csv] {
					if found := escape.FindString(isolates.Replace(x.text)); found != "" {
						t.Errorf("%s, %s, %.30q: %s has the control character %q", lang, role, v, x.kind, found)
					}
					if n, m := strings.Count(x.text, "\u2066")+strings.Count(x.text, "\u2068"), strings.Count(x.text, "\u2069"); n != m {
						t.Errorf("%s, %s, %.30q: %s opens %d isolates and closes %d", lang, role, v, x.kind, n, m)
					}
				}
				checkCSV(t, ps[csv].text)
			}
		}
	}
}

func must(t testing.TB, r *render.Renderer, l letter.Letter) letter.Rendered {
	t.Helper()
	out, err := r.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	return out
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
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(strings.TrimLeft(cell, " ")[:1], "=+-@\t\r") || strings.ContainsAny(cell, "\r\n\t") {
				t.Errorf("a spreadsheet would take %q for a formula or a row", cell)
			}
		}
	}
}

// checkShape checks what every message must be: CRLF, short lines, folded and
// printable headers, no Date.
func checkShape(t testing.TB, raw []byte) {
	t.Helper()
	head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		t.Fatal("no header")
	}
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if bytes.ContainsAny(line, "\r\n\x00") || len(line) > 998 {
			t.Errorf("a line with a bare CR, LF or NUL, or of %d bytes: %.80q", len(line), line)
		}
	}
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		for _, c := range line {
			if c < ' ' || c > '~' {
				t.Errorf("header line %q", line)
			}
		}
		if len(line) > 78 && bytes.Contains(bytes.TrimLeft(line[1:], " "), []byte(" ")) {
			t.Errorf("header line of %d bytes could be folded: %s", len(line), line)
		}
	}
}

func TestSameLetterSameBytes(t *testing.T) {
	r := renderer(t, render.Options{Printer: &paper{}})
	want := must(t, r, full("de", "en"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := r.Render(full("de", "en"))
			if err != nil || !bytes.Equal(got.Mail, want.Mail) || got.Subject != want.Subject {
				t.Errorf("another letter, or %v", err)
			}
		})
	}
	wg.Wait()
}

func TestEnglishStandsBelowTheNativeLanguage(t *testing.T) {
	p := &paper{}
	r := renderer(t, render.Options{Printer: p})
	out := must(t, r, example("de", "en"))
	_, ps := parts(t, out.Mail)
	german, english, found := strings.Cut(ps[0].text, "\n"+strings.Repeat("-", 72)+"\n")
	if !found || !strings.Contains(german, "Sehr geehrte") || !strings.Contains(english, "Dear network operator") {
		t.Errorf("text:\n%s", ps[0].text)
	}
	if !strings.Contains(ps[1].text, `<div lang="de" dir="ltr">`) || !strings.Contains(ps[1].text, `<div lang="en" dir="ltr">`) {
		t.Errorf("HTML:\n%s", ps[1].text)
	}
	if len(p.last.Parts) != 2 || p.last.Lang != "de" || p.last.Author != "Amt für Kommunikation" || p.last.PageOf(2, 3) != "Seite 2 von 3" {
		t.Errorf("paper: %d parts in %q by %q, %s", len(p.last.Parts), p.last.Lang, p.last.Author, p.last.PageOf(2, 3))
	}
	if want := "[relay26-k3v9xq2m7d] Bitte prüfen Sie 192.0.2.7 (+1): offenes Mail-Relay / Please check 192.0.2.7 (+1): open mail relay"; out.Subject != want {
		t.Errorf("subject %q, want %q", out.Subject, want)
	}
}

func TestEnglishHasABodyOfItsOwnBelowALanguageOfMarks(t *testing.T) {
	_, ps := parts(t, must(t, renderer(t, render.Options{}), example("vi", "en")).Mail)
	var kinds []string
	for _, p := range ps[:5] {
		kinds = append(kinds, p.kind)
	}
	if got := strings.Join(kinds, " "); got != "text/plain text/html text/plain text/html text/csv" {
		t.Fatalf("parts %s", got)
	}
	for i, english := range []bool{false, false, true, true} {
		if strings.Contains(ps[i].text, "Dear network operator") != english {
			t.Errorf("part %d: in English is %v, want %v", i+1, !english, english)
		}
	}
}

func TestSubjectsAreNotTooLong(t *testing.T) {
	r := renderer(t, render.Options{})
	dropped := 0
	for _, lang := range r.Languages() {
		l := full(lang, "en")
		l.Round = 2
		subject := must(t, r, l).Subject
		if n := utf8.RuneCountInString(subject); n > 200 {
			t.Errorf("%d characters: %s", n, subject)
		}
		if !strings.Contains(subject, "open mail relay") {
			dropped++
		}
	}
	if dropped > len(r.Languages())/2 {
		t.Errorf("%d subjects have no room for English", dropped)
	}
}

// Zero width spaces tell the printed page where a line may end. In mail they
// would keep a reader from finding words.
func TestMailHasNoZeroWidthSpaces(t *testing.T) {
	p := &paper{}
	out := must(t, renderer(t, render.Options{Printer: p}), example("th"))
	_, ps := parts(t, out.Mail)
	for _, text := range []string{out.Subject, ps[0].text, ps[1].text} {
		if strings.Contains(text, "\u200b") {
			t.Errorf("%.200q", text)
		}
	}
	if !strings.Contains(fmt.Sprint(p.last.Parts), "\u200b") {
		t.Error("the page has none either")
	}
}

func TestLongLetters(t *testing.T) {
	r := renderer(t, render.Options{})
	many := func(n int) letter.Letter {
		l := example("de", "en")
		l.Findings = nil
		addr := netip.MustParseAddr("198.51.100.0")
		for range n {
			f := relay(addr.String())
			f.Evidence = strings.Repeat("evidence ", 20)
			l.Findings, addr = append(l.Findings, f), addr.Next()
		}
		return l
	}
	_, ps := parts(t, must(t, r, many(11)).Mail)
	if n := strings.Count(ps[0].text, "198.51.100.10 "); n != 1 || !strings.Contains(ps[0].text, "The table stands in the first part") {
		t.Errorf("a table of 11 rows stands %d times", n)
	}
	_, ps = parts(t, must(t, r, many(5000)).Mail)
	if n := strings.Count(ps[0].text, "25/tcp"); n != 200 || !strings.Contains(ps[0].text, "4800 weitere stehen in findings.zip") {
		t.Errorf("%d rows:\n%s", n, ps[0].text[:400])
	}
	var names []string
	for _, p := range ps[2:] {
		names = append(names, p.name)
		z, err := zip.NewReader(strings.NewReader(p.text), int64(len(p.text)))
		if err != nil || len(z.File) != 1 {
			t.Errorf("%s: %v", p.name, err)
		}
	}
	if got := strings.Join(names, " "); got != "findings.zip xarf.zip" {
		t.Errorf("attachments %s", got)
	}
}

func TestRefused(t *testing.T) {
	r := renderer(t, render.Options{})
	for _, c := range []struct {
		name string
		with func(*letter.Letter)
	}{
		{"a recipient with a second line", func(l *letter.Letter) { l.To.Email = "abuse@example.net\r\nBcc: x@example.com" }},
		{"two recipients", func(l *letter.Letter) { l.To.Email = "abuse@example.net, x@example.com" }},
		{"no recipient", func(l *letter.Letter) { l.To.Email = "" }},
		{"a recipient that is not ASCII", func(l *letter.Letter) { l.To.Email = "abuse@müller.example" }},
		{"a recipient in quotes", func(l *letter.Letter) { l.To.Email = `"a b"@example.net` }},
		{"a sender that is none", func(l *letter.Letter) { l.Agency.From = "Agency <a@example.org>" }},
		{"answers to nowhere", func(l *letter.Letter) { l.Agency.ReplyTo = "a@b@example.org" }},
		{"a reference with a line end", func(l *letter.Letter) { l.ID = "relay26-a\r\nX: y" }},
		{"a reference with a slash", func(l *letter.Letter) { l.ID = "../relay26" }},
		{"a language without letters", func(l *letter.Letter) { l.Languages = []string{"tlh"} }},
		{"no language", func(l *letter.Letter) { l.Languages = nil }},
		{"nothing to say", func(l *letter.Letter) { l.Findings = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := example("en")
			c.with(&l)
			if out, err := r.Render(l); err == nil {
				t.Errorf("written:\n%.600s", out.Mail)
			}
		})
	}
}

func TestUnsubscribe(t *testing.T) {
	l := example("en")
	head, _ := parts(t, must(t, renderer(t, render.Options{Site: "https://advice.example.org"}), l).Mail)
	if got := head.Get("List-Unsubscribe"); got != "<mailto:answers+relay26-k3v9xq2m7d@example.org?subject=unsubscribe%20relay26-k3v9xq2m7d>" || head.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("without a server for it: %s, %s", got, head.Get("List-Unsubscribe-Post"))
	}
	head, _ = parts(t, must(t, renderer(t, render.Options{Site: "https://advice.example.org", OptOut: "https://optout.example.org/"}), l).Mail)
	if got := head.Get("List-Unsubscribe"); !strings.HasPrefix(got, "<https://optout.example.org/relay26-k3v9xq2m7d-7k3q-9xmd>, <mailto:") || head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("with a server for it: %s, %s", got, head.Get("List-Unsubscribe-Post"))
	}
}

func TestAddressesOfALetter(t *testing.T) {
	l := example("en")
	if got := render.MessageID(l); got != "relay26-k3v9xq2m7d@example.org" {
		t.Errorf("Message-ID %s", got)
	}
	if got := render.EnvelopeFrom(l); got != "notices+relay26-k3v9xq2m7d@example.org" {
		t.Errorf("envelope %s", got)
	}
	l.Agency.From = strings.Repeat("n", 50) + "@example.org"
	if got := render.EnvelopeFrom(l); got != l.Agency.From {
		t.Errorf("a local part of more than 64: %s", got)
	}
	l.Agency.ReplyTo = ""
	if got := render.ReplyTo(l); got != l.Agency.From {
		t.Errorf("answers to %s", got)
	}
}
