package render_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/mail"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"headsup/letter"
	"headsup/render"
)

func must(t testing.TB, r *render.Renderer, l letter.Letter) letter.Rendered {
	t.Helper()
	out, err := r.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	return out
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
	if !strings.Contains(ps[1].text, `<div lang="de" dir="ltr"`) || !strings.Contains(ps[1].text, `<div lang="en" dir="ltr"`) {
		t.Errorf("HTML:\n%s", ps[1].text)
	}
	if len(p.last.Parts) != 2 || p.last.Lang != "de" || p.last.Author != "Amt für Kommunikation" || p.last.PageOf(2, 3) != "Seite 2 von 3" {
		t.Errorf("paper: %d parts in %q by %q, %s", len(p.last.Parts), p.last.Lang, p.last.Author, p.last.PageOf(2, 3))
	}
	if want := "Offenes Mail-Relay – bitte prüfen: 192.0.2.7 (+1) [relay26-k3v9xq2m7d] / Open mail relay: please check 192.0.2.7 (+1)"; out.Subject != want {
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
		if !strings.Contains(strings.ToLower(subject), "open mail relay") {
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
	if n := strings.Count(ps[0].text, "198.51.100.10 "); n != 1 || !strings.Contains(ps[0].text, "The table is in the first part") {
		t.Errorf("a table of 11 rows stands %d times", n)
	}
	_, ps = parts(t, must(t, r, many(5000)).Mail)
	if n := strings.Count(ps[0].text, "25/tcp"); n != 200 || !strings.Contains(ps[0].text, "4800 weitere Einträge stehen in findings.zip") {
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
	if got := head.Get("List-Unsubscribe"); got != "<mailto:answers+"+exampleTag+"@example.org?subject=unsubscribe%20"+exampleTag+">" || head.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("without a server for it: %s, %s", got, head.Get("List-Unsubscribe-Post"))
	}
	head, _ = parts(t, must(t, renderer(t, render.Options{Site: "https://advice.example.org", OptOut: "https://optout.example.org/"}), l).Mail)
	if got := head.Get("List-Unsubscribe"); !strings.HasPrefix(got, "<https://optout.example.org/relay26-k3v9xq2m7d-7k3q-9xmd>, <mailto:") || head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("with a server for it: %s, %s", got, head.Get("List-Unsubscribe-Post"))
	}
}

const exampleTag = "relay26-k3v9xq2m7d-k5x2m7qbw3ze4d6a" // of the example

func TestAddressesOfALetter(t *testing.T) {
	long := strings.Repeat("n", 64-len("+"+exampleTag))
	for _, tt := range []struct {
		name     string
		agency   letter.Agency
		envelope string
		reply    string
	}{
		{"the one mailbox of a house", letter.Agency{From: "a@example.org"}, "a+" + exampleTag + "@example.org", "a+" + exampleTag + "@example.org"},
		{"another mailbox for each", letter.Agency{From: "a@example.org", ReplyTo: "b@example.org", Bounce: "c@example.net"}, "c+" + exampleTag + "@example.net", "b+" + exampleTag + "@example.org"},
		{"all mailboxes of a domain", letter.Agency{From: "a@example.org", Bounce: "*@r.example.org"}, exampleTag + "@r.example.org", "a+" + exampleTag + "@example.org"},
		{"those that begin with a word", letter.Agency{From: "a@example.org", Bounce: "r-*@example.org", ReplyTo: "*-b@example.org"}, "r-" + exampleTag + "@example.org", exampleTag + "-b@example.org"},
		{"a server without plus-addressing", letter.Agency{From: "a@example.org", Plain: true}, "a@example.org", "a@example.org"},
		{"such a server with a place for the tag", letter.Agency{From: "a@example.org", Bounce: "r+*@example.org", Plain: true}, "r+" + exampleTag + "@example.org", "a@example.org"},
		{"the longest local part that there may be", letter.Agency{From: long + "@example.org"}, long + "+" + exampleTag + "@example.org", long + "+" + exampleTag + "@example.org"},
		{"one that leaves no room", letter.Agency{From: "n" + long + "@example.org"}, "", ""},
		{"one that leaves none for returned mail", letter.Agency{From: "a@example.org", Bounce: "n" + long + "@example.org"}, "", "a+" + exampleTag + "@example.org"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := example("en")
			tt.agency.ID, tt.agency.Name = l.Agency.ID, l.Agency.Name
			l.Agency = tt.agency
			if got, err := render.EnvelopeFrom(l); (err == nil) != (tt.envelope != "") || err == nil && got != tt.envelope {
				t.Errorf("envelope %s, %v, want %s", got, err, tt.envelope)
			}
			if got, err := render.ReplyTo(l); (err == nil) != (tt.reply != "") || err == nil && got != tt.reply {
				t.Errorf("answers to %s, %v, want %s", got, err, tt.reply)
			}
			if _, err := renderer(t, render.Options{}).Render(l); (err == nil) != (tt.reply != "") {
				t.Errorf("Render: %v", err)
			}
		})
	}
}

// What proves a letter stands in its header, where nobody but its recipient
// and mail servers read it, and never in what people print, quote and pass on.
func TestTheKeyedPartStandsInTheHeaderOnly(t *testing.T) {
	p := &paper{}
	out := must(t, renderer(t, render.Options{Printer: p, Site: "https://advice.example.org", OptOut: "https://optout.example.org"}), example("de", "en"))
	head, ps := parts(t, out.Mail)
	for _, name := range []string{"Message-Id", "Reply-To", "List-Unsubscribe", "X-Headsup-Report-Id"} {
		if !strings.Contains(head.Get(name), exampleTag) {
			t.Errorf("%s: %s", name, head.Get(name))
		}
	}
	key := example("en").ReturnKey
	if strings.Contains(head.Get("Subject"), key) {
		t.Errorf("Subject: %s", head.Get("Subject"))
	}
	for _, part := range ps {
		if strings.Contains(part.text, key) {
			t.Errorf("it stands in a part of the letter:\n%.600s", part.text)
		}
	}
	if strings.Contains(fmt.Sprintf("%+v", p.last), key) {
		t.Error("it stands on the page")
	}
}

func TestALetterWithoutAKeyHasItsReferenceAlone(t *testing.T) {
	l := example("en")
	l.ReturnKey = ""
	if got, err := render.EnvelopeFrom(l); err != nil || got != "notices+"+l.ID+"@example.org" || render.MessageID(l) != l.ID+"@example.org" {
		t.Errorf("%s, %s, %v", got, render.MessageID(l), err)
	}
}

// A CSIRT in copy stands in the header, and nobody else does.
func TestCopiesStandInTheHeader(t *testing.T) {
	r := renderer(t, render.Options{})
	for copies, want := range map[string]int{"": 0, "cert@csirt.example": 1, "a@csirt.example b@csirt.example": 2} {
		l := example("en")
		l.Copies = strings.Fields(copies)
		out := must(t, r, l)
		head, err := mail.ReadMessage(bytes.NewReader(out.Mail))
		if err != nil {
			t.Fatal(err)
		}
		list, _ := head.Header.AddressList("Cc")
		if len(list) != want || (head.Header.Get("Cc") == "") != (want == 0) {
			t.Errorf("%q: Cc %q", copies, head.Header.Get("Cc"))
		}
		checkShape(t, out.Mail)
	}
}
