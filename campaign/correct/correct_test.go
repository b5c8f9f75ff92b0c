package correct_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/correct"
	"headsup/ledger"
	"headsup/letter"
)

var must = campaigntest.Must

// said collects what a campaign tells.
type said struct{ drafted, notes []string }

// folder has letters of the demo about open relays at some addresses: those at
// 198.51.100.1 and .2 are in one letter, that at 192.0.2.65 in another.
func folder(t *testing.T, send bool, addresses ...string) (*campaign.Campaign, *said) {
	t.Helper()
	dir := campaigntest.Folder(t, nil)
	campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\nstages = []")
	must(t, campaigntest.Approve(dir, addresses...))
	s := new(said)
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		switch e := e.(type) {
		case campaign.Drafted:
			s.drafted = append(s.drafted, e.ID)
		case campaign.Noted:
			s.notes = append(s.notes, e.Text)
		}
	})
	if send {
		_, err := c.Send(t.Context(), campaign.SendOptions{})
		must(t, err)
	}
	return c, s
}

func takeBack(t *testing.T, c *campaign.Campaign, w ledger.Wrong, rows ...string) (int, error) {
	w.By = "ann"
	return correct.TakeBack(t.Context(), c, w, rows, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
}

func TestNobodyIsToldOfALetterThatNobodyReceived(t *testing.T) {
	c, s := folder(t, false, "198.51.100.1")
	n, err := takeBack(t, c, ledger.Wrong{Letters: []string{campaigntest.Letter}, Text: letter.Apologises})
	if !errors.Is(err, correct.ErrNobodyToTell) || n != 0 || len(s.drafted) != 0 || !strings.Contains(strings.Join(s.notes, ";"), "nobody received it") {
		t.Errorf("%d, %+v, %v", n, s, err)
	}
	if sum, err := c.Sum(t.Context()); err != nil || sum.Withdrawn != 1 || sum.Lettered != 0 {
		t.Errorf("it is taken back all the same: %+v, %v", sum, err)
	}
	_, err = c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	if e, err := c.Entry(t.Context(), campaigntest.Letter); err != nil || e.State == letter.Sent {
		t.Errorf("a letter that was taken back left: %+v, %v", e, err)
	}
}

// TestHowWhatIsWrongIsNamed takes back the same finding, of two, by each name
// that it has.
func TestHowWhatIsWrongIsNamed(t *testing.T) {
	for _, tt := range []struct {
		row   string
		taken int
	}{
		{"::ffff:198.51.100.1", 1},
		{"198.51.100.3/31", 1}, // .2 and .3: bits behind the prefix say nothing
		{"198.51.100.200/24", 2},
		{"scan.csv", 3},
	} {
		t.Run(tt.row, func(t *testing.T) {
			c, s := folder(t, true, "198.51.100.1", "198.51.100.2", "192.0.2.65")
			n, err := takeBack(t, c, ledger.Wrong{Text: letter.Corrects}, tt.row)
			letters := 1
			if tt.taken == 3 {
				letters = 2
			}
			sum, sumErr := c.Sum(t.Context())
			must(t, sumErr)
			if err != nil || n != letters || len(s.drafted) != letters || sum.Withdrawn != tt.taken || sum.Lettered != 3-tt.taken {
				t.Errorf("%d letters, %+v, %v", n, sum, err)
			}
		})
	}
}

func TestACorrectionIsWrittenOnceForWhatItTakesBack(t *testing.T) {
	c, s := folder(t, true, "198.51.100.1", "198.51.100.2")
	again := func(w ledger.Wrong, want int, rows ...string) {
		t.Helper()
		s.drafted, s.notes = nil, nil
		w.Text = letter.Corrects
		n, err := takeBack(t, c, w, rows...)
		if n != want || len(s.drafted) != want || (want == 0) != errors.Is(err, correct.ErrNobodyToTell) || want > 0 && err != nil {
			t.Errorf("%v: %d letters, %+v, %v", rows, n, s, err)
		}
	}
	again(ledger.Wrong{}, 1, "198.51.100.1")
	first := s.drafted[0]
	l, err := campaign.Within(c).Ledger.Letter(t.Context(), first)
	must(t, err)
	if e := l.Letter.Earlier; len(e) != 1 || e[0].ID != campaigntest.Letter || e[0].Left.IsZero() || e[0].MessageID == "" || l.Letter.Code != campaign.Within(c).Rules.Code(first) || l.Letter.ReturnKey == "" ||
		l.Letter.Corrects != letter.Corrects || l.Letter.Round < letter.FirstCorrection || l.Letter.To.Email != campaigntest.To {
		t.Errorf("%+v", l.Letter)
	}
	e, err := c.Entry(t.Context(), first)
	must(t, err)
	again(ledger.Wrong{}, 1, "198.51.100.1") // a draft is written anew
	if s.drafted[0] != first {
		t.Errorf("beside the draft another one: %q", s.drafted)
	}
	for _, by := range []string{"ann", "joe"} {
		must(t, campaign.Within(c).Ledger.Approve(t.Context(), first, e.Hash, by))
	}
	again(ledger.Wrong{}, 0, "198.51.100.1")
	if got := strings.Join(s.notes, ";"); !strings.Contains(got, first+" says so already") {
		t.Errorf("told %q", got)
	}
	again(ledger.Wrong{}, 1, "198.51.100.2") // more is taken back
	again(ledger.Wrong{Again: true}, 1, "198.51.100.1")
	if err := correct.Undo(t.Context(), c, []string{first}, "ann"); !errors.Is(err, ledger.ErrState) {
		t.Errorf("undone, though others take back the same: %v", err)
	}
}
