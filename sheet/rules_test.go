package sheet

import (
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestUsualTimes holds the short way against the long one: it reads what is
// usual, leaves everything else alone, and both agree.
func TestUsualTimes(t *testing.T) {
	for _, tt := range []struct {
		in       string
		ok, bare bool
	}{
		{"2026-03-06 23:41:05", true, true}, {"2026-03-06T23:41:05", true, true}, {"06.03.2026 23:41:05", true, true},
		{"2026-03-06T23:41:05Z", true, false}, {"2026-03-06T23:41:05.25Z", true, false}, {"2026-03-07T00:41:05+01:00", true, false},
		{"Fri, 06 Mar 2026 23:41:05 +0000", true, false},
		{"Mon, 06 Mar 2026 23:41:05 +0000", false, false}, {"Friday, 6 Mar 2026 23:41:05 +00", false, false},
		{"2026/03/06 23:41:05", false, false}, {"06/03/2026 23:41:05", false, false}, {"2026-03-06 25:41:05", false, false},
		{"2026-03-06T23:41", false, false}, {"2026-03-06", false, false}, {"1772840465", false, false}, {"1772840465000000000", false, false}, {"", false, false},
	} {
		at, bare, ok := usual(tt.in)
		if ok != tt.ok || ok && bare != tt.bare {
			t.Errorf("%q: %v, bare %v", tt.in, ok, bare)
		}
		if !ok {
			continue
		}
		p := parts{whole: tt.in}
		if err := p.read(tt.in); err != nil {
			t.Fatal(err)
		}
		var times Times
		if long, err := times.whole(p); err != nil || !long.Equal(at) || times.Bare != bare {
			t.Errorf("%q: %v, and in the long way %v, %v", tt.in, at, long, err)
		}
	}
}

func TestTimesAtTheirLimits(t *testing.T) {
	for in, want := range map[string]string{
		"2026-03-06 23:59:59": "2026-03-06T23:59:59Z", "2026-03-06 00:00": "2026-03-06T00:00:00Z",
		"2026-03-06 12:59 pm": "2026-03-06T12:59:00Z", "2026-03-06 12:59 am": "2026-03-06T00:59:00Z", "2026-03-06 11:00 am": "2026-03-06T11:00:00Z",
		"6 March 2026 12 am": "2026-03-06T00:00:00Z", "6 March 2026 12 pm": "2026-03-06T12:00:00Z", "11 pm 6 March 2026": "2026-03-06T23:00:00Z", "6 March 2026 11 P.M. UTC": "2026-03-06T23:00:00Z",
		"2026-03-06 10:00 +1459": "2026-03-05T19:01:00Z", "2026-03-06 10:00 -1459": "2026-03-07T00:59:00Z",
		"20260306T234105.25Z": "2026-03-06T23:41:05.25Z", "20260306T2341": "2026-03-06T23:41:00Z", "20260306T234105+0100": "2026-03-06T22:41:05Z",
		"999999999": "2001-09-09T01:46:39Z", "9999999999": "2286-11-20T17:46:39Z", "1772840465.": "2026-03-06T23:41:05Z", "1772840465.123456789123": "2026-03-06T23:41:05.123456789Z",
		"2009999999": "2033-09-10T21:19:59Z", "1.1.1970": "1970-01-01T00:00:00Z", "25 Mar 69": "2069-03-25T00:00:00Z", "25 Mar 70": "1970-03-25T00:00:00Z",
		"1 Sept 2026": "2026-09-01T00:00:00Z", "1 Sep. 2026": "2026-09-01T00:00:00Z", "May 1 2026": "2026-05-01T00:00:00Z",
		"Thurs, 5 Mar 2026": "2026-03-05T00:00:00Z", "on Fri. 6 Mar 2026 at 10:00": "2026-03-06T10:00:00Z", "6th of March 2026": "2026-03-06T00:00:00Z", "10:00 on 6 Mar 2026": "2026-03-06T10:00:00Z",
		"2026-03-06 10:00 UTC (noon)": "2026-03-06T10:00:00Z", "2026-03-06 10:00 CET": "2026-03-06T09:00:00Z",
		"2026-03-06 10:00 +1460": "", "2026-03-06 10:60": "", "2026-03-06 10:00:60": "", "13 am 6 March 2026": "", "0 pm 6 March 2026": "",
		"2026-3-6 1": "", "1772840465.5.5": "", "12345678": "", "123456789012": "", "99999999999999999999": "",
		"We 6 Mar 2026": "", "1 Ma 2026": "", "2026030623": "", "20260306 x": "", "6 Mar 2026 10:00 (": "", "31 Apr 2026": "", "2026-00-10": "", "2026-10-00": "",
	} {
		var times Times
		got, err := times.Parse(in)
		switch {
		case want == "" && (err == nil || !got.IsZero()):
			t.Errorf("%q is read as %v", in, got)
		case want != "" && (err != nil || got.Format(time.RFC3339Nano) != want):
			t.Errorf("%q: %v, %v; want %s", in, got.Format(time.RFC3339Nano), err, want)
		}
	}
}

func TestTimesOfZonesFarFromUTC(t *testing.T) {
	for in, want := range map[string]string{
		"Pacific/Kiritimati": "2026-03-06T00:00:00+14:00", "Etc/GMT+12": "2026-03-06T00:00:00-12:00", "Asia/Kolkata": "2026-03-06T00:00:00+05:30",
	} {
		times := Times{Zone: zone(t, in)}
		got, err := times.Parse("2026-03-06")
		if err != nil || got.In(times.Zone).Format(time.RFC3339) != want || !times.Bare {
			t.Errorf("%s: %v, %v", in, got, err)
		}
	}
}

func TestErrorsOfValues(t *testing.T) {
	long := strings.Repeat("x", 61)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&TimeError{Value: "x"}, `time "x"`},
		{&TimeError{Value: "x", Why: "is none"}, `time "x" is none`},
		{&TimeError{Value: "x", Readings: []string{"a"}}, `time "x" may be a`},
		{&TimeError{Value: "x", Readings: []string{"a", "b"}, Why: "why"}, `time "x" may be a or b why`},
		{&TimeError{Value: long[1:]}, `time "` + long[1:] + `"`},
		{&TimeError{Value: long}, `time "` + long[1:] + `…"`},
		{&ValueError{Kind: "port", Value: long[1:]}, `port "` + long[1:] + `"`},
		{&ValueError{Kind: "port", Value: long, Why: "is long"}, `port "` + long[1:] + `…" is long`},
		{&ColumnError{Name: "x"}, `no column "x"`},
		{&ColumnError{Name: "x", Want: []string{"a", "b"}, Twice: true}, `repeated column "x"`},
		{&ColumnError{Name: "x", Want: []string{"a", "b"}, Near: "a"}, `unknown column "x", perhaps "a"; there are a, b`},
		{&ColumnError{Name: long, Want: []string{"a", "b"}}, `unknown column "` + long[:40] + `…"; there are a, b`},
		{&WidthError{3, 2}, "3 columns, want 2"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestAddrInBracketsAndNetworks(t *testing.T) {
	for in, want := range map[string]string{
		"[2001:db8::1]": "2001:db8::1", "[::ffff:192.0.2.1]": "192.0.2.1", "2001:db8::1/128": "2001:db8::1", "192.0.2.1/32": "192.0.2.1", "[2001:db8::1]:1": "2001:db8::1",
		"[2001:db8::1]x": "", "[x]": "", "[192.0.2.1]": "", "192.0.2.1/31": "", "2001:db8::/127": "", "192.0.2.1/33": "", "[2001:db8::1]:0": "", "192.0.2.1:65536": "", "2001:db8::1]": "",
	} {
		a, _, err := Addr(in)
		var e *ValueError
		if want == "" && (!errors.As(err, &e) || e.Kind != "address" || e.Value != in || a.IsValid()) || want != "" && (err != nil || a != netip.MustParseAddr(want)) {
			t.Errorf("%q: %v, %v", in, a, err)
		}
	}
	if _, _, err := Addr("x"); err.Error() != `address "x"` {
		t.Error(err)
	}
}

func TestPortsWithWords(t *testing.T) {
	for in, want := range map[string]uint16{"0 (x)": 0, "9 (discard)": 9, "a (25)": 25, "25 (9)": 25, "0025 (x)": 25, "9/tcp (x)": 9, "1.": 0, ".0": 0, "a/25": 0, "6/25": 0, "tcp/a": 0} {
		if got, _, err := Port(in); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", in, got, err)
		}
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"Dst-Port ": "dst_port", "dst port": "dst_port", "\ufeff\"IP\"": "ip", "#ip": "ip", "'ip'": "ip", "\tip\r\n": "ip", "i#p": "i#p",
	} {
		if got := Name(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestHeads(t *testing.T) {
	want := []string{"ip", "port"}
	for _, tt := range []struct {
		columns []string
		err     *ColumnError
	}{
		{[]string{"ip", "port"}, nil}, {[]string{"Port", "IP", ""}, nil}, {[]string{"ip"}, nil}, {[]string{"", "", "ip"}, nil},
		{[]string{"port"}, &ColumnError{Name: "ip"}},
		{[]string{"ip", "prot"}, &ColumnError{Name: "prot", Want: want, Near: "port"}},
		{[]string{"ip", "IP "}, &ColumnError{Name: "IP ", Want: want, Twice: true}},
	} {
		err := NewHead(tt.columns).Only(want, "ip")
		var got *ColumnError
		errors.As(err, &got)
		if tt.err == nil && err != nil || tt.err != nil && (got == nil || got.Error() != tt.err.Error()) {
			t.Errorf("%q: %v, want %v", tt.columns, err, tt.err)
		}
	}
	h := NewHead([]string{"Src IP", "port", "port"})
	if !h.Has("src_ip", "port") || h.Has("port", "seen") || !h.Alias("ip", "src-ip") || !h.Has("ip") || h.Alias("x", "seen") || h.Has("x") || h.Twice() != "port" {
		t.Errorf("%+v", h)
	}
	if text := NewHead([]string{strings.Repeat("x", 201)}).Text(); text != strings.Repeat("x", 200)+"…" {
		t.Errorf("%d bytes", len(text))
	}
}

func TestDistance(t *testing.T) {
	long := strings.Repeat("x", 64)
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"abc", "xabc", 1}, {"abc", "acb", 1}, {"ab", "ba", 1},
		{"abcd", "badc", 2}, {"ca", "abc", 3}, {"kitten", "sitting", 3}, {"abab", "baba", 2}, {"aXb", "ab", 1}, {"aa", "a", 1},
		{long, long, 0}, {long, long[1:], 1}, {long + "x", long + "x", 65}, {long, long + "x", 65}, {long + "x", "x", 65},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%.5q, %.5q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("%.5q, %.5q: %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
	for s, want := range map[string]string{"abcd": "abcx", "axyz": "", "abcxyzabc": "abcxyz123", "abcxyz12": "abcxyz123", "ab": "abcx", "xy": "", "abc": "abcx", "wxyz": ""} {
		if got := Nearest(s, []string{"abcx", "abcxyz123", "abcy"}); got != want {
			t.Errorf("%q is perhaps %q, want %q", s, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	for in, want := range map[string][]string{
		"":              nil,
		"a":             {"a"},
		"a\n":           {"a"},
		"a\n\nb":        {"a", "", "b"},
		"a\r\nb\rc\n\r": {"a", "b", "c", ""},
		"\r\r\n\n":      {"", "", ""},
		"a\r":           {"a"},
	} {
		lines := NewLines(NewText(strings.NewReader(in)))
		var got []string
		for {
			line, err := lines.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, line); lines.Line() != len(got) {
				t.Errorf("%q: line %d has the number %d", in, len(got), lines.Line())
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLinesAtTheirLimit(t *testing.T) {
	full := strings.Repeat("x", MaxRow)
	lines := NewLines(NewText(strings.NewReader(full + "\n" + full + "y\nb\n")))
	if line, err := lines.Next(); err != nil || line != full {
		t.Errorf("%d bytes, %v", len(line), err)
	}
	if line, err := lines.Next(); err != ErrLong || line != "" || lines.Line() != 2 {
		t.Errorf("%d bytes, %v", len(line), err)
	}
	if line, err := lines.Next(); err != nil || line != "b" || lines.Line() != 3 {
		t.Errorf("%q, %v", line, err)
	}
	broken := errors.New("broken")
	lines = NewLines(NewText(io.MultiReader(strings.NewReader("a\nb"), failing{broken})))
	if line, err := lines.Next(); err != nil || line != "a" {
		t.Errorf("%q, %v", line, err)
	}
	if line, err := lines.Next(); !errors.Is(err, broken) || line != "" {
		t.Errorf("%q, %v", line, err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestWrittenAndInert(t *testing.T) {
	for _, c := range "=+-@\t\r＝＋－＠" {
		cell := string(c) + "1"
		if got := Inert(cell); got != "'"+cell || Written(got) != cell {
			t.Errorf("%q becomes %q, and again %q", cell, got, Written(got))
		}
	}
	for cell, want := range map[string]string{"": "", "a=1": "a=1", "1": "1", "'a": "'a", "'=1": "=1", "'#1": "#1", "#1": "#1", "=1": "=1", "'": "'", "''=1": "''=1"} {
		if got := Written(cell); got != want {
			t.Errorf("%q was %q, want %q", cell, got, want)
		}
	}
	for _, cell := range []string{"", "a", "1", "'", "#", "＃", "é"} {
		if got := Inert(cell); got != cell {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}
