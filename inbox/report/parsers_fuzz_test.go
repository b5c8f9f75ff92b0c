package report

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
)

// small keeps a fuzz target at parsers rather than at copying.
const small = 4 << 10

// FuzzHeader reads the fields of a message: nothing of the message is lost
// between them and the body, and a value is one line of text.
func FuzzHeader(f *testing.F) {
	f.Add([]byte("From: a@example.org\nSubject: =?utf-8?q?caf=C3=A9?=\n\nbody"))
	f.Add([]byte("Received: from a.example (a.example [192.0.2.1])\n\tby mx.example; Mon, 16 Nov 2026 10:00:00 +0000\nno field\n\n"))
	f.Add([]byte("Subject: \x1b$B%9\x1b(B\r\n\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > small {
			return
		}
		for _, inPart := range []bool{false, true} {
			top, body := cutHeader(text, inPart)
			if len(top)+len(body) > len(text) || !bytes.HasPrefix(text, top) || !bytes.HasSuffix(text, body) {
				t.Fatalf("%q is cut into %q and %q", text, top, body)
			}
			for _, h := range parseHeader(top) {
				if h.name == "" || strings.ContainsAny(h.name, " \t\n:") || !utf8.ValidString(h.value) || strings.ContainsAny(h.value, "\r\x00") {
					t.Errorf("field %q: %q", h.name, h.value)
				}
			}
		}
		if h, ok := hopOf(string(text), Options{Special: true}); ok && !h.addr.IsValid() {
			t.Errorf("a hop without an address: %+v", h)
		}
	})
}

