package lease

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// TestLogsOfAnotherZone reads logs whose times name no zone, of 23:41 in Berlin,
// in that zone and in others, a day later. By then nothing of them is in the future.
func TestLogsOfAnotherZone(t *testing.T) {
	written := time.Date(2026, 3, 6, 22, 41, 20, 0, time.UTC)
	logs := map[string]string{
		"dhcpd's log": "Mar  6 23:41:00 bng dhcpd: DHCPACK on 192.0.2.7 to 02:00:00:00:00:01 via eth0\n",
		"Cisco's":     "<134>1 2026 Mar 6 23:41:00 192.0.2.1 - - NAT44 - [UserbasedA - 100.64.0.5 Inside - 198.51.100.1 - 1024 1535 - -]\n",
		"Kea's":       "2026-03-06 23:41:00 Address: 192.0.2.7 has been released from a device with hardware address: hwtype=1 02:00:00:00:00:01\n",
		"RADIUS":      "Fri Mar  6 23:41:00 2026\n\tUser-Name = \"bob\"\n\tAcct-Status-Type = Start\n\tAcct-Session-Id = \"1\"\n\tFramed-IP-Address = 192.0.2.7\n\n",
		"a table":     "ip;from;to;user\n192.0.2.7;2026-03-06 22:00:00;2026-03-06 23:41:00;bob\n",
	}
	for _, c := range []struct {
		zone    string
		written time.Time
		early   time.Duration
		refused bool
	}{
		{"Europe/Berlin", written, 0, false},
		{"Europe/Moscow", written, 2 * time.Hour, false},
		{"Asia/Kolkata", written, 4*time.Hour + 30*time.Minute, false},
		{"UTC", written, 0, true},
		{"America/New_York", written, 0, true},
		{"Europe/Moscow", time.Time{}, 0, false},                 // nobody knows when
		{"Europe/Moscow", written.Add(48 * time.Hour), 0, false}, // of a copy, two days later
		{"Europe/Moscow", written.Add(7 * time.Minute), 0, false},
		{"UTC", written.Add(-40 * 24 * time.Hour), 0, false}, // that clock was never right
	} {
		for name, text := range logs {
			var sum FileSum
			f := File{Source: Source{Zone: zone(t, c.zone)}, Path: "f", Written: c.written}
			f.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
			_, err := Import(t.Context(), t.TempDir(), []File{f}, Options{Now: written.Add(24 * time.Hour)},
				func(s FileSum) { sum = s }, func(e *RowError) { t.Errorf("%s: %s", name, e) })
			if refused := errors.Is(err, ErrWrongZone); refused != c.refused || err != nil && !refused {
				t.Errorf("%s in %s, file of %s: %v", name, c.zone, c.written, err)
			}
			if got := sum.Early.Round(time.Minute); err == nil && got != c.early {
				t.Errorf("%s in %s, file of %s: %s early, want %s", name, c.zone, c.written, got, c.early)
			}
		}
	}
}

// TestLogsThatNameTheirZone are not measured by the time of their file.
func TestLogsThatNameTheirZone(t *testing.T) {
	for _, text := range []string{
		"2026-03-06 23:41:00 CET Address: 192.0.2.7 has been released from a device with hardware address: hwtype=1 02:00:00:00:00:01\n",
		"lease 192.0.2.7 {\n  starts 5 2026/03/06 22:41:00;\n  ends 5 2026/03/06 22:42:00;\n  binding state free;\n  hardware ethernet 02:00:00:00:00:01;\n}\n",
		"ip;from;to;user\n192.0.2.7;2026-03-06T22:00:00Z;2026-03-06T22:41:00Z;bob\n",
	} {
		var sum FileSum
		f := File{Source: Source{Zone: time.UTC}, Path: "f", Written: time.Date(2026, 3, 6, 18, 41, 0, 0, time.UTC)}
		f.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
		_, err := Import(t.Context(), t.TempDir(), []File{f}, Options{Now: time.Date(2026, 3, 7, 18, 41, 0, 0, time.UTC)}, func(s FileSum) { sum = s }, nil)
		if err != nil || sum.Early != 0 || sum.Rows == 0 {
			t.Errorf("%q: %+v, %v", text, sum, err)
		}
	}
}
