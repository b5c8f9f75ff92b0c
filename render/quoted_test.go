package render

import (
	"bytes"
	"mime/quotedprintable"
	"strings"
	"testing"
)

// FuzzQuoted compares the writer with that of the standard library.
func FuzzQuoted(f *testing.F) {
	for _, text := range []string{
		"", "a\n", "a \nb\t", "=", "größer\r\nals", "\r\r\n\n", "\r=\n", strings.Repeat("x", 75) + "\n", strings.Repeat("x", 76), strings.Repeat("x", 74) + " ",
		strings.Repeat("x", 74) + " \ny", strings.Repeat("ü", 40), strings.Repeat("x", 73) + "ü", strings.Repeat("a b ", 100), "\x00\x7f",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want bytes.Buffer
		w := quotedprintable.NewWriter(&want)
		w.Write(text)
		w.Close()
		if got := appendQuoted([]byte("before"), text); string(got) != "before"+want.String() {
			t.Errorf("%q becomes\n%q, not\n%q", text, got, "before"+want.String())
		}
	})
}
