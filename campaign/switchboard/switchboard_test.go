package switchboard_test

import (
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/switchboard"
	"headsup/letter"
)

func TestWhatACallerNamesIsFound(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	campaigntest.Must(t, c.Suppress(t.Context(), []letter.Suppression{{Scope: letter.ByDomain, Value: "quiet.example", Reason: "asked"}}, "ann"))
	for asked, want := range map[string]struct {
		as                switchboard.Sought
		letters, findings int
		say               switchboard.Answer
		stops             int
	}{
		campaigntest.Letter:                     {switchboard.Reference, 1, 1, switchboard.IsOurs, 0},
		"FTST90TJRK":                            {switchboard.Reference, 1, 1, switchboard.IsOurs, 0},
		" [" + campaigntest.Letter + "] ":       {switchboard.Reference, 1, 1, switchboard.IsOurs, 0},
		"demo26-xxxxxxxxxx":                     {switchboard.Reference, 0, 0, switchboard.IsNot, 0},
		strings.ToUpper(campaigntest.To):        {switchboard.Mailbox, 1, 0, switchboard.AskMore, 0},
		"Desk <" + campaigntest.To + ">":        {switchboard.Mailbox, 1, 0, switchboard.AskMore, 0},
		"carrier.example":                       {switchboard.Domain, 1, 0, switchboard.AskMore, 0},
		"noc.quiet.example":                     {switchboard.Domain, 0, 0, switchboard.AskMore, 1},
		"x@quiet.example":                       {switchboard.Mailbox, 0, 0, switchboard.AskMore, 1},
		"198.51.100.1":                          {switchboard.Prefix, 1, 1, switchboard.AskMore, 0},
		"::ffff:198.51.100.1":                   {switchboard.Prefix, 1, 1, switchboard.AskMore, 0},
		"198.51.100.0/24":                       {switchboard.Prefix, 1, 1, switchboard.AskMore, 0},
		"198.51.100.2":                          {switchboard.Prefix, 0, 0, switchboard.AskMore, 0},
		"open mail relay":                       {switchboard.Words, 1, 0, switchboard.AskMore, 0},
		"":                                      {switchboard.Words, 0, 0, switchboard.AskMore, 0},
		"\xff\x00" + strings.Repeat("x", 1<<10): {switchboard.Words, 0, 0, switchboard.AskMore, 0},
		"' OR 1=1 --":                           {switchboard.Words, 0, 0, switchboard.AskMore, 0},
	} {
		f, err := switchboard.Look(t.Context(), c, asked, "ann")
		if err != nil || f.As != want.as || len(f.Letters) != want.letters || len(f.Findings) != want.findings || f.Tell.Say != want.say || len(f.Suppressions) != want.stops {
			t.Errorf("%q: %s, %d letters, %d findings, say %s, %d suppressions, %v", asked, f.As, len(f.Letters), len(f.Findings), f.Tell.Say, len(f.Suppressions), err)
		}
		if f.Nothing() != (want.letters+want.findings+want.stops == 0) {
			t.Errorf("%q: nothing %v", asked, f.Nothing())
		}
	}
}

func TestACallerWhoProvesNothingIsToldWhatThePageShows(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	f, err := switchboard.Look(t.Context(), c, campaigntest.Letter, "ann")
	campaigntest.Must(t, err)
	tell := f.Tell
	if tell.To != "a***@c***.example" || tell.First != "198.51.100.x" || tell.Hosts != 1 || tell.Date.IsZero() || tell.TakenBack || tell.Telephone == "" {
		t.Errorf("%+v", tell)
	}
	by, err := switchboard.Look(t.Context(), c, campaigntest.To, "ann")
	if tell := by.Tell; err != nil || tell.To+tell.First != "" || tell.Hosts != 0 || !tell.Date.IsZero() {
		t.Errorf("who names a mailbox is told %+v, %v", tell, err)
	}
	_, err = campaign.Unapprove(t.Context(), c, []string{campaigntest.Letter}, "ann")
	campaigntest.Must(t, err)
	draft, err := switchboard.Look(t.Context(), c, campaigntest.Letter, "ann")
	if tell := draft.Tell; err != nil || tell.Say != switchboard.IsNot || tell.To+tell.First != "" || len(draft.Letters) != 1 {
		t.Errorf("of a draft a caller is told %+v, %v", tell, err)
	}
}

func TestEachLookIsOnRecord(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	for asked, by := range map[string]string{"198.51.100.1": "ann"} {
		_, err := switchboard.Look(t.Context(), c, asked, by)
		campaigntest.Must(t, err)
	}
	_, err := switchboard.Look(t.Context(), c, "nobody@isp.example", "ben")
	campaigntest.Must(t, err)
	last, err := switchboard.Last(t.Context(), c, 10)
	if err != nil || len(last) != 2 || last[0].By != "ben" || last[0].Text != "nobody@isp.example" || last[0].Found != 0 || last[1].By != "ann" || last[1].Found != 2 || last[0].At.IsZero() {
		t.Errorf("%+v, %v", last, err)
	}
	if one, err := switchboard.Last(t.Context(), c, 1); err != nil || len(one) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
}
