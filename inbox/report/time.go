package report

import (
	"encoding/json"
	"time"
	"unicode/utf8"
)

// A Time is a time as a report states it, which is not always one moment.
type Time struct {
	at   time.Time // in the zone that is stated, else the reading of the clock in UTC
	Zone bool      // a zone is stated: At is a moment
	Day  bool      // only a day is stated
}

// At returns the moment, and whether it is one: a day and a clock without a
// zone are not.
func (t Time) At() (time.Time, bool) { return t.at, t.Zone && !t.Day && !t.at.IsZero() }

// in gives a reading of a clock the zone that the message states for all; nil
// is none.
func (t Time) in(zone *time.Location) Time {
	if zone == nil || t.IsZero() || t.Zone || t.Day {
		return t
	}
	c := t.at
	return Time{at: time.Date(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), c.Second(), 0, zone), Zone: true}
}

// IsZero reports whether no time is stated.
func (t Time) IsZero() bool { return t.at.IsZero() }

// String is the time in the form of RFC 3339, with its zone left out where
// none is stated, and its clock where only a day is.
func (t Time) String() string {
	switch {
	case t.at.IsZero():
		return ""
	case t.Day:
		return t.at.Format(time.DateOnly)
	case t.Zone:
		return t.at.Format(time.RFC3339)
	}
	return t.at.Format("2006-01-02T15:04:05")
}

// MarshalJSON writes [Time.String].
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// A stamp is one place in a text where a time stands.
type stamp struct {
	from, to int
	y, m, d  int
	h, min   int
	sec      int
	clock    bool
	zone     *time.Location
	local    bool   // it has letters of a zone that are not known: no zone of the text holds
	ordered  bool   // the day may be another: alt
	alt      [2]int // month and day of that other
	numeric  bool   // the month is a number behind or before the day
	swapped  bool   // the month stands first
	guessed  bool   // the year is not stated
	letters  string // of the zone
	quiet    *quiet // what stood behind times before
}

// time returns what a stamp says, with the zone that the text states for all.
func (s stamp) time(zone *time.Location) Time {
	t := Time{Day: !s.clock}
	if s.zone != nil {
		zone = s.zone
	} else if s.local {
		zone = nil
	}
	t.Zone = zone != nil && s.clock
	if zone == nil {
		zone = time.UTC
	}
	t.at = time.Date(s.y, time.Month(s.m), s.d, s.h, s.min, s.sec, 0, zone)
	return t
}

func (s stamp) valid() bool {
	return s.y >= 1995 && s.y <= 2100 && s.m >= 1 && s.m <= 12 && s.d >= 1 && s.d <= 31 && s.h < 24 && s.min < 60 && s.sec < 61
}

// stamps finds the times in a text, in order. base says which year a time
// without one is in: the latest that is not after it.
func stamps(s string, base time.Time) (out []stamp) {
	q := &quiet{map[string]bool{}}
	for i := 0; i < len(s) && len(out) < maxStamps; {
		c := s[i]
		var t stamp
		ok := false
		switch {
		case c >= '0' && c <= '9':
			if i == 0 || !(s[i-1] >= '0' && s[i-1] <= '9') && !(s[i-1] == '.' && i > 1 && s[i-2] >= '0' && s[i-2] <= '9') {
				t, ok = figuresAt(s, i, base, q)
			}
			if !ok {
				i = nextStart(s, i)
				continue
			}
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80:
			if i == 0 || s[i-1] < 0x80 && !alnum(s[i-1]) {
				t, ok = monthAt(s, i, base, q)
			}
			if !ok && c >= 0xe4 {
				t, ok = eraAt(s, i, q)
			}
			if !ok {
				for i < len(s) && (alnum(s[i]) || s[i] >= 0x80) {
					if s[i] >= 0xe0 { // scripts without blanks between words
						_, n := utf8.DecodeRuneInString(s[i:])
						i += n
						break
					}
					i++
				}
				continue
			}
		case c == '@':
			if t, ok = labelAt(s, i); !ok {
				i++
				continue
			}
		default:
			i++
			continue
		}
		if t.valid() {
			t.quiet = nil
			out = append(out, t)
		}
		i = max(t.to, i+1)
	}
	order(out)
	return out
}

const maxStamps = 5000

func window(s string, i, n int) string {
	end := min(len(s), i+n)
	for end < len(s) && end > i && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[i:end]
}

// order settles which of two numbers is the day by the other days of a text:
// one that leaves no room speaks for all. A day that may be two is none.
func order(ts []stamp) {
	days, firsts := 0, 0
	for _, t := range ts {
		if t.numeric && !t.ordered && t.d > 12 {
			if t.swapped {
				firsts++
			} else {
				days++
			}
		}
	}
	for i := range ts {
		t := &ts[i]
		switch {
		case !t.ordered || !t.numeric:
		case days > 0 && firsts == 0:
			t.ordered = false
		case firsts > 0 && days == 0:
			t.swap()
		}
	}
}

// swap takes the other of two readings of a day.
func (t *stamp) swap() { t.m, t.d, t.ordered = t.alt[0], t.alt[1], false }

// settle finds out which of two readings of a day is meant. One that had not
// come yet when the message was sent is none. Only English writes the month
// first. Of a day of this week and one of another month, this week's is meant.
func (t *stamp) settle(sent time.Time, english bool) bool {
	if sent.IsZero() {
		return false
	}
	ago := func(m, day int) time.Duration {
		return sent.Sub(time.Date(t.y, time.Month(m), day, t.h, t.min, 0, 0, time.UTC))
	}
	const day = 24 * time.Hour
	first, second := ago(t.m, t.d), ago(t.alt[0], t.alt[1])
	switch late1, late2 := first < -36*time.Hour, second < -36*time.Hour; {
	case late1 && late2:
		return false
	case late1, second < 8*day && first > 28*day && !late2:
		t.swap()
		return true
	case late2, first < 8*day && second > 28*day:
		return true
	}
	return t.numeric && !english
}
