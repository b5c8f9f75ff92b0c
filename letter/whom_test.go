package letter

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/lookup"
)

func holder(mail, country, network string, as uint32) (lookup.Contact, lookup.Network) {
	c := lookup.Contact{Email: mail, Country: country, Rule: "network-abuse"}
	return c, lookup.Network{First: netip.MustParseAddr("192.0.2.0"), Last: netip.MustParseAddr("192.0.2.255"), Country: network, AS: as, Contacts: []lookup.Contact{c}}
}

func TestWhomOneMayWriteTo(t *testing.T) {
	w := Whom{
		Sectors: []Sector{{Name: "hospitals", Domains: []string{"clinic.example"}, Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.64/26")}, AS: []uint32{64500}}},
		Rules: []WhomRule{
			{Countries: []string{"KP"}, Way: Never},
			{Sectors: []string{"government", "military"}, Except: []string{"US", "CA"}, Way: ThroughCSIRT},
			{Sectors: []string{"hospitals"}, Way: TelephoneFirst},
			{Countries: []string{"FR"}, Way: CSIRTInCopy},
			{Countries: []string{"FR"}, Way: Never}, // too late
			{Except: []string{"US", "DE", "CA"}, Way: Never},
		},
	}
	for _, tt := range []struct {
		sentence, mail, country, network string
		as                               uint32
		addr                             string
		way                              Way
		why                              string
	}{
		{"no rule fits", "abuse@isp.example", "DE", "DE", 0, "192.0.2.1", Direct, ""},
		{"a country", "abuse@isp.example", "KP", "KP", 0, "192.0.2.1", Never, "never (KP)"},
		{"that of the network alone", "abuse@isp.example", "US", "KP", 0, "192.0.2.1", Never, "never (US)"},
		{"that of the contact alone", "abuse@isp.example", "KP", "US", 0, "192.0.2.1", Never, "never (KP)"},
		{"where the contact states none", "abuse@isp.example", "", "KP", 0, "192.0.2.1", Never, "never (KP)"},
		{"an authority abroad", "abuse@justice.gouv.fr", "FR", "FR", 0, "192.0.2.1", ThroughCSIRT, "through-csirt (government FR)"},
		{"an authority at home", "abuse@agency.gov", "US", "US", 0, "192.0.2.1", Direct, ""},
		{"an authority of one country at home in another", "abuse@agency.gov", "US", "CA", 0, "192.0.2.1", Direct, ""},
		{"at home on one side only is abroad", "abuse@agency.gov", "US", "FR", 0, "192.0.2.1", ThroughCSIRT, "through-csirt (government US)"},
		{"armed forces", "noc@army.mil.br", "BR", "BR", 0, "192.0.2.1", ThroughCSIRT, "through-csirt (military BR)"},
		{"a name that only looks like an authority's", "abuse@gov.example", "DE", "DE", 0, "192.0.2.1", Direct, ""},
		{"nor one that holds the word", "abuse@mygov.uk", "DE", "DE", 0, "192.0.2.1", Direct, ""},
		{"a sector by its domain", "it@clinic.example", "DE", "DE", 0, "192.0.2.1", TelephoneFirst, "telephone-first (hospitals DE)"},
		{"by a domain below it", "it@a.clinic.example", "DE", "DE", 0, "192.0.2.1", TelephoneFirst, "telephone-first (hospitals DE)"},
		{"not by one that ends alike", "it@myclinic.example", "DE", "DE", 0, "192.0.2.1", Direct, ""},
		{"by its addresses", "abuse@isp.example", "DE", "DE", 0, "192.0.2.65", TelephoneFirst, "telephone-first (hospitals DE)"},
		{"by its AS", "abuse@isp.example", "DE", "DE", 64500, "192.0.2.1", TelephoneFirst, "telephone-first (hospitals DE)"},
		{"the first rule that fits decides", "abuse@isp.example", "FR", "FR", 0, "192.0.2.1", CSIRTInCopy, "csirt-in-copy (FR)"},
		{"everywhere but in some countries", "abuse@isp.example", "IT", "IT", 0, "192.0.2.1", Never, "never (IT)"},
		{"no country is no country at home", "abuse@isp.example", "", "", 0, "192.0.2.1", Never, "never (everybody)"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			c, n := holder(tt.mail, tt.country, tt.network, tt.as)
			if rule, why := w.Decide(c, n, netip.MustParseAddr(tt.addr)); rule.Way != tt.way || why != tt.why {
				t.Errorf("%s %q, want %s %q", rule.Way, why, tt.way, tt.why)
			}
		})
	}
	if rule, why := (Whom{}).Decide(lookup.Contact{}, lookup.Network{}, netip.Addr{}); rule.Way != Direct || why != "" {
		t.Errorf("without rules: %s %q", rule.Way, why)
	}
	if rule, _ := (Whom{Rules: []WhomRule{{}}}).Decide(lookup.Contact{}, lookup.Network{}, netip.Addr{}); rule.Way != Direct {
		t.Errorf("a rule without a way: %q", rule.Way)
	}
	for name, want := range map[string]bool{"government": true, "military": true, "hospitals": true, "banks": false, "": false} {
		if w.Knows(name) != want {
			t.Errorf("sector %q is known: %v", name, !want)
		}
	}
}

func TestRowsByTheRulesOfTheHouse(t *testing.T) {
	one := func(way Way, csirt string) Whom { return Whom{Rules: []WhomRule{{Way: way, CSIRT: csirt}}} }
	for _, tt := range []struct {
		sentence string
		w        Whom
		country  string
		change   func(*Row)
		to       string
		fate     Fate
		reason   string
	}{
		{"directly", one(Direct, ""), "DE", nil, "abuse@isp.example", FateLettered, ""},
		{"with the CSIRT in copy it goes to the holder", one(CSIRTInCopy, ""), "DE", nil, "abuse@isp.example", FateLettered, ""},
		{"through the national CSIRT", one(ThroughCSIRT, ""), "DE", nil, "certbund@bsi.bund.de", FateLettered, ""},
		{"through the CSIRT of the rule", one(ThroughCSIRT, "cert@example.org"), "XK", nil, "cert@example.org", FateLettered, ""},
		{"through a CSIRT that is not known", one(ThroughCSIRT, ""), "XK", nil, "", FateHeld, "by your rule: through-csirt (XK), and no CSIRT is known there"},
		{"never", one(Never, ""), "DE", nil, "", FateHeld, "by your rule: never (DE)"},
		{"telephone first", one(TelephoneFirst, ""), "DE", nil, "", FateHeld, "by your rule: telephone-first (DE)"},
		{"whom they named by telephone is written to", one(TelephoneFirst, ""), "DE", func(r *Row) { r.Network.Contacts[0].Rule = "override" }, "abuse@isp.example", FateLettered, ""},
		{"but never is never", one(Never, ""), "DE", func(r *Row) { r.Network.Contacts[0].Rule = "override" }, "", FateHeld, "by your rule: never (DE)"},
		{"nobody to write to stays nobody", one(Never, ""), "DE", func(r *Row) { r.Network.Contacts = nil }, "", FateNoContact, "the registry names nobody for 192.0.2.1"},
		{"a failed look-up stays one", one(Never, ""), "DE", func(r *Row) { r.Network, r.Failure = nil, "timeout" }, "", FateFailed, "timeout"},
		{"what stands in a letter past review stays there", one(Never, ""), "DE", func(r *Row) { r.Letter = "relay26-0123456789" }, "", FateLettered, ""},
		{"weak evidence stays weak", one(Never, ""), "DE", func(r *Row) { r.Finding.Strength, r.Finding.Reason = finding.Weak, "odd" }, "", FateHeld, "odd"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			_, n := holder("abuse@isp.example", tt.country, tt.country, 0)
			now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
			r := Row{ID: 1, Network: &n, Finding: finding.Finding{Addr: netip.MustParseAddr("192.0.2.1"), Strength: finding.Verified, Seen: now.Add(-time.Hour)}}
			if tt.change != nil {
				tt.change(&r)
			}
			ch := NewChooser(tt.w)
			got := ch.Choose(r)
			p := Place([]Row{got}, "relay26", NewSuppressions(nil), now)[0]
			if p.Fate != tt.fate || p.Reason != tt.reason {
				t.Fatalf("%s %q, want %s %q", p.Fate, p.Reason, tt.fate, tt.reason)
			}
			if tt.to != "" && got.Network.Contacts[0].Email != tt.to {
				t.Errorf("to %s, want %s", got.Network.Contacts[0].Email, tt.to)
			}
			if again := ch.Choose(r); again.Network != got.Network {
				t.Error("rows of one network do not share it any more")
			}
			if tt.w.Rules[0].Way == ThroughCSIRT && n.Contacts[0].Email != "abuse@isp.example" {
				t.Error("the network of others was changed")
			}
		})
	}
}

