package report

import (
	"cmp"
	_ "embed"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
)

//go:embed offsets.txt
var offsetFile string

// An offsetTable is what letters for a zone, in capitals, and its names, in small
// letters, mean in hours east of UTC.
type offsetTable struct {
	letters, names map[string]float64
}

// offsets are those of offsets.txt.
var offsets = readOffsets()

func readOffsets() offsetTable {
	t := offsetTable{letters: map[string]float64{}, names: map[string]float64{}}
	for line := range strings.Lines(offsetFile) {
		east, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		h, err := strconv.ParseFloat(east, 64)
		if !ok || err != nil {
			continue // a remark
		}
		for word := range strings.SplitSeq(list, "; ") {
			if strings.ToLower(word) != word {
				t.letters[word] = h
			} else {
				t.names[word] = h
			}
		}
	}
	return t
}

// anyOf is an expression for any of some words, the longest first.
func anyOf(words iter.Seq[string]) string {
	all := slices.SortedFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for i, w := range all {
		all[i] = regexp.QuoteMeta(w)
	}
	return strings.Join(all, "|")
}

var (
	zoneOffset = pattern.New(`^\s*[\[("]?\s*(?:(?:(?:UTC|GMT)/)?(?:UTC|GMT|Z|utc|` +
		`gmt)\s?)?([+–-])(\d{1,2})(?::?(\d{2}))?(?:[^\d.:]|` +
		`[.:](?:\D|$)|$)`)
	// zoneApart is an offset with blanks around its sign, which may be a dash.
	zoneApart = pattern.New(`^\s*[\[("]?\s*(?:UTC|GMT)\s?([+–-])\s(\d{1,2})(?::(\d{2}))?(?:[)\],;]|\.?(?:\s*\n|$))`)
	zoneWord  = pattern.New(`^(?:\s*(?:Uhr|h|hrs|hours|uur|horas|час\w*))?[\s,]*[\[(（]?\s*(\p{Lu}{1,5}|` +
		`[Uu][Tt][Cc]|[Gg][Mm][Tt]|[Мм]ск)[\])）]?(?:[^\p{L}]|$)`)
	zoneCity = pattern.New(`^\s*[\[("]?\s*(` + region + `)`)
	zoneLong = pattern.New(`(?i)^\s*[\[(（]?\s*(` + anyOf(maps.Keys(offsets.names)) + `|` +
		`московско\w+ врем\w+)(?:[^\p{L}]|[^\p{Latin}\p{Cyrillic}]|$)`)
)

// american is a time of America, summer and winter, in letters or by its name
// alone, which no other word follows.
var american = pattern.New(`^\s?\(?(?:(ET|PT|CT|MT)(?:[^\p{L}]|$)|(?:US )?(Eastern|Pacific|Central|` +
	`Mountain)(?: US)?` +
	`(?:[^\p{L}\s]|\s+(?:on|from|by|and|\d)|\s*\n|\s*$))`)

var americanZones = map[string]string{
	"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
	"Eastern": "America/New_York", "Central": "America/Chicago", "Mountain": "America/Denver", "Pacific": "America/Los_Angeles",
}

