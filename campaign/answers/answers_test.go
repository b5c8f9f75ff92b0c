package answers_test

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/answers"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

var must = campaigntest.Must

// sent has a letter to abuse@carrier.example about 198.51.100.1 that left.
func sent(t *testing.T) (c *campaign.Campaign, told *[]ledger.Answer, noted *[]string) {
	t.Helper()
	told, noted = new([]ledger.Answer), new([]string)
	c = campaigntest.Open(t, campaigntest.Approved(t), func(e campaign.Event) {
		switch e := e.(type) {
		case campaign.Answered:
			*told = append(*told, e.Answer)
		case campaign.Noted:
			*noted = append(*noted, e.Text)
		}
	})
	_, err := c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	return c, told, noted
}

func rule(c *campaign.Campaign, t *testing.T, said string, r ledger.Rule) error {
	r.By = "ann"
	return answers.Rule(t.Context(), c, said, r, time.Now())
}

// TestWhatARulingTakes has a ruling refused before anything is written down.
func TestWhatARulingTakes(t *testing.T) {
	c, told, _ := sent(t)
	only := []netip.Addr{netip.MustParseAddr("198.51.100.1")}
	for _, tt := range []struct {
		name string
		rule ledger.Rule
	}{
		{"other without an address", ledger.Rule{Ruling: letter.RuledOther}},
		{"another ruling with one", ledger.Rule{Ruling: letter.RuledFixed, Other: "noc@carrier.example"}},
		{"not ours with one", ledger.Rule{Ruling: letter.RuledNotOurs, Other: "noc@carrier.example"}},
		{"an address that is none", ledger.Rule{Ruling: letter.RuledOther, Other: "the desk"}},
		{"some of what is fixed", ledger.Rule{Ruling: letter.RuledFixed, Only: only}},
		{"some of what is another's", ledger.Rule{Ruling: letter.RuledNotOurs, Only: only}},
	} {
		if err := rule(c, t, campaigntest.Letter, tt.rule); !errors.Is(err, answers.ErrRule) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if err := rule(c, t, campaigntest.Letter, ledger.Rule{Ruling: letter.RuledWrong, Only: []netip.Addr{netip.MustParseAddr("192.0.2.77")}}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("wrong about an address that the letter does not name: %v", err)
	}
	for _, said := range []string{"4711", "demo26-xxxxxxxxxx"} {
		if err := rule(c, t, said, ledger.Rule{Ruling: letter.RuledDone}); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s: %v", said, err)
		}
	}
	if len(*told) != 0 {
		t.Errorf("told %+v", *told)
	}
}

func TestOneOfSeveralAnswersIsNamedByItsNumber(t *testing.T) {
	c, told, _ := sent(t)
	in := campaign.Within(c)
	var ids []int64
	for _, text := range []string{"first", "second"} {
		id, err := ledger.TellAnswer(t.Context(), in.Ledger, campaigntest.Letter, "bob", text)
		must(t, err)
		ids = append(ids, id)
	}
	if open, err := answers.List(t.Context(), c, ledger.AnswerQuery{Letter: strings.TrimPrefix(campaigntest.Letter, "demo26-")}); err != nil || open != 2 || len(*told) != 2 {
		t.Errorf("%d open of %+v, %v", open, *told, err)
	}
	if err := rule(c, t, campaigntest.Letter, ledger.Rule{Ruling: letter.RuledDone}); !errors.Is(err, answers.ErrSeveral) || !strings.Contains(err.Error(), "has 2") {
		t.Errorf("by the letter: %v", err)
	}
	*told = nil
	must(t, rule(c, t, strconv.FormatInt(ids[0], 10), ledger.Rule{Ruling: letter.RuledDone, Note: "thanked"}))
	if len(*told) != 1 || (*told)[0].ID != ids[0] || (*told)[0].Open || (*told)[0].Ruling != letter.RuledDone || (*told)[0].Note != "thanked" {
		t.Errorf("told %+v", *told)
	}
	if open, err := answers.List(t.Context(), c, ledger.AnswerQuery{}); err != nil || open != 1 || (*told)[1].ID != ids[1] {
		t.Errorf("%d open, the first %+v, %v", open, (*told)[1], err)
	}
	must(t, rule(c, t, campaigntest.Letter, ledger.Rule{Ruling: letter.RuledHelp})) // the one that is open
	must(t, rule(c, t, campaigntest.Letter, ledger.Rule{Ruling: letter.RuledDone})) // help leaves it open
	if err := rule(c, t, campaigntest.Letter, ledger.Rule{Ruling: letter.RuledDone}); !errors.Is(err, ledger.ErrRuled) {
		t.Errorf("once all are settled: %v", err)
	}
	*told = nil
	must(t, answers.Reopen(t.Context(), c, ids[0], "ann"))
	if len(*told) != 1 || !(*told)[0].Open || (*told)[0].Ruling != "" {
		t.Errorf("opened again: %+v", *told)
	}
}

func TestWhoIsNamedIsWrittenTo(t *testing.T) {
	c, told, noted := sent(t)
	must(t, rule(c, t, campaigntest.Letter, ledger.Rule{Ruling: letter.RuledOther, Other: "The desk <Abuse@HOST.example>"}))
	if len(*told) != 1 || (*told)[0].Other != "Abuse@host.example" || len(*noted) != 0 {
		t.Errorf("told %+v, %q", *told, *noted)
	}
	drafts := 0
	for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Drafted}}) {
		must(t, err)
		if drafts++; e.To != "Abuse@host.example" || e.Findings != 1 {
			t.Errorf("drafted %+v", e)
		}
	}
	if drafts != 1 {
		t.Errorf("%d drafts", drafts)
	}
}

func TestWhatARulingWritesToNobody(t *testing.T) {
	for _, r := range []letter.Ruling{letter.RuledFixed, letter.RuledWorking, letter.RuledWrong, letter.RuledHelp, letter.RuledDone} {
		c, _, _ := sent(t)
		must(t, rule(c, t, campaigntest.Letter, ledger.Rule{Ruling: r}))
		for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Drafted}}) {
			t.Errorf("%s: drafted %+v, %v", r, e, err)
		}
	}
}

// A reminder's findings wait for the next round, which knows by then who is
// responsible.
func TestAnAnswerToAReminderDraftsNothing(t *testing.T) {
	c, _, noted := sent(t)
	campaign.Within(c).Settings.Campaign.RemindAfter.Duration = time.Millisecond
	scan := campaign.Stream("later.csv", strings.NewReader("ip,port,proto,kind,service\n198.51.100.1,25,tcp,open-relay,smtp\n"))
	_, _, err := campaign.Outcome(t.Context(), c, []campaign.Source{scan},
		campaign.LookOptions{Options: finding.Options{Seen: time.Now().Add(time.Hour).Truncate(time.Second)}, Feed: true})
	must(t, err)
	due, err := campaign.Remind(t.Context(), c, time.Now(), true)
	if err != nil || due != 1 {
		t.Fatalf("%d due, %v", due, err)
	}
	_, err = c.ApproveAll(t.Context(), "ann")
	must(t, err)
	_, err = c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	*noted = nil
	reminder := campaigntest.Letter + "-2"
	must(t, rule(c, t, reminder, ledger.Rule{Ruling: letter.RuledOther, Other: "desk@host.example"}))
	if len(*noted) != 1 || (*noted)[0] != reminder+" is a reminder: the next round writes to who is responsible" {
		t.Errorf("told %q", *noted)
	}
	for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Drafted}}) {
		t.Errorf("drafted %+v, %v", e, err)
	}
}
