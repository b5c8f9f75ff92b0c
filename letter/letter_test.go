package letter_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

var day = time.Date(2026, 3, 2, 15, 4, 5, 0, time.UTC)

func relay(addr, source string, s finding.Strength) finding.Finding {
	return finding.Finding{Addr: netip.MustParseAddr(addr), Port: 25, Proto: "tcp", Kind: finding.OpenRelay, Service: "smtp", Strength: s, Reason: "because", Seen: day, Source: source}
}

func network(first, last string, contacts ...lookup.Contact) *lookup.Network {
	return &lookup.Network{First: netip.MustParseAddr(first), Last: netip.MustParseAddr(last), Handle: "NET-" + first, Country: "DE", Contacts: contacts, Server: "rdap.example"}
}

func seen(f finding.Finding, at time.Time) finding.Finding { f.Seen = at; return f }

func TestPlace(t *testing.T) {
	desk := lookup.Contact{Email: "abuse@isp.example"}
	known := network("192.0.2.0", "192.0.2.255", desk)
	stop := letter.NewSuppressions(nil)
	good := relay("192.0.2.7", "scan:1", finding.Observed)
	for _, c := range []struct {
		name string
		rows []letter.Row
		stop *letter.Suppressions
		want []letter.Fate
		why  string
	}{
		{"a good finding with a contact is written about", []letter.Row{{Finding: good, Network: known}}, stop, []letter.Fate{letter.FateLettered}, ""},
		{"the same host twice is written about once", []letter.Row{{Finding: good, Network: known}, {Finding: relay("192.0.2.7", "scan:2", finding.Observed), Network: known}}, stop, []letter.Fate{letter.FateLettered, letter.FateDuplicate}, ""},
		{"the stronger of two words counts, whatever comes first", []letter.Row{{Finding: relay("192.0.2.7", "scan:2", finding.Weak), Network: known}, {Finding: good, Network: known}}, stop, []letter.Fate{letter.FateDuplicate, letter.FateLettered}, "the same as scan:1"},
		{"weak evidence alone is held with its reason", []letter.Row{{Finding: relay("192.0.2.7", "scan:1", finding.Weak), Network: known}}, stop, []letter.Fate{letter.FateHeld}, "because"},
		{"a failed look-up is not nobody", []letter.Row{{Finding: good, Failure: "rdap.example: timeout"}}, stop, []letter.Fate{letter.FateFailed}, "rdap.example: timeout"},
		{"nobody registered is not a failed look-up", []letter.Row{{Finding: good, Network: network("192.0.2.0", "192.0.2.255")}}, stop, []letter.Fate{letter.FateNoContact}, "rdap.example names nobody for NET-192.0.2.0"},
		{"what is yet to be seen is held", []letter.Row{{Finding: seen(good, day.Add(48*time.Hour)), Network: known}}, stop, []letter.Fate{letter.FateHeld}, "seen at 2026-03-04T15:04:05Z, which is yet to come: is the scanner's clock right?"},
		{"special space is nobody's", []letter.Row{{Finding: good, Special: "documentation"}}, stop, []letter.Fate{letter.FateSpecial}, "documentation"},
		{"who asked to be left alone is", []letter.Row{{Finding: good, Network: known}}, letter.NewSuppressions([]letter.Suppression{{Scope: letter.ByAddress, Value: "abuse@isp.example", Reason: "asked by phone"}}), []letter.Fate{letter.FateSuppressed}, "abuse@isp.example: asked by phone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := letter.Place(c.rows, "relay26", c.stop, day)
			var fates []letter.Fate
			for _, p := range got {
				fates = append(fates, p.Fate)
			}
			if !slices.Equal(fates, c.want) {
				t.Errorf("fates %v, want %v", fates, c.want)
			}
			if c.why != "" && got[0].Reason != c.why {
				t.Errorf("reason %q, want %q", got[0].Reason, c.why)
			}
		})
	}
}

