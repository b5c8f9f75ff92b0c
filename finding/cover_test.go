package finding

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// tried reads an input as [Options].Cover asks for: its rows and what it covered.
func tried(t *testing.T, text string, o Options) []string {
	t.Helper()
	var out []string
	o.Cover = func(c Cover) {
		if len(c.Addrs) == 0 {
			out = append(out, "says what it tried")
			return
		}
		line := fmt.Sprintf("cover %v", c.Addrs)
		if len(c.Except) > 0 {
			line += fmt.Sprintf(" except %v", c.Except)
		}
		for _, p := range c.Ports {
			line += fmt.Sprintf(" %s%d-%d", p.Proto, p.First, p.Last)
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", line, c.Answer, c.Seen.Format(time.TimeOnly), c.Source))
	}
	for f, err := range Read(strings.NewReader(text), "scan", o) {
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("row %s %d/%s %s %s %s", f.Addr, f.Port, f.Proto, f.Strength, AnswerOf(f), f.Name)))
	}
	return out
}

func nmapRun(args, body, end string) string {
	return `<nmaprun args="` + args + `" start="1772359200"><scaninfo protocol="tcp" services="25,3128"/>` + body + end + `</nmaprun>`
}

const nmapDone = `<runstats><finished time="1772359260" exit="success"/></runstats>`

func hostOf(addr, inside string) string {
	return `<host endtime="1772359200"><status state="up"/><address addr="` + addr + `" addrtype="ipv4"/>` + inside + `</host>`
}

func TestWhatNmapTried(t *testing.T) {
	const says = "says what it tried"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"ports that are listed", nmapRun("nmap", hostOf("192.0.2.7", `<hostnames><hostname name="mx.example.org" type="PTR"/><hostname name="other.example.org"/></hostnames><ports><port protocol="tcp" portid="25"><state state="closed"/></port><port protocol="tcp" portid="3128"><state state="filtered"/></port></ports>`), ""),
			[]string{says, "row 192.0.2.7 25/tcp contradicted refused mx.example.org", "row 192.0.2.7 3128/tcp contradicted silent mx.example.org"}},
		{"a state that decides nothing", nmapRun("nmap", hostOf("192.0.2.7", `<ports><port protocol="tcp" portid="25"><state state="unfiltered"/></port></ports>`), ""),
			[]string{says, "row 192.0.2.7 25/tcp contradicted"}},
		{"an open port that refuses to relay", nmapRun("nmap", hostOf("192.0.2.7", `<ports><port protocol="tcp" portid="25"><state state="open"/><script id="smtp-open-relay" output="Server doesn't seem to be an open relay, all tests failed"/></port></ports>`), ""),
			[]string{says, "row 192.0.2.7 25/tcp contradicted denied"}},
		{"ports that are counted alone", nmapRun("nmap", hostOf("192.0.2.7", `<ports><extraports state="closed" count="2"/></ports>`), ""),
			[]string{says, "cover [192.0.2.7/32] tcp25-25 tcp3128-3128 refused 10:00:00 scan:1"}},
		{"two states, each with its ports", nmapRun("nmap", hostOf("192.0.2.7", `<ports><extraports state="closed" count="1"><extrareasons reason="resets" count="1" proto="tcp" ports="3128"/></extraports><extraports state="filtered" count="1"><extrareasons proto="tcp" ports="25"/></extraports></ports>`), ""),
			[]string{says, "cover [192.0.2.7/32] tcp3128-3128 refused 10:00:00 scan:1", "cover [192.0.2.7/32] tcp25-25 silent 10:00:00 scan:1"}},
		{"two states, and nobody knows of which ports", nmapRun("nmap", hostOf("192.0.2.7", `<ports><extraports state="closed" count="1"/><extraports state="filtered" count="1"/></ports>`), ""),
			[]string{says, "cover [192.0.2.7/32] tcp25-25 tcp3128-3128 silent 10:00:00 scan:1"}},
		{"a host that is down", nmapRun("nmap", `<host><status state="down"/><address addr="192.0.2.7" addrtype="ipv4"/></host>`, ""),
			[]string{says, "cover [192.0.2.7/32] tcp25-25 tcp3128-3128 silent 10:00:00 scan:1"}},
		{"a host that nmap gave up", nmapRun("nmap", `<host timedout="true" endtime="1772359200"><status state="up"/><address addr="192.0.2.7" addrtype="ipv4"/><ports><extraports state="filtered" count="2"/></ports></host>`, ""), []string{says}},
		{"targets that no line names", nmapRun("nmap -p 25,3128 -S 203.0.113.1 -oX 203.0.113.2 --exclude 192.0.2.9,192.0.2.64/26 192.0.2.0/25 198.51.100.7-198.51.100.8 mx.example.org", "", nmapDone),
			[]string{says, "cover [192.0.2.0/25 198.51.100.7/32 198.51.100.8/32] except [192.0.2.9/32 192.0.2.64/26] tcp25-25 tcp3128-3128 silent 10:01:00 scan:1"}},
		{"a run that was stopped reached nobody knows whom", nmapRun("nmap 192.0.2.0/25", "", `<runstats><finished time="1772359260" exit="error"/></runstats>`), []string{says}},
		{"targets of which a file leaves some out", nmapRun("nmap --excludefile own 192.0.2.0/25", "", nmapDone), []string{says}},
		{"a ping scan tries no port", `<nmaprun args="nmap -sn 192.0.2.7" start="1772359200">` + hostOf("192.0.2.7", "") + nmapDone + `</nmaprun>`, nil},
		{"masscan names no ports", `<nmaprun scanner="masscan" start="1772359200"><scaninfo type="syn" protocol="tcp"/>` + hostOf("192.0.2.7", `<ports><port protocol="tcp" portid="25"><state state="open"/></port></ports>`) + `</nmaprun>`,
			[]string{"row 192.0.2.7 25/tcp contradicted"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(tried(t, tt.text, Options{}), "\n"); got != strings.Join(tt.want, "\n") {
				t.Errorf("%s", got)
			}
		})
	}
}

