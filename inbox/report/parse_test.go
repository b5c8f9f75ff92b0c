package report

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMentions(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"bare", "from 192.0.2.1 to", "192.0.2.1"},
		{"at the end of a sentence", "It was 192.0.2.1.", "192.0.2.1"},
		{"with a port", "192.0.2.1:8080", "192.0.2.1:8080"},
		{"with a time behind it", "192.0.2.1:10:22:33", "192.0.2.1"},
		{"as tcpdump writes it", "IP 192.0.2.1.443 > 198.51.100.2.55000: Flags", "192.0.2.1:443 198.51.100.2:55000"},
		{"dots in brackets", "192[.]0[.]2[.]1", "192.0.2.1"},
		{"one dot in brackets", "192.0.2[.]1", "192.0.2.1"},
		{"dots in words", "192 dot 0 dot 2 dot 1", "192.0.2.1"},
		{"dots with blanks", "192 . 0 . 2 . 1", "192.0.2.1"},
		{"a network", "192.0.2.0/24", ""},
		{"one address as a network", "192.0.2.1/32", "192.0.2.1"},
		{"zero and 32", "192.0.2.0/32", ""},
		{"a range", "192.0.2.10 - 192.0.2.20", ""},
		{"a range in words", "from 192.0.2.128 to 192.0.2.191", ""},
		{"a way from one to another", "from 192.0.2.5 to 192.0.2.77", "192.0.2.5 192.0.2.77"},
		{"a reversed name", "1.2.0.192.zen.example.org", ""},
		{"a name with an address in it", "host-192.0.2.1.isp.example", ""},
		{"an OID", "1.3.6.1.4.1.2021", ""},
		{"a version", "version 10.2.3.4", ""},
		{"a browser", "Mozilla/5.0 Chrome/99.0.4844.51", ""},
		{"a mask", "255.255.255.0", ""},
		{"loopback", "127.0.0.1", ""},
		{"a number too large", "192.0.2.256", ""},
		{"five numbers", "192.0.2.1.7", ""},
		{"a user at a host", "user@192.0.2.1", "192.0.2.1"},
		{"an address before an at", "192.0.2.1@example.org", ""},
		{"in the host of a URL", "http://192.0.2.1/x", "192.0.2.1"},
		{"IPv6", "2001:db8::1", "2001:db8::1"},
		{"IPv6 in brackets with a port", "[2001:db8::1]:443", "2001:db8::1:443"},
		{"IPv6 with dots of a sentence", "It was 2001:db8::1.", "2001:db8::1"},
		{"an IPv6 network", "2001:db8::/32", ""},
		{"IPv4 in IPv6", "::ffff:192.0.2.1", "192.0.2.1"},
		{"a time", "10:22:33", ""},
		{"a MAC", "00:16:3e:aa:bb:cc", ""},
		{"a name of C++", "std::add::fade", ""},
		{"behind a label without a blank", "IP192.0.2.1", "192.0.2.1"},
		{"in Chinese", "来自192.0.2.1的攻击", "192.0.2.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, m := range mentions(tt.text, Options{Special: true}) {
				if m.network || m.param {
					continue
				}
				s := m.addr.String()
				if m.port > 0 {
					s += fmt.Sprintf(":%d", m.port)
				}
				got = append(got, s)
			}
			if have := strings.Join(got, " "); have != tt.want {
				t.Errorf("%q holds %q, want %q", tt.text, have, tt.want)
			}
		})
	}
}

