package outcome

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gaissmai/bart"

	"headsup/finding"
)

var sent = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

var relay = Place{netip.MustParseAddr("192.0.2.7"), 25, "tcp", finding.OpenRelay}

// looks reads "open 1, silent 25": what was seen so many hours after the letter.
func looks(t *testing.T, text string) (all []Look) {
	t.Helper()
	for one := range strings.SplitSeq(text, ", ") {
		state, hours, ok := strings.Cut(one, " ")
		if !ok {
			continue
		}
		after, err := time.ParseDuration(hours)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Look{Place: relay, State: State(state), Seen: sent.Add(after), Source: one})
	}
	return all
}

func TestJudge(t *testing.T) {
	pools := new(bart.Lite)
	pools.Insert(netip.MustParsePrefix("192.0.2.0/29"))
	for _, tt := range []struct {
		name  string
		looks string
		want  Result
		count int
		at    string // hours after the letter
	}{
		{"nobody looked", "", NotLooked, 0, ""},
		{"an answer that says nothing is no look", "unlooked 1h", NotLooked, 0, ""},
		{"a look before the letter says nothing of it", "closed -1h", NotLooked, 0, ""},
		{"nor does one at the very time", "closed 0h", NotLooked, 0, ""},
		{"closed once is fixed", "closed 1h", Fixed, 1, "1h"},
		{"open is open", "open 1h", StillOpen, 1, "1h"},
		{"open, then closed", "open 1h, closed 2h", Fixed, 2, "2h"},
		{"silent once is not fixed", "silent 1h", SilentOnce, 1, "1h"},
		{"nor twice within a day", "silent 1h, silent 24h59m59s", SilentOnce, 2, "1h"},
		{"twice a day apart is", "silent 1h, silent 25h", Fixed, 2, "25h"},
		{"of three, the first and the last count", "silent 1h, silent 13h, silent 25h", Fixed, 3, "25h"},
		{"an open look between two silent ones begins anew", "silent 1h, open 2h, silent 26h", SilentOnce, 3, "26h"},
		{"and then a day must pass", "silent 1h, open 2h, silent 26h, silent 50h", Fixed, 4, "50h"},
		{"a look that says nothing ends no silence", "silent 1h, unlooked 2h, silent 25h", Fixed, 2, "25h"},
		{"closed while silent is fixed", "silent 1h, closed 2h", Fixed, 2, "2h"},
		{"silence after it was closed stays fixed", "closed 1h, silent 2h, silent 30h", Fixed, 3, "1h"},
		{"seen open after it was closed", "closed 1h, open 2h", Reopened, 2, "2h"},
		{"seen open after it was silent for long", "silent 1h, silent 25h, open 26h", Reopened, 3, "26h"},
		{"seen open after it was silent for short", "silent 1h, open 2h", StillOpen, 2, "2h"},
		{"reopened stays so", "closed 1h, open 2h, open 3h", Reopened, 3, "2h"},
		{"reopened and closed again", "closed 1h, open 2h, closed 3h", Fixed, 3, "3h"},
		{"reopened and silent once", "closed 1h, open 2h, silent 3h", SilentOnce, 3, "3h"},
		{"the order of reading does not matter", "open 2h, closed 1h", Reopened, 2, "2h"},
		{"of looks at one time, open counts", "closed 1h, silent 1h, open 1h", StillOpen, 1, "1h"},
		{"of looks at one time, closed counts before silent", "silent 1h, closed 1h", Fixed, 1, "1h"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Rules{}.Judge("ISP-CUSTOMERS", sent, looks(t, tt.looks))
			at := ""
			if !got.At.IsZero() {
				at = strings.TrimSuffix(strings.TrimSuffix(got.At.Sub(sent).String(), "0s"), "0m")
			}
			if got.Result != tt.want || got.Looks != tt.count || at != tt.at {
				t.Errorf("%s after %d looks at %q", got.Result, got.Looks, at)
			}
			if got := (Rules{Pools: pools}).Judge("", sent, looks(t, tt.looks)); tt.count > 0 && got.Result != Uncertain || tt.count == 0 && got.Result != NotLooked {
				t.Errorf("in a pool: %s", got.Result)
			}
		})
	}
}

