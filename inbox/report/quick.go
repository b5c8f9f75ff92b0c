package report

import (
	"strings"
	"time"
)

// Most times stand in logs, thousands of them in one message, in a few forms of
// figures alone. These are read here, byte by byte; whatever else there is goes
// through the forms of words.

// figure2 reads two figures at i, or returns -1.
func figure2(s string, i int) int {
	if i+1 >= len(s) || s[i]-'0' > 9 || s[i+1]-'0' > 9 {
		return -1
	}
	return int(s[i]-'0')*10 + int(s[i+1]-'0')
}

// plainDay reads a day as 2026-11-30 at i.
func plainDay(s string, i int) (t stamp, ok bool) {
	century, year, month, day := figure2(s, i), figure2(s, i+2), figure2(s, i+5), figure2(s, i+8)
	if century < 0 || year < 0 || month < 0 || day < 0 || s[i+4] != '-' || s[i+7] != '-' || i+10 < len(s) && s[i+10] == '.' {
		return t, false
	}
	if century != 19 && century != 20 && century != 25 {
		return t, false
	}
	t = stamp{from: i, to: i + 10, y: fullYear(century*100 + year), m: month, d: day}
	if t.m > 12 && t.d <= 12 {
		t.m, t.d = t.d, t.m
	}
	return t, true
}

// plainClock reads a time of day as "T10:22:03" or " 10:22:03.123" at the
// beginning of a text, where no half of the day stands behind it, and says how
// many bytes it takes.
func plainClock(s string) (h, min, sec, n int, ok bool) {
	if len(s) < 9 || s[0] != 'T' && s[0] != ' ' && s[0] != ':' || s[3] != ':' || s[6] != ':' {
		return 0, 0, 0, 0, false
	}
	h, min, sec, n = figure2(s, 1), figure2(s, 4), figure2(s, 7), 9
	if h < 0 || min < 0 || sec < 0 {
		return 0, 0, 0, 0, false
	}
	if n+1 < len(s) && (s[n] == '.' || s[n] == ',') && s[n+1]-'0' <= 9 {
		for n++; n < len(s) && s[n]-'0' <= 9; n++ {
		}
	}
	behind := strings.TrimLeft(head(s[n:], 8), " \t\n,(")
	if behind == "" {
		return h, min, sec, n, n+8 > len(s)
	}
	switch c := behind[0]; {
	case n > 30, c >= 0x80, strings.IndexByte("0123456789:sSaApP\r\f\v", c) >= 0:
		return 0, 0, 0, 0, false
	case h <= 12 && theHours().halves[c|0x20]:
		return 0, 0, 0, 0, false
	}
	return h, min, sec, n, true
}

// figureZone reads a zone as "Z", "+00:00" or " -0300" at the beginning of a text,
// where nothing follows that may be a zone too.
func figureZone(s string) (z *time.Location, letters string, n int) {
	if s == "" {
		return nil, "", 0
	}
	if s[0] == ' ' {
		n++
	}
	switch {
	case s[0] == 'Z':
		n = 1
	case n+4 < len(s) && (s[n] == '+' || s[n] == '-'):
		h, min, end := figure2(s, n+1), figure2(s, n+3), n+5
		if s[n+3] == ':' {
			min, end = figure2(s, n+4), n+6
		}
		if h < 0 || h > 14 || min < 0 || min > 59 {
			return nil, "", 0
		}
		east := h*3600 + min*60
		if s[n] == '-' {
			east = -east
		}
		z, letters, n = fixed(east), s[n:end], end
	default:
		return nil, "", 0
	}
	if n < len(s) && strings.IndexByte(" \t\n])|\"',;", s[n]) < 0 {
		return nil, "", 0
	}
	if z == nil {
		rest := strings.TrimLeft(head(s[n:], 6), " \t\r\n,;/(")
		if rest == "" && n+6 < len(s) || rest != "" && strings.IndexByte("+-UGug", rest[0]) >= 0 {
			return nil, "", 0
		}
		z, letters = time.UTC, "Z"
	}
	return z, letters, n
}

// A quiet remembers the texts behind times in which no zone stands, without their
// figures: those of lines of a log are alike.
type quiet struct{ shapes map[string]bool }

// shape is what a text is remembered by, or "" where its figures may be those of
// a zone.
func (q *quiet) shape(rest string) string {
	if q == nil {
		return ""
	}
	for i := 0; i+1 < len(rest); i++ {
		if rest[i] != '+' && rest[i] != '-' || rest[i+1]-'0' > 9 && rest[i+1] != ' ' {
			continue
		}
		if i == 0 || rest[i-1]-'0' > 9 {
			return ""
		}
	}
	return figures.Replace(rest)
}
