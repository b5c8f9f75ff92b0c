package report

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed zones.txt
var zoneFile string

// placeZones are the zones of places, and the form of words in which they are
// named, longest first.
var placeZones = sync.OnceValue(func() (p struct {
	of   map[string]string
	form *regexp.Regexp
}) {
	p.of = map[string]string{}
	var names []string
	for line := range strings.Lines(zoneFile) {
		zone, list, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
			continue
		}
		for name := range strings.SplitSeq(list, "; ") {
			p.of[name] = zone
			names = append(names, regexp.QuoteMeta(name))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	any := `(` + strings.Join(names, "|") + `)`
	p.form = regexp.MustCompile(`^[\s,(（\[]*(?:(?:the |à l'|à |in |nach |по |za |wg )?` + hourWord + of + any + `|(?:in |по |nach )?` + any + `[ -]?` + hourBehind + `|` + any + `(?:区|區))`)
	return p
})

const (
	hourWord   = `(?:heures?|hora|hor[áa]rio|ora|orario|ortszeit|uhrzeit|zeitzone|tijd|time|czasu?|tid|aika|idő|время|времени|час|годин\p{L}*|بتوقيت|توقيت|giờ|waktu|čas|vreme|vrijeme|שעון|ώρα|เวลา|ساعت|وقت)(?: locale?| lokal\p{L}*)?`
	of         = `(?:\s+(?:de la |de l'|de |du |d'|di |del |della |dell'|da |do |von |in |of |w |в |at |για )?)\s*`
	hourBehind = `(?:(?:standard |summer |daylight |sommer|normal)?time|(?:sommer|normal)?zeit|tijd|tid|(?:местное )?врем\p{L}*|часом?|時間|标准时间|標準時間|標準時|时间|시간|표준시|saati|idő|aikaa?)`
)

// placeZone reads the zone that the name of a place states at the beginning of
// a text, and how many bytes it takes.
func placeZone(s string) (*time.Location, int) {
	low := lower(head(s, 80))
	if len(low) < 6 || !strings.ContainsAny(low[:min(len(low), 60)], "eaiоеبقו時时시区區ớ") {
		return nil, 0
	}
	p := placeZones()
	m := p.form.FindStringSubmatchIndex(low)
	if m == nil {
		return nil, 0
	}
	for g := 2; g < len(m); g += 2 {
		if m[g] >= 0 {
			z, err := time.LoadLocation(p.of[low[m[g]:m[g+1]]])
			if err != nil {
				return nil, 0
			}
			return z, m[1]
		}
	}
	return nil, 0
}
