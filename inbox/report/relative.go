package report

import (
	"strings"
	"time"

	"headsup/pattern"
)

var (
	// aloneClock is a time of day that may stand without a day.
	aloneClock = pattern.New(`^(\d{1,2})(?::|\s?[hH]\s?|\.|\s?giờ\s?|時|点)(\d{2})(?::(\d{2}))?(?:[^\d:]|$)`)
	// ends is where a sentence or a paragraph ends.
	ends = pattern.New(`[.!?;。！？][\s\n]|\n\s*\n|[。！？]`)
)

// relatives finds the times whose day the text states as seen from the day on
// which it was written: "today at 14:47". sent is when that was; zone is that
// of the message.
func (d *doc) relatives(sent time.Time, zone *time.Location) (out []stamp) {
	if d.file || d.subject || sent.IsZero() {
		return nil
	}
	text := head(d.text, 32<<10)
	for i, clocks := 0, 0; i < len(text) && clocks < 200; {
		if text[i] < '0' || text[i] > '9' {
			i++
			continue
		}
		from := i
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		if i-from > 2 || from > 0 && strings.IndexByte(":.,/[-", text[from-1]) >= 0 || d.inTime(from) {
			continue
		}
		t := stamp{from: from}
		left, right, ok := aloneAt(d, &t, text)
		if !ok {
			continue
		}
		if clocks++; d.dayOf(&t, left+" | "+right, sent, zone) {
			out = append(out, t)
		}
	}
	return out
}

// aloneAt reads a time of day that may stand without a day, and returns what stands
// before and behind it in its sentence.
func aloneAt(d *doc, t *stamp, text string) (left, right string, ok bool) {
	w := window(text, t.from, 24)
	m := aloneClock.FindStringSubmatch(w)
	if m == nil {
		left, _ = d.sentence(t.from, t.from)
		h, n := hourAlone(left, w)
		t.to = t.from + n
		_, right = d.sentence(t.from, t.to)
		return left, right, n > 0 && t.set(h, 0, 0)
	}
	t.to = t.from + len(strings.TrimRight(m[0], " \n\t.,;)"))
	if !t.set(number(m[1]), number(m[2]), number(m[3])) {
		return "", "", false
	}
	left, right = d.sentence(t.from, t.to)
	if strings.HasPrefix(m[0][len(m[1]):], ".") && !dottedClock.MatchString(tail(left, 16)) {
		return "", "", false
	}
	var n int
	t.h, n = halfDay(t.h, tail(left, 14), right)
	t.to += n
	return left, right, true
}

// inTime reports whether a time with its day covers a byte.
func (d *doc) inTime(at int) bool {
	for _, t := range d.stamps {
		if t.from-60 <= at && at < t.to {
			return at >= t.from || t.clock && t.from-at < 24
		}
	}
	return false
}

// sentence returns what stands before and behind a stretch in its sentence.
func (d *doc) sentence(from, to int) (left, right string) {
	left = strings.ToValidUTF8(d.text[max(0, from-90):from], "")
	if all := ends.FindAllStringIndex(left, -1); len(all) > 0 {
		left = left[all[len(all)-1][1]:]
	}
	right = window(d.text, to, 70)
	if end := ends.FindStringIndex(right); end != nil {
		right = right[:end[0]]
	}
	return left, right
}

// dayOf finds the day of a time by the words of its sentence.
func (d *doc) dayOf(t *stamp, words string, sent time.Time, zone *time.Location) bool {
	h, back, weekday := theHours(), 0, 0
	night, today, yesterday := h.night.in(words), h.today.in(words), h.yesterday.in(words)
	switch {
	case h.before.in(words):
		back = 2
	case night && t.h < 12:
	case night && t.h >= 17:
		back = 1
	case yesterday && !today:
		back = 1
	case !today && !yesterday:
		if weekday = weekdayIn(words); weekday == 0 || hoursTo.MatchString(window(d.text, t.to, 12)) || hoursFrom.MatchString(words) {
			return false
		}
	case !today || yesterday:
		return false
	}
	t.readZone(d.text)
	if t.zone == nil && !t.local {
		if z, _, _ := tokenIn(strings.ReplaceAll(words, "\n", " ")); z != nil {
			t.zone = z
		}
	}
	if n := d.lineAt(t.from); d.lines[n].section == quoted {
		day, ok := d.headDay(n)
		if !ok {
			return false
		}
		sent = time.Date(day.y, time.Month(day.m), day.d, 23, 59, 0, 0, sent.Location())
	} else if t.zone != nil {
		sent = sent.In(t.zone)
	} else if zone != nil && !t.local {
		sent = sent.In(zone)
	}
	if weekday > 0 { // who states no zone may speak of the hours of an office
		if t.zone == nil && (zone == nil || t.local) {
			return false
		}
		back = (int(sent.Weekday()) - weekday + 7) % 7
		if back == 0 && t.h > sent.Hour() {
			back = 7
		}
	}
	day := sent.AddDate(0, 0, -back)
	t.y, t.m, t.d = day.Year(), int(day.Month()), day.Day()
	at := time.Date(t.y, time.Month(t.m), t.d, t.h, t.min, 0, 0, sent.Location())
	return !at.After(sent.Add(10 * time.Minute))
}

// hoursTo follows the first of two hours between which somebody works; hoursFrom
// stands before the second.
var (
	hoursTo   = pattern.New(`^\s?[-–—~]\s?\d`)
	hoursFrom = pattern.New(`\d\s?[-–—~]\s? \| `)
)

// weekdayIn is the one day of the week that a sentence names, Monday being 1, or 0.
func weekdayIn(words string) (day int) {
	for w := range strings.FieldsFuncSeq(lower(words), func(r rune) bool { return !isLetter(r) }) {
		named := weekdays()[w]
		switch {
		case len(named) != 1 || len(w) < 4:
		case day > 0 && day != named[0]:
			return 0
		default:
			day = named[0]
		}
	}
	return day
}

// headDay is the day on which a quoted message was written, by the fields above
// a line.
func (d *doc) headDay(n int) (day stamp, ok bool) {
	for _, t := range d.stamps {
		if l := d.lineAt(t.from); l < n && n-l < 15 && d.lines[l].section == quoted && !t.ordered {
			day, ok = t, true
		}
	}
	return day, ok
}

// english are words that nearly every English text has, and no other.
var english = pattern.New(`\b(?:the|and|from|your|has|was|for|with|this|please|are|our|that|have|been|you)\b`)

// speaksEnglish reports whether a text in small letters is in English, or says
// too little to tell.
func speaksEnglish(low string) bool {
	return len(english.FindAllStringIndex(low, 2)) > 1 || len(strings.Fields(low)) < 8
}
