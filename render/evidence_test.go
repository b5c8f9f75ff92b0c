package render_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// said is the text of a letter, its white space made one.
func said(t *testing.T, r *render.Renderer, l letter.Letter) string {
	t.Helper()
	_, ps := parts(t, must(t, r, l).Mail)
	return strings.Join(strings.Fields(ps[0].text), " ")
}

func TestAddressAndPortStandInTheCommands(t *testing.T) {
	r := renderer(t, render.Options{})
	redis := finding.Finding{Addr: netip.MustParseAddr("192.0.2.7"), Port: 6379, Proto: "tcp", Kind: finding.ExposedService, Service: "redis", Strength: finding.Observed, Seen: seen}
	at := func(f finding.Finding, addr string, port uint16) finding.Finding {
		f.Addr, f.Port = netip.MustParseAddr(addr), port
		return f
	}
	for _, c := range []struct {
		sentence string
		findings []finding.Finding
		want     string
	}{
		{"one host", []finding.Finding{redis}, "nmap -Pn -p 6379 192.0.2.7"},
		{"in the paragraph of a service too", []finding.Finding{redis}, "`redis-cli -h 192.0.2.7 ping`"},
		{"one host with two ports", []finding.Finding{redis, at(redis, "192.0.2.7", 6380)}, "nmap -Pn -p PORT 192.0.2.7"},
		{"two hosts", []finding.Finding{redis, at(redis, "192.0.2.8", 6379)}, "nmap -Pn -p PORT ADDRESS"},
		{"an IPv6 address, which needs another command", []finding.Finding{at(redis, "2001:db8::7", 6379)}, "nmap -Pn -p PORT ADDRESS"},
		{"a URL, which filters would count as a link", []finding.Finding{proxyAt("192.0.2.7")}, "curl -x http://ADDRESS:PORT"},
		{"one host of each kind", []finding.Finding{relay("192.0.2.9"), redis}, "nmap -Pn -p 6379 192.0.2.7"},
	} {
		l := example("en")
		l.Findings = c.findings
		if got := said(t, r, l); !strings.Contains(got, c.want) {
			t.Errorf("%s: no %s in\n%s", c.sentence, c.want, got)
		}
	}
}

func TestACustomerReadsLocalTime(t *testing.T) {
	r := renderer(t, render.Options{})
	summer := time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		sentence, country string
		role              string
		times             []time.Time
		want              string
	}{
		{"a customer in Germany", "DE", lookup.Customer, []time.Time{seen}, "Seen (UTC+1)|2026-03-01 11:30"},
		{"in summer, the day after", "DE", lookup.Customer, []time.Time{summer}, "Seen (UTC+2)|2026-07-02 00:30"},
		{"in India", "IN", lookup.Customer, []time.Time{seen}, "Seen (UTC+5:30)|2026-03-01 16:00"},
		{"in winter and in summer, when clocks differ", "DE", lookup.Customer, []time.Time{seen, summer}, "Seen (UTC)|2026-03-01 10:30"},
		{"a customer of whom no country is known", "", lookup.Customer, []time.Time{seen}, "Seen (UTC)|2026-03-01 10:30"},
		{"a desk", "DE", "abuse", []time.Time{seen}, "Seen (UTC)|2026-03-01 10:30"},
	} {
		l := example("en")
		l.To.Role, l.To.Country, l.Networks[0].Country, l.Findings = c.role, c.country, c.country, nil
		for i, at := range c.times {
			f := relay("192.0.2.7")
			f.Port, f.Seen = uint16(25+i), at
			l.Findings = append(l.Findings, f)
		}
		got := said(t, r, l)
		for want := range strings.SplitSeq(c.want, "|") {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s in\n%.600s", c.sentence, want, got)
			}
		}
	}
}

func TestDatesAreThoseOfOfficials(t *testing.T) {
	for _, c := range []struct{ lang, country, want string }{
		{"en", "US", "March 2, 2026"}, {"en", "PH", "March 2, 2026"},
		{"en", "GB", "2 March 2026"}, {"en", "IE", "2 March 2026"}, {"en", "IN", "2 March 2026"}, {"en", "", "2 March 2026"},
		{"vi", "VN", "ngày 02 tháng 3 năm 2026"}, {"th", "TH", "2 มีนาคม 2569"}, {"de", "AT", "2. März 2026"},
		{"hr", "HR", "2. ožujka 2026."}, {"sk", "SK", "2. marca 2026"}, {"sl", "SI", "2. marec 2026"}, {"et", "EE", "2. märts 2026"},
		{"lv", "LV", "2026. gada 2. marts"}, {"mt", "MT", "2 ta’ Marzu 2026"}, {"ga", "IE", "2 Márta 2026"}, {"pt-PT", "PT", "2 de março de 2026"},
		{"is", "IS", "2. mars 2026"}, {"ur", "PK", "2 مارچ 2026ء"}, {"bn", "BD", "2 মার্চ 2026"},
		{"fa", "IR", "11 اسفند 1404 (2 مارس 2026)"}, {"fa", "AF", "11 حوت 1404 (2 مارس 2026)"},
	} {
		l := example(c.lang)
		l.To.Country = c.country
		if got := said(t, renderer(t, render.Options{Templates: as(t, c.lang)}), l); !strings.Contains(got, c.want) {
			t.Errorf("%s in %s: no %s in\n%.300s", c.lang, c.country, c.want, got)
		}
	}
}

func proxyAt(addr string) finding.Finding {
	return finding.Finding{Addr: netip.MustParseAddr(addr), Port: 8080, Proto: "tcp", Kind: finding.OpenProxy, Service: "http", Strength: finding.Observed, Seen: seen}
}

// A command with the address of a host is of one letter, and not kept for others.
func TestWhatIsFilledInIsKeptForNobody(t *testing.T) {
	p := &paper{}
	l := example("en")
	l.Findings = l.Findings[:1]
	must(t, renderer(t, render.Options{Printer: p}), l)
	filled := 0
	for _, b := range p.last.Parts[0].Blocks {
		for _, s := range b.Spans {
			if s.Code && strings.Contains(s.Text, "192.0.2.7") {
				if filled++; !s.Once {
					t.Errorf("%q is taken for words that other letters have", s.Text)
				}
			} else if s.Once {
				t.Errorf("%q is taken for what no other letter has", s.Text)
			}
		}
	}
	if filled == 0 {
		t.Error("no command has the address")
	}
}
