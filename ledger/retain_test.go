package ledger

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
)

// TestWhatIsErasedIsOfItsClassAlone keeps a campaign with something of each
// class, and another one, of which nothing is erased.
func TestWhatIsErasedIsOfItsClassAlone(t *testing.T) {
	for _, tt := range []struct {
		classes []Class
		rows    string   // of each class
		gone    []string // words that nothing says any more
		stay    []string
	}{
		{[]Class{KeptLetters}, "[{letters 2}]", []string{"abuse0@isp.example", "abuse1@isp.example", "hello", "the isp", "stop@isp.example"}, []string{"we look into it", "550 full", "198.51.100", "250 2.1.5", "soc@named.example"}},
		{[]Class{KeptFindings}, "[{findings 4}]", []string{"250 2.1.5", "scan.csv", "host0.isp.example"}, []string{"we look into it", "550 full", "abuse0@isp.example"}},
		{[]Class{KeptReturned}, "[{returned 1}]", []string{"550 full"}, []string{"we look into it", "abuse0@isp.example", "250 2.1.5"}},
		{[]Class{KeptAnswers}, "[{answers 2}]", []string{"we look into it", "a note", "soc@named.example", "a honeypot"}, []string{"550 full", "abuse0@isp.example", "250 2.1.5"}},
		{Classes, "[{letters 2} {findings 4} {returned 1} {answers 2}]", []string{"abuse0", "abuse1", "we look into it", "250 2.1.5", "550 full", "soc@named.example", "stop@isp.example"}, []string{"other@isp.example"}},
	} {
		t.Run(fmt.Sprint(tt.classes), func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				keptCampaign(t, l)
				before := everything(t, l)
				counts, err := l.Counts(t.Context(), "relay26")
				must(t, err)
				dry, err := Erase(t.Context(), l, "relay26", tt.classes, true)
				if err != nil || fmt.Sprint(dry) != tt.rows {
					t.Errorf("dry: %v, want %s: %v", dry, tt.rows, err)
				}
				if everything(t, l) != before {
					t.Fatal("a dry run changed something")
				}
				done, err := Erase(t.Context(), l, "relay26", tt.classes, false)
				if err != nil || fmt.Sprint(done) != tt.rows {
					t.Errorf("%v, want %s: %v", done, tt.rows, err)
				}
				left := everything(t, l)
				for _, word := range tt.gone {
					if strings.Contains(left, word) {
						t.Errorf("still says %q", word)
					}
				}
				for _, word := range tt.stay {
					if word != "198.51.100" && !strings.Contains(left, word) {
						t.Errorf("lost %q, which is of another class", word)
					}
				}
				after, err := l.Counts(t.Context(), "relay26")
				if err != nil || fmt.Sprint(after) != fmt.Sprint(counts) {
					t.Errorf("counted otherwise: %v, before %v: %v", after, counts, err)
				}
				joined(t, l, 2)
				again, err := Erase(t.Context(), l, "relay26", tt.classes, false)
				for _, e := range again {
					if e.Rows != 0 || err != nil {
						t.Errorf("erased twice: %v, %v", again, err)
					}
				}
			})
		})
	}
}

// keptCampaign has two letters about two hosts each, with an answer each, a
// bounce, and a look at each of the first one's hosts.
func keptCampaign(t *testing.T, l *Ledger) {
	t.Helper()
	letters, answers := answeredLetters(t, l, 2)
	_, err := l.w.Exec("UPDATE letters SET org = 'the isp'")
	must(t, err)
	_, err = l.Note(t.Context(), HistoryEntry{Letter: letters[1], Kind: letter.Bounce, State: letter.Bounced, Class: letter.ClassMailbox, By: "mx", Text: "550 full", Ref: "b1"})
	must(t, err)
	_, err = Settle(t.Context(), l, "relay26", answers[0], Rule{Ruling: letter.RuledDone, Note: "a note", By: "ann"})
	must(t, err)
	// The second one's contact names another, and then the house says that one row was wrong.
	_, err = Settle(t.Context(), l, "relay26", answers[1], Rule{Ruling: letter.RuledOther, Other: "soc@named.example", By: "ann"})
	must(t, err)
	_, err = Reopen(t.Context(), l, "relay26", answers[0], "ann")
	must(t, err)
	_, err = Settle(t.Context(), l, "relay26", answers[0], Rule{Ruling: letter.RuledWrong, Note: "a honeypot", By: "ann", Only: []netip.Addr{scan(1)[0].Addr}})
	must(t, err)
	_, err = l.w.Exec("UPDATE placements SET reason = 'stop@isp.example: asked' WHERE finding_id = (SELECT max(finding_id) FROM placements WHERE letter_id = $1)", letters[0])
	must(t, err)
	var looks []outcome.Look
	for i, f := range scan(2) {
		must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: f.Addr, Network: lookup.Network{First: f.Addr, Last: f.Addr}}}))
		looks = append(looks, outcome.Look{Place: outcome.Place{Addr: f.Addr, Port: f.Port, Proto: f.Proto, Kind: f.Kind}, State: outcome.Open,
			Seen: f.Seen.Add(time.Hour), Source: "again", Name: fmt.Sprintf("host%d.isp.example", i), Evidence: "250 2.1.5 Ok"})
	}
	must(t, NoteEnquiry(t.Context(), l, Enquiry{Campaign: "relay26", By: "ann", Text: "abuse0@isp.example"}))
	_, err = AddLooks(t.Context(), l, "relay26", looks)
	must(t, err)
	other := []finding.Finding{scan(1)[0]}
	other[0].Evidence, other[0].Source = "another", "other"
	_, err = l.AddFindings(t.Context(), "relay27", other)
	must(t, err)
	d := draftTo("other@isp.example", "other words")
	d.Letter.Campaign, d.Letter.ID = "relay27", letter.Reference("relay27", "other@isp.example", 1)
	_, err = l.Draft(t.Context(), d)
	must(t, err)
}

// joined checks that looks and look-ups still belong to their findings.
func joined(t *testing.T, l *Ledger, want int) {
	t.Helper()
	for _, with := range []string{"looks", "lookups"} {
		var n int
		must(t, l.r.QueryRow("SELECT count(*) FROM findings f JOIN "+with+" x ON x.campaign = f.campaign AND x.addr = f.addr WHERE f.campaign = 'relay26'").Scan(&n))
		if n != want {
			t.Errorf("%d findings have %s, want %d", n, with, want)
		}
	}
}
