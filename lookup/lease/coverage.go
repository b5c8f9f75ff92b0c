package lease

import (
	"cmp"
	"slices"
	"time"
)

// A coverage is what is known of the logs of one source: when they say
// something, and so where one is missing.
type coverage struct {
	Spans [][2]int64 `json:"spans"` // seconds since 1970, in order, with more than quiet between two
	Rows  int64      `json:"rows"`
	Zone  string     `json:"zone,omitempty"`
	Ahead int64      `json:"ahead,omitempty"` // nanoseconds, as the last import had it
	Slack int64      `json:"slack"`
}

const (
	quiet    = 15 * 60 // seconds; a shorter silence is none
	silence  = 20      // times the usual time between two rows make a hole
	maxSpans = 4096
)

// at takes in that the log speaks of a time.
func (c *coverage) at(t int64) {
	c.Rows++
	i, found := slices.BinarySearchFunc(c.Spans, t, func(s [2]int64, t int64) int { return cmp.Compare(s[0], t) })
	if found || i > 0 && t <= c.Spans[i-1][1] {
		return
	}
	before, after := i > 0 && t-c.Spans[i-1][1] <= quiet, i < len(c.Spans) && c.Spans[i][0]-t <= quiet
	switch {
	case before && after:
		c.Spans[i-1][1] = c.Spans[i][1]
		c.Spans = slices.Delete(c.Spans, i, i+1)
	case before:
		c.Spans[i-1][1] = t
	case after:
		c.Spans[i][0] = t
	default:
		c.Spans = slices.Insert(c.Spans, i, [2]int64{t, t})
	}
	if len(c.Spans) > maxSpans { // what is silent that often has no holes
		c.Spans[0][1] = c.Spans[1][1]
		c.Spans = slices.Delete(c.Spans, 1, 2)
	}
}

// expire forgets what is before a time.
func (c *coverage) expire(cut int64) {
	c.Spans = slices.DeleteFunc(c.Spans, func(s [2]int64) bool { return s[1] < cut })
}

// through returns until when the log goes on from a time without a hole. It
// reports false if the log says nothing of that time.
func (c *coverage) through(t int64) (until int64, ok bool) {
	usual := int64(0)
	if n := len(c.Spans); n > 0 {
		usual = (c.Spans[n-1][1] - c.Spans[0][0]) / max(c.Rows, 1)
	}
	begin := int64(0)
	for i, s := range c.Spans {
		if i == 0 || s[0]-c.Spans[i-1][1] > max(quiet, silence*usual) {
			if begin <= t && t <= until && i > 0 {
				return until, true
			}
			begin = s[0]
		}
		until = s[1]
	}
	return until, len(c.Spans) > 0 && begin <= t && t <= until
}

// last returns when the log says something last.
func (c *coverage) last() int64 {
	if len(c.Spans) == 0 {
		return 0
	}
	return c.Spans[len(c.Spans)-1][1]
}

// evidence is the time that a row is news of: the last one at which its log
// knew what it says.
func (r *Row) evidence() time.Time {
	if r.Kind == Promised {
		return r.Start
	}
	return r.End
}
