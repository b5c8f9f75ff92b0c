package report

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// otherForms write a moment in other forms and zones than a report does.
var otherForms = []struct {
	name string
	form func(time.Time) string
}{
	{"RFC 5322", func(t time.Time) string { return t.In(zoneFor(-3)).Format(time.RFC1123Z) }},
	{"ISO with an offset", func(t time.Time) string { return t.In(zoneFor(5.5)).Format("2006-01-02T15:04:05.000-07:00") }},
	{"a German clock", func(t time.Time) string { return t.In(zoneFor(1)).Format("02.01.2006, 15:04") + " Uhr MEZ" }},
	{"an American clock", func(t time.Time) string { return t.In(zoneFor(-5)).Format("01/02/2006 03:04:05 PM") + " EST" }},
	{"a Japanese clock", func(t time.Time) string { return t.In(zoneFor(9)).Format("2006年1月2日15時04分") + "(JST)" }},
	{"a French clock", func(t time.Time) string { return t.In(paris()).Format("02/01/2006 15h04") + " (heure de Paris)" }},
	{"Russian", func(t time.Time) string { return t.In(zoneFor(3)).Format("02.01.2006 в 15:04") + " (МСК)" }},
	{"ctime", func(t time.Time) string { return t.UTC().Format("Mon Jan _2 15:04:05 UTC 2006") }},
	{"Apache", func(t time.Time) string { return t.In(zoneFor(2)).Format("02/Jan/2006:15:04:05 -0700") }},
	{"of the military", func(t time.Time) string { return strings.ToUpper(t.UTC().Format("021504ZJan06")) }},
	{"a place", func(t time.Time) string { return t.In(zoneFor(7)).Format("2006-01-02 15:04") + " Asia/Bangkok" }},
	{"GMT+8", func(t time.Time) string { return t.In(zoneFor(8)).Format("2006-01-02 15:04:05") + " (GMT+8)" }},
}

func zoneFor(hours float64) *time.Location { return time.FixedZone("", int(hours*3600)) }

// paris is the zone of France, or that of its winter where there is no table of zones.
func paris() *time.Location {
	if z, err := time.LoadLocation("Europe/Paris"); err == nil {
		return z
	}
	return zoneFor(1)
}

// TestMoved writes the times that are read right in mails of others in other forms
// and zones, and counts what is still read right: one form for some mails, or all
// forms for each mail:
//
//	HEADSUP_LONG=1 go test ./inbox/report -run Moved -v -timeout 1h
func TestMoved(t *testing.T) {
	o, long, mail := testHouse(), os.Getenv("HEADSUP_LONG") != "", 0
	of, right := map[string]int{}, map[string]int{}
	for _, dir := range append(slices.Clone(mailDirs), "times") {
		for _, row := range rowsOf(t, filepath.Join("testdata", dir, "expected.tsv")) {
			if mail++; row[1] != string(Understood) || !long && mail%9 != 0 {
				continue
			}
			name := filepath.Join("testdata", dir, row[0])
			text := mailOf(t, name)
			old, at, who, ok := soleTime(text, o, row[3])
			if !ok {
				continue
			}
			for i, f := range otherForms {
				if !long && i != mail/9%len(otherForms) {
					continue
				}
				put := f.form(at)
				r := readWith(text, o, func(s string) string { return strings.ReplaceAll(s, old, put) })
				of[f.name]++
				if i := slices.IndexFunc(r.Events, func(e Event) bool { return e.Addr.String() == who }); i >= 0 {
					if got, ok := r.Events[i].Seen.At(); ok && got.Truncate(time.Minute).Equal(at) {
						right[f.name]++
						continue
					}
					t.Logf("%s: %q for %q is read as %s", name, put, old, r.Events[i].Seen)
					continue
				}
				t.Logf("%s: %q for %q: %s is not read (%s)", name, put, old, who, r.Why)
			}
		}
	}
	sum, good := 0, 0
	for _, f := range otherForms {
		t.Logf("%s: %d of %d", f.name, right[f.name], of[f.name])
		sum, good = sum+of[f.name], good+right[f.name]
	}
	if sum == 0 || 100*good < 90*sum {
		t.Errorf("%d of %d times are read in another form", good, sum)
	}
}

// soleTime is the text of the time of a mail with one event, of which one place
// alone in one shown text holds it, and the moment, if that is read right.
func soleTime(text []byte, o Options, events string) (old string, at time.Time, who string, ok bool) {
	r := Read(text, o)
	v := strings.Split(events, ",")
	if len(r.Events) != 1 || len(v) != 5 || r.Status != Understood {
		return "", at, "", false
	}
	e := r.Events[0]
	at, ok = e.Seen.At()
	if at = at.UTC().Truncate(time.Minute); !ok || !slices.Contains(strings.Split(v[2], "|"), at.Format("2006-01-02T15:04Z")) {
		return "", at, "", false
	}
	if s := e.SeenAt; s.To > 0 && s.Part < len(r.Parts) && s.To <= len(r.Parts[s.Part].Text) {
		old = strings.Trim(r.Parts[s.Part].Text[s.From:s.To], " \n")
	}
	found := 0
	for _, p := range r.Parts {
		found += strings.Count(p.Text, old)
	}
	return old, at, e.Addr.String(), len(old) > 9 && found == 1
}
