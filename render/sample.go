package render

import (
	"net/netip"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/templates"
)

// Samples makes letters in one language, with documentation addresses, that
// between them take every way through the templates of set: for checking
// them, and to show what letters look like.
func Samples(set *templates.Set, lang string) []letter.Letter {
	seen := time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)
	full := letter.Letter{
		Campaign: "sample26", Round: 1, Languages: []string{lang}, Date: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		To: lookup.Contact{Email: "abuse@example.net", Name: "Abuse Desk", Org: "Example Networks", Country: "US",
			Address: []string{"12 Sample Road", "Exampletown 00000"}},
		Networks: sampleNetworks("network-abuse"),
		Agency: letter.Agency{ID: "sample", Name: "Office for Example Networks", Address: []string{"1 Example Street", "Springfield 00000", "United States"},
			Phone: "+1 202 555 0100", Site: "https://www.example.org", From: "notices@example.org", ReplyTo: "answers@example.org",
			Signatory: "Jane Example", Form: "us-10"},
	}
	full.ID, full.Code, full.ReturnKey = letter.Reference(full.Campaign, full.To.Email, 1), "7k3q-9xmd", "k5x2m7qbw3ze4d6a"
	for _, kind := range set.Sections() {
		full.Findings = append(full.Findings, finding.Finding{Addr: netip.MustParseAddr("192.0.2.7"), Port: uint16(1000 + len(full.Findings)), Proto: "tcp",
			Kind: finding.Kind(kind), Service: "sample", Strength: finding.Verified, Reason: "it worked", Seen: seen, Source: "sample:1", Evidence: "250 2.1.5 Ok"})
	}
	bare := full
	bare.Earlier = []letter.Earlier{{ID: full.ID, Left: full.Date, MessageID: full.ID + "@example.org"}}
	bare.Round, bare.To.Org, bare.Agency.Signatory, bare.Agency.Phone, bare.Agency.Site = 2, "", "", "", ""
	bare.Findings = append([]finding.Finding{}, full.Findings...)
	for i := range bare.Findings {
		bare.Findings[i].Strength = finding.Observed
	}
	bare.Findings = append(bare.Findings, bare.Findings[0])
	bare.Findings[len(bare.Findings)-1].Addr = netip.MustParseAddr("192.0.2.8")
	said := map[string]string{lang: "…"} // a house's own words
	house := full.Agency
	house.Mandates, house.Methods, house.Answers, house.Prevails = said, said, []string{"en", "fr"}, lang
	house.Privacy = letter.Privacy{Basis: said, Kept: said, Supervisor: said, Officer: "privacy@example.org", Policy: "https://www.example.org/privacy"}
	services := full
	services.Agency, services.To.Name = house, "Jane Example"
	services.Findings, services.Networks = nil, sampleNetworks("override")
	for i, service := range advised {
		f := full.Findings[0]
		f.Kind, f.Service, f.Port = finding.ExposedService, service, uint16(2000+i)
		services.Findings = append(services.Findings, f)
	}
	customer := full
	customer.Agency, customer.To.Name, customer.To.Role = house, "Jane Example", lookup.Customer
	reminded := bare
	reminded.To.Role = lookup.Customer
	all := []letter.Letter{full, bare, services, customer, reminded}
	for i, text := range letter.Corrections {
		l := bare
		l.Corrects, l.Round, l.To.Role = text, letter.FirstCorrection+i, ""
		all = append(all, l)
	}
	if set.File(templates.Reported, lang) == nil {
		return all
	}
	reported := customer
	reported.Customer, reported.Findings = "4711", nil
	for i, kind := range reportedKinds {
		f := full.Findings[0]
		f.Kind, f.Service, f.Port = kind, "", uint16(i)
		reported.Findings = append(reported.Findings, f)
	}
	again := reported
	again.Round = 2
	firmer, last := again, again
	firmer.Firm, last.Firm = letter.Firmer, letter.Last
	last.Verbatim = true
	return append(all, reported, again, firmer, last)
}

// reportedKinds are all that letters pass on.
var reportedKinds = []finding.Kind{"spam", "phishing", "malware", "copyright", "scan", "bruteforce", "ddos", finding.ExposedService,
	finding.OpenRelay, finding.OpenProxy, "botnet", "account", "other"}

// sampleNetworks names a contact by a rule of package lookup.
func sampleNetworks(rule string) []lookup.Network {
	return []lookup.Network{{First: netip.MustParseAddr("192.0.2.0"), Last: netip.MustParseAddr("192.0.2.255"), Handle: "EXAMPLE-1",
		Contacts: []lookup.Contact{{Email: "abuse@example.net", Rule: rule}}}}
}
