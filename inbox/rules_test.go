package inbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/letter"
)

// read reads a message that is well formed.
func read(t *testing.T, text string) letter.Return {
	t.Helper()
	got, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCapsOfWhatIsKept(t *testing.T) {
	var many, lines strings.Builder
	for n := range 200 {
		fmt.Fprintf(&many, "To: a%d@example.org\n", n)
		fmt.Fprintf(&lines, "line %d of a long text that goes on\n", n)
	}
	got := read(t, "From: jane@example.net\nSubject: "+strings.Repeat("x", 3000)+"\n"+many.String()+"\n"+lines.String())
	if len(got.Keys) != maxKeys || len(got.Subject) != maxValue || len(got.Text) > maxExcerpt || len(got.Text) < maxExcerpt-100 {
		t.Errorf("%d keys, %d bytes of subject, %d of text", len(got.Keys), len(got.Subject), len(got.Text))
	}
	if !strings.HasPrefix(got.Text, "line 0 of") || !strings.Contains(got.Text, "\nline 1 of") {
		t.Errorf("the text is %q", got.Text)
	}
	got = read(t, "From: jane@example.net\nSubject: a\u200fb\u061cc\u200bd\u2060e\ue000f\U000e0041g\u202eh\n\nx\u200by\n")
	if got.Subject != "abcdefgh" || got.Text != "xy" { // marks of direction and width, private use, a tag
		t.Errorf("the subject is %q, the text %q", got.Subject, got.Text)
	}
}

func TestDatesThatMailHas(t *testing.T) {
	for _, tt := range []struct {
		date string
		want time.Time
	}{
		{"Mon, 02 Mar 2026 09:00:00 +0100", time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)},
		{"2 Mar 2026 09:00:00 -0330", time.Date(2026, 3, 2, 12, 30, 0, 0, time.UTC)},
		{"Thu, 01 Jan 1970 00:00:00 +0000", time.Unix(0, 0).UTC()},
		{"Thu, 01 Jan 1970 00:00:00 +0100", time.Time{}}, // still 1969
		{"Fri, 31 Dec 9998 00:00:00 +0000", time.Date(9998, 12, 31, 0, 0, 0, 0, time.UTC)},
		{"Fri, 01 Jan 9999 00:00:00 +0000", time.Time{}},
		{"yesterday", time.Time{}},
		{"", time.Time{}},
	} {
		if got := read(t, "From: jane@example.net\nDate: "+tt.date+"\n\nx\n"); !got.Date.Equal(tt.want) {
			t.Errorf("%q is %v, want %v", tt.date, got.Date, tt.want)
		}
	}
}

// TestEachMessageCountsOnce: what has no Message-ID is known by its text.
func TestEachMessageCountsOnce(t *testing.T) {
	const plain = "From: jane@example.net\n\nHello\n"
	first, again, other := read(t, plain), read(t, plain), read(t, plain+"!")
	if !strings.HasPrefix(first.Ref, "sha256:") || first.Ref != again.Ref || first.Ref == other.Ref || first.MessageID != "" {
		t.Errorf("%q, %q, %q", first.Ref, again.Ref, other.Ref)
	}
	if named := read(t, "Message-ID: <m@example.net>\n"+plain); named.Ref != "m@example.net" || named.MessageID != "m@example.net" {
		t.Errorf("%q", named.Ref)
	}
}
