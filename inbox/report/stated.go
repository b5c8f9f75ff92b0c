package report

import (
	"strings"
	"time"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

// A statement is a place where a text names a zone for its times.
type statement struct {
	zone   *time.Location
	spoken bool // words about time stand beside it
}

// statements finds the zones that a text names apart from any one time: "all
// times are UTC", "Zeitangaben in MEZ". times are those that it holds.
func (d *doc) statements(times []stamp) (out []statement) {
	if d.subject && len(d.text) > 400 {
		return nil
	}
	out = printed(d, times)
	var alike shapes
	for n, l := range d.lines {
		line := d.text[l.from:l.to]
		if !alike.few(line) {
			continue
		}
		if l.section == registry || l.section == mailHead || len(line) > 2000 || len(line) < 3 || isRow(line) {
			continue
		}
		for at := 0; at < len(line); {
			z, from, to := tokenIn(line[at:])
			if z == nil {
				break
			}
			from, to = at+from, at+to
			at = to
			if ofOneTime(times, l.from+from, l.from+to, d.text) {
				continue
			}
			beside := lower(tail(d.text[max(0, l.from+from-100):l.from+from], 100) + " " + head(line[to:], 40))
			if i := strings.LastIndex(beside, "\n\n"); i >= 0 {
				beside = beside[i:]
			}
			offset := (line[from] == '+' || line[from] == '-')
			spoken := offset || lexicon.In(beside).Has("time") || strings.ContainsAny(line[from:to], " 时時시")
			bracketed := from > 0 && line[from-1] == '(' && to < len(line) && line[to] == ')'
			if !spoken && !bracketed && !plainZone.MatchString(line[from:to]) {
				continue
			}
			if l.section == quoted && n > 0 && len(out) > 0 {
				continue
			}
			out = append(out, statement{z, spoken})
		}
	}
	return out
}

// printed finds the zones of clocks that somebody asked for in a shell: what date
// prints, below its name behind a prompt.
func printed(d *doc, times []stamp) (out []statement) {
	for _, t := range times {
		if n := d.lineAt(t.from); n > 0 && t.zone != nil && askedDate.MatchString(d.text[d.lines[n-1].from:d.lines[n-1].to]) {
			out = append(out, statement{t.zone, true})
		}
	}
	return out
}

var askedDate = pattern.New(`^[^\n]{0,60}[#$>%] ?date(?: -R| -I\S*)?\s*$`)

// isRow reports whether a line is one of a table, whose columns name their own
// zones.
func isRow(line string) bool {
	for _, sep := range []string{"|", "\t", ";"} {
		if strings.Count(strings.Trim(line, sep+" "), sep) >= 2 { // two cells are a name and its value
			return true
		}
	}
	return strings.Count(line, ",") >= 3 && !strings.Contains(line, ", ")
}

// tokenIn finds the first zone that a line names: letters, an offset, a place.
func tokenIn(line string) (z *time.Location, from, to int) {
	for at := 0; at < len(line); {
		m := token.FindStringSubmatchIndex(line[at:])
		if m == nil {
			break
		}
		from, to := at+m[2], at+m[3]
		at = to
		if sign := line[from] == '+' || line[from] == '-'; sign && !zoneBefore.MatchString(lower(line[:from])) {
			continue
		}
		z := zoneOf(line[from:to])
		if n := spelledOffset(line[to:]); z == time.UTC && n > 0 {
			z, to = spelledZone(line[to:]), to+n
			at = to
		}
		if z == time.UTC {
			if o := offsetOfUTC.FindStringSubmatchIndex(line[to:]); o != nil {
				z, to = zoneOf(strings.Replace("UTC"+line[to+o[2]:to+o[3]], "–", "-", 1)), to+o[3]
			} else if b := besideUTC.FindStringSubmatch(lower(line[:from])); b != nil {
				z = besideZone(b[1], b[2])
			}
			at = to
		}
		if z != nil {
			return z, from, to
		}
	}
	return placeWithin(line)
}

var (
	// offsetOfUTC is an offset that a field or a text calls so: "UTC offset: +3".
	offsetOfUTC = pattern.New(`^[ -]?(?i:offset|versatz|décalage|diferencia|desfase|` +
		`verschil)[^\d\n+–-]{0,16}([+–-]\d{1,2}(?::?\d\d)?)(?:[^\d]|$)`)
	// besideUTC tells how many hours a clock is ahead of or behind UTC.
	besideUTC = pattern.New(`(\p{L}+|\d{1,2})[ -](?:hours?|hrs?|h|stunden?|heures?|horas?|ore|uur) (ahead of|behind|` +
		`east of|west of|before|` +
		`vor|hinter|en avance sur|en retard sur|por delante de|por detrás de|à frente de|atrás de|avanti rispetto a|` +
		`indietro rispetto a|` +
		`voor op|achter op|achter) $`)
)

// besideZone is the zone of a clock that is so many hours ahead of UTC or behind.
func besideZone(hours, side string) *time.Location {
	n := spelledNumbers[hours]
	if n == 0 {
		n = number(hours)
	}
	if n == 0 || n > 14 {
		return nil
	}
	switch side {
	case "behind", "west of", "hinter", "en retard sur", "por detrás de", "atrás de", "indietro rispetto a", "achter", "achter op":
		n = -n
	}
	return fixed(n * 3600)
}

// spelled is an offset in words behind UTC: "UTC menos tres".
var spelled = pattern.New(`(?i)^\s?(minus|menos|moins|meno|min|mínus|минус|мінус|minusz|eksi|plus|más|` +
	`mais|più|plusz|плюс|artı)\s+(\p{L}+|\d{1,2})`)

// spelledNumbers are the numbers of offsets to twelve, in the languages that
// spell them.
var spelledNumbers = func() map[string]int {
	out := map[string]int{}
	for _, list := range []string{
		"one two three four five six seven eight nine ten eleven twelve", "uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
		"um dois três quatro cinco seis sete oito nove dez onze doze", "un deux trois quatre cinq six sept huit neuf dix onze douze",
		"uno due tre quattro cinque sei sette otto nove dieci undici dodici",
		"eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
		"één twee drie vier vijf zes zeven acht negen tien elf twaalf",
		"один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
	} {
		for i, w := range strings.Fields(list) {
			out[w] = i + 1
		}
	}
	return out
}()

// spelledOffset says how many bytes an offset in words takes.
func spelledOffset(s string) int { return len(spelled.FindString(s)) }

// spelledZone is the zone that such an offset states, or nil where its number
// is not known: then it is not UTC either.
func spelledZone(s string) *time.Location {
	m := spelled.FindStringSubmatch(s)
	n := spelledNumbers[lower(m[2])]
	if n == 0 {
		n = number(m[2])
	}
	if n == 0 || n > 14 {
		return nil
	}
	if strings.HasPrefix(lower(m[1]), "m") && !strings.HasPrefix(lower(m[1]), "má") && !strings.HasPrefix(lower(m[1]), "mai") || strings.HasPrefix(lower(m[1]), "м") || lower(m[1]) == "eksi" {
		n = -n
	}
	return fixed(n * 3600)
}

// zoneBefore are the words before an offset that is a zone and no number.
var zoneBefore = re(`(?:zone|tz|offset|fuseau|huso|fuso|zeitzone|tijdzone|strefa|strefie|pásm\w*|пояс\w*|` +
	`dilimi|zona|时区|時區|タイムゾーン|시간대|utc|gmt)[^\d\n]{0,16}$`)

// ofOneTime reports whether a zone stands in a time, or right before one.
func ofOneTime(times []stamp, from, to int, text string) bool {
	for _, t := range times {
		if t.from < to && from < t.to {
			return true
		}
		if gap := t.from - to; gap >= 0 && gap <= 8 && strings.Trim(text[to:t.from], " )]:=|\t\"'：）*") == "" {
			return true
		}
	}
	return false
}

// zoneOfAll is the one zone that the texts of a message state for their times,
// and nil where they state none or several. What stands beside words about
// time decides.
func zoneOfAll(docs []*doc, base time.Time) *time.Location {
	var all []statement
	for _, d := range docs {
		all = append(all, d.statements(d.times(base))...)
	}
	for _, spoken := range []bool{true, false} {
		var found *time.Location
		for _, s := range all {
			switch {
			case s.spoken != spoken:
			case found == nil:
				found = s.zone
			case offsetOf(found, base) != offsetOf(s.zone, base):
				return nil
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// times finds the times in a text, once.
func (d *doc) times(base time.Time) []stamp {
	if d.timed {
		return d.stamps
	}
	d.timed, d.stamps = true, stamps(d.text, base)
	english, asked := false, false
	for i := range d.stamps {
		t := &d.stamps[i]
		if !t.ordered {
			continue
		}
		if !asked {
			english, asked = speaksEnglish(head(d.low, 16<<10)), true
		}
		if t.settle(base, english) {
			t.ordered = false
		}
	}
	return d.stamps
}
