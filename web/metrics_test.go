package web

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
)

func TestMetricsCountWhatIsSent(t *testing.T) {
	dir := campaigntest.Approved(t)
	c := campaigntest.Open(t, dir, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	campaigntest.Must(t, err)
	m := ServeMetrics(listener, c)
	defer m.Close()
	scrape := func() string {
		r, err := http.Get("http://" + listener.Addr().String() + "/metrics")
		campaigntest.Must(t, err)
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		campaigntest.Must(t, err)
		return string(text)
	}
	has := func(lines ...string) {
		t.Helper()
		text := scrape()
		for _, line := range lines {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("no line %s in\n%s", line, text)
			}
		}
	}
	has(`headsup_letters{campaign="demo26",state="approved"} 1`, `headsup_letters{campaign="demo26",state="sent"} 0`,
		`headsup_lost_letters{campaign="demo26",class="ours"} 0`, `headsup_lost_letters{campaign="demo26",class="mailbox"} 0`,
		`headsup_letters_on_the_wire{campaign="demo26"} 0`)
	m.Tell(campaign.Attempt{Step: campaign.StepClaimed})
	m.Tell(campaign.Attempt{Step: campaign.StepDot})
	has(`headsup_letters_on_the_wire{campaign="demo26"} 1`)
	m.Tell(campaign.Attempt{Step: campaign.StepRecorded, Outcome: letter.Outcome{State: letter.Unknown}})
	has(`headsup_letters_on_the_wire{campaign="demo26"} 0`, `headsup_attempts_total{campaign="demo26",state="unknown"} 1`)
	l, err := ledger.Open(t.Context(), filepath.Join(dir, "headsup.db"))
	campaigntest.Must(t, err)
	defer l.Close()
	_, err = c.Telling(m.Tell).Send(t.Context(), campaign.SendOptions{Patience: -1})
	campaigntest.Must(t, err)
	has(`headsup_letters{campaign="demo26",state="sent"} 1`, `headsup_letters_on_the_wire{campaign="demo26"} 0`,
		`headsup_attempts_total{campaign="demo26",state="sent"} 1`, `headsup_attempt_seconds_count{campaign="demo26"} 2`)
	_, err = l.Note(t.Context(), ledger.HistoryEntry{Letter: campaigntest.Letter, Kind: letter.Bounce, State: letter.Bounced, Class: letter.ClassOurs})
	campaigntest.Must(t, err)
	has(`headsup_lost_letters{campaign="demo26",class="ours"} 1`, `headsup_lost_letters{campaign="demo26",class="mailbox"} 0`)
}