// zoneAt reads the zone at the beginning of a text, and how many bytes it
// takes. Where there are letters of a zone whose meaning is not known, n says
// how many, and ok is false.
func zoneAt(s string) (z *time.Location, n int, ok bool) {
	m := zoneOffset.FindStringSubmatchIndex(s)
	if m == nil {
		m = zoneApart.FindStringSubmatchIndex(s)
	}
	if m != nil {
		h, _ := strconv.Atoi(s[m[4]:m[5]])
		min, end := 0, m[5]
		if m[6] >= 0 {
			min, _ = strconv.Atoi(s[m[6]:m[7]])
			end = m[7]
		}
		named := strings.ContainsAny(s[:m[2]], "UGZug")
		if h <= 14 && min < 60 && (named || end-m[4] >= 2) {
			east := h*3600 + min*60
			if s[m[2]:m[3]] != "+" {
				east = -east
			}
			return fixed(east), end, true
		}
	}
	if m := american.FindStringSubmatchIndex(s); m != nil {
		at := max(m[2], m[4])
		end := max(m[3], m[5])
		if z, err := time.LoadLocation(americanZones[s[at:end]]); err == nil {
			return z, end, true
		}
	}
	if m := zoneCity.FindStringSubmatchIndex(s); m != nil {
		if z, err := time.LoadLocation(s[m[2]:m[3]]); err == nil {
			return z, m[1], true
		}
	}
	if z, n := placeZone(s); z != nil {
		return z, n, true
	}
	if m := zoneLong.FindStringSubmatchIndex(s); m != nil {
		word := strings.ToLower(s[m[2]:m[3]])
		if strings.HasPrefix(word, "московск") {
			return fixed(3 * 3600), m[1], true
		}
		if h, ok := offsets.names[word]; ok {
			return fixed(int(h * 3600)), m[3], true
		}
	}
	if m := zoneWord.FindStringSubmatchIndex(s); m != nil {
		word := strings.ToUpper(s[m[2]:m[3]])
		if o := offsetBehind.FindStringSubmatchIndex(s[m[3]:]); o != nil {
			if z, n, ok := zoneAt(s[m[3]+o[2]:]); ok {
				return z, m[3] + o[2] + n, true
			}
		}
		if z, n := explained(s[m[3]:]); z != nil && (ambiguous[word] != nil || offsets.letters[word] != 0) {
			return z, m[3] + n, true
		}
		if h, ok := offsets.letters[word]; ok {
			if word == "MSK" || word == "МСК" || word == "MCK" { // by which Russia tells its other zones
				if o := besideMoscow.FindStringSubmatch(s[m[3]:]); o != nil {
					return fixed((int(h) + number(o[1])) * 3600), m[3] + len(o[1]), true
				}
			}
			return fixed(int(h * 3600)), m[3], true
		}
		if len(word) >= 3 && strings.HasSuffix(word, "T") {
			return nil, m[3], false
		}
	}
	return nil, 0, false
}

// explained reads the zone that brackets right behind letters say these mean: a
// place, or an offset: "IST (India)", "BST (Bangladesh, UTC+6)".
func explained(s string) (*time.Location, int) {
	m := inside.FindStringSubmatchIndex(s)
	if m == nil {
		return nil, 0
	}
	in := s[m[2]:m[3]]
	if o := offsetForm.FindString(in); o != "" {
		return zoneOf(o), m[1]
	}
	if strings.ContainsAny(in, "0123456789") {
		return nil, 0
	}
	z, _, _ := placeWithin("time " + in)
	return z, m[1]
}

var inside = pattern.New(`^\s?\(([^()\n]{3,40})\)`)

// region is a zone by its name in the database of zones.
const region = `(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Brazil|Canada|Chile|Europe|Indian|Mexico|` +
	`Pacific|US|Etc)/[A-Z][A-Za-z_]+` +
	`(?:/[A-Z][A-Za-z_]+)?(?:[+-]\d{1,2})?`

var besideMoscow = pattern.New(`^\s?([+-]\d{1,2})(?:[^\d:]|$)`)

// offsetBehind is an offset that says what the letters before it mean.
var offsetBehind = pattern.New(`^[\s,;/(]{1,3}((?:UTC|GMT)\s?[+-]\s?\d|[+-]\d{2}:?\d{2})`)

func fixed(east int) *time.Location {
	if east == 0 {
		return time.UTC
	}
	return time.FixedZone("", east)
}

// ambiguous are letters that countries use for different zones, with the hours
// east of UTC that they may mean.
var ambiguous = map[string][]float64{"IST": {5.5, 2, 1}, "AST": {-4, 3}, "GST": {4, 10}, "BDT": {6, 8}}

// countries are top-level domains whose countries use ambiguous letters.
var countries = map[string]map[string]float64{
	"IST": {"in": 5.5, "il": 2, "ie": 1}, "AST": {"sa": 3, "kw": 3, "iq": 3, "bh": 3, "qa": 3, "ca": -4, "bm": -4, "pr": -4},
	"GST": {"ae": 4, "om": 4, "gu": 10}, "BDT": {"bd": 6, "bn": 8},
}

