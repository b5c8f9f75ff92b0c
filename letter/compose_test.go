package letter_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

var campaign = letter.Campaign{ID: "relay26", Language: "en", Translations: []string{"en", "de", "fr"}, Agencies: []letter.Agency{{ID: "sponsor"}}}

func TestComposeNamesEachNetworkOnce(t *testing.T) {
	desk := lookup.Contact{Email: "abuse@isp.example"}
	base := network("192.0.2.0", "192.0.2.127", desk)
	for _, c := range []struct {
		name   string
		change func(*lookup.Network)
		want   int
	}{
		{"the same one twice is one", func(*lookup.Network) {}, 1},
		{"another beginning is another network", func(n *lookup.Network) { n.First = netip.MustParseAddr("192.0.2.64") }, 2},
		{"another end is another network", func(n *lookup.Network) { n.Last = netip.MustParseAddr("192.0.2.255") }, 2},
		{"another handle is another network", func(n *lookup.Network) { n.Handle = "NET-2" }, 2},
		{"what else is said of it makes no other", func(n *lookup.Network) { n.Name, n.Server = "OTHER", "whois.example" }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			other := *base
			c.change(&other)
			for _, nets := range [][]lookup.Network{{*base, other, *base}, {other, *base, other}} {
				l := letter.Compose(campaign, 1, day, nets, []finding.Finding{relay("192.0.2.7", "scan:1", finding.Observed)})
				if len(l.Networks) != c.want {
					t.Errorf("%d networks, want %d", len(l.Networks), c.want)
				}
			}
		})
	}
}

