package report

import (
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
)

// hours are what letters for a zone mean, in hours east of UTC. Those that
// several countries use differently are left out: IST, AST, ECT, and CST beside
// a date alone.
var hours = map[string]float64{
	"Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "UCT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1,
	"CEST": 2, "MEST": 2, "MESZ": 2,
	"EET": 2, "EEST": 3, "MSK": 3, "MSD": 4, "TRT": 3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "MYT": 8, "WIB": 7,
	"ICT": 7, "PKT": 5, "NPT": 5.75, "SAST": 2,
	"BRT": -3, "BRST": -2, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5, "UYT": -3, "VET": -4,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
	"WITA": 8, "WIT": 9, "IRST": 3.5, "IDT": 3, "WAT": 1, "CAT": 2, "EAT": 3, "PHT": 8, "NST": -3.5, "NDT": -2.5, "BOT": -4,
	"HNE": -5, "HAE": -4, "YEKT": 5, "OMST": 6, "NOVT": 7, "KRAT": 7, "IRKT": 8, "VLAT": 10, "SAMT": 4, "GET": 4,
	"SEČ": 1, "SELČ": 2, "СЕЧ": 1, "МСК": 3, "MCK": 3, "ЕЕТ": 2, "TSİ": 3, "TSI": 3,
	"AEST": 10, "AEDT": 11, "ACST": 9.5, "ACDT": 10.5, "AWST": 8, "NZST": 12, "NZDT": 13,
}

var (
	zoneOffset = pattern.New(`^\s*[\[("]?\s*(?:(?:UTC|GMT|Z|utc|gmt)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?(?:[^\d.:]|` +
		`[.:](?:\D|$)|$)`)
	zoneWord = pattern.New(`^(?:\s*(?:Uhr|h|hrs|hours|uur|horas|час\w*))?[\s,]*[\[(（]?\s*(\p{Lu}{1,5}|` +
		`[Uu][Tt][Cc]|[Gg][Mm][Tt]|[Мм]ск)[\])）]?(?:[^\p{L}]|$)`)
	zoneCity = pattern.New(`^\s*[\[("]?\s*((?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|` +
		`Indian|Pacific|Etc)/[A-Za-z_]+(?:/[A-Za-z_]+)?(?:[+-]\d{1,2})?)`)
	zoneLong = pattern.New(`(?i)^\s*[\[(]?\s*(zulu|coordinated universal time|(?:central|mountain) (?:standard|` +
		`daylight) time|greenwich mean time|universal time|` +
		`central european (?:summer )?time|eastern (?:standard|daylight) time|pacific (?:standard|daylight) time|` +
		`japan standard time|日本標準時|日本時間|北京时间|한국 ?시간|moscow time|московско\w+ врем\w+|` +
		`по москве|mitteleuropäische (?:sommer)?zeit|` +
		`brasília|hora de brasília|horário de brasília)`)
)

var longZones = map[string]float64{
	"zulu": 0, "central standard time": -6, "central daylight time": -5, "mountain standard time": -7, "mountain daylight time": -6,
	"coordinated universal time": 0, "greenwich mean time": 0, "universal time": 0, "central european time": 1,
	"central european summer time": 2,
	"eastern standard time":        -5, "eastern daylight time": -4, "pacific standard time": -8,
	"pacific daylight time": -7, "japan standard time": 9, "日本標準時": 9,
	"日本時間": 9, "北京时间": 8, "한국 시간": 9, "한국시간": 9, "moscow time": 3, "mitteleuropäische zeit": 1, "mitteleuropäische sommerzeit": 2,
	"hora de brasília": -3, "horário de brasília": -3, "brasília": -3, "по москве": 3,
}

// american is the time of the coasts of America, summer and winter, in letters.
var american = pattern.New(`^\s?\(?(ET|PT)(?:[^\p{L}]|$)`)

var americanZones = map[string]string{"ET": "America/New_York", "PT": "America/Los_Angeles"}

// zoneAt reads the zone at the beginning of a text, and how many bytes it
// takes. Where there are letters of a zone whose meaning is not known, n says
// how many, and ok is false.
func zoneAt(s string) (z *time.Location, n int, ok bool) {
	if m := zoneOffset.FindStringSubmatchIndex(s); m != nil {
		h, _ := strconv.Atoi(s[m[4]:m[5]])
		min, end := 0, m[5]
		if m[6] >= 0 {
			min, _ = strconv.Atoi(s[m[6]:m[7]])
			end = m[7]
		}
		named := strings.ContainsAny(s[:m[2]], "UGZug")
		if h <= 14 && min < 60 && (named || end-m[4] >= 2) {
			east := h*3600 + min*60
			if s[m[2]:m[3]] == "-" {
				east = -east
			}
			return fixed(east), end, true
		}
	}
	if m := american.FindStringSubmatchIndex(s); m != nil {
		if z, err := time.LoadLocation(americanZones[s[m[2]:m[3]]]); err == nil {
			return z, m[3], true
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
		if h, ok := longZones[word]; ok {
			return fixed(int(h * 3600)), m[1], true
		}
	}
	if m := zoneWord.FindStringSubmatchIndex(s); m != nil {
		word := strings.ToUpper(s[m[2]:m[3]])
		if o := offsetBehind.FindStringSubmatchIndex(s[m[3]:]); o != nil {
			if z, n, ok := zoneAt(s[m[3]+o[2]:]); ok {
				return z, m[3] + o[2] + n, true
			}
		}
		if h, ok := hours[word]; ok {
			return fixed(int(h * 3600)), m[3], true
		}
		if len(word) >= 3 && strings.HasSuffix(word, "T") {
			return nil, m[3], false
		}
	}
	return nil, 0, false
}

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
	token = pattern.New(`(?:^|[^\p{L}]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}])((?i:(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d\d)?|UTC|GMT|Zulu|` +
		`coordinated universal time|greenwich mean time)|CES?T|ME?S?Z|EES?T|SEL?Č|МСК|мск|TSİ|WITA?|MSK|` +
		`JST|KST|HKT|SGT|BRS?T|ART|[ECMP][SD]T|AE[SD]T|NZ[SD]T|SAST|WES?T|BST|(?:Africa|America|Asia|` +
		`Australia|Europe|Pacific)/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|[+-]\d{2}:?\d{2}|日本標準時|日本時間|北京时间|` +
		`한국 ?시간|московск\S+)(?:[^\p{L}\p{N}]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]|$)`)
	plainZone = pattern.New(`^(?i:(?:UTC|GMT)\s?[+-]|UTC|GMT$)|/|^CES?T$|^MES?Z$|^EEST$|^JST$|^KST$|^MSK$|` +
		`^SEL?Č$|^МСК$|^TSİ$|^WIB$|^WITA$`)
)

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
	case strings.EqualFold(word, "zulu"):
		return time.UTC
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