// ofSender is the zone that ambiguous letters mean where the sender is: by the
// zone of the message's own date, else by the country of the sender's domain.
func (r *reader) ofSender(letters string) *time.Location {
	_, east := r.outer.date().Zone()
	for _, h := range ambiguous[letters] {
		if !r.outer.date().IsZero() && east == int(h*3600) {
			return fixed(east)
		}
	}
	from := r.outer.sender()
	if h, ok := countries[letters][from[strings.LastIndexByte(from, '.')+1:]]; ok {
		return fixed(int(h * 3600))
	}
	return nil
}

// timeField names a field or a column that holds a time.
var (
	timeField = re(`(?:time|date|stamp|seen|zeit|datum|heure|hora|fecha|data|ora|tijd|czas|время|дата|` +
		`日時|時刻|时间|時間|시간|日期|الوقت|التاريخ|čas|tid|aika|idő|ora|saat|tarih)`)
	token = pattern.New(`(?:^|[^\p{L}]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}])((?i:(?:UTC|` +
		`GMT)\s?[+–-]\s?\d{1,2}(?::?\d\d)?|UTC|GMT|Zulu)|мск|` +
		tokenLetters() + `|` + region + `|[+-]\d{2}:?\d{2}|(?i:` + anyOf(maps.Keys(offsets.names)) + `)|` +
		`московск\S+)(?:[^\p{L}\p{N}]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]|$)`)
	plainZone = pattern.New(`^(?i:(?:UTC|GMT)\s?[+-]|UTC|GMT$)|/|^CES?T$|^MES?Z$|^EEST$|^JST$|^KST$|^MSK$|` +
		`^SEL?Č$|^МСК$|^TSİ$|^WIB$|^WITA$`)
)

// tokenLetters are the letters that may stand apart from any time, but for those
// that are words of logs.
func tokenLetters() string {
	return anyOf(func(yield func(string) bool) {
		for word := range offsets.letters {
			if len(word) > 2 && word != "GET" && word != "BOT" && word != "ACT" && word != "SCT" && word != "RET" && !yield(word) {
				return
			}
		}
	})
}

// zoneBehind returns the zone that stands behind words about times, with no
// figures between: those would be a time of their own.
func zoneBehind(s string) *time.Location {
	m := token.FindStringSubmatchIndex(head(s, 90))
	if m == nil || strings.ContainsAny(s[:m[2]], "0123456789") {
		return nil
	}
	return zoneOf(s[m[2]:m[3]])
}

// zoneOf returns the zone that a token states, or nil.
func zoneOf(word string) *time.Location {
	switch {
	case offsets.names[lower(word)] != 0 || strings.EqualFold(word, "zulu"):
		return fixed(int(offsets.names[lower(word)] * 3600))
	case strings.ContainsAny(word, "+-") && !strings.Contains(word, "/"):
		word = strings.ToUpper(strings.ReplaceAll(word, " ", ""))
	case len(word) == 3:
		word = strings.ToUpper(word)
	}
	z, _, ok := zoneAt(word)
	if !ok {
		return nil
	}
	return z
}

// fieldZone returns the zone that the name of a field or a column gives to the
// time at a place, such as "Time (UTC)".
func (d *doc) fieldZone(n, at int, left string) *time.Location {
	m := token.FindStringSubmatchIndex(left)
	if m != nil && strings.Trim(left[m[3]:], " :=)]|\t\"'>：）*_") == "" {
		first := left[m[2]] != '+' && left[m[2]] != '-' && strings.Trim(left[:m[2]], " ([*•") == ""
		if first || timeField.MatchString(lower(left)) {
			return zoneBehind(left[m[2]:])
		}
	}
	l := d.lines[n]
	if strings.ContainsAny(d.text[l.from:l.to], "|\t,;") || strings.Contains(d.text[l.from:l.to], "  ") {
		if name := strings.ReplaceAll(d.column(n, at), "_", " "); name != "" {
			return zoneBehind(name)
		}
	}
	return nil
}

// offsetOf is how many seconds east of UTC a zone is at a time.
func offsetOf(z *time.Location, at time.Time) int {
	_, east := at.In(z).Zone()
	return east
}
