package report

import (
	"strings"
	"time"

	"headsup/pattern"
)

// zoneColumn is the name of a column that holds the zone of a row's times.
var zoneColumn = pattern.New(`(?i)^(?:(?:time|server|log|local)[ _-]?)?(?:zone|tz|utc[ _-]?offset|` +
	`gmt[ _-]?offset|offset)$|^(?:zeitzone|` +
	`fuseau(?: horaire)?|huso(?: horario)?|fuso(?: orario| horário)?|tijdzone|strefa(?: czasowa)?|časové pásmo|` +
	`tidszon|tidszone|aikavyöhyke|` +
	`időzóna|часовой пояс|пояс|часовий пояс|saat dilimi|zona(?: horaria| waktu)?|múi giờ|時区|時區|时区|タイムゾーン|시간대|표준시)$`)

// rowZone is the zone in the column of zones of a table, of one of its rows.
func rowZone(d *doc, n int) *time.Location {
	l := d.lines[n]
	if l.to-l.from > 1000 || !hasZoneColumn(d) {
		return nil
	}
	for _, c := range splitCells(d.text[l.from:l.to]) {
		if len(c.text) > 32 || len(c.text) < 1 || !zoneColumn.MatchString(strings.Trim(d.column(n, l.from+c.from), " \t*_\"':")) {
			continue
		}
		if z, _, ok := zoneAt(c.text + " "); ok {
			return z
		}
	}
	return nil
}

// hasZoneColumn reports whether a text may name such a column, which is looked up
// once for thousands of rows.
func hasZoneColumn(d *doc) bool {
	if !d.zonesSought {
		d.zonesSought, d.zonesNamed = true, zoneNamed.MatchString(d.low)
	}
	return d.zonesNamed
}

var zoneNamed = pattern.New(`zone|\btz\b|offset|pásmo|strefa|tidszon|vyöhyke|időzóna|пояс|fuseau|huso|fuso|` +
	`dilimi|zona|múi giờ|時区|時區|时区|タイムゾーン|시간대|표준시`)