const grepRun = `# Nmap 7.93 scan initiated Sun Mar  1 10:00:00 2026 as: nmap -v -p 25,3128 -oG scan 192.0.2.6 192.0.2.7 192.0.2.8
# Ports scanned: TCP(2;25,3128) UDP(1;53) SCTP(0;) PROTOCOLS(0;)
Host: 192.0.2.6 ()	Status: Down
Host: 192.0.2.7 (mx.example.org)	Status: Up
Host: 192.0.2.7 (mx.example.org)	Ports: 25/open/tcp//smtp///, 3128/filtered/tcp//squid-http///	Ignored State: closed (1)
# Nmap done at Sun Mar  1 10:00:09 2026 -- 3 IP addresses (1 host up) scanned in 9.00 seconds
`

func TestWhatNmapWritesForGrep(t *testing.T) {
	want := `says what it tried
cover [192.0.2.6/32] tcp25-25 tcp3128-3128 udp53-53 silent 10:00:00 scan:3
row 192.0.2.7 25/tcp contradicted  mx.example.org
row 192.0.2.7 3128/tcp contradicted silent mx.example.org
cover [192.0.2.7/32] tcp25-25 tcp3128-3128 udp53-53 refused 10:00:00 scan:5
cover [192.0.2.6/32 192.0.2.7/32 192.0.2.8/32] tcp25-25 tcp3128-3128 udp53-53 silent 10:00:00 scan:6`
	if got := strings.Join(tried(t, grepRun, Options{}), "\n"); got != want {
		t.Errorf("%s", got)
	}
	if got := tried(t, "# Nmap 7.93 scan initiated Sun Mar  1 10:00:00 2026 as: nmap -oN - 192.0.2.7\nNmap scan report for 192.0.2.7\n", Options{}); !strings.Contains(got[1], "prints for people") {
		t.Errorf("%q", got)
	}
	for _, broken := range []string{"Host: 192.0.2.300 ()\tStatus: Up", "Host: 192.0.2.7 (\tPorts: 1", "Host: 192.0.2.7 ()\tPorts: 25/open", "Host: 192.0.2.7 ()\tPorts: x/open/tcp//smtp///"} {
		if got := tried(t, "Host: 192.0.2.7 ()\tStatus: Up\n"+broken+"\n", Options{}); len(got) != 2 || !strings.Contains(got[1], "not in the expected format") {
			t.Errorf("%s: %q", broken, got)
		}
	}
	for _, err := range Read(strings.NewReader(grepRun), "scan", Options{}) {
		if !errors.Is(err, ErrForPeople) {
			t.Errorf("nobody asked for it: %v", err)
		}
	}
}

