package inbox

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"headsup/letter"
)

// reasonsOf reads which class the words of the collection stand for.
func reasonsOf(t *testing.T) map[string]letter.Class {
	t.Helper()
	f, err := os.Open("../../shared/cases/reasons.tsv")
	if err != nil {
		t.Skip("the table of reasons is not here: ", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]letter.Class{}
	for _, row := range rows[1:] {
		if row[1] != "-" {
			classes[row[0]] = letter.Class(row[1])
		}
	}
	return classes
}

// TestReasonsOfRealReports: a mailbox must not be called dead for what a server
// has against its sender.
func TestReasonsOfRealReports(t *testing.T) {
	classes := reasonsOf(t)
	right, all := 0, 0
	for name, reports := range expected(t) {
		for _, w := range reports {
			want := classes[w.reason]
			if want == "" || want == letter.ClassUnclear { // no failure, or no reason is stated
				continue
			}
			all++
			got := classIn(t, name, w.recipient)
			// A filter that says that there is no such mailbox is believed.
			if got == want || w.reason == "filtered" && got == letter.ClassMailbox {
				right++
				continue
			}
			t.Logf("%s: %q, want %q for %s", name, got, want, w.reason)
			if want == letter.ClassOurs && got.Dead() {
				t.Errorf("%s: a mailbox is called dead: %s", name, w.reason)
			}
		}
	}
	if right*100 < all*95 {
		t.Errorf("%d of %d right, want 95 %%", right, all)
	}
	t.Logf("%d of %d right", right, all)
}

// classIn is the class that a file's messages give for a recipient.
func classIn(t *testing.T, name, recipient string) (c letter.Class) {
	t.Helper()
	for m, err := range Mailbox(filepath.Join(bounces, name)) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(bytes.NewReader(m.Text))
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(r.Recipients, func(x letter.Recipient) bool { return strings.EqualFold(x.Address, recipient) }); i >= 0 {
			c = r.Recipients[i].Class
		}
	}
	return c
}
