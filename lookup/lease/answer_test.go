package lease

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

const askedCustomers = `customer,prefix,login,email,contract
,192.0.2.0/24|198.51.100.0/24|2001:db8::/32|100.64.0.0/10,,,pool
A,,a|a2|02:00:00:00:00:0a|duid-a|00:0a,a@example.org,
B,,b|02:00:00:00:00:0b|duid-b|00:0b,b@example.org,
C,100.64.0.1/32,c,c@example.org,
D,100.64.0.2/32,,d@example.org,
E,203.0.113.8/29,e,e@example.org,
F,203.0.113.64/29,,f@example.org,
G,203.0.113.64/29,,g@example.org,
H,,shared,h@example.org,
I,,shared,i@example.org,
`

// day makes a time of 6 March 2026 of "15:04", "15:04:05" or a whole time.
func day(t *testing.T, s string) time.Time {
	t.Helper()
	switch len(s) {
	case 5:
		s = "2026-03-06T" + s + ":00Z"
	case 8:
		s = "2026-03-06T" + s + "Z"
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// leases makes a log of lines such as "192.0.2.1 10:00-12:00 a" (held so long),
// "10:00- a" (since then), "-12:00 a" (until then), "10:00~12:00 a" (promised);
// a holder with ">" before it is an inside address. Between from and to it
// speaks of another address too, every ten minutes.
func leases(t *testing.T, from, to string, lines []string) (files []File) {
	t.Helper()
	var table, kea strings.Builder
	table.WriteString("address;first;last;start;end;user;inside\n")
	for at := day(t, from); !at.After(day(t, to)); at = at.Add(10 * time.Minute) {
		fmt.Fprintf(&table, "192.0.2.200;;;%s;%s;z;\n", stamp(at), stamp(at))
	}
	for _, line := range lines {
		f := strings.Fields(line)
		addr, ports, _ := strings.Cut(f[0], "#")
		first, last, _ := strings.Cut(ports, "-")
		if start, end, ok := strings.Cut(f[1], "~"); ok {
			fmt.Fprintf(&kea, "%s UTC Address: %s has been assigned for 0 hrs 0 mins %.0f secs to a device with hardware address: hwtype=1 02:00:00:00:00:0%s\n",
				day(t, start).Format(time.DateTime), addr, day(t, end).Sub(day(t, start)).Seconds(), f[2])
			continue
		}
		start, end, dated := strings.Cut(f[1], "Z-")
		if start += "Z"; !dated {
			start, end, _ = strings.Cut(f[1], "-")
		}
		user, inside := f[2], ""
		if in, ok := strings.CutPrefix(user, ">"); ok {
			user, inside = "", in
		}
		for _, s := range []*string{&start, &end} {
			if *s != "" {
				*s = stamp(day(t, *s))
			}
		}
		fmt.Fprintf(&table, "%s;%s;%s;%s;%s;%s;%s\n", addr, first, last, start, end, user, inside)
	}
	files = append(files, textFile("leases.csv", table.String()))
	if kea.Len() > 0 {
		files = append(files, textFile("kea.txt", kea.String()))
	}
	for i := range files {
		files[i].Name = "x"
	}
	return files
}

// answered is an answer in a word: a customer, or a status with its reason.
func answered(a Answer) string {
	switch {
	case a.Status == IsCustomer:
		return a.Customer.ID
	case a.Reason == "":
		return string(a.Status)
	}
	return string(a.Status) + " " + string(a.Reason)
}

func at(addr, when string) askedFor { return askedFor{addr: addr, when: when} }

// An askedFor is a question of a test.
type askedFor struct {
	addr, when string
	port       uint16
	role       Role
	within     time.Duration
	slack      time.Duration
	noZone     bool
}

func (q askedFor) from(port uint16) askedFor          { q.port, q.role = port, SourcePort; return q }
func (q askedFor) to(port uint16) askedFor            { q.port, q.role = port, DestinationPort; return q }
func (q askedFor) in(d time.Duration) askedFor        { q.within = d; return q }
func (q askedFor) bare() askedFor                     { q.noZone = true; return q }
func (q askedFor) tolerance(d time.Duration) askedFor { q.slack = d; return q }

func (q askedFor) question(t *testing.T) Question {
	return Question{Addr: netip.MustParseAddr(q.addr), Port: q.port, Role: q.role, Time: day(t, q.when), Within: q.within, NoZone: q.noZone, Slack: q.slack}
}

// TestWhoHeldIt is who held an address, case by case. Where there is any doubt,
// it is nobody's.
func TestWhoHeldIt(t *testing.T) {
	now, askable := day(t, "20:00"), customers(t, askedCustomers)
	for _, test := range []struct {
		name   string
		leases []string
		q      askedFor
		want   string
	}{
		// One holder after the other.
		{"in the middle of a session", []string{"192.0.2.1 10:00-12:00 a"}, at("192.0.2.1", "11:00"), "A"},
		{"before it", []string{"192.0.2.1 10:00-12:00 a"}, at("192.0.2.1", "09:30"), "nobody"},
		{"after it", []string{"192.0.2.1 10:00-12:00 a"}, at("192.0.2.1", "12:30"), "nobody"},
		{"another address", []string{"192.0.2.1 10:00-12:00 a"}, at("192.0.2.2", "11:00"), "nobody"},
		{"the second of two", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:05-13:00 b"}, at("192.0.2.1", "12:30"), "B"},
		{"the same again", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:05-13:00 b", "192.0.2.1 13:05-14:00 a"}, at("192.0.2.1", "13:30"), "A"},
		{"changed hands within the minute", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:00:30-13:00 b"}, at("192.0.2.1", "12:00:40"), "unclear change"},
		{"changed hands a minute before, and no more", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:00:30-13:00 b"}, at("192.0.2.1", "12:01:05"), "B"},
		{"changed hands within the minute, and the clocks are better", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:00:30-13:00 b"}, at("192.0.2.1", "12:00:40").tolerance(-1), "B"},
		{"between the two, with clocks that are right", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:00:30-13:00 b"}, at("192.0.2.1", "12:00:15").tolerance(-1), "nobody"},
		{"the log's own clock decides", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:00:01-13:00 b"}, at("192.0.2.1", "12:00:02").tolerance(-1), "unclear skew"},
		{"it ended within the minute, and nobody came", []string{"192.0.2.1 10:00-12:00 a"}, at("192.0.2.1", "12:00:30"), "unclear change"},
		{"it ends within the minute, and nobody comes", []string{"192.0.2.1 10:00-12:00 a"}, at("192.0.2.1", "11:59:30"), "A"},
		{"a time without seconds, in which it changed", []string{"192.0.2.1 10:00-12:00:10 a", "192.0.2.1 12:00:40-13:00 b"}, at("192.0.2.1", "12:00").in(time.Minute), "unclear change"},
		{"a time without seconds", []string{"192.0.2.1 10:00-12:00:10 a", "192.0.2.1 12:10-13:00 b"}, at("192.0.2.1", "11:30").in(time.Minute), "A"},
		{"two at once", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 11:00-13:00 b"}, at("192.0.2.1", "11:30"), "unclear overlap"},
		{"two at once, before the second", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 11:00-13:00 b"}, at("192.0.2.1", "10:30"), "A"},
		{"two logins of one customer", []string{"192.0.2.1 10:00-12:00 a", "192.0.2.1 12:00:10-13:00 a2"}, at("192.0.2.1", "12:00:05"), "A"},
		{"a login that nobody has", []string{"192.0.2.1 10:00-12:00 x"}, at("192.0.2.1", "11:00"), "unclear unknown"},
		{"a login that two have", []string{"192.0.2.1 10:00-12:00 shared"}, at("192.0.2.1", "11:00"), "unclear overlap"},

		// Beginnings and ends that no log says.
		{"still there", []string{"192.0.2.1 10:00- a"}, at("192.0.2.1", "15:00"), "A"},
		{"began and ended in two lines", []string{"192.0.2.1 10:00- a", "192.0.2.1 -12:00 a"}, at("192.0.2.1", "11:00"), "A"},
		{"after its end", []string{"192.0.2.1 10:00- a", "192.0.2.1 -12:00 a"}, at("192.0.2.1", "13:00"), "nobody"},
		{"no end, and then another", []string{"192.0.2.1 10:00- a", "192.0.2.1 14:00- b"}, at("192.0.2.1", "12:00"), "unclear gap"},
		{"no end, then another, and then", []string{"192.0.2.1 10:00- a", "192.0.2.1 14:00- b"}, at("192.0.2.1", "15:00"), "B"},
		{"no end, and then the same", []string{"192.0.2.1 10:00- a", "192.0.2.1 14:00- a"}, at("192.0.2.1", "12:00"), "A"},
		{"seen on the way", []string{"192.0.2.1 10:00- a", "192.0.2.1 12:00- a", "192.0.2.1 14:00- b"}, at("192.0.2.1", "11:00"), "A"},
		{"no beginning", []string{"192.0.2.1 -12:00 a"}, at("192.0.2.1", "11:00"), "unclear gap"},
		{"no beginning, after it", []string{"192.0.2.1 -12:00 a"}, at("192.0.2.1", "12:30"), "nobody"},
		{"the end of one who had not begun", []string{"192.0.2.1 10:00- a", "192.0.2.1 -12:00 b"}, at("192.0.2.1", "11:00"), "unclear gap"},

		// DHCP: a promise.
		{"within a lease", []string{"192.0.2.1 10:00~12:00 a"}, at("192.0.2.1", "11:30"), "A"},
		{"it ran out", []string{"192.0.2.1 10:00~12:00 a"}, at("192.0.2.1", "12:30"), "nobody"},
		{"renewed", []string{"192.0.2.1 10:00~11:00 a", "192.0.2.1 10:30~11:30 a"}, at("192.0.2.1", "11:15"), "A"},
		{"handed to another before it ran out", []string{"192.0.2.1 10:00~12:00 a", "192.0.2.1 11:00~13:00 b"}, at("192.0.2.1", "11:30"), "unclear overlap"},

		// Logs that are missing.
		{"after the end of the log", []string{"192.0.2.1 10:00- a"}, at("192.0.2.1", "19:00"), "unclear ahead"},
		{"nobody, after the end of the log", nil, at("192.0.2.1", "19:00"), "unclear ahead"},
		{"nobody, before its beginning", nil, at("192.0.2.1", "05:00"), "unclear gap"},
		{"closed, whatever the log's end", []string{"192.0.2.1 10:00-18:30 a"}, at("192.0.2.1", "18:20"), "A"},
		{"what has not come", []string{"192.0.2.1 10:00- a"}, at("192.0.2.1", "23:00"), "unclear ahead"},
		{"what is not kept", []string{"192.0.2.1 10:00- a"}, at("192.0.2.1", "2026-02-27T19:00:00Z"), "gone"},

		// No zone.
		{"no zone, and one holder in all of them", []string{"192.0.2.1 2026-03-04T20:00:00Z-17:59 a"}, at("192.0.2.1", "2026-03-05T12:00:00Z").bare(), "A"},
		{"no zone, and another in some", []string{"192.0.2.1 2026-03-04T20:00:00Z-06:30 a", "192.0.2.1 06:31-18:00 b"}, at("192.0.2.1", "2026-03-05T20:00:00Z").bare(), "unclear zone"},
		{"no zone, and nobody in some", []string{"192.0.2.1 2026-03-05T12:00:00Z-06:30 a"}, at("192.0.2.1", "2026-03-05T12:00:00Z").bare(), "unclear zone"},
		{"no zone, and a fixed address", nil, at("203.0.113.9", "2026-03-05T12:00:00Z").bare(), "E"},
		{"no zone, and in some the log does not go so far", []string{"192.0.2.1 2026-03-05T12:00:00Z- a"}, at("192.0.2.1", "16:00").bare(), "unclear zone"},

		// Fixed addresses.
		{"a fixed address", nil, at("203.0.113.9", "11:00"), "E"},
		{"a fixed address, whatever its port", nil, at("203.0.113.9", "11:00").from(4711), "E"},
		{"a fixed address that the log knows too", []string{"203.0.113.9 10:00-12:00 e"}, at("203.0.113.9", "11:00"), "E"},
		{"a fixed address that a log gives to another", []string{"203.0.113.9 10:00-12:00 a"}, at("203.0.113.9", "11:00"), "unclear overlap"},
		{"a network of two customers", nil, at("203.0.113.65", "11:00"), "unclear overlap"},
		{"not ours", nil, at("203.0.113.99", "11:00"), "nobody not-ours"},

		// Ports.
		{"a block of ports", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.1"}, at("198.51.100.1", "11:00").from(1100), "C"},
		{"the last of its ports", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.1"}, at("198.51.100.1", "11:00").from(1535), "C"},
		{"a port beside it", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.1"}, at("198.51.100.1", "11:00").from(1536), "nobody"},
		{"no port", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.1"}, at("198.51.100.1", "11:00"), "unclear port"},
		{"no port, though one alone has the address", []string{"198.51.100.1#1024-65535 10:00-12:00 >100.64.0.1"}, at("198.51.100.1", "11:00"), "unclear port"},
		{"a destination's port", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.1"}, at("198.51.100.1", "11:00").to(1100), "unclear port"},
		{"a port of nobody knows whom", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.1"}, askedFor{addr: "198.51.100.1", when: "11:00", port: 1100}, "unclear port"},
		{"a block that was used again", []string{"198.51.100.1#1024-1535 10:00-11:00 >100.64.0.1", "198.51.100.1#1024-1535 11:05-12:00 >100.64.0.2"}, at("198.51.100.1", "11:30").from(1100), "D"},
		{"a block that was used again within the minute", []string{"198.51.100.1#1024-1535 10:00-11:00 >100.64.0.1", "198.51.100.1#1024-1535 11:00:20-12:00 >100.64.0.2"}, at("198.51.100.1", "11:00:30").from(1100), "unclear change"},
		{"a block that is not given back", []string{"198.51.100.1#1024-1535 10:00- >100.64.0.1"}, at("198.51.100.1", "15:00").from(1100), "C"},
		{"blocks of another size, over one another", []string{"198.51.100.1#1024-2047 10:00- >100.64.0.1", "198.51.100.1#1536-2047 12:00- >100.64.0.2"}, at("198.51.100.1", "15:00").from(1600), "unclear overlap"},
		{"behind it, an address that was handed out", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.9", "100.64.0.9 09:00-13:00 b"}, at("198.51.100.1", "11:00").from(1100), "B"},
		{"behind it, an address that changed hands", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.9", "100.64.0.9 09:00-11:00 b", "100.64.0.9 11:00:10-13:00 a"}, at("198.51.100.1", "11:00").from(1100), "unclear change"},
		{"behind it, nobody", []string{"198.51.100.1#1024-1535 10:00-12:00 >100.64.0.9"}, at("198.51.100.1", "11:00").from(1100), "nobody"},
		{"behind it, IPv6 (DS-Lite)", []string{"198.51.100.1#1024-1535 10:00-12:00 >2001:db8:5::1", "2001:db8:5::/56 09:00-13:00 b"}, at("198.51.100.1", "11:00").from(1100), "B"},
		{"a formula", nil, at("198.51.100.129", "11:00").from(1024 + 63*1000 + 5), "nobody"},
		{"a formula, the second block of the first address", nil, at("198.51.100.128", "11:00").from(2024), "C"},
		{"a formula, the first block of the second address", []string{"100.64.0.16 10:00- a"}, at("198.51.100.129", "11:00").from(1024), "A"},
		{"a formula, and no port", nil, at("198.51.100.128", "11:00"), "unclear port"},

		// IPv6.
		{"a delegated prefix", []string{"2001:db8:1::/56 10:00-12:00 a"}, at("2001:db8:1:7f::1", "11:00"), "A"},
		{"beside it", []string{"2001:db8:1::/56 10:00-12:00 a"}, at("2001:db8:1:100::1", "11:00"), "nobody"},
		{"delegated again", []string{"2001:db8:1::/56 10:00-11:00 a", "2001:db8:1::/56 11:02-12:00 b"}, at("2001:db8:1::1", "11:30"), "B"},
		{"the line's own prefix within it", []string{"2001:db8:1::/56 10:00- a", "2001:db8:1:ff::/64 10:00- a"}, at("2001:db8:1:ff::1", "11:00"), "A"},
		{"another's prefix within it", []string{"2001:db8:1::/56 10:00- a", "2001:db8:1:ff::/64 10:00- b"}, at("2001:db8:1:ff::1", "11:00"), "unclear overlap"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &Desk{Customers: askable, NAT: formula(t)}
			q := test.q.question(t)
			a, err := d.by(t, q, now, leases(t, "06:00", "18:00", test.leases)...)
			if err != nil {
				t.Fatal(err)
			}
			if got := answered(a); got != test.want {
				t.Errorf("got %s, want %s: %s %+v", got, test.want, a.Why, a.Rows)
			}
			if (a.Status == IsCustomer) != (a.Customer != nil) || a.Status != IsCustomer && a.Why == "" {
				t.Errorf("half an answer: %+v", a)
			}
			if a.Pages > maxPages && !q.NoZone && a.Inside == "" {
				t.Errorf("%d pages", a.Pages)
			}
		})
	}
}

// by answers by logs: by a scan of their rows, and with HEADSUP_LONG by the
// index too, which finds the same (see TestIndexFindsWhatAScanFinds).
func (d *Desk) by(t *testing.T, q Question, now time.Time, files ...File) (Answer, error) {
	t.Helper()
	scan := &naive{covered: map[string]*coverage{"x": {}}}
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		f.Now, scan.slack = now, f.slack()
		for row, err := range f.Rows(r, f.Path) {
			if err != nil {
				t.Fatal(err)
			}
			scan.rows = append(scan.rows, row)
			scan.covered["x"].at(row.evidence().Unix())
		}
	}
	if os.Getenv("HEADSUP_LONG") == "" {
		return d.who(scan, q, now)
	}
	dir := t.TempDir()
	imported(t, dir, Options{Now: now}, files...)
	d.Index = opened(t, dir)
	return d.Who(q, now)
}

func formula(t *testing.T) []Deterministic {
	t.Helper()
	d, err := ReadDeterministic(strings.NewReader("inside,outside,first,last,ports,ratio\n100.64.0.0 - 100.64.0.31,198.51.100.128/31,1024,65023,1000,16\n"), "nat.csv")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTimesOfLogs is who held an address by logs whose times are the trouble.
func TestTimesOfLogs(t *testing.T) {
	berlin, athens := zone(t, "Europe/Berlin"), zone(t, "Europe/Athens")
	ack := func(at, mac string) string {
		return at + " bng dhcpd: DHCPACK on 192.0.2.1 to 02:00:00:00:00:0" + mac + " via eth0\n"
	}
	twice := strings.ReplaceAll(record("Stop", "Oct 25 2026 03:20:00 EEST", "192.0.2.1", "a", "3600")+
		record("Stop", "Oct 25 2026 03:50:00 EET", "192.0.2.1", "b", "3600"), "Fri Mar  6 23:59:59 2026\n", "")
	askable := customers(t, askedCustomers)
	spring, autumn := "2026-03-29", "2026-10-25"
	for _, test := range []struct {
		name string
		s    Source
		text string
		q    string
		want string
	}{
		{"before the hour that clocks left out", Source{Zone: berlin}, ack("Mar 29 01:30:00", "a") + ack("Mar 29 03:30:00", "b") + ack("Mar 29 04:30:00", "b"), spring + "T00:30:00Z", "A"},
		{"after it", Source{Zone: berlin}, ack("Mar 29 01:30:00", "a") + ack("Mar 29 03:10:00", "b") + ack("Mar 29 04:30:00", "b"), spring + "T01:30:00Z", "B"},
		{"the hour that clocks had twice, with its letters", Source{Zone: athens},
			twice, autumn + "T01:30:00Z", "B"},
		{"its first time", Source{Zone: athens},
			twice, autumn + "T00:10:00Z", "A"},
		{"without letters, it may be either", Source{Zone: berlin}, ack("Oct 25 01:30:00", "a") + ack("Oct 25 02:30:00", "b") + ack("Oct 25 04:30:00", "b"), autumn + "T00:45:00Z", "unclear skew"},
		{"without letters, before it", Source{Zone: berlin}, ack("Oct 25 01:30:00", "a") + ack("Oct 25 02:30:00", "a") + ack("Oct 25 04:30:00", "a"), autumn + "T00:10:00Z", "A"},
		{"without letters, after it", Source{Zone: berlin}, ack("Oct 25 01:30:00", "a") + ack("Oct 25 02:30:00", "b") + ack("Oct 25 04:30:00", "b"), autumn + "T02:45:00Z", "B"},
		{"a clock that is known to be fast", Source{Zone: time.UTC, Ahead: 10 * time.Minute}, ack("Mar  6 10:00:00", "a") + ack("Mar  6 12:00:00", "b") + ack("Mar  6 12:30:00", "b"), "2026-03-06T11:55:00Z", "B"},
		{"a clock that may be off", Source{Zone: time.UTC, Slack: 10 * time.Minute}, ack("Mar  6 10:00:00", "a") + ack("Mar  6 12:00:00", "b") + ack("Mar  6 12:30:00", "b") + ack("Mar  6 13:00:00", "b"), "2026-03-06T12:05:00Z", "unclear skew"},
		{"the same, later", Source{Zone: time.UTC, Slack: 10 * time.Minute}, ack("Mar  6 10:00:00", "a") + ack("Mar  6 12:00:00", "b") + ack("Mar  6 12:30:00", "b") + ack("Mar  6 13:00:00", "b"), "2026-03-06T12:20:00Z", "B"},
		{"RADIUS: a session without its Start", Source{}, record("Interim-Update", "Mar  6 2026 11:00:00 UTC", "192.0.2.1", "a", "3600") + record("Interim-Update", "Mar  6 2026 12:00:00 UTC", "192.0.2.1", "a", "7200"), "2026-03-06T10:30:00Z", "A"},
		{"RADIUS: told of while it lasted, and soon after", Source{}, record("Interim-Update", "Mar  6 2026 11:00:00 UTC", "192.0.2.1", "a", "3600") + record("Start", "Mar  6 2026 23:00:00 UTC", "192.0.2.2", "b", ""), "2026-03-06T12:00:00Z", "A"},
		{"RADIUS: told of while it lasted, and then no more", Source{}, record("Interim-Update", "Mar  6 2026 11:00:00 UTC", "192.0.2.1", "a", "3600") + record("Start", "Mar  6 2026 23:00:00 UTC", "192.0.2.2", "b", ""), "2026-03-06T20:00:00Z", "unclear gap"},
		{"RADIUS: an Interim after the Stop prolongs nothing", Source{}, record("Stop", "Mar  6 2026 11:00:00 UTC", "192.0.2.1", "a", "3600") +
			record("Interim-Update", "Mar  6 2026 11:05:00 UTC", "192.0.2.1", "a", "3900") + record("Start", "Mar  6 2026 11:02:00 UTC", "192.0.2.1", "b", "") + record("Interim-Update", "Mar  6 2026 11:30:00 UTC", "192.0.2.1", "b", "1680"), "2026-03-06T11:04:00Z", "B"},
		{"RADIUS: the delay of a record", Source{Zone: time.UTC}, strings.ReplaceAll(record("Stop", "", "192.0.2.1", "a", "3600"), "Event-Timestamp = \"\"", "Acct-Delay-Time = 1800") + record("Start", "Mar  7 2026 08:00:00 UTC", "192.0.2.2", "b", ""), "2026-03-06T23:40:00Z", "nobody"},
		{"RADIUS: the delay of a record, before", Source{Zone: time.UTC}, strings.ReplaceAll(record("Stop", "", "192.0.2.1", "a", "3600"), "Event-Timestamp = \"\"", "Acct-Delay-Time = 1800"), "2026-03-06T22:40:00Z", "A"},
		{"Kea: released, and given to another", Source{}, "2026-03-06 10:00:00 UTC Address: 192.0.2.1 has been assigned for 4 hrs 0 mins 0 secs to a device with hardware address: hwtype=1 02:00:00:00:00:0a\n" +
			"2026-03-06 11:00:00 UTC Address: 192.0.2.1 has been released from a device with hardware address: hwtype=1 02:00:00:00:00:0a\n" +
			"2026-03-06 11:10:00 UTC Address: 192.0.2.1 has been assigned for 4 hrs 0 mins 0 secs to a device with hardware address: hwtype=1 02:00:00:00:00:0b\n" +
			"2026-03-06 13:10:00 UTC Address: 192.0.2.1 has been renewed for 4 hrs 0 mins 0 secs to a device with hardware address: hwtype=1 02:00:00:00:00:0b\n", "2026-03-06T12:00:00Z", "B"},
		{"Kea: a renewal names no circuit", Source{}, "2026-03-06 10:00:00 UTC Address: 192.0.2.1 has been assigned for 1 hrs 0 mins 0 secs to a device with hardware address: hwtype=1 02:00:00:00:00:0a connected via relay at address: 198.51.100.1, identified by circuit-id: 68:6f (ho)\n" +
			"2026-03-06 10:30:00 UTC Address: 192.0.2.1 has been renewed for 1 hrs 0 mins 0 secs to a device with hardware address: hwtype=1 02:00:00:00:00:0a\n" +
			"2026-03-06 11:00:00 UTC Address: 192.0.2.1 has been renewed for 1 hrs 0 mins 0 secs to a device with hardware address: hwtype=1 02:00:00:00:00:0a\n", "2026-03-06T10:45:00Z", "A"},
	} {
		t.Run(test.name, func(t *testing.T) {
			when := day(t, test.q)
			f := textFile("log", test.text)
			f.Source = test.s
			now := when.Add(24 * time.Hour)
			d := &Desk{Customers: askable}
			a, err := d.by(t, Question{Addr: netip.MustParseAddr("192.0.2.1"), Time: when}, now, f)
			if err != nil {
				t.Fatal(err)
			}
			if got := answered(a); got != test.want {
				t.Errorf("got %s, want %s: %s %+v", got, test.want, a.Why, a.Rows)
			}
		})
	}
}
