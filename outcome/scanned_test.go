package outcome

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/finding"
)

func shown(cs []finding.Cover) string {
	var out []string
	for _, c := range cs {
		ports := ""
		for _, r := range c.Ports {
			ports += fmt.Sprintf(" %s%d-%d", r.Proto, r.First, r.Last)
		}
		out = append(out, fmt.Sprintf("%v%s %s %s", c.Addrs, ports, c.Seen.Format("01-02T15:04"), c.Source))
	}
	return strings.Join(out, "|")
}

func TestReadScanned(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an address, a port and a time", "192.0.2.7 25 2026-03-20T10:00:00Z", "[192.0.2.7/32] 25-25 03-20T10:00 list:1"},
		{"a time for all", "# ours\n2026-03-20 10:00\n192.0.2.0/24\n2001:db8::/64 53/udp # DNS\n", "[192.0.2.0/24] 03-20T10:00 list:3|[2001:db8::/64] udp53-53 03-20T10:00 list:4"},
		{"ports for all, and others", "ports T:25,U:53,8000-8100\n192.0.2.7 2026-03-20\n192.0.2.8;6379/tcp;2026-03-21T10:00:00Z", "[192.0.2.7/32] tcp25-25 udp53-53 udp8000-8100 03-20T00:00 list:2|[192.0.2.8/32] tcp6379-6379 03-21T10:00 list:3"},
		{"a range", "192.0.2.6-192.0.2.8 - 2026-03-20T10:00:00Z", "[192.0.2.6/31 192.0.2.8/32] 1-65535 03-20T10:00 list:1"},
		{"seconds since 1970", "192.0.2.7 1774000800", "[192.0.2.7/32] 03-20T10:00 list:1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadScanned(strings.NewReader(tt.text), "list", time.Time{})
			if err != nil || shown(got) != tt.want {
				t.Errorf("%s, %v", shown(got), err)
			}
		})
	}
	got, err := ReadScanned(strings.NewReader("192.0.2.7 2026-03-20T10:00:00Z"), "list", sent)
	if err != nil || !got[0].Seen.Equal(sent) || got[0].Answer != finding.AnswerSilent {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestScannedThatCannotBeRead(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
		is               error
	}{
		{"no time", "192.0.2.7 25", "list:1: not a list of what was scanned: no time", ErrNoTime},
		{"nothing", "# nothing\n", "list: not a list of what was scanned: no address in it", ErrScanned},
		{"a port that is none", "192.0.2.7 70000 2026-03-20", `list:1: not a list of what was scanned: not in the expected format: port "70000"`, ErrScanned},
		{"a name", "\nmx.example.org 25", `list:2: not a list of what was scanned: time "mx.example.org"`, ErrScanned},
	} {
		_, err := ReadScanned(strings.NewReader(tt.text), "list", time.Time{})
		if err == nil || err.Error() != tt.want || !errors.Is(err, tt.is) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func FuzzScanned(f *testing.F) {
	f.Add("ports 25,3128 2026-03-20T10:00:00Z\n192.0.2.0/24\n198.51.100.7 6379/tcp\n")
	f.Fuzz(func(t *testing.T, text string) {
		covers, err := ReadScanned(strings.NewReader(text), "list", time.Time{})
		if (err == nil) != (len(covers) > 0) {
			t.Errorf("%d covers, %v", len(covers), err)
		}
		for _, c := range covers {
			if len(c.Addrs) == 0 || c.Seen.IsZero() || c.Answer != finding.AnswerSilent {
				t.Errorf("%+v", c)
			}
		}
	})
}
