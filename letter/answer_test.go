package letter_test

import (
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

func TestBehind(t *testing.T) {
	const days = 24 * time.Hour
	for _, tt := range []struct {
		name          string
		open, settled int
		past          time.Duration
		want          float64
	}{
		{"no answers", 0, 0, 0, 1},
		{"few answers tell nothing of the desk", 20, 0, 14 * days, 1},
		{"as many as are settled in two days", 40, 280, 14 * days, 1},
		{"twice as many", 80, 280, 14 * days, 2},
		{"of a desk that began a day ago", 80, 20, days, 2},
		{"a desk that settles nothing", 60, 0, 14 * days, 3},
		{"never slower than that", 100000, 0, 14 * days, 16},
	} {
		if got := letter.Behind(tt.open, tt.settled, tt.past, 2*days); got != tt.want {
			t.Errorf("%s: %g, want %g", tt.name, got, tt.want)
		}
	}
}

func TestLadderTurnsToWhoIsResponsible(t *testing.T) {
	abuse, noc := lookup.Contact{Email: "Abuse@isp.example"}, lookup.Contact{Email: "noc@isp.example"}
	no := func(who, to string) letter.Turn { return letter.Turn{From: who, To: to, Answer: 7} }
	for _, tt := range []struct {
		name   string
		turns  []letter.Turn
		dead   map[string]string
		want   string
		reason string
	}{
		{"nobody said anything", nil, nil, "Abuse@isp.example", ""},
		{"not ours goes to the next contact", []letter.Turn{no("abuse@isp.example", "")}, nil, "noc@isp.example", ""},
		{"who is named is written to", []letter.Turn{no("abuse@isp.example", "soc@other.example")}, nil, "soc@other.example", ""},
		{"who is named and says no is passed over", []letter.Turn{no("abuse@isp.example", "soc@other.example"), no("soc@other.example", "")}, nil, "noc@isp.example", ""},
		{"who is named last comes first", []letter.Turn{no("abuse@isp.example", "a@other.example"), no("a@other.example", "b@other.example")}, nil, "b@other.example", ""},
		{"the next contact may be dead", []letter.Turn{no("abuse@isp.example", "")}, map[string]string{"noc@isp.example": "5.1.1"}, "", "mail to noc@isp.example came back: 5.1.1"},
		{"nobody is left", []letter.Turn{no("abuse@isp.example", ""), no("noc@isp.example", "abuse@isp.example")}, nil, "",
			"noc@isp.example answered that another is responsible (answer 7)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := network("192.0.2.0", "192.0.2.255", abuse, noc)
			ladder, stop := letter.NewLadder(tt.dead), letter.NewSuppressions(nil)
			row := letter.Row{ID: 1, Finding: relay("192.0.2.7", "scan:1", finding.Observed), Network: n, Turns: tt.turns}
			got := ladder.Climb(row, "relay26", stop, day)
			to := ""
			if len(got.Network.Contacts) > 0 {
				to = got.Network.Contacts[0].Email
			}
			if to != tt.want || got.Unreached != tt.reason || len(n.Contacts) != 2 {
				t.Errorf("%q is written to, want %q: %q", to, tt.want, got.Unreached)
			}
			if again := ladder.Climb(row, "relay26", stop, day); again.Network != got.Network {
				t.Error("rows of one network do not share it any more")
			}
		})
	}
}
