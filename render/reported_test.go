package render

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render/prose"
	"headsup/templates"
)

// reportLetters returns what writes letters about reports, without paper.
func reportLetters(t *testing.T) (*Renderer, *templates.Set) {
	t.Helper()
	set, err := templates.Load(templates.Builtin)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Templates: set})
	if err != nil {
		t.Fatal(err)
	}
	return r, set
}

// texts are all parts of a mail, decoded, with its header before them.
func texts(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var out strings.Builder
	out.Write(head)
	var walk func(kind string, body io.Reader)
	walk = func(kind string, body io.Reader) {
		media, params, _ := mime.ParseMediaType(kind)
		if !strings.HasPrefix(media, "multipart/") {
			text, _ := io.ReadAll(body)
			out.WriteString("\n" + string(text))
			return
		}
		mr := multipart.NewReader(body, params["boundary"])
		for {
			p, err := mr.NextRawPart()
			if err != nil {
				return
			}
			var in io.Reader = p
			switch p.Header.Get("Content-Transfer-Encoding") {
			case "quoted-printable":
				in = quotedprintable.NewReader(p)
			case "base64":
				in = base64.NewDecoder(base64.StdEncoding, p)
			}
			walk(p.Header.Get("Content-Type"), in)
		}
	}
	walk(m.Header.Get("Content-Type"), m.Body)
	return out.String()
}

func reportedLetter(lang string, zone *time.Location, fs ...finding.Finding) letter.Letter {
	c := letter.Campaign{ID: "isp26", Language: "en", Translations: []string{lang}, Agencies: []letter.Agency{{ID: "isp", Name: "Example Net", From: "abuse@isp.example"}}}
	to := lookup.Contact{Email: "kunde@example.org", Role: lookup.Customer, Language: lang, Rule: "customer"}
	l := letter.Forward(c, "4711", 1, time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC), []lookup.Network{{Contacts: []lookup.Contact{to}}}, fs)
	l.Zone = zone
	return l
}

func TestCustomersReadTimesInTheirZoneOnBothSidesOfAChange(t *testing.T) {
	r, _ := reportLetters(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	before, after := time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC), time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC)
	out, err := r.Render(reportedLetter("de", berlin,
		finding.Finding{Addr: netip.MustParseAddr("192.0.2.7"), Kind: "spam", Seen: before, Strength: finding.Observed},
		finding.Finding{Addr: netip.MustParseAddr("192.0.2.7"), Kind: "bruteforce", Seen: after, Strength: finding.Observed}))
	if err != nil {
		t.Fatal(err)
	}
	got := texts(t, out.Mail)
	for _, want := range []string{"2026-03-29 01:30 +0100", "2026-03-29 03:30 +0200", "Unerwünschte E-Mail", "Angriffe auf andere", "findings.csv"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, not := range []string{"List-Unsubscribe", "Urheberrecht", "0/", "xarf"} {
		if strings.Contains(got, not) {
			t.Errorf("%q in\n%s", not, got)
		}
	}
}

func TestWhatIsReportedOfANameAloneHasNoAddress(t *testing.T) {
	r, _ := reportLetters(t)
	out, err := r.Render(reportedLetter("en", nil, finding.Finding{Addr: nowhere, Kind: "phishing", Service: "http://shop.example/login", Seen: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}))
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(t, out.Mail); strings.Contains(got, "0.0.0.0") || !strings.Contains(got, "http://shop.example/login") || !strings.Contains(got, "10:00 UTC") {
		t.Errorf("%s", got)
	}
}

// TestAnswersStandInTheThreadAndProvokeNone writes each outcome in each language.
func TestAnswersStandInTheThreadAndProvokeNone(t *testing.T) {
	r, set := reportLetters(t)
	for _, lang := range set.ReportLanguages() {
		for _, outcome := range []string{"received", "forwarded", "not-ours", "too-old", "unclear", "resolved"} {
			c := letter.Campaign{ID: "isp26", Language: "en", Translations: []string{lang}, Agencies: []letter.Agency{{ID: "isp", Name: "Example Net", From: "abuse@isp.example"}}}
			l := letter.Answer(c, "k3v9xq2m7d", lookup.Contact{Email: "cert@reporter.example", Language: lang}, time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC))
			out, err := RenderAnswer(r, l, Answer{Outcome: outcome, MessageID: "abc@reporter.example", Machine: []byte(`{"status":"` + outcome + `"}`)})
			if err != nil {
				t.Fatalf("%s %s: %v", lang, outcome, err)
			}
			m, err := mail.ReadMessage(bytes.NewReader(out.Mail))
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"In-Reply-To": "<abc@reporter.example>", "References": "<abc@reporter.example>", "Auto-Submitted": "auto-replied", "List-Unsubscribe": ""} {
				if got := m.Header.Get(name); got != want {
					t.Errorf("%s %s: %s: %q, want %q", lang, outcome, name, got, want)
				}
			}
			if got := texts(t, out.Mail); !strings.Contains(got, `{"status":"`+outcome+`"}`) || !strings.Contains(got, l.ID) {
				t.Errorf("%s %s: %s", lang, outcome, got)
			}
		}
	}
}

func TestAForeignMessageIDCannotAddAHeader(t *testing.T) {
	r, _ := reportLetters(t)
	c := letter.Campaign{ID: "isp26", Language: "en", Translations: []string{"en"}, Agencies: []letter.Agency{{ID: "isp", Name: "Example Net", From: "abuse@isp.example"}}}
	l := letter.Answer(c, "k3v9xq2m7d", lookup.Contact{Email: "cert@reporter.example"}, time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC))
	for _, id := range []string{"a@b>\r\nBcc: x@y.example", "no at", "a b@c", "<a@b>", ""} {
		out, err := RenderAnswer(r, l, Answer{Outcome: "received", MessageID: id})
		if err != nil {
			t.Fatal(err)
		}
		if head, _, _ := bytes.Cut(out.Mail, []byte("\r\n\r\n")); bytes.Contains(head, []byte("Bcc")) || bytes.Contains(head, []byte("In-Reply-To")) {
			t.Errorf("%q: %s", id, head)
		}
	}
}

func TestASubjectSaysThatOthersReportedWhateverItsTopicIs(t *testing.T) {
	r, set := reportLetters(t)
	for _, lang := range set.ReportLanguages() {
		for _, firm := range []letter.Firmness{"", letter.Last} {
			for _, kind := range []finding.Kind{"malware", "scan", "exposed-service", "bruteforce"} {
				f := finding.Finding{Addr: netip.MustParseAddr("192.0.2.7"), Kind: kind, Seen: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Strength: finding.Observed}
				l := reportedLetter(lang, nil, f)
				l.Firm = firm
				out, err := r.Render(l)
				if err != nil {
					t.Fatal(err)
				}
				words, _, _ := strings.Cut(out.Subject, " [")
				if strings.Contains(words, "192.0.2.7") || strings.HasSuffix(words, ":") || prose.Cells(words) > 60 {
					t.Errorf("%s, %s%s: %s", lang, firm, kind, out.Subject)
				}
			}
		}
	}
}
