package cases_test

import (
	"maps"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"headsup/campaign"
)

// TestADayThatIsKilledEndsAsOneThatIsNot kills a day's run again and again, fifty
// times, wherever it is: reading, storing, or writing letters. In the end there
// are the reports, in the same places, and the letters, byte for byte, of a run
// that nobody disturbed.
func TestADayThatIsKilledEndsAsOneThatIsNot(t *testing.T) {
	const at = "HEADSUP_KILLED_AT"
	now := time.Now().UTC().Truncate(time.Second)
	if dir := os.Getenv("HEADSUP_DAY_KILLED"); dir != "" {
		now, err := time.Parse(time.RFC3339, os.Getenv(at))
		must(t, err)
		dayOf(t, 150, 1000, now).forward(t, dir, now)
		return
	}
	if os.Getenv("HEADSUP_LONG") == "" {
		t.Skip("HEADSUP_LONG=1 runs it: it starts itself fifty times")
	}
	d := dayOf(t, 150, 1000, now)
	quiet, dir := d.folder(t, "", ""), d.folder(t, "", "")
	want := d.forward(t, quiet, now)
	killed := 0
	for i := range 50 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestADayThatIsKilledEndsAsOneThatIsNot$")
		cmd.Env = append(os.Environ(), "HEADSUP_DAY_KILLED="+dir, at+"="+now.Format(time.RFC3339))
		must(t, cmd.Start())
		kill := time.AfterFunc(time.Duration(200+60*i)*time.Millisecond, func() { cmd.Process.Signal(syscall.SIGKILL) })
		cmd.Wait()
		kill.Stop()
		if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
			killed++
		}
	}
	got := d.forward(t, dir, now)
	t.Logf("killed %d times", killed)
	if !maps.Equal(got.Places, want.Places) || got.Reports != d.reports {
		t.Errorf("%d reports, %v; want %v", got.Reports, got.Places, want.Places)
	}
	mine, undisturbed := letters(t, open(t, dir, nil)), letters(t, open(t, quiet, nil))
	if len(undisturbed) == 0 || !maps.Equal(mine, undisturbed) {
		t.Errorf("%d letters, want %d", len(mine), len(undisturbed))
		for pile, text := range undisturbed {
			if mine[pile] != text {
				t.Fatalf("%s:\n%s\nwant\n%s", pile, mine[pile], text)
			}
		}
	}
}

// forward takes the day's reports in a folder, and says where they are.
func (d day) forward(t *testing.T, dir string, now time.Time) campaign.ReportSum {
	t.Helper()
	c, err := campaign.Open(t.Context(), dir, func(campaign.Event) {})
	must(t, err)
	defer func() { must(t, c.Close()) }()
	sum, err := campaign.Forward(t.Context(), c, []campaign.Mailbox{d.mails()}, campaign.ForwardOptions{Day: now})
	must(t, err)
	must(t, sum.Check())
	return sum
}
