package lease

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"headsup/sheet"
)

// A clock reads the times of a log.
type clock struct {
	times sheet.Times
	zone  *time.Location // of the source
	bare  *bool          // see Source
	ahead time.Duration
	now   time.Time

	// Lines follow each other within a minute, and differ in seconds alone.
	minute string // the last that was read, without its seconds
	begun  time.Time
	off    time.Duration
}

// future is how much later than now a time may be: clocks differ.
const future = 10 * time.Minute

// at reads a time. slack is by how much it may be earlier or later: half an
// hour where the clocks had it twice.
func (c *clock) at(text string) (t time.Time, slack time.Duration, err error) {
	n := len("2006-01-02 15:04:")
	if len(text) < n+2 || text[n-1] != ':' || text[4] != '-' || text[n] < '0' || text[n] > '5' || text[n+1] < '0' || text[n+1] > '9' {
		t, slack, err = c.read(text)
	} else {
		seconds := time.Duration(text[n]-'0')*10*time.Second + time.Duration(text[n+1]-'0')*time.Second
		if len(c.minute) != len(text)-2 || c.minute[:n] != text[:n] || c.minute[n:] != text[n+2:] {
			if t, slack, err = c.read(text); err == nil {
				c.minute, c.begun, c.off = text[:n]+text[n+2:], t.Add(-seconds), slack
			}
		}
		if err == nil {
			t, slack = c.begun.Add(seconds), c.off
		}
	}
	if err == nil {
		t, err = c.passed(t)
	}
	return t, slack, err
}

// read reads a time as the clock showed it.
func (c *clock) read(text string) (t time.Time, slack time.Duration, err error) {
	c.times.Bare = false
	t, err = c.times.Parse(text)
	var te *sheet.TimeError
	if errors.As(err, &te) {
		if first, last, ok := twice(te); ok {
			slack, err = last.Sub(first)/2, nil
			t = first.Add(slack)
		} else if strings.Contains(te.Why, "left out") {
			return t, 0, fmt.Errorf("%w: %w", ErrWrongZone, err)
		}
	}
	switch {
	case err != nil:
		return t, 0, err
	case t.IsZero():
		return t, 0, &sheet.TimeError{Value: text, Why: "is empty"}
	case c.times.Bare && c.times.Zone == nil:
		return t, 0, fmt.Errorf("%w: %q", ErrZone, text)
	}
	if c.times.Bare && c.bare != nil && c.times.Zone == c.zone {
		*c.bare = true
	}
	return t, slack, nil
}

// Between the end of a log and its being written last there is a time that fits,
// and one that only a zone explains: zones are one hour to 26 apart, and whole
// quarters of one.
const (
	fitting  = 10 * time.Minute
	widest   = 26 * time.Hour
	quarter  = 15 * time.Minute
	quarters = 3 * time.Minute // by which a log may miss a whole quarter
)

// fits compares the last row of a log whose times name no zone with when its file
// was last written. A later one is of another zone, which is an error. An earlier
// one may be: the file's time may be that of a copy.
func (f *File) fits(sum *FileSum) error {
	if f.Written.IsZero() || sum.Rows == 0 {
		return nil
	}
	early := f.Written.Sub(sum.Last)
	if early < -fitting && early > -widest {
		return fmt.Errorf("%s: %w: its last row is of %s, and the file was last written at %s", f.Path, ErrWrongZone, stamp(sum.Last), stamp(f.Written))
	}
	if off := early - early.Round(quarter); early > 4*quarter-quarters && early < widest && off.Abs() <= quarters {
		sum.Early, sum.Zone = early, f.Zone.String()
	}
	return nil
}

// twice returns the two times that an hour has when clocks are put back.
func twice(te *sheet.TimeError) (first, last time.Time, ok bool) {
	if len(te.Readings) != 2 {
		return first, last, false
	}
	first, err := time.Parse(time.RFC3339, te.Readings[0])
	if err != nil {
		return first, last, false
	}
	last, err = time.Parse(time.RFC3339, te.Readings[1])
	if last.Before(first) {
		first, last = last, first
	}
	return first, last, err == nil
}

// passed corrects a time of the source's clock. What has not come yet was
// written in another zone, or by a clock that is wrong.
func (c *clock) passed(t time.Time) (time.Time, error) {
	t = t.Add(-c.ahead)
	if !c.now.IsZero() && t.After(c.now.Add(future)) {
		return t, fmt.Errorf("%w: %s has not come yet", ErrWrongZone, stamp(t))
	}
	return t, nil
}

// unix reads seconds since 1970.
func (c *clock) unix(text string) (time.Time, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > maxTime {
		return time.Time{}, &sheet.TimeError{Value: text}
	}
	return c.passed(time.Unix(n, 0).UTC())
}

// syslog reads the time at the beginning of a line of a log and returns what
// follows: RFC 5424 and ISO 8601, RFC 3164, which has neither year nor zone,
// and RFC 3164 with a year.
func (c *clock) syslog(line string) (t time.Time, slack time.Duration, rest string, err error) {
	if strings.HasPrefix(line, "<") { // the priority
		if _, after, ok := strings.Cut(line, ">"); ok && len(line)-len(after) < 7 {
			line = strings.TrimPrefix(after, "1 ")
		}
	}
	first, rest, _ := strings.Cut(line, " ")
	if len(first) >= len("2006-01-02T15:04:05") && first[4] == '-' {
		t, slack, err = c.at(first)
		return t, slack, rest, err
	}
	if len(first) == len(time.DateOnly) && first[4] == '-' {
		day, after := first, rest
		first, rest, _ = strings.Cut(after, " ")
		t, slack, err = c.at(day + " " + first)
		return t, slack, rest, err
	}
	const stamped = "Jan _2 15:04:05"
	if len(line) < len(stamped) {
		return t, 0, "", &sheet.TimeError{Value: line}
	}
	bare, err := time.Parse(stamped, line[:len(stamped)])
	if err != nil {
		return t, 0, "", &sheet.TimeError{Value: line[:len(stamped)]}
	}
	rest = strings.TrimPrefix(line[len(stamped):], " ")
	year := 0
	if len(rest) > 5 && rest[4] == ' ' {
		if n, err := strconv.Atoi(rest[:4]); err == nil && n > 2000 && n < 2100 {
			year, rest = n, rest[5:]
		}
	}
	if year == 0 {
		year = c.yearOf(bare)
	}
	t, slack, err = c.at(fmt.Sprintf("%04d-%s", year, bare.Format("01-02 15:04:05")))
	return t, slack, rest, err
}

// yearOf returns the latest year in which a month and day have come.
func (c *clock) yearOf(bare time.Time) int {
	now := c.now
	if now.IsZero() {
		now = time.Now()
	}
	year := now.UTC().Year()
	if time.Date(year, bare.Month(), bare.Day(), bare.Hour(), bare.Minute(), bare.Second(), 0, time.UTC).After(now.Add(24 * time.Hour)) {
		year--
	}
	return year
}
