package reports_test

import (
	"encoding/json"
	"runtime"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/reports"
)

// made makes a world in a folder.
func made(tb testing.TB, w world) *campaign.Campaign {
	tb.Helper()
	dir := tb.TempDir()
	w.folder(tb, dir, "")
	c := campaigntest.Open(tb, dir, nil)
	w.fill(tb, c)
	return c
}

func TestHowMuchIsReadAtOnceChangesNoFigure(t *testing.T) {
	c, now := made(t, world{600, 27}), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	var first string
	for _, stretch := range []int{8192, 7, 1} {
		r, err := reports.FiguresOf(t.Context(), c, now, stretch)
		campaigntest.Must(t, err)
		text, err := json.Marshal(r)
		campaigntest.Must(t, err)
		if first == "" {
			first = string(text)
		}
		if r.Letters.Judged < 400 || r.Letters.Fixed == 0 || r.Letters.Findings != r.Sum.Lettered || r.Experiment == nil || len(r.Experiment.Arms) != 2 {
			t.Errorf("%d at once: %+v", stretch, r)
		}
		if string(text) != first {
			t.Errorf("%d at once:\n%s\nbefore:\n%s", stretch, text, first)
		}
	}
}

// TestAReportTwiceTheSize counts what reports allocate. Of a finding and its
// two looks that is what the database hands out, and no more for each in a
// campaign that is twice as large.
func TestAReportTwiceTheSize(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and counts nothing under the race detector")
	}
	perFinding := func(w world) float64 {
		c := made(t, w)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := reports.Figures(t.Context(), c, time.Now())
		campaigntest.Must(t, err)
		runtime.ReadMemStats(&after)
		return float64(after.Mallocs-before.Mallocs) / float64(r.Sum.Rows)
	}
	small, large := perFinding(world{500, 22}), perFinding(world{1000, 45})
	t.Logf("%.0f and %.0f allocations for each finding", small, large)
	if large > 1.2*small || large > 80 {
		t.Errorf("%.0f allocations for each finding, %.0f in half the campaign", large, small)
	}
}
