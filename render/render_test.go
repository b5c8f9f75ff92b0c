package render_test

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/templates"
)

var update = flag.Bool("update", false, "write the golden letters anew; read the difference before you commit it")

// Letters and their renderer are read once: that takes longer than most tests.
var (
	loaded = sync.OnceValues(func() (*templates.Set, error) { return templates.Load(templates.Builtin) })
	plain  = sync.OnceValues(func() (*render.Renderer, error) {
		set, err := loaded()
		if err != nil {
			return nil, err
		}
		return render.New(render.Options{Templates: set})
	})
)

func builtin(t testing.TB) *templates.Set {
	t.Helper()
	set, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func renderer(t testing.TB, o render.Options) *render.Renderer {
	t.Helper()
	if o == (render.Options{}) {
		r, err := plain()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if o.Templates == nil {
		o.Templates = builtin(t)
	}
	r, err := render.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var seen = time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)

func relay(addr string) finding.Finding {
	return finding.Finding{Addr: netip.MustParseAddr(addr), Port: 25, Proto: "tcp", Kind: finding.OpenRelay, Service: "smtp", Strength: finding.Observed,
		Reason: "16 of 16 tests were accepted", Seen: seen, Source: "scan.xml:12", Evidence: "Server is an open relay (16/16 tests)"}
}

// example is a letter to a provider in Germany, in a language and in English.
func example(languages ...string) letter.Letter {
	l := letter.Letter{
		ID: "relay26-k3v9xq2m7d", Campaign: "relay26", Round: 1, Code: "7k3q-9xmd", ReturnKey: "k5x2m7qbw3ze4d6a",
		To: lookup.Contact{Email: "abuse@provider.example", Role: "abuse", Org: "Provider GmbH", Country: "DE",
			Address: []string{"Musterweg 5", "12345 Musterstadt"}},
		Networks: []lookup.Network{{First: netip.MustParseAddr("192.0.2.0"), Last: netip.MustParseAddr("192.0.2.255"), Handle: "PROVIDER-1", Country: "DE",
			Contacts: []lookup.Contact{{Email: "abuse@provider.example", Rule: "network-abuse"}}}},
		Findings:  []finding.Finding{relay("192.0.2.7"), relay("192.0.2.9")},
		Languages: languages, Date: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		Agency: letter.Agency{ID: "oca", Name: "Office for Communications", Address: []string{"Office for Communications", "1 Example Street", "Springfield 00000", "United States"},
			Phone: "+1 202 555 0100", Site: "https://www.example.org", From: "notices@example.org", ReplyTo: "answers@example.org",
			Signatory: "Jane Example, Head of Network Safety", Form: "us-10",
			Names: map[string]string{"de": "Amt für Kommunikation", "fr": "Office des communications", "es": "Oficina de Comunicaciones", "ja": "通信局"}},
	}
	return l
}

// full is a letter about every kind of finding.
func full(languages ...string) letter.Letter {
	l := example(languages...)
	l.Findings = append(l.Findings,
		finding.Finding{Addr: netip.MustParseAddr("192.0.2.80"), Port: 8080, Proto: "tcp", Kind: finding.OpenProxy, Service: "http", Strength: finding.Verified, Seen: seen},
		finding.Finding{Addr: netip.MustParseAddr("2001:db8::6379"), Port: 6379, Proto: "tcp", Kind: finding.ExposedService, Service: "redis", Strength: finding.Verified, Seen: seen})
	return l
}

// A part of a mail, decoded.
type part struct {
	kind, name, text string
}

func parts(t testing.TB, raw []byte) (mail.Header, []part) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var list []part
	err = e.Walk(func(_ []int, e *message.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, err := e.Header.ContentType()
		if err != nil || strings.HasPrefix(kind, "multipart/") {
			return err
		}
		_, params, _ := mime.ParseMediaType(e.Header.Get("Content-Disposition"))
		body, err := io.ReadAll(e.Body)
		text := string(body)
		if strings.HasPrefix(kind, "text/") || kind == "application/json" {
			text = strings.ReplaceAll(text, "\r\n", "\n")
		}
		list = append(list, part{kind, params["filename"], text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, list
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestGolden(t *testing.T) {
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	// Those of the others are checked against the English by TestBuiltin.
	for _, lang := range []string{"en", "de", "fr", "es", "ja"} {
		t.Run(lang, func(t *testing.T) {
			out, err := r.Render(full(lang))
			if err != nil {
				t.Fatal(err)
			}
			_, ps := parts(t, out.Mail)
			head, _, _ := bytes.Cut(out.Mail, []byte("\r\n\r\n"))
			golden(t, lang+".txt", out.Subject+"\n\n"+ps[0].text)
			if lang == "en" || lang == "ja" { // the other languages differ in words alone
				golden(t, lang+".html", ps[1].text)
				golden(t, lang+".head", strings.ReplaceAll(string(head), "\r\n", "\n")+"\n")
			}
		})
	}
}