func TestSuppressions(t *testing.T) {
	addr := netip.MustParseAddr("192.0.2.7")
	for _, c := range []struct {
		name, typed, email string
		covers             bool
	}{
		{"a mailbox", "abuse@isp.example", "abuse@isp.example", true},
		{"a mailbox in capitals", "Abuse@ISP.example", "abuse@isp.example", true},
		{"a dash in the local part is not cut", "abuse@isp.example", "abuse-de@isp.example", false},
		{"another mailbox of the domain", "abuse@isp.example", "noc@isp.example", false},
		{"a domain", "isp.example", "noc@isp.example", true},
		{"a domain written with @", "@isp.example", "noc@isp.example", true},
		{"a subdomain of the domain", "isp.example", "noc@mail.isp.example", true},
		{"a domain that only ends alike", "isp.example", "noc@otherisp.example", false},
		{"the prefix of the host", "192.0.2.0/24", "noc@isp.example", true},
		{"the host", "192.0.2.7", "noc@isp.example", true},
		{"another prefix", "198.51.100.0/24", "noc@isp.example", false},
		{"the AS that announces the network", "AS64500", "noc@isp.example", true},
		{"a name of another script", "bücher.example", "abuse@xn--bcher-kva.example", true},
		{"a mailbox of another script", "Abuse@BÜCHER.example.", "abuse@xn--bcher-kva.example", true},
		{"all below a domain", "*.isp.example", "noc@mail.isp.example", true},
		{"a prefix of IPv4 written in IPv6", "::ffff:192.0.2.0/120", "noc@isp.example", true},
		{"another AS", "AS6450", "noc@isp.example", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := letter.ParseSuppression(c.typed)
			if err != nil {
				t.Fatal(err)
			}
			to, network := lookup.Contact{Email: c.email}, lookup.Network{AS: 64500}
			_, found := letter.NewSuppressions([]letter.Suppression{s}).Find("relay26", to, network, addr, day)
			if covers := s.Covers("relay26", to, network, addr, day); covers != c.covers || found != c.covers {
				t.Errorf("covers %v, found %v, want %v", covers, found, c.covers)
			}
		})
	}
	expired := letter.Suppression{Scope: letter.ByDomain, Value: "isp.example", Until: day}
	if expired.Covers("relay26", lookup.Contact{Email: "a@isp.example"}, lookup.Network{}, addr, day) {
		t.Error("a suppression stops at its end")
	}
	for _, bad := range []string{"", "isp", "a b@isp.example", "a@b@c", "x;y.example", "@", "abuse@", "@a@b.example", ".", "*.", "0.0.0.0/0", "::/0", "::ffff:0:0/96", "AS", "AS0", "AS4294967296"} {
		if s, err := letter.ParseSuppression(bad); err == nil {
			t.Errorf("%q was read as %v", bad, s)
		}
	}
}

func TestCompose(t *testing.T) {
	c := letter.Campaign{ID: "relay26", Language: "en", English: true, Translations: []string{"en", "de", "ja"}, Agencies: []letter.Agency{{ID: "sponsor"}, {ID: "bund", Countries: []string{"DE"}}}}
	desk := lookup.Contact{Email: "Abuse@isp.example"}
	a, b := network("192.0.2.0", "192.0.2.127", desk), network("192.0.2.128", "192.0.2.255", desk)
	b.Contacts[0].Address = []string{"Musterweg 1", "12345 Musterstadt"}
	f1, f2 := relay("192.0.2.200", "scan:1", finding.Observed), relay("192.0.2.7", "scan:2", finding.Observed)
	l := letter.Compose(c, 1, day, []lookup.Network{*a, *b, *a}, []finding.Finding{f1, f2})
	again := letter.Compose(c, 1, day, []lookup.Network{*b, *a}, []finding.Finding{f2, f1})
	if l.ID != again.ID || l.Code != again.Code || len(l.Networks) != 2 || l.Findings[0] != again.Findings[0] {
		t.Errorf("order changes the letter:\n%+v\n%+v", l, again)
	}
	if l.Findings[0].Addr != f2.Addr {
		t.Error("findings are not sorted by address")
	}
	if l.Agency.ID != "bund" || !slices.Equal(l.Languages, []string{"de", "en"}) {
		t.Errorf("agency %q writes in %v", l.Agency.ID, l.Languages)
	}
	if len(l.To.Address) == 0 {
		t.Error("a postal address that only one network gives is lost")
	}
	if !l.Date.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("date %v is not a day", l.Date)
	}
	if r := letter.Reference("relay26", "ABUSE@isp.example", 1); r != l.ID {
		t.Errorf("reference %q and %q differ by the case of the mailbox", r, l.ID)
	}
	if r := letter.Reference("relay26", "abuse@isp.example", 2); r == l.ID {
		t.Error("a reminder has the reference of the first letter")
	}
	if got := letter.Compose(c, 1, day, []lookup.Network{*a}, []finding.Finding{f1, f1}).Kinds(); len(got) != 1 {
		t.Errorf("kinds %v", got)
	}
}

