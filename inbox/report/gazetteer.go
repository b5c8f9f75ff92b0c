package report

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
)

//go:embed zones.txt
var zoneFile string

// A gazetteer is the zones of places by their names, and the forms of words in
// which they are named: at the beginning of a text, and anywhere in a line.
type gazetteer struct {
	zones      map[string]string
	at, within *pattern.Pattern
}

var places = sync.OnceValue(func() gazetteer {
	g := gazetteer{zones: map[string]string{}}
	var names []string
	for line := range strings.Lines(zoneFile) {
		zone, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
			continue
		}
		for name := range strings.SplitSeq(list, "; ") {
			g.zones[name] = zone
			names = append(names, regexp.QuoteMeta(name))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	name := `(` + strings.Join(names, "|") + `)`
	form := `(?:(?:the |à l'|à |in |nach |по |za |wg )?` + hourWord + of + name + `|(?:in |по |nach )?` + name + `[ -]?` + hourBehind + `|` +
		`(?:times|timestamps|horários|horas|heures|zeiten|orari|tijden|czasy) (?:(?:shown|given|listed|above|below) )?(?:are in|are|in|são de|` +
		`são do|são da|son de|sont de|sono di|zijn|sind)(?: us)? ` + name + `|` + name + `(?:区|區))`
	g.at = pattern.New(`^[\s,(（\[]*` + form)
	g.within = pattern.New(`(?:^|[^\p{L}]|\p{Han}|\p{Hiragana}|\p{Katakana}|\p{Hangul}|\p{Thai})` + form)
	return g
})

// zone is that of the place which one of the groups of a match names.
func (g gazetteer) zone(low string, m []int) *time.Location {
	for i := 2; i < len(m); i += 2 {
		if m[i] < 0 {
			continue
		}
		if z, err := time.LoadLocation(g.zones[low[m[i]:m[i+1]]]); err == nil {
			return z
		}
	}
	return nil
}

const (
	hourWord = `(?:heures?|hora|hor[áa]rio|ora|orario|orele|ortszeit|uhrzeit|zeitzone|zeit|tijd|time|` +
		`czas\p{L}*|tid|aika\p{L}*|idő|время|времени|` +
		`час\p{L}*|годин\p{L}*|بتوقيت|توقيت|وقت|giờ|waktu|čas\p{L}*|vreme\p{L}*|vrijeme\p{L}*|שעון|ώρα|` +
		`ώρας|เวลา|ساعت|laik\p{L}*)` +
		`(?: locale?| lokal\p{L}*| oficial| légale| ufficiale| แห่ง| تابستانی| זמן)?`
	of = `(?:\s+(?:de la |de l'|de |del |du |d'|di |dell'|della |da |do |von |in |of |w |v |в |at |για |` +
		`της |peninsular )?)?\s*`
	// hourBehind may go on as words of its language do.
	hourBehind = `(?:(?:standard |summer |winter |daylight |sommer|normal|mean |legal )?time|(?:sommer|` +
		`normal|winter)?zeit|(?:zomer|winter)?tijd|(?:sommar|normal|vinter|sommer)?tid|(?:летн\p{L}+ |` +
		`літн\p{L}+ |letní\p{L}* |letni\p{L}* |kesä|nyári )?(?:врем|час|čas|czas|aika|idő)|(?:местн\p{L}+ )?врем|` +
		`` +
		`час|čas|czas|vreme|vrijeme|laik|aeg|ajal|時間|标准时间|標準時間|標準時|时间|시간|표준시|सम|saat|idő|aika)\p{L}{0,6}`
)

// placeZone reads the zone that the name of a place states at the beginning of
// a text, and how many bytes it takes.
func placeZone(s string) (*time.Location, int) {
	low := lower(head(s, 80))
	if len(low) < 6 {
		return nil, 0
	}
	g := places()
	m := g.at.FindStringSubmatchIndex(low)
	if m == nil {
		return nil, 0
	}
	z, end := g.zone(low, m), m[1]
	if r, size := utf8.DecodeLastRuneInString(low[:end]); !unicode.IsLetter(r) && !unicode.IsMark(r) {
		end -= size // what ends the name
	}
	if z == time.UTC || z != nil && z.String() == "Etc/UTC" {
		if o := offsetRight.FindString(low[end:]); o != "" { // "بتوقيت غرينتش+3"
			if z := zoneOf("UTC" + strings.TrimSpace(o)); z != nil {
				return z, end + len(o)
			}
		}
		return time.UTC, end
	}
	return z, end
}

// offsetRight is an offset right behind the name of Greenwich.
var offsetRight = pattern.New(`^\s?[+-]\d{1,2}(?::?\d\d)?`)

// placeWithin finds the zone that the name of a place states in a line.
func placeWithin(line string) (z *time.Location, from, to int) {
	low := lower(line)
	if !lexicon.In(low).Has("time") { // which is much quicker than the form
		return nil, 0, 0
	}
	g := places()
	m := g.within.FindStringSubmatchIndex(low)
	if m == nil {
		return nil, 0, 0
	}
	return g.zone(low, m), m[0], m[1]
}