func TestJudgeBySettings(t *testing.T) {
	if got := (Rules{Apart: time.Hour}).Judge("", sent, looks(t, "silent 1h, silent 2h")); got.Result != Fixed {
		t.Errorf("%s an hour apart", got.Result)
	}
	elsewhere := new(bart.Lite)
	elsewhere.Insert(netip.MustParsePrefix("198.51.100.0/24"))
	if got := (Rules{Pools: elsewhere}).Judge("", sent, looks(t, "open 1h")); got.Result != StillOpen || got.Open.Source != "open 1h" {
		t.Errorf("outside the pools: %+v", got)
	}
	if got := (Rules{}).Judge("EXAMPLE-DYNAMIC-POOL", sent, looks(t, "open 1h")); got.Result != Uncertain {
		t.Errorf("in a network that says dynamic: %s", got.Result)
	}
	named := looks(t, "open 1h, closed 2h")
	named[1].Name = "p5dc3a1.dip0.dyn.isp.example"
	if got := (Rules{}).Judge("", sent, named); got.Result != Uncertain {
		t.Errorf("at a host whose name says dynamic: %s", got.Result)
	}
}

func TestDynamicNames(t *testing.T) {
	for name, want := range map[string]bool{
		"EXAMPLE-DYNAMIC-POOL": true, "dyn-192-0-2-7.isp.example": true, "192-0-2-7.dynip.isp.example": true, "ISP-DHCP": true,
		"pppoe7.isp.example": true, "dialup-1.isp.example": true, "DIAL-UP CUSTOMERS": true, "cgn1": true,
		"": false, "static-192-0-2-7.isp.example": false, "dynamics.example": false, "aerodyne.example": false, "mx.example.org": false,
	} {
		if Dynamic(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestOf(t *testing.T) {
	row := func(kind finding.Kind, s finding.Strength, service string, answer finding.Answer) finding.Finding {
		return finding.Finding{Kind: kind, Strength: s, Service: service, Answer: answer}
	}
	for _, tt := range []struct {
		name string
		row  finding.Finding
		want State
	}{
		{"it relayed", row(finding.OpenRelay, finding.Observed, "smtp", ""), Open},
		{"it was used", row(finding.OpenRelay, finding.Verified, "smtp", ""), Open},
		{"it may relay", row(finding.OpenRelay, finding.Weak, "smtp", ""), Unlooked},
		{"its port is open", row(finding.OpenRelay, finding.Contradicted, "smtp", ""), Unlooked},
		{"it denied to relay", row(finding.OpenRelay, finding.Contradicted, "smtp", finding.AnswerDenied), Closed},
		{"a service without a name denied", row(finding.OpenRelay, finding.Contradicted, "", finding.AnswerDenied), Closed},
		{"another service there denied", row(finding.OpenRelay, finding.Contradicted, "http", finding.AnswerDenied), Unlooked},
		{"another kind there denied", row(finding.OpenProxy, finding.Contradicted, "smtp", finding.AnswerDenied), Unlooked},
		{"another kind is open there", row(finding.OpenProxy, finding.Verified, "http", ""), Unlooked},
		{"the port is closed, for all kinds", row(finding.ExposedService, finding.Contradicted, "", finding.AnswerRefused), Closed},
		{"no answer, for all kinds", row(finding.ExposedService, finding.Contradicted, "", finding.AnswerSilent), Silent},
	} {
		if got := Of(relay, "smtp", tt.row); got.State != tt.want || got.Place != relay {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestLookOfTheFuture(t *testing.T) {
	for ahead, want := range map[time.Duration]bool{0: false, 24 * time.Hour: false, 24*time.Hour + time.Second: true} {
		if got := (Look{Seen: sent.Add(ahead)}).ToCome(sent); got != want {
			t.Errorf("%v ahead: %v", ahead, got)
		}
	}
}

func TestJSONOfALook(t *testing.T) {
	l := Look{Place: relay, State: Closed, Service: "smtp", Seen: sent, Source: "scan.xml:7", Reason: "the port is closed"}
	got, err := json.Marshal(l)
	const want = `{"addr":"192.0.2.7","port":25,"proto":"tcp","kind":"open-relay","service":"smtp","state":"closed","reason":"the port is closed","seen":"2026-03-02T10:00:00Z","source":"scan.xml:7"}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

func TestSum(t *testing.T) {
	var s Sum
	for i, r := range Results {
		for range i + 1 {
			s.Add(Outcome{Result: r, Looks: 2})
		}
	}
	if want := (Sum{Findings: 21, Fixed: 1, Open: 2, Reopened: 3, SilentOnce: 4, Uncertain: 5, Unlooked: 6, Looks: 42}); s != want {
		t.Errorf("%+v", s)
	}
}
