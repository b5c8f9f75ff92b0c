package cases_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"headsup/campaign/campaigntest"
	"headsup/campaign/cases"
)

// TestADaysCasesStay compares what is decided about a day's reports with what was
// decided before, byte for byte, as a change leaves them that makes reading
// quicker; HEADSUP_CASES names the file, which the first run writes. It says what
// a report took, of which storing is no part.
func TestADaysCasesStay(t *testing.T) {
	name := os.Getenv("HEADSUP_CASES")
	if name == "" {
		t.Skip("HEADSUP_CASES names a file of earlier cases, or one to write")
	}
	now := time.Date(2026, 11, 30, 18, 0, 0, 0, time.UTC)
	d := dayOf(t, 3000, 6000, now)
	desk := open(t, d.folder(t, "", ""), nil)
	desk.Now = func() time.Time { return now }
	var got bytes.Buffer
	var took time.Duration
	for m := range d.mails() {
		cpu := campaigntest.CPUTime()
		c := desk.Read(cases.Message{Name: m.Name, Text: m.Text})
		took += campaigntest.CPUTime() - cpu
		c.Mail = nil
		text, err := json.Marshal(c)
		must(t, err)
		got.Write(append(text, '\n'))
	}
	t.Logf("%.2f ms CPU each of %d", float64(took.Microseconds())/1000/float64(d.reports), d.reports)
	before, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		must(t, os.WriteFile(name, got.Bytes(), 0o600))
		return
	}
	must(t, err)
	was, is := bytes.Split(before, []byte("\n")), bytes.Split(got.Bytes(), []byte("\n"))
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || !bytes.Equal(was[i], is[i]) {
			t.Fatalf("case %d of %d and %d is another", i, len(was), len(is))
		}
	}
}
