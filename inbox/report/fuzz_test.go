package report_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"headsup/inbox/report"
)

// FuzzRead reads anything: what it returns is whole, printable and in one
// place, and each span lies in its part.
func FuzzRead(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, m := range a.Files {
			f.Add(m.Data)
		}
	}
	f.Fuzz(func(t *testing.T, mail []byte) {
		if len(mail) > 64<<10 {
			return
		}
		got := report.Read(mail, report.Options{Special: true})
		switch got.Status {
		case report.Understood:
			if len(got.Events) == 0 {
				t.Error("understood, and no event")
			}
		case report.Person, report.None:
			if got.Why == "" {
				t.Error("no reason")
			}
		default:
			t.Errorf("status %q", got.Status)
		}
		for _, e := range got.Events {
			if !utf8.ValidString(e.URL+e.Evidence+e.Why) || strings.ContainsAny(e.URL+e.Evidence+e.Why, "\x00\x1b\n") {
				t.Errorf("not printable: %q %q %q", e.URL, e.Evidence, e.Why)
			}
			if got.Queue == report.Secret && (e.URL != "" || e.Evidence != "" || e.Port != 0) {
				t.Errorf("shown of what is secret: %+v", e)
			}
			for _, s := range []report.Span{e.AddrAt, e.PortAt, e.SeenAt, e.URLAt} {
				if s == (report.Span{}) || got.Queue == report.Secret {
					continue
				}
				if s.Part >= len(got.Parts) || s.From > s.To || got.Parts[s.Part].Text != "" && s.To > len(got.Parts[s.Part].Text) {
					t.Errorf("span %v of %d parts", s, len(got.Parts))
				}
			}
			if e.Key() == "" {
				t.Error("no key")
			}
		}
	})
}