func TestLanguages(t *testing.T) {
	c := letter.Campaign{Language: "en", English: true, Translations: []string{"en", "de", "es", "fr", "ja", "zh-Hans", "zh-Hant", "sr-Latn", "sr-Cyrl", "pt-BR", "pt-PT", "fi"}, Agencies: []letter.Agency{{}}}
	swiss := letter.Agency{Countries: []string{"CH"}, Languages: []string{"fr", "de"}}
	for _, x := range []struct {
		name   string
		agency letter.Agency
		to     lookup.Contact
		hint   string
		want   []string
	}{
		{"the country's first language", letter.Agency{}, lookup.Contact{Country: "CH"}, "", []string{"de", "en"}},
		{"the agency's preference there", swiss, lookup.Contact{Country: "CH"}, "", []string{"fr", "en"}},
		{"but only there", swiss, lookup.Contact{Country: "DE"}, "", []string{"de", "en"}},
		{"the contact's own wish first", swiss, lookup.Contact{Country: "CH", Language: "ja"}, "", []string{"ja", "en"}},
		{"a region falls back to its language", letter.Agency{}, lookup.Contact{Language: "es-CO"}, "", []string{"es", "en"}},
		{"Taiwan writes traditional", letter.Agency{}, lookup.Contact{Language: "zh-TW"}, "", []string{"zh-Hant", "en"}},
		{"a script is kept when the region goes", letter.Agency{}, lookup.Contact{Language: "sr-Latn-RS"}, "", []string{"sr-Latn", "en"}},
		{"Serbia writes Cyrillic", letter.Agency{}, lookup.Contact{Country: "RS"}, "", []string{"sr-Cyrl", "en"}},
		{"no guess from likeness: Danish is not Norwegian", letter.Agency{}, lookup.Contact{Language: "da"}, "", []string{"en"}},
		{"the registry's hint where the country is unknown", letter.Agency{}, lookup.Contact{}, "pt", []string{"pt-BR", "en"}},
		{"the registry's hint as the country writes it", letter.Agency{}, lookup.Contact{Country: "XX"}, "pt", []string{"pt-BR", "en"}},
		{"Portuguese in Portugal", letter.Agency{}, lookup.Contact{Country: "PT", Language: "pt"}, "", []string{"pt-PT", "en"}},
		{"Portuguese in Angola", letter.Agency{}, lookup.Contact{Country: "AO"}, "", []string{"pt-PT", "en"}},
		{"Portuguese of Mozambique", letter.Agency{}, lookup.Contact{Language: "pt-MZ"}, "", []string{"pt-PT", "en"}},
		{"Portuguese in Brazil", letter.Agency{}, lookup.Contact{Country: "BR", Language: "pt"}, "", []string{"pt-BR", "en"}},
		{"a region of its own before the country", letter.Agency{}, lookup.Contact{Country: "PT", Language: "pt-BR"}, "", []string{"pt-BR", "en"}},
		{"a country whose language is not written", letter.Agency{}, lookup.Contact{Country: "IS"}, "", []string{"en"}},
		{"English once", letter.Agency{}, lookup.Contact{Country: "GB"}, "", []string{"en"}},
		{"nonsense is the campaign's language", letter.Agency{}, lookup.Contact{Language: "!!"}, "", []string{"en"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			var nets []lookup.Network
			if x.hint != "" {
				nets = []lookup.Network{{Languages: []string{x.hint}}}
			}
			if got := c.Languages(x.agency, x.to, nets); !slices.Equal(got, x.want) {
				t.Errorf("got %v, want %v", got, x.want)
			}
		})
	}
}

func TestPace(t *testing.T) {
	p := letter.Pace{Every: time.Minute, Burst: 2}
	var mark time.Time
	for i, wait := range []time.Duration{0, 0, time.Minute, 2 * time.Minute} {
		var at time.Time
		at, mark = p.Next(mark, day)
		if got := at.Sub(day); got != wait {
			t.Errorf("letter %d waits %v, want %v", i+1, got, wait)
		}
	}
}

func TestStates(t *testing.T) {
	for _, dead := range []letter.State{letter.Sent, letter.Failed, letter.Bounced, letter.Suppressed} {
		if dead.May(letter.Sending) || dead.May(letter.Approved) {
			t.Errorf("a letter that is %s may be sent again", dead)
		}
	}
	if letter.Unknown.May(letter.Sending) {
		t.Error("a letter that may have arrived is sent again without a person")
	}
	if letter.Held.May(letter.Approved) {
		t.Error("a letter that somebody held back is approved unreleased")
	}
	if letter.Drafted.May(letter.Sending) {
		t.Error("a letter that nobody approved may be sent")
	}
}

func TestSumChecks(t *testing.T) {
	var s letter.Sum
	for _, f := range []letter.Fate{letter.FateLettered, letter.FateHeld, letter.FateSuppressed, letter.FateNoContact, letter.FateFailed, letter.FateSpecial, letter.FateDuplicate, letter.FateRejected} {
		s.Add(f, 2)
	}
	if err := s.Check(); err != nil || s.Rows != 16 {
		t.Errorf("%d rows: %v", s.Rows, err)
	}
	s.Rows++
	if s.Check() == nil {
		t.Error("a row that ended nowhere is not noticed")
	}
}
