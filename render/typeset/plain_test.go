package typeset

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Plain text stands where the shaper puts it, to the last kern.
func TestPlainTextIsSetAsAnyOther(t *testing.T) {
	fonts, err := Load(SystemDirs...)
	if err != nil {
		t.Fatal(err)
	}
	s, plain := newSetter(fonts), 0
	for _, lang := range []string{"en", "de", "tr", "vi", "ar", "he", "ja", "ko", "zh-Hans", "zh-Hant", "hi", "ta", "th", "lt", "ro"} {
		for _, text := range []string{
			"192.0.2.17", "2001:db8::f:17", "25/tcp", "2026-03-01 10:30", "smtp", "relay26-7k3q9xmd2t", "AVATAR To. LT", "office fjord ffi",
			"https://advice.example.org/verify/a-b", "Example Networks (AS64500), Ltd.", "12 Sample Road", "7k3q-9xmd", "$1,000 + 5% = ?", "i", "II",
		} {
			for _, r := range []Run{{Value: true}, {Value: true, LTR: true}, {Bold: true}, {Italic: true}, {Mono: true, LTR: true, Part: 3}} {
				for _, rtl := range []bool{false, true} {
					r.Text = text
					p := Para{Lang: lang, RTL: rtl, Size: 9.5, Runs: []Run{r}}
					got, ok, err := s.plain(p, p.Runs, 0)
					if err != nil {
						t.Fatal(err)
					}
					if !ok {
						continue
					}
					plain++
					want, err := s.shaped(p, p.Runs, 0)
					if err != nil {
						t.Fatal(err)
					}
					near := cmpopts.EquateApprox(0, 1e-9)
					if diff := cmp.Diff(want, []Line{got}, near, cmp.Comparer(func(a, b *Font) bool { return a == b })); diff != "" {
						t.Errorf("%q in %q, %+v (-shaped +plain):\n%s", text, lang, r, diff)
					}
				}
			}
		}
	}
	if plain < 1000 {
		t.Errorf("only %d texts were plain", plain)
	}
}