func TestStamps(t *testing.T) {
	base := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ name, text, want string }{
		{"RFC 3339", "2026-03-01T10:22:33Z", "2026-03-01T10:22:33Z"},
		{"with an offset", "2026-03-01 10:22:33 +0100", "2026-03-01T10:22:33+01:00"},
		{"without a zone", "2026-03-01 10:22:33", "2026-03-01T10:22:33"},
		{"a fraction", "2026-03-01 10:22:33.123456 UTC", "2026-03-01T10:22:33Z"},
		{"RFC 5322", "Sun, 01 Mar 2026 10:22:33 -0500 (EST)", "2026-03-01T10:22:33-05:00"},
		{"ctime", "Sun Mar  1 10:22:33 2026", "2026-03-01T10:22:33"},
		{"date(1)", "Sun Mar  1 10:22:33 CET 2026", "2026-03-01T10:22:33+01:00"},
		{"syslog", "Mar  1 10:22:33 host", "2026-03-01T10:22:33"},
		{"syslog of last year", "Dec 31 23:59:59 host", "2025-12-31T23:59:59"},
		{"of a web server", "[01/Mar/2026:10:22:33 +0100]", "2026-03-01T10:22:33+01:00"},
		{"twelve hours", "March 1, 2026 10:22:33 PM PST", "2026-03-01T22:22:33-08:00"},
		{"midnight in twelve hours", "Mar 1, 2026 12:05 AM", "2026-03-01T00:05:00"},
		{"with an ordinal", "1st March 2026 at 10:22 GMT", "2026-03-01T10:22:00Z"},
		{"German", "01.03.2026 um 10:22 Uhr MEZ", "2026-03-01T10:22:00+01:00"},
		{"French", "1 mars 2026 à 10h22", "2026-03-01T10:22:00"},
		{"Spanish", "1 de marzo de 2026 a las 10:22", "2026-03-01T10:22:00"},
		{"Polish", "1 marca 2026 10:22:33", "2026-03-01T10:22:33"},
		{"Russian", "1 марта 2026 10:22 MSK", "2026-03-01T10:22:00+03:00"},
		{"Japanese", "2026年3月1日 10時22分33秒", "2026-03-01T10:22:33"},
		{"the clock first", "10:22:33 UTC on 1 March 2026", "2026-03-01T10:22:33Z"},
		{"seconds since 1970", "timestamp=1772360553", "2026-03-01T10:22:33Z"},
		{"a phone number", "call 1772360553", ""},
		{"a city", "2026-07-01 10:22:33 Europe/Berlin", "2026-07-01T10:22:33+02:00"},
		{"UTC and hours", "2026-03-01 10:22:33 UTC+2", "2026-03-01T10:22:33+02:00"},
		{"letters that several use", "2026-03-01 10:22:33 IST", "2026-03-01T10:22:33"},
		{"an offset at the end of a sentence", "on 09.03.2026 22:00:00 +0100.", "2026-03-09T22:00:00+01:00"},
		{"about a time", "am 9. März 2026 gegen 08:15 Uhr (MEZ)", "2026-03-09T08:15:00+01:00"},
		{"a day alone", "2026-03-01", "2026-03-01"},
		{"one of two days", "03/04/2026 10:22", "ambiguous"},
		{"a day that can be only one", "28/02/2026 10:22", "2026-02-28T10:22:00"},
		{"the month first", "02/28/2026 10:22", "2026-02-28T10:22:00"},
		{"compact", "20260301T102233Z", "2026-03-01T10:22:33Z"},
		{"in two fields", "Date: 2026-03-01\nTime: 10:22:33", "2026-03-01T10:22:33"},
		{"an address", "10.12.20.25", ""},
		{"a version", "1.12.2026.4", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, s := range stamps(tt.text, base)[:min(1, len(stamps(tt.text, base)))] {
				if got = s.time(nil).String(); s.ordered {
					got = "ambiguous"
				}
			}
			if got != tt.want {
				t.Errorf("%q is %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestStatedZone(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"All times are in UTC.", "+0000"},
		{"all timestamps GMT+2", "+0200"},
		{"Timezone: +0100 (CET)", "+0100"},
		{"Note: Local timezone is -0500 (EST)", "-0500"},
		{"Zeitzone: MESZ", "+0200"},
		{"Alle Zeitangaben in CET", "+0100"},
		{"Время указано по MSK, часовой пояс MSK", "+0300"},
		{"Times: 2026-03-01 10:00 UTC", ""},
		{"estão em nossos registros as horas", ""},
		{"times in UTC\ntimes in CET", ""},
		{"at that time nothing happened", ""},
	} {
		got := ""
		if z := zoneOfAll([]*doc{newDoc(0, tt.text)}, time.Time{}); z != nil {
			got = time.Date(2026, 3, 1, 0, 0, 0, 0, z).Format("-0700")
		}
		if got != tt.want {
			t.Errorf("%q states %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestHandover(t *testing.T) {
	outside := "from out.isp.example (out.isp.example [192.0.2.1]) by mx.victim.example with ESMTP; Tue, 10 Mar 2026 10:00:00 +0000"
	inside := "from mx.victim.example (mx.victim.example [203.0.113.1]) by store.victim.example with LMTP; Tue, 10 Mar 2026 10:00:01 +0000"
	origin := "from [10.0.0.1] (unknown [198.51.100.1]) by out.isp.example with ESMTPSA; Tue, 10 Mar 2026 09:59:59 +0000"
	for _, tt := range []struct {
		name   string
		fields []string
		want   string
	}{
		{"from above", []string{inside, outside, origin}, "192.0.2.1"},
		{"a scanner on the same host", []string{"from localhost (localhost [127.0.0.1]) by mx.victim.example; x", outside}, "192.0.2.1"},
		{"qmail", []string{"(qmail 22 invoked from network); 10 Mar 2026 10:00:00 -0000", "from out.isp.example (HELO x) (192.0.2.1) by mx.victim.example with SMTP; x"}, "192.0.2.1"},
		{"a HELO that lies", []string{"from [198.51.100.9] (helo=[198.51.100.9] [192.0.2.1]) by mx.victim.example; x"}, "192.0.2.1"},
		{"none", []string{"by mx.victim.example id 1; x"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, ok := handover(tt.fields, nil, Options{Special: true})
			got := ""
			if ok {
				got = h.addr.String()
			}
			if got != tt.want {
				t.Errorf("handed over by %q, want %q", got, tt.want)
			}
		})
	}
}

func TestKeyIsTheSameWhoeverTells(t *testing.T) {
	event := func(mail string) Event {
		r := Read([]byte("Subject: brute force attack\nDate: Tue, 10 Mar 2026 12:00:00 +0000\n\n"+mail), Options{Special: true})
		if len(r.Events) != 1 {
			t.Fatalf("%d events of %q (%s)", len(r.Events), mail, r.Why)
		}
		return r.Events[0]
	}
	a := event("2026-03-09T10:00:05Z sshd[1]: Failed password for root from 192.0.2.1 port 4000 ssh2")
	b := event("Attacker: 192.0.2.1\nSource port: 4000\nTime: 9 March 2026 11:00:59 CET\nbrute force login attempts")
	if a.Key() != b.Key() {
		t.Errorf("%q and %q", a.Key(), b.Key())
	}
	c := event("2026-03-09T10:01:05Z sshd[1]: Failed password for root from 192.0.2.1 port 4000 ssh2")
	if a.Key() == c.Key() {
		t.Errorf("another minute has the same key %q", c.Key())
	}
}
