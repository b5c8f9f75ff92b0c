package lookup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const cases = "../../shared/cases/registry"

// Small answers that registries give in odd ways, with the mailbox to write to.
func TestOddAnswers(t *testing.T) {
	for _, row := range readTSV(t, filepath.Join(cases, "expected.tsv")) {
		t.Run(row["file"], func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(cases, row["file"]))
			if err != nil {
				t.Fatal(err)
			}
			a, err := Decode(body, row["server"], time.Unix(0, 0))
			if err != nil {
				t.Fatal(err)
			}
			got := "none"
			if len(a.Network.Contacts) > 0 {
				got = a.Network.Contacts[0].Email
			}
			if !strings.EqualFold(got, row["email"]) {
				t.Errorf("contact %s, want %s (%s); all %v, rejected %v", got, row["email"], row["why"], mailsOf(a.Network.Contacts), mailsOf(a.Rejected))
			}
		})
	}
}
