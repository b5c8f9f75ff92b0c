package letter_test

import (
	"testing"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

func TestLadder(t *testing.T) {
	abuse, tech, admin := lookup.Contact{Email: "Abuse@isp.example"}, lookup.Contact{Email: "noc@isp.example"}, lookup.Contact{Email: "admin@other.example"}
	dead := func(values ...string) map[string]string {
		m := map[string]string{}
		for _, v := range values {
			m[v] = "5.1.1 no such user"
		}
		return m
	}
	for _, tt := range []struct {
		name       string
		dead       map[string]string
		suppressed []string
		want       string // who is written to
		fate       letter.Fate
		reason     string
	}{
		{"who is reached is written to", nil, nil, "Abuse@isp.example", letter.FateLettered, ""},
		{"the next one when mail came back", dead("abuse@isp.example"), nil, "noc@isp.example", letter.FateLettered, ""},
		{"and the next but one", dead("abuse@isp.example", "noc@isp.example"), nil, "admin@other.example", letter.FateLettered, ""},
		{"a dead contact further down matters to nobody", dead("noc@isp.example"), nil, "Abuse@isp.example", letter.FateLettered, ""},
		{"who opted out is passed over on the way", dead("abuse@isp.example"), []string{"noc@isp.example"}, "admin@other.example", letter.FateLettered, ""},
		{"the first one's wish is obeyed", nil, []string{"abuse@isp.example"}, "Abuse@isp.example", letter.FateSuppressed, "abuse@isp.example"},
		{"a wish is told when nobody is left", dead("abuse@isp.example", "admin@other.example"), []string{"noc@isp.example"}, "noc@isp.example", letter.FateSuppressed, "noc@isp.example"},
		{"a network that is suppressed stays so", dead("abuse@isp.example"), []string{"192.0.2.0/24"}, "noc@isp.example", letter.FateSuppressed, "192.0.2.0/24"},
		{"nobody is left", dead("abuse@isp.example", "noc@isp.example", "admin@other.example"), nil, "", letter.FateNoContact,
			"mail to Abuse@isp.example came back: 5.1.1 no such user"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var list []letter.Suppression
			for _, v := range tt.suppressed {
				s, err := letter.ParseSuppression(v)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, s)
			}
			stop := letter.NewSuppressions(list)
			n := network("192.0.2.0", "192.0.2.255", abuse, tech, admin)
			ladder := letter.NewLadder(tt.dead)
			row := letter.Row{ID: 1, Finding: relay("192.0.2.7", "scan:1", finding.Observed), Network: n}
			got := ladder.Climb(row, "relay26", stop, day)
			to := ""
			if len(got.Network.Contacts) > 0 {
				to = got.Network.Contacts[0].Email
			}
			if to != tt.want || len(n.Contacts) != 3 {
				t.Errorf("%q is written to, want %q; %d contacts are left in the registry's answer", to, tt.want, len(n.Contacts))
			}
			if again := ladder.Climb(row, "relay26", stop, day); again.Network != got.Network {
				t.Error("rows of one network do not share it any more")
			}
			p := letter.Place([]letter.Row{got}, "relay26", stop, day)[0]
			if p.Fate != tt.fate || p.Reason != tt.reason {
				t.Errorf("%s: %q", p.Fate, p.Reason)
			}
			row.Letter = "relay26-k3v9xq2m7d"
			if kept := ladder.Climb(row, "relay26", stop, day); kept.Network != n {
				t.Error("a row that stands in a letter was moved")
			}
		})
	}
}

// Climb leaves alone what has nobody to climb from.
func TestNobodyToClimbFrom(t *testing.T) {
	ladder := letter.NewLadder(map[string]string{"": "5.1.1"})
	for _, row := range []letter.Row{{}, {Network: &lookup.Network{}}, {Letter: "relay26-k3v9xq2m7d"}} {
		if got := ladder.Climb(row, "relay26", letter.NewSuppressions(nil), day); got.Network != row.Network || got.Unreached != "" {
			t.Errorf("%+v became %+v", row, got)
		}
	}
}
