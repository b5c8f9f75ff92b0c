package campaign_test

import (
	"runtime"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
)

// A growth is what a campaign took: how much was allocated in each stage, and
// the most that was alive while letters were written.
type growth struct {
	letters    int
	bytes      map[string]uint64
	allocs     map[string]uint64
	mostAlive  uint64
	whileAlive int // times it was looked at
}

// grow takes a nation's campaign to drafts, and once more.
func grow(t *testing.T, findings int) growth {
	t.Helper()
	dir, scan := newNation(findings).folder(t, "")
	campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
	g := growth{bytes: map[string]uint64{}, allocs: map[string]uint64{}}
	var before, after, now runtime.MemStats
	drafts := 0
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if _, ok := e.(campaign.Drafted); !ok || g.letters > 0 {
			return
		}
		if drafts++; drafts%20 == 1 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			g.mostAlive, g.whileAlive = max(g.mostAlive, now.HeapAlloc), g.whileAlive+1
		}
	})
	ctx := t.Context()
	for _, stage := range []struct {
		name string
		do   func() error
	}{
		{"import", func() error { return second(c.Import(ctx, []campaign.Source{scan}, finding.Options{})) }},
		{"ask", func() error { return c.Ask(ctx, campaign.AskOptions{Offline: true}) }},
		{"compose", func() error { return c.Compose(ctx, nationalDay) }},
		{"again", func() error { return c.Compose(ctx, nationalDay) }},
	} {
		runtime.GC()
		runtime.ReadMemStats(&before)
		must(t, stage.do())
		runtime.ReadMemStats(&after)
		g.bytes[stage.name], g.allocs[stage.name] = after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
		sum, err := c.Sum(ctx)
		must(t, err)
		if stage.name == "compose" {
			must(t, sum.Check())
			g.letters = sum.Letters
		}
	}
	return g
}

// TestACampaignOfTwiceTheSizeTakesTwiceAsMuch counts, and measures no time:
// twice the findings allocate twice as much in each stage, hardly more is alive
// at any moment, and letters that stand are not written again.
func TestACampaignOfTwiceTheSizeTakesTwiceAsMuch(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and counts nothing under the race detector")
	}
	const findings = 1500
	grow(t, 500) // what is made once for each language
	one, two := grow(t, findings), grow(t, 2*findings)
	if one.letters == 0 || two.whileAlive < 4 {
		t.Fatalf("%d letters, looked at %d times", one.letters, two.whileAlive)
	}
	for _, stage := range []string{"import", "ask", "compose", "again"} {
		for what, counts := range map[string][2]uint64{"bytes": {one.bytes[stage], two.bytes[stage]}, "allocations": {one.allocs[stage], two.allocs[stage]}} {
			ratio := float64(counts[1]) / float64(counts[0])
			t.Logf("%s: %d and %d %s, %.2f times", stage, counts[0], counts[1], what, ratio)
			if ratio > 2.3 {
				t.Errorf("%s: twice the findings take %.2f times the %s", stage, ratio, what)
			}
		}
	}
	if one.allocs["again"] > one.allocs["compose"]/2 {
		t.Errorf("to draft again what stands took %d allocations, after %d", one.allocs["again"], one.allocs["compose"])
	}
	// A finding is a few bytes while letters are written, and a letter some hundred.
	grown := int64(two.mostAlive) - int64(one.mostAlive)
	t.Logf("alive: %d and %d bytes", one.mostAlive, two.mostAlive)
	if most := int64(findings*16 + (two.letters-one.letters)*1000 + 4<<20); grown > most {
		t.Errorf("%d findings more keep %d bytes alive, at most %d", findings, grown, most)
	}
}
