package report

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

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
	form := `(?:(?:the |à l'|à |in |nach |по |za |wg )?` + hourWord + of + name + `|(?:in |по |nach )?` + name + `[ -]?` + hourBehind + `|` + name + `(?:区|區))`
	g.at = pattern.New(`^[\s,(（\[]*` + form)
	g.within = pattern.New(`(?:^|[^\p{L}]|\p{Han})` + form)
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
	hourWord   = `(?:heures?|hora|hor[áa]rio|ora|orario|ortszeit|uhrzeit|zeitzone|tijd|time|czasu?|tid|aika|idő|время|времени|час|годин\p{L}*|بتوقيت|توقيت|giờ|waktu|čas|vreme|vrijeme|שעון|ώρα|เวลา|ساعت|وقت)(?: locale?| lokal\p{L}*)?`
	of         = `(?:\s+(?:de la |de l'|de |du |d'|di |del |della |dell'|da |do |von |in |of |w |в |at |για )?)\s*`
	hourBehind = `(?:(?:standard |summer |daylight |sommer|normal)?time|(?:sommer|normal)?zeit|tijd|tid|(?:местное )?врем\p{L}*|часом?|時間|标准时间|標準時間|標準時|时间|시간|표준시|saati|idő|aikaa?)`
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
	return g.zone(low, m), m[1]
}

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