// FuzzTable reads a table in a file: each event has an address of the table's
// own, a line and printable evidence.
func FuzzTable(f *testing.F) {
	f.Add([]byte("ip,port,timestamp\n192.0.2.1,22,2026-11-16 10:00:00\n"))
	f.Add([]byte("quelle;quellport;ziel;zielport;zeit\n192.0.2.1;4000;203.0.113.1;22;16.11.2026 10:00\n"))
	f.Add([]byte("\"src_ip\"\t\"dst_ip\"\n192.0.2.1\t203.0.113.1\n"))
	f.Add([]byte(`{"events":[{"attacker":{"ip":"192.0.2.1","port":4000},"type":"scan","epoch":1794615150}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > small {
			return
		}
		r := &reader{o: Options{Special: true}, m: &message{}, outer: &message{}}
		if r.readTable("a.csv", data, ""); len(r.out.Events) == 0 {
			r.readObjects("a.json", data, "")
		}
		for _, e := range r.out.Events {
			if !e.Addr.IsValid() && e.URL == "" || e.Kind == "" {
				t.Errorf("an event of nothing: %+v", e)
			}
			if strings.ContainsAny(e.Evidence+e.URL, "\x00\x1b\n") || !utf8.ValidString(e.Evidence+e.URL) {
				t.Errorf("not printable: %q %q", e.Evidence, e.URL)
			}
			if s := e.AddrAt; s.Part >= len(r.out.Parts) || s.From > s.To {
				t.Errorf("span %v of %d parts", s, len(r.out.Parts))
			}
		}
	})
}

// FuzzLogLine weighs the addresses of a line: they stand in it in order, and a
// port is the figures that it was read from.
func FuzzLogLine(f *testing.F) {
	f.Add("Nov 16 10:00:00 h sshd[1]: Failed password for root from 192.0.2.1 port 4000 ssh2")
	f.Add("Nov 16 10:00:00 fw kernel: DROP SRC=192.0.2.1 DST=203.0.113.1 PROTO=TCP SPT=4000 DPT=22")
	f.Add("10:00:00.1 IP 192.0.2.1.4000 > 203.0.113.1.80: UDP, length 1400")
	f.Add("192.0.2.1 - - [16/Nov/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 200 1")
	f.Add("postfix/smtpd[1]: connect from unknown[2001:db8::1]\nQuellport : 22\n192[.]0[.]2[.]1 | tcp/9100")
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) > small || !utf8.ValidString(line) {
			return
		}
		d := newDoc(0, line)
		r := &reader{o: Options{Special: true}, m: &message{}, outer: &message{}}
		last := 0
		for _, p := range r.places([]*doc{d}, false) {
			if p.from < last || p.from >= p.end || p.end > p.to || p.to > len(d.text) || !p.addr.IsValid() {
				t.Fatalf("a place at %d to %d behind %d of %q", p.from, p.to, last, d.text)
			}
			last = p.from
			e := Event{Addr: p.addr, Kind: Scan}
			ports(&e, &suspect{addr: p.addr, places: []*place{p}})
			if at := e.PortAt; e.Port > 0 && (at.To > len(d.text) || !strings.ContainsAny(d.text[at.From:at.To], "0123456789")) {
				t.Errorf("port %d at %v of %q", e.Port, at, d.text)
			}
		}
	})
}

// FuzzTime finds the times of a text: each stands in it, is a time that there
// is, and is read again from the way it is written down.
func FuzzTime(f *testing.F) {
	for _, s := range []string{
		"2026-11-16T10:00:00Z", "16.11.2026 um 10:00 Uhr (MEZ)", "Nov 16 10:00:00", "16/Nov/2026:10:00:00 -0300", "11/16-10:00:00.123",
		"令和8年11月16日 10:00（JST）", "le 16 novembre 2026 de 14 h 10 à 15 h 25, heure de Paris", "2026年11月16日 下午4点20分", "16. 11. 2026 10:00",
		"الساعة 11:25 صباحا بتوقيت الرياض يوم 15 نوفمبر 2026", "time 1794615150", "10:00:00 x\n16 Nov 2026", "All times are UTC", "2026-11-16 02:30:44(CST,UTC+8)",
	} {
		f.Add(s)
	}
	base := time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > small || !utf8.ValidString(s) {
			return
		}
		d := newDoc(0, s)
		zone := zoneOfAll([]*doc{d}, base)
		last := 0
		for _, at := range d.times(base) {
			if at.from < last || at.from >= at.to || at.to > len(d.text) || !at.valid() {
				t.Fatalf("a time at %d to %d behind %d of %q", at.from, at.to, last, s)
			}
			last = at.from
			got := at.time(zone)
			if again := exact(got.String()); !got.Day && (again.String() != got.String()) {
				t.Errorf("%q is written %q and read %q", s[at.from:at.to], got, again)
			}
			if _, ok := got.At(); ok && at.zone == nil && zone == nil {
				t.Errorf("a moment without a zone: %q", s)
			}
		}
		for _, at := range d.bareClocks(base) {
			if at.from < 0 || at.to > len(d.text) || !at.valid() {
				t.Errorf("a clock at %d to %d of %q", at.from, at.to, s)
			}
		}
	})
}

// FuzzUnpack opens packed files and parts in parts within the limits.
func FuzzUnpack(f *testing.F) {
	var z, g bytes.Buffer
	zw := zip.NewWriter(&z)
	if w, err := zw.Create("a.csv"); err == nil {
		_, _ = w.Write([]byte("ip\n192.0.2.1\n"))
	}
	_ = zw.Close()
	gw := gzip.NewWriter(&g)
	_, _ = gw.Write([]byte("a log"))
	_ = gw.Close()
	f.Add(z.Bytes())
	f.Add(g.Bytes())
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--b--\n"))
	f.Add([]byte("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nContent-Transfer-Encoding: base64\n\naGk=\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > small {
			return
		}
		var o opener
		if isPacked(data) {
			for _, file := range o.unpack("a.zip", data) {
				if len(file.data) > maxUnpacked {
					t.Errorf("%q has %d bytes", file.name, len(file.data))
				}
			}
		}
		m := o.parse(data, 0)
		for _, p := range m.parts {
			if !utf8.ValidString(p.text) || strings.Contains(p.text, "\x00") {
				t.Errorf("part %s: %q", p.path, p.text)
			}
		}
		if o.parts > maxParts+1 {
			t.Errorf("%d parts", o.parts)
		}
	})
}
