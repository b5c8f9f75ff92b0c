package settings

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// loaded reads the example with more lines in its [campaign].
func loaded(t *testing.T, more string) (*Settings, error) {
	t.Helper()
	dir := t.TempDir()
	text := strings.Replace(string(Example), "[campaign]\n", "[campaign]\n"+more+"\n", 1)
	if err := os.WriteFile(filepath.Join(dir, File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(dir)
}

func TestStopsThatCannotBeMeant(t *testing.T) {
	for more, want := range map[string]string{
		"approvals = 3":  "campaign.approvals: 3 is neither 1 nor 2",
		"approvals = -1": "campaign.approvals: -1 is neither 1 nor 2",
		"approvals = 1":  "",
		"approvals = 2":  "",

		"stages = [50, 50]":   "campaign.stages: [50 50] is not ascending, such as [50, 500, 5000]",
		"stages = [50, 5]":    "campaign.stages: [50 5] is not ascending, such as [50, 500, 5000]",
		"stages = [0]":        "campaign.stages: [0] is not ascending, such as [50, 500, 5000]",
		"stages = [1, 2, 30]": "",

		`finding_max_age = "-1h"`:                             "campaign.finding_max_age: -1h0m0s is less than nothing",
		`dynamic_max_age = "-1h"`:                             "campaign.dynamic_max_age: -1h0m0s is less than nothing",
		`dynamic_pools = ["192.0.2.0/24", "192.0.2"]`:         `campaign.dynamic_pools: network "192.0.2"`,
		`dynamic_pools = ["192.0.2.1-192.0.2.9"]`:             "",
		"finding_max_age = \"2d\"\ndynamic_max_age = \"36h\"": "",
	} {
		_, err := loaded(t, more)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
	}
}

// A campaign of that name could not be told from all of them.
func TestACampaignIsNotCalledAll(t *testing.T) {
	dir := t.TempDir()
	text := strings.Replace(string(Example), `"relay26"`, `"all"`, 1)
	if err := os.WriteFile(filepath.Join(dir, File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.HasSuffix(err.Error(), `campaign.id: "all" means every campaign`) {
		t.Error(err)
	}
}

func TestHowOldFindingsMayBe(t *testing.T) {
	const day = 24 * time.Hour
	for more, want := range map[string][3]time.Duration{ // the most, in pools, in the one of the test
		"":                                 {14 * day, 3 * day, 14 * day},
		`dynamic_pools = ["192.0.2.0/24"]`: {14 * day, 3 * day, 3 * day},
		`finding_max_age = "2d"`:           {2 * day, 3 * day, 2 * day},
		`finding_max_age = "36h"`:          {36 * time.Hour, 3 * day, 36 * time.Hour},
		"finding_max_age = \"0s\"":         {14 * day, 3 * day, 14 * day}, // nobody switches it off by accident
		"dynamic_max_age = \"1d\"\ndynamic_pools = [\"192.0.2.1-192.0.2.9\"]": {14 * day, day, day},
	} {
		s, err := loaded(t, more)
		if err != nil {
			t.Errorf("%s: %v", more, err)
			continue
		}
		a, err := s.Campaign.Ages()
		now, addr := time.Unix(0, 0), netip.MustParseAddr("192.0.2.7")
		if err != nil || a.Max != want[0] || a.Dynamic != want[1] || a.TooOld(addr, now.Add(-want[2]), now) || !a.TooOld(addr, now.Add(-want[2]-1), now) {
			t.Errorf("%s: %+v, %v", more, a, err)
		}
	}
}

func TestDurationsInDays(t *testing.T) {
	for in, want := range map[string]time.Duration{"14d": 14 * 24 * time.Hour, "0d": 0, "36h": 36 * time.Hour, "d": -1, "-1d": -1, "1.5d": -1, "99999d": -1, "1d12h": -1, "": -1} {
		var d Duration
		if err := d.UnmarshalText([]byte(in)); (err != nil) != (want < 0) || want >= 0 && d.Duration != want {
			t.Errorf("%q: %v, %v", in, d, err)
		}
	}
}

func TestStagesThatAreSet(t *testing.T) {
	for more, want := range map[string]string{"": "[50 500 5000]", "stages = []": "[]", "stages = [7]": "[7]"} {
		s, err := loaded(t, more)
		if err != nil || fmt.Sprint(s.Campaign.StageSizes()) != want {
			t.Errorf("%s: %v, %v", more, s, err)
		}
	}
}