func TestCopiesOfALetter(t *testing.T) {
	seen := finding.Finding{Addr: netip.MustParseAddr("192.0.2.1"), Port: 25, Proto: "tcp", Kind: "open-relay"}
	for _, tt := range []struct {
		sentence string
		rule     WhomRule
		to, in   string
		want     string
	}{
		{"nobody where no rule says so", WhomRule{Way: Direct}, "abuse@isp.example", "DE", ""},
		{"the national CSIRT", WhomRule{Way: CSIRTInCopy}, "abuse@isp.example", "DE", "certbund@bsi.bund.de"},
		{"that of the rule", WhomRule{Way: CSIRTInCopy, CSIRT: "cert@example.org"}, "abuse@isp.example", "DE", "cert@example.org"},
		{"nobody where none is known", WhomRule{Way: CSIRTInCopy}, "abuse@isp.example", "XK", ""},
		{"not to who is written to anyway", WhomRule{Way: CSIRTInCopy}, "CertBund@bsi.bund.de", "DE", ""},
		{"nor where the letter goes through it", WhomRule{Way: ThroughCSIRT}, "abuse@isp.example", "DE", ""},
		{"elsewhere not", WhomRule{Countries: []string{"FR"}, Way: CSIRTInCopy}, "abuse@isp.example", "DE", ""},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			_, n := holder(tt.to, tt.in, tt.in, 0)
			other := n
			other.First, other.Last = netip.MustParseAddr("198.51.100.0"), netip.MustParseAddr("198.51.100.255")
			other.Country, other.Contacts = "FR", []lookup.Contact{{Email: tt.to, Country: "FR"}} // no finding is in it
			c := Campaign{ID: "relay26", Language: "en", Translations: []string{"en"}, Agencies: []Agency{{ID: "a"}}, Whom: Whom{Rules: []WhomRule{tt.rule}}}
			l := Compose(c, 1, time.Time{}, []lookup.Network{n, other}, []finding.Finding{seen, seen})
			if got := strings.Join(l.Copies, " "); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if !slices.IsSorted(l.Copies) {
				t.Error("not sorted")
			}
		})
	}
}
