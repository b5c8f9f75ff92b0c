package campaign_test

import (
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/answers"
	"headsup/campaign/campaigntest"
	"headsup/campaign/correct"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome/experiment"
)

// TestNeverAReminderTo holds a sent letter whose finding was seen open since
// against what a campaign does or hears besides. The rules of letters alone are
// in package outcome.
func TestNeverAReminderTo(t *testing.T) {
	type world struct {
		c  *campaign.Campaign
		in campaign.Inside
	}
	note := func(state letter.State) func(*testing.T, world) {
		return func(t *testing.T, w world) {
			_, err := w.in.Ledger.Note(t.Context(), ledger.HistoryEntry{Letter: campaigntest.Letter, Kind: "bounce", State: state, Class: letter.ClassMailbox, Ref: "x"})
			campaigntest.Must(t, err)
		}
	}
	suppress := func(s letter.Suppression) func(*testing.T, world) {
		return func(t *testing.T, w world) {
			campaigntest.Must(t, w.c.Suppress(t.Context(), []letter.Suppression{s}, "ann"))
		}
	}
	rule := func(r ledger.Rule) func(*testing.T, world) {
		return func(t *testing.T, w world) {
			campaigntest.Must(t, answers.Rule(t.Context(), w.c, campaigntest.Letter, r, time.Now()))
		}
	}
	for _, tt := range []struct {
		name  string
		then  func(*testing.T, world)
		sent  bool
		seen  time.Duration // the look, after the letter
		due   string        // the letters that are due, and to whom
		quiet bool          // nothing is said of a reminder that is not due
	}{
		{"who was told, and did nothing, is reminded", nil, true, time.Hour, "demo26-ftst90tjrk-2 abuse@carrier.example", false},
		{"a letter that was not sent", nil, false, time.Hour, "", false},
		{"one whose hosts were looked at before it left", nil, true, -time.Hour, "", true},
		{"one that came back", note(letter.Bounced), true, time.Hour, "", true},
		{"whoever wants no letters any more", suppress(letter.Suppression{Scope: letter.ByAddress, Value: campaigntest.To, Reason: "asked"}), true, time.Hour, "", true},
		{"whose domain wants none", suppress(letter.Suppression{Scope: letter.ByDomain, Value: "carrier.example", Reason: "asked"}), true, time.Hour, "", true},
		{"whose network is left alone", suppress(letter.Suppression{Scope: letter.ByPrefix, Value: "198.51.100.0/24", Reason: "asked"}), true, time.Hour, "", true},
		{"what was answered to be wrong", rule(ledger.Rule{Ruling: letter.RuledWrong, By: "ann"}), true, time.Hour, "", true},
		{"what is another's", rule(ledger.Rule{Ruling: letter.RuledNotOurs, By: "ann"}), true, time.Hour, "", true},
		{"what was taken back", func(t *testing.T, w world) {
			_, err := correct.TakeBack(t.Context(), w.c, ledger.Wrong{Letters: []string{campaigntest.Letter}, Text: letter.Withdraws, By: "ann"}, nil, time.Now())
			campaigntest.Must(t, err)
		}, true, time.Hour, "", true},
		{"who waits as a control", func(t *testing.T, w world) {
			s := experiment.Sealed{By: "ann", Plan: experiment.Plan{Campaign: "demo26", Until: time.Now().AddDate(1, 0, 0), Approver: "jane", Reason: "to know",
				Arms: []experiment.Arm{{Name: experiment.Control, Part: .5, Waits: true}, {Name: experiment.Letters, Part: .5}}},
				Units: []experiment.Assignment{{Unit: "domain:carrier.example", Arm: experiment.Control, Places: 1}}}
			campaigntest.Must(t, ledger.Freeze(t.Context(), w.in.Ledger, s, map[string][]string{"domain:carrier.example": {"domain:carrier.example"}}))
		}, false, time.Hour, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := campaigntest.Approved(t)
			campaigntest.Edit(t, dir, "[campaign]", "[campaign]\nstages = []\nremind_after = \"1ms\"")
			var due, all []string
			c := campaigntest.Open(t, dir, func(e campaign.Event) {
				if r, ok := e.(campaign.Reminder); ok {
					if all = append(all, r.ID); r.Why == "" {
						due = append(due, r.ID+" "+r.To)
					}
				}
			})
			w := world{c, campaign.Within(c)}
			if tt.sent {
				_, err := c.Send(t.Context(), campaign.SendOptions{})
				campaigntest.Must(t, err)
			} else if tt.then != nil { // before anything is approved
				_, err := c.Hold(t.Context(), []string{campaigntest.Letter}, "later", "ann")
				campaigntest.Must(t, err)
			}
			if tt.then != nil {
				tt.then(t, w)
			}
			scan := campaign.Stream("later.csv", strings.NewReader("ip,port,proto,kind,service\n198.51.100.1,25,tcp,open-relay,smtp\n"))
			_, _, err := campaign.Outcome(t.Context(), c, []campaign.Source{scan}, campaign.LookOptions{Options: finding.Options{Seen: time.Now().Add(tt.seen).Truncate(time.Second)}, Feed: true})
			campaigntest.Must(t, err)
			n, err := campaign.Remind(t.Context(), c, time.Now(), false)
			if got := strings.Join(due, ", "); err != nil || got != tt.due || n != len(due) || tt.quiet && len(all) > 0 {
				t.Errorf("due %q, want %q; told %q, %v", got, tt.due, all, err)
			}
		})
	}
}
