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

const bounces = "../../shared/samples/bounces"

// A wanted is what the collection says of a recipient.
type wanted struct{ recipient, action, reason string }

// expected reads what the samples are about.
func expected(t *testing.T) map[string][]wanted {
	t.Helper()
	f, err := os.Open(filepath.Join(bounces, "expected.tsv"))
	if err != nil {
		t.Skip("the collection of real delivery reports is not here: ", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]wanted{}
	for _, row := range rows[1:] {
		action := row[2]
		switch row[4] {
		case "feedback", "vacation":
			action = row[4]
		}
		if action == "deliverable" { // Postfix's own word, in the answer to a probe
			action = string(letter.ActionDelivered)
		}
		want[row[0]] = append(want[row[0]], wanted{row[1], action, row[4]})
	}
	return want
}

func TestRealReports(t *testing.T) {
	right, all := 0, 0
	for name, want := range expected(t) {
		var got []letter.Return // some files hold several
		for m, err := range Mailbox(filepath.Join(bounces, name)) {
			if err != nil {
				t.Fatal(err)
			}
			r, err := Read(bytes.NewReader(m.Text))
			if err != nil {
				t.Errorf("%s: %v", m.Name, err)
			}
			got = append(got, r)
		}
		for _, w := range want {
			if w.recipient == "" { // not known to the oracle
				continue
			}
			all++
			if slices.ContainsFunc(got, func(r letter.Return) bool { return agrees(r, w.recipient, w.action) }) {
				right++
			} else {
				t.Logf("%s: %+v, want %v", name, got, w)
			}
			if w.action == "delayed" && slices.ContainsFunc(got, dead) {
				t.Errorf("%s: taken as dead: %+v", name, got)
			}
		}
	}
	if right*100 < all*90 {
		t.Errorf("%d of %d right, want 90 %%", right, all)
	}
	t.Logf("%d of %d right", right, all)
}

func dead(got letter.Return) bool {
	return slices.ContainsFunc(got.Recipients, func(r letter.Recipient) bool { return r.Action == letter.ActionFailed })
}

func agrees(got letter.Return, recipient, action string) bool {
	switch action {
	case "feedback":
		return (got.Kind == letter.Complaint || got.Kind == letter.Report) && len(got.Recipients) > 0 && strings.EqualFold(got.Recipients[0].Address, recipient)
	case "vacation":
		return got.Kind == letter.AutoReply && strings.EqualFold(got.From, recipient)
	}
	return slices.ContainsFunc(got.Recipients, func(r letter.Recipient) bool {
		return strings.EqualFold(r.Address, recipient) && (string(r.Action) == action || action == "")
	})
}