func TestWhatZGrabTried(t *testing.T) {
	row := func(status string) string {
		return `{"ip":"192.0.2.7","domain":"mx.example.org","data":{"smtp":{"status":"` + status + `","protocol":"smtp","port":25,"timestamp":"2026-03-01T10:00:00Z"}}}` + "\n"
	}
	for status, want := range map[string]string{"connection-refused": "refused", "protocol-error": "denied", "connection-timeout": "silent", "io-timeout": "silent",
		"connection-closed": "silent", "application-error": "", "unknown-error": ""} {
		got := strings.Join(tried(t, row(status)+row(status), Options{}), "|")
		line := "row 192.0.2.7 25/tcp contradicted " + want + " mx.example.org"
		if got != "says what it tried|"+line+"|"+line {
			t.Errorf("%s: %s", status, got)
		}
	}
}

func TestSeenOverrulesCovers(t *testing.T) {
	got := tried(t, nmapRun("nmap 192.0.2.7", "", nmapDone), Options{Seen: time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)})
	if len(got) != 2 || !strings.Contains(got[1], "silent 23:00:00") {
		t.Errorf("%q", got)
	}
}

func TestPorts(t *testing.T) {
	for _, tt := range []struct {
		list, proto string
		port        uint16
		of          string
		want        bool
	}{
		{"25,8000-8100", "tcp", 25, "tcp", true}, {"25,8000-8100", "tcp", 25, "udp", false}, {"25,8000-8100", "tcp", 26, "tcp", false},
		{"25,8000-8100", "tcp", 8000, "tcp", true}, {"25,8000-8100", "tcp", 8100, "tcp", true}, {"25,8000-8100", "tcp", 8101, "tcp", false}, {"25,8000-8100", "tcp", 7999, "tcp", false},
		{"T:25,U:53,123", "", 53, "udp", true}, {"T:25,U:53,123", "", 123, "udp", true}, {"T:25,U:53,123", "", 123, "tcp", false},
		{"-", "", 65535, "udp", true}, {"-", "", 1, "tcp", true}, {"-100", "tcp", 1, "tcp", true}, {"65000-", "tcp", 65535, "tcp", true},
		{"25/tcp", "", 25, "tcp", true}, {"25/tcp", "", 25, "udp", false}, {"S:25", "", 25, "tcp", false}, {"", "tcp", 25, "tcp", false},
	} {
		ps, err := ParsePorts(tt.list, tt.proto)
		if err != nil || ps.Has(tt.port, tt.of) != tt.want {
			t.Errorf("%d/%s in %q: %v, %v", tt.port, tt.of, tt.list, !tt.want, err)
		}
	}
	for _, bad := range []string{"x", "70000", "9-8", "1-70000", "x-9", "0"} {
		if ps, err := ParsePorts(bad, "tcp"); err == nil {
			t.Errorf("%q: %v", bad, ps)
		}
	}
}

func TestCoverHas(t *testing.T) {
	c := Cover{Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Except: []netip.Prefix{netip.MustParsePrefix("192.0.2.9/32")}, Ports: Ports{{"tcp", 25, 25}}}
	for text, want := range map[string]bool{"192.0.2.7:25": true, "192.0.2.9:25": false, "192.0.3.7:25": false, "192.0.2.7:26": false} {
		if at := netip.MustParseAddrPort(text); c.Has(at.Addr(), at.Port(), "tcp") != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
	if c.Ports = nil; !c.Has(netip.MustParseAddr("192.0.2.7"), 9, "udp") {
		t.Error("without ports, every port was tried")
	}
}
