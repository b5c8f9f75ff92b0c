package letter_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/letter"
	"headsup/lookup"
)

func TestParseSuppression(t *testing.T) {
	for _, c := range []struct{ typed, scope, value string }{
		{" Abuse@ISP.example ", "address", "abuse@isp.example"},
		{"abuse@isp.example.", "address", "abuse@isp.example"},
		{"ISP.example.", "domain", "isp.example"},
		{"@isp.example", "domain", "isp.example"},
		{"*.isp.example", "domain", "isp.example"},
		{"192.0.2.7", "prefix", "192.0.2.7/32"},
		{"192.0.2.7/24", "prefix", "192.0.2.0/24"},
		{"2001:DB8::1", "prefix", "2001:db8::1/128"},
		{"2001:db8::1/32", "prefix", "2001:db8::/32"},
		{"2001:db8::1/128", "prefix", "2001:db8::1/128"},
		{"::ffff:192.0.2.7", "prefix", "192.0.2.7/32"},
		{"::ffff:192.0.2.7/120", "prefix", "192.0.2.0/24"},
		{"::ffff:192.0.2.7/97", "prefix", "128.0.0.0/1"},
		{"::ffff:192.0.2.7/95", "prefix", "::fffe:0:0/95"},
		{"::db8:0:0/95", "prefix", "::db8:0:0/95"},
		{"AS64500", "as", "as64500"},
		{"as4294967295", "as", "as4294967295"},
	} {
		s, err := letter.ParseSuppression(c.typed)
		if err != nil || string(s.Scope) != c.scope || s.Value != c.value {
			t.Errorf("%q: %s %q, %v, want %s %q", c.typed, s.Scope, s.Value, err, c.scope, c.value)
		}
	}
	for _, bad := range []string{
		"a b@isp.example", "a\tb@isp.example", "a/b@isp.example", "a,b@isp.example", "a;b@isp.example", "a<b@isp.example", "a>b@isp.example", `a"b@isp.example`,
		"isp_.example", "-isp.example", "isp-.example", "xn--a.example", "as01", "as4294967296", "as99999999999", "as-1",
	} {
		if s, err := letter.ParseSuppression(bad); err == nil || s != (letter.Suppression{}) {
			t.Errorf("%q was read as %+v", bad, s)
		}
	}
	for bad, want := range map[string]string{
		"0.0.0.0/0": "0.0.0.0/0 is the whole Internet",
		"a b":       `neither a mailbox, a domain, a prefix nor an AS number: "a b"`,
	} {
		if _, err := letter.ParseSuppression(bad); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", bad, err, want)
		}
	}
}

// TestWhenSuppressionsHold goes through campaign and time, in one suppression
// and in the index of many, which must agree.
func TestWhenSuppressionsHold(t *testing.T) {
	to, n := lookup.Contact{Email: "abuse@isp.example"}, lookup.Network{AS: 64500}
	addr := netip.MustParseAddr("192.0.2.7")
	for _, scope := range []letter.Suppression{
		{Scope: letter.ByAddress, Value: "abuse@isp.example"}, {Scope: letter.ByDomain, Value: "isp.example"},
		{Scope: letter.ByPrefix, Value: "192.0.2.0/24"}, {Scope: letter.ByAS, Value: "as64500"},
	} {
		for _, c := range []struct {
			name     string
			campaign string
			until    time.Time
			want     bool
		}{
			{"in all campaigns, for ever", "", time.Time{}, true},
			{"in this campaign", "relay26", time.Time{}, true},
			{"in another campaign alone", "relay25", time.Time{}, false},
			{"until a second from now", "", day.Add(time.Second), true},
			{"until now", "", day, false},
			{"until a second ago, in this campaign", "relay26", day.Add(-time.Second), false},
			{"until later, in another campaign", "relay25", day.Add(time.Second), false},
		} {
			s := scope
			s.Campaign, s.Until = c.campaign, c.until
			_, found := letter.NewSuppressions([]letter.Suppression{{Scope: s.Scope, Value: s.Value, Campaign: "relay24"}, s}).Find("relay26", to, n, addr, day)
			if covers := s.Covers("relay26", to, n, addr, day); covers != c.want || found != c.want {
				t.Errorf("%s, %s: covers %v, found %v", s.Value, c.name, covers, found)
			}
		}
	}
}

