package campaign_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/outcome"
)

// TestScansThatSayNothing reads later scans after a letter about 198.51.100.1
// left: each says in a sentence why it says nothing, and changes no figure.
func TestScansThatSayNothing(t *testing.T) {
	dir := campaigntest.Approved(t)
	var said []string
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if n, ok := e.(campaign.Noted); ok {
			said = append(said, n.Text)
		}
	})
	_, err := c.Send(t.Context(), campaign.SendOptions{})
	campaigntest.Must(t, err)
	const list = "ip,port,proto,kind,service\n"
	const grep = "# Nmap 7.93 scan initiated Sat Mar 21 10:00:00 2026 as: nmap -p 25 -oG s.gnmap -iL targets\nHost: %s ()\tPorts: 25/closed/tcp//smtp///\n" +
		"# Nmap done at Sat Mar 21 10:00:09 2026 -- 1 IP address (1 host up) scanned in 9.00 seconds\n"
	here, elsewhere := fmt.Sprintf(grep, "198.51.100.1"), fmt.Sprintf(grep, "192.0.2.99")
	soon := time.Now().Add(time.Hour)
	for _, tt := range []struct {
		name, scan string
		seen       time.Time
		feed       bool
		err        error
		note       string
	}{
		{"it does not say what it covered", list + "198.51.100.1,25,tcp,open-relay,smtp\n", soon, false, campaign.ErrNoCoverage, ""},
		{"nor does an empty list", list, soon, false, campaign.ErrNoCoverage, ""},
		{"it is of other hosts", elsewhere, soon, false, nil, "not counted, about other places than this campaign's: 1"},
		{"a feed of other hosts", list + "192.0.2.99,25,tcp,open-relay,smtp\n", soon, true, nil, "not counted, about other places than this campaign's: 1"},
		{"it is from before the letters", here, time.Now().Add(-time.Hour), false, nil, "not counted, from before the letter left: 1"},
		{"it is of the future", here, time.Now().Add(25 * time.Hour), false, nil, "not counted, of the future (is the scanner's clock right?): 1"},
		{"of the far future", here, time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), false, nil, "not counted, of the future"},
		{"of another port", strings.ReplaceAll(here, "25", "26"), soon, false, nil, "not counted, about other places"},
		{"nothing but a header", strings.Split(here, "Host")[0] + "# Nmap done at Sat Mar 21 10:00:09 2026 -- 0 IP addresses (0 hosts up) scanned in 9.00 seconds\n", soon, false, nil, "no new look"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			said = nil
			looked, _, err := campaign.Outcome(t.Context(), c, []campaign.Source{campaign.Stream("later", strings.NewReader(tt.scan))},
				campaign.LookOptions{Options: finding.Options{Seen: tt.seen.Truncate(time.Second)}, Feed: tt.feed})
			if !errors.Is(err, tt.err) || tt.note != "" && !strings.Contains(strings.Join(said, "; "), tt.note) {
				t.Errorf("%q, %v", said, err)
			}
			if err == nil && (looked.Sum != outcome.Sum{Findings: 1, Unlooked: 1}) {
				t.Errorf("it counts: %+v", looked.Sum)
			}
		})
	}
	due, err := campaign.Remind(t.Context(), c, time.Now().AddDate(1, 0, 0), false)
	if err != nil || due != 0 {
		t.Errorf("%d reminders of what says nothing, %v", due, err)
	}
}
