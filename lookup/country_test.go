package lookup

import (
	"strings"
	"testing"
)

func TestCountryCode(t *testing.T) {
	for in, want := range map[string]string{
		"US": "US", "de": "DE", "UK": "GB", "United States": "US", "SPAIN": "ES", "The Netherlands": "NL", "Korea, Republic of": "KR",
		"Viet Nam": "VN", "Türkiye": "TR", "TURKEY": "TR", "Czech Republic": "CZ", "Côte d'Ivoire": "CI", "Hong Kong": "HK", "Russian Federation": "RU",
		"EU # Country is really world wide": "", "ZZ": "", "AP": "", "EU": "", "": "", "Springfield": "", "IL # x": "IL", "XX": "", "SU": "", "Trinidad and Tobago": "TT",
	} {
		if got := CountryCode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPlaceOf(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"the last line may be the country", "1 Road|Town|FRANCE", "1 Road|Town FR"},
		{"or end in it", "1 Road|Tokyo 101-0047, Japan", "1 Road|Tokyo 101-0047 JP"},
		{"ARIN's lines become American ones", "1 Main St|Springfield|IL|62701|United States", "1 Main St|Springfield, IL 62701 US"},
		{"and Canadian ones", "1 Main St|Toronto|ON|M5H 2N2|Canada", "1 Main St|Toronto, ON M5H 2N2 CA"},
		{"others stay as they are", "1 Road|Berlin|BE|10115|Germany", "1 Road|Berlin|BE|10115 DE"},
		{"empty lines go", "1 Road|| |Town", "1 Road|Town "},
		{"nothing is nowhere", "", " "},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := placeOf("", strings.Split(c.in, "|"))
			if got := strings.Join(p.lines, "|") + " " + p.country; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestCSIRT(t *testing.T) {
	if c, ok := CSIRT("br"); !ok || c.Email != "cert@cert.br" || c.Country != "BR" || c.Rule != "national-csirt" {
		t.Errorf("%+v %v", c, ok)
	}
	if c, ok := CSIRT("ZZ"); ok {
		t.Errorf("a team for nowhere: %+v", c)
	}
	for country, team := range nationalCSIRTs {
		if m, err := addrSpec(team.mail); err != nil || m != team.mail || CountryCode(country) != country || team.name == "" {
			t.Errorf("%s %+v: %v", country, team, err)
		}
	}
}

func TestPostalLines(t *testing.T) {
	many := strings.Split(strings.Repeat("Floor|", MaxPostalLines+5)+"Exampletown", "|")
	for _, c := range []struct {
		name, want string
		in         []string
	}{
		{"house and town stay, however much stands between them", "Wing B|Floor 3|Building 7|Science Park|Lot 8|1 Example Street|Exampletown 0000",
			[]string{"Isp Ltd", "Abuse desk", "Wing B", "Floor 3", "Building 7", "Science Park", "Lot 8", "1 Example Street", "Exampletown 0000"}},
		{"a name in the middle stays", "Wing B|ISP Ltd|Exampletown", []string{"Wing B", "ISP Ltd", "Exampletown"}},
		{"several lines in one string", "1 Example Street|Exampletown", []string{"1 Example Street,\nExampletown;\n"}},
		{"and where the line breaks are spelled out", "1 Example Street|Exampletown", []string{`ISP Ltd\n1 Example Street\nExampletown`}},
		{"no more lines than are kept", strings.Repeat("Floor|", MaxPostalLines-1) + "Floor", many},
		{"a line of the length that is kept", strings.Repeat("a", MaxPostalLine), []string{strings.Repeat("a", MaxPostalLine+1)}},
		{"nothing", "", []string{"", " ", "ISP Ltd"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(cleanLines(c.in, "Abuse Desk", "ISP Ltd"), "|"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRegistered(t *testing.T) {
	first := func(n Network) Contact { return n.Contacts[0] }
	answer := record{net: Network{Handle: "EXAMPLE-1", Org: "Example Networks"}}
	answer.claim(technical, "noc@example.net", Contact{}, place{})
	registry := answer.answer().Network
	var adopted Network
	adopted.adopt(registry)
	house, _, _ := readOverrides(t, overridesCSV).LookupAS(t.Context(), 64500)
	csirt, _ := CSIRT("BR")
	hinted, _ := hint("abuse@example.net", "abusix", "abuse-contacts.abusix.zone", "192.0.2.7", "TXT")
	for _, tt := range []struct {
		sentence string
		contact  Contact
		want     bool
	}{
		{"a registry names even somebody technical", first(registry), true},
		{"so it does where the network around, or the AS, is asked", first(adopted), true},
		{"a dump of a registry is its answer", Contact{Email: "abuse@example.net", Rule: orgAbuse}, true},
		{"the house knows better", first(house), false},
		{"a national CSIRT is nobody's registered contact", csirt, false},
		{"a hint is not", hinted, false},
		{"who says nothing of a rule claims nothing", Contact{Email: "abuse@example.net"}, false},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			if got := tt.contact.Registered(); got != tt.want {
				t.Errorf("%v for %+v", got, tt.contact)
			}
		})
	}
}