func TestAddressee(t *testing.T) {
	first := lookup.Contact{Email: "abuse@isp.example"}
	for _, c := range []struct {
		name string
		nets []lookup.Network
		want lookup.Contact
	}{
		{"the first network's words stay",
			[]lookup.Network{
				{Country: "CH", Org: "Holder", Contacts: []lookup.Contact{{Org: "ISP AG", Name: "Desk", Country: "AT", Language: "de", Address: []string{"Weg 1"}}}},
				{Country: "FR", Org: "Other", Contacts: []lookup.Contact{{Org: "ISP SA", Name: "Bureau", Country: "FR", Language: "fr", Address: []string{"Rue 2"}}}},
			},
			lookup.Contact{Org: "ISP AG", Name: "Desk", Country: "AT", Language: "de", Address: []string{"Weg 1"}}},
		{"an address comes with its organisation, name and country",
			[]lookup.Network{
				{Country: "CH", Contacts: []lookup.Contact{{Org: "ISP AG", Name: "Desk", Country: "AT"}}},
				{Country: "FR", Contacts: []lookup.Contact{{Org: "ISP SA", Name: "Bureau", Country: "FR", Address: []string{"Rue 2"}}}},
			},
			lookup.Contact{Org: "ISP SA", Name: "Bureau", Country: "FR", Address: []string{"Rue 2"}}},
		{"a single line is an address, too",
			[]lookup.Network{
				{Contacts: []lookup.Contact{{Country: "AT", Address: []string{"Weg 1"}}}},
				{Contacts: []lookup.Contact{{Country: "FR", Address: []string{"Rue 2", "75000 Paris"}}}},
			},
			lookup.Contact{Country: "AT", Address: []string{"Weg 1"}}},
		{"an address without a country leaves the country",
			[]lookup.Network{
				{Contacts: []lookup.Contact{{Country: "AT"}}},
				{Contacts: []lookup.Contact{{Address: []string{"Rue 2"}}}},
			},
			lookup.Contact{Country: "AT", Address: []string{"Rue 2"}}},
		{"what nobody else says the network does",
			[]lookup.Network{{Country: "CH", Org: "Holder", Contacts: []lookup.Contact{{}}}},
			lookup.Contact{Country: "CH", Org: "Holder"}},
		{"the contact's word goes before the network's",
			[]lookup.Network{
				{Contacts: []lookup.Contact{{}}},
				{Country: "FR", Org: "Holder", Contacts: []lookup.Contact{{Country: "BE", Org: "ISP SA", Language: "fr"}}},
			},
			lookup.Contact{Country: "BE", Org: "ISP SA", Language: "fr"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.nets {
				c.nets[i].First = netip.AddrFrom4([4]byte{192, 0, 2, byte(16 * i)})
				c.nets[i].Last = netip.AddrFrom4([4]byte{192, 0, 2, byte(16*i + 15)})
				c.nets[i].Contacts[0].Email = first.Email
			}
			c.want.Email = first.Email
			got := letter.Compose(campaign, 1, day, c.nets, []finding.Finding{relay("192.0.2.7", "scan:1", finding.Observed)}).To
			if got.Org != c.want.Org || got.Name != c.want.Name || got.Country != c.want.Country ||
				got.Language != c.want.Language || !slices.Equal(got.Address, c.want.Address) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// References and codes stand in mail that was sent years ago: they stay what
// they were.
func TestReferencesStayWhatTheyWere(t *testing.T) {
	for _, c := range []struct {
		campaign, pile string
		round          int
		want           string
	}{
		{"relay26", "abuse@isp.example", 0, "relay26-4e7sx3j4gg"},
		{"relay26", "abuse@isp.example", 1, "relay26-4e7sx3j4gg"},
		{"relay26", "abuse@isp.example", 2, "relay26-4e7sx3j4gg-2"},
		{"relay26", "Abuse@ISP.example", 10, "relay26-4e7sx3j4gg-10"},
		{"relay27", "abuse@isp.example", 1, "relay27-v3q5zwj72y"},
		{"relay26", "abuse@isp.example 192.0.2.7", 1, "relay26-c025gc9kke"},
	} {
		if got := letter.Reference(c.campaign, c.pile, c.round); got != c.want {
			t.Errorf("%s %q, round %d: got %s, want %s", c.campaign, c.pile, c.round, got, c.want)
		}
	}
	c := letter.Campaign{CodeKey: []byte("0123456789abcdef")}
	if got, want := c.Code("relay26-k3v9xq2m7d"), "1szj-av3z"; got != want {
		t.Errorf("code %s, want %s", got, want)
	}
}

func TestPile(t *testing.T) {
	all, each := lookup.Contact{Email: "Abuse@ISP.example"}, lookup.Contact{Email: "Abuse@ISP.example", Reports: lookup.EachReports}
	addr := netip.MustParseAddr("192.0.2.7")
	f := []finding.Finding{relay("192.0.2.7", "scan:1", finding.Observed), relay("192.0.2.9", "scan:2", finding.Observed)}
	for _, c := range []struct {
		name, got, want string
	}{
		{"all findings of a contact are one pile", letter.PileKey(all, addr), "abuse@isp.example"},
		{"one for each address where the contact asked for it", letter.PileKey(each, addr), "abuse@isp.example 192.0.2.7"},
		{"a letter's pile is its contact", letter.Letter{To: all, Findings: f}.Pile(), "abuse@isp.example"},
		{"or its address", letter.Letter{To: each, Findings: f}.Pile(), "abuse@isp.example 192.0.2.7"},
		{"of one finding, too", letter.Letter{To: each, Findings: f[1:]}.Pile(), "abuse@isp.example 192.0.2.9"},
		{"without findings it is the contact's", letter.Letter{To: each}.Pile(), "abuse@isp.example"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestCampaignIDs(t *testing.T) {
	for id, valid := range map[string]bool{
		"relay26": true, "ab": true, "a234567890123456": true,
		"a": false, "a2345678901234567": false, "26relay": false, "Relay26": false, "relay-26": false, "relay 26": false, "": false, "relay26\n": false,
	} {
		if letter.ValidCampaignID.MatchString(id) != valid {
			t.Errorf("%q is valid: %v", id, !valid)
		}
	}
}

func TestAgency(t *testing.T) {
	c := letter.Campaign{Agencies: []letter.Agency{{ID: "sponsor", Countries: []string{"US"}}, {ID: "alps", Countries: []string{"CH", "AT"}}, {ID: "late", Countries: []string{"AT"}}}}
	for country, want := range map[string]string{"US": "sponsor", "CH": "alps", "AT": "alps", "DE": "sponsor", "": "sponsor"} {
		if got := c.Agency(country); got.ID != want {
			t.Errorf("letters to %q are signed by %s, want %s", country, got.ID, want)
		}
	}
}

func TestKindsAreSortedAndNamedOnce(t *testing.T) {
	var l letter.Letter
	for _, k := range []finding.Kind{finding.OpenRelay, finding.ExposedService, finding.OpenRelay, finding.OpenProxy} {
		l.Findings = append(l.Findings, finding.Finding{Kind: k})
	}
	if got, want := l.Kinds(), []finding.Kind{finding.ExposedService, finding.OpenProxy, finding.OpenRelay}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPaceNext(t *testing.T) {
	const every = 10 * time.Minute
	for _, c := range []struct {
		name     string
		burst    int
		mark     time.Duration // after now
		at, next time.Duration // after now
	}{
		{"the first letter goes at once", 1, -time.Hour, 0, every},
		{"the next one waits", 1, every, every, 2 * every},
		{"no burst is a burst of one", 0, every, every, 2 * every},
		{"part of the gap is over", 1, 4 * time.Minute, 4 * time.Minute, 14 * time.Minute},
		{"a burst goes at once", 3, 2 * every, 0, 3 * every},
		{"and ends", 3, 3 * every, every, 4 * every},
		{"a mark of now has nothing to wait for", 1, 0, 0, every},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, next := letter.Pace{Every: every, Burst: c.burst}.Next(day.Add(c.mark), day)
			if at.Sub(day) != c.at || next.Sub(day) != c.next {
				t.Errorf("goes after %v, mark after %v; want %v, %v", at.Sub(day), next.Sub(day), c.at, c.next)
			}
		})
	}
}

func TestWarmUpDays(t *testing.T) {
	pace := letter.Pace{Every: time.Minute, Burst: 3}
	for _, c := range []struct {
		name  string
		daily []int
		after time.Duration
		want  time.Duration // between letters
	}{
		{"the first day ends after a day", []int{24, 48}, 24*time.Hour - 1, time.Hour},
		{"and the second begins", []int{24, 48}, 24 * time.Hour, 30 * time.Minute},
		{"a day without a number keeps the pace", []int{24, 0, 48}, 24 * time.Hour, time.Minute},
		{"a day with one letter", []int{1}, 0, 24 * time.Hour},
		{"a start that is yet to come is the first day", []int{24, 48}, -36 * time.Hour, time.Hour},
		{"a gap like the pace's own changes nothing", []int{1440}, 0, time.Minute},
	} {
		got := pace.WarmUp(c.daily, day, day.Add(c.after))
		if got.Every != c.want || (got == pace) != (c.want == pace.Every) {
			t.Errorf("%s: %+v, want one letter every %v", c.name, got, c.want)
		}
	}
}

func TestHoursAreParsed(t *testing.T) {
	for text, want := range map[string]letter.Hours{
		"":              {},
		"08:00-18:00":   {From: 8 * time.Hour, To: 18 * time.Hour},
		"00:00 - 23:59": {To: 24*time.Hour - time.Minute},
		"8:30-9:45":     {From: 8*time.Hour + 30*time.Minute, To: 9*time.Hour + 45*time.Minute},
	} {
		if got, err := letter.ParseHours(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"08:00-":      `"08:00-" are not hours`,
		"-18:00":      `"-18:00" are not hours`,
		"x":           `"x" are not hours`,
		"18:00-08:00": `hours "18:00-08:00" end before they begin`,
	} {
		if got, err := letter.ParseHours(text); err == nil || !strings.HasPrefix(err.Error(), want) || got != (letter.Hours{}) {
			t.Errorf("%q: %+v, %v, want %s", text, got, err, want)
		}
	}
}