// What no house would type may stand in an old ledger, and stops nobody.
func TestDamagedSuppressionsStopNobody(t *testing.T) {
	to, n := lookup.Contact{Email: "abuse@isp.example"}, lookup.Network{}
	addr := netip.MustParseAddr("192.0.2.7")
	for _, s := range []letter.Suppression{
		{Scope: letter.ByPrefix, Value: "192.0.2.0"},
		{Scope: letter.ByAS, Value: "asx"},
		{Scope: letter.ByAS, Value: "as4294967296"}, // an AS of nobody is 0, as is one that is unknown
		{Scope: "mood", Value: "abuse@isp.example"},
	} {
		_, found := letter.NewSuppressions([]letter.Suppression{s}).Find("relay26", to, n, addr, day)
		if found || s.Covers("relay26", to, n, addr, day) {
			t.Errorf("%+v stops a letter", s)
		}
	}
	for _, s := range []letter.Suppression{{Scope: letter.ByAS, Value: "asx"}, {Scope: letter.ByDomain, Value: "64500"}, {Scope: letter.ByAS, Value: "as4294967296"}} {
		if as, ok := s.AS(); ok {
			t.Errorf("%+v is AS %d", s, as)
		}
	}
	if as, ok := (letter.Suppression{Scope: letter.ByAS, Value: "as4294967295"}).AS(); !ok || as != 1<<32-1 {
		t.Errorf("the last AS is %d, %v", as, ok)
	}
}

func TestSuppressionsOfNetworksAreKnownAsSuch(t *testing.T) {
	for _, c := range []struct {
		scope letter.Scope
		value string
		want  bool
	}{
		{letter.ByAddress, "abuse@isp.example", false}, {letter.ByDomain, "isp.example", false}, {letter.ByPrefix, "192.0.2.0/24", true}, {letter.ByPrefix, "2001:db8::/32", true}, {letter.ByAS, "as64500", true},
	} {
		if got := letter.NewSuppressions([]letter.Suppression{{Scope: c.scope, Value: c.value}}).ByNetwork(); got != c.want {
			t.Errorf("%s is about networks: %v", c.value, got)
		}
	}
}

func TestSuppressionForPeople(t *testing.T) {
	until := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		s    letter.Suppression
		want string
	}{
		{letter.Suppression{Value: "isp.example"}, "isp.example"},
		{letter.Suppression{Value: "isp.example", Reason: "asked"}, "isp.example: asked"},
		{letter.Suppression{Value: "isp.example", Until: until}, "isp.example (until 2027-01-31)"},
		{letter.Suppression{Value: "isp.example", Reason: "asked", Until: until}, "isp.example: asked (until 2027-01-31)"},
	} {
		if got := c.s.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestSuppressionTables(t *testing.T) {
	const reason = 300
	file := "\ufeff# who asked\n Value , Reason\nisp.example, " + strings.Repeat("x", reason+1) + "\n# the end\n"
	list, bad, err := letter.ReadSuppressions(strings.NewReader(file), "list.csv")
	if err != nil || bad != nil || len(list) != 1 || list[0].Value != "isp.example" || len(list[0].Reason) != reason {
		t.Errorf("%d characters of a reason, %v", len(list[0].Reason), err)
	}
	if err := letter.WriteSuppressions(full{}, list); err == nil {
		t.Error("a full disk is not told of")
	}
	var b strings.Builder
	if err := letter.WriteSuppressions(&b, []letter.Suppression{{Value: "isp.example"}}); err != nil || b.String() != "value,campaign,until,reason\nisp.example,,,\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }
