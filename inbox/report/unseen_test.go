package report

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tallies count how often a reader is right.
type tallies map[string][2]int // of so many, right

func (f tallies) add(what string, right bool) {
	n := f[what]
	n[0]++
	if right {
		n[1]++
	}
	f[what] = n
}

// join adds the counts of one mail, and returns what was not right of it.
func (f tallies) join(one tallies) (missed []string) {
	for what, n := range one {
		f[what] = [2]int{f[what][0] + n[0], f[what][1] + n[1]}
		if n[0] != n[1] {
			missed = append(missed, what)
		}
	}
	slices.Sort(missed)
	return missed
}

func (f tallies) share(what string) float64 { return float64(f[what][1]) / float64(max(1, f[what][0])) }

// TestMailsOfOthers reads mails whose writers had not seen this reader, and says
// how it fares. The rules were mended by the faults in each set, so that the
// floors, a little below what is reached, hold it; docs/develop.md says how each
// was read at first. -v names the mails that are not read right.
func TestMailsOfOthers(t *testing.T) {
	const verdict, address, recall, none, port, kind, hour = "verdict", "no wrong address", "recall", "an other mail is none", "port", "kind", "time with a zone"
	for dir, floors := range map[string]map[string]float64{
		"unseen":    {verdict: 0.99, address: 0.99, recall: 0.99, none: 0.99, port: 0.97, kind: 0.96, hour: 0.99},
		"later":     {verdict: 0.99, address: 1, recall: 0.99, none: 1, port: 0.98, kind: 0.91, hour: 0.99},
		"newest/a":  {verdict: 1, address: 1, recall: 1, none: 1, port: 1, kind: 0.96, hour: 0.94},
		"newest/b":  {verdict: 0.96, address: 1, recall: 0.94, none: 1, port: 1, kind: 0.93, hour: 0.96},
		"fourth/a":  {verdict: 0.99, address: 1, recall: 0.98, none: 1, port: 0.98, kind: 0.87, hour: 0.98},
		"fourth/b":  {verdict: 0.99, address: 1, recall: 1, none: 1, port: 0.98, kind: 0.96, hour: 0.95},
		"fifth/a":   {verdict: 0.98, address: 1, recall: 1, none: 1, port: 1, kind: 0.98, hour: 0.98},
		"seventh/a": {verdict: 0.89, address: 1, recall: 0.9, none: 1, port: 0.88, kind: 0.85, hour: 0.92},
		"seventh/b": {verdict: 0.95, address: 1, recall: 0.97, none: 0.95, port: 0.86, kind: 0.91, hour: 0.86},
		"sixth/a":   {verdict: 0.93, address: 1, recall: 0.96, none: 0.95, port: 0.97, kind: 0.95, hour: 0.99},
		"sixth/b":   {verdict: 0.98, address: 1, recall: 0.98, none: 1, port: 0.95, kind: 0.98, hour: 0.98},
		"times":     {verdict: 0.98, address: 1, recall: 0.98, none: 1, port: 0.86, kind: 0.94, hour: 0.98},
		"fifth/b":   {verdict: 0.99, address: 1, recall: 1, none: 1, port: 0.98, kind: 0.98, hour: 0.98},
	} {
		t.Run(dir, func(t *testing.T) {
			readMails(t, filepath.Join("testdata", dir), floors)
		})
	}
}

func readMails(t *testing.T, dir string, floors map[string]float64) {
	o := testHouse()
	f := tallies{}
	for _, row := range rowsOf(t, filepath.Join(dir, "expected.tsv")) {
		text := mailOf(t, filepath.Join(dir, row[0]))
		got, one := readOrForeign(text, o), tallies{}
		compare(one, got, row[1], strings.Split(row[2], "|"), strings.Fields(row[3]))
		if missed := f.join(one); len(missed) > 0 {
			t.Logf("%s (%s %s), want %s %s: %s", row[0], row[4], row[5], row[1], row[3], strings.Join(missed, ", "))
			t.Logf("\t%s %s: %s", got.Status, got.Queue, got.Why)
			for _, e := range got.Events[:min(3, len(got.Events))] {
				t.Logf("\t%s port %d, target %d, %s %s %s: %d for %s", e.Addr, e.Port, e.Target, e.Seen, e.Kind, e.URL, e.Score, e.Why)
			}
		}
	}
	for what, least := range floors {
		n := f[what]
		t.Logf("%s: %d of %d", what, n[1], n[0])
		if f.share(what) < least {
			t.Errorf("%s: %d of %d, less than %.2f", what, n[1], n[0], least)
		}
	}
}

// mailOf returns a mail, which is packed where it is long.
func mailOf(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		return text
	}
	packed, err := os.ReadFile(name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if text, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	return text
}

// readOrForeign reads as a desk does: what names no address of ours is read
// again, and its addresses are those of others.
func readOrForeign(text []byte, o Options) Report {
	r := Read(text, o)
	if r.Status != Person || r.Queue != Open || slices.ContainsFunc(r.Parts, func(p Part) bool {
		return slices.ContainsFunc(mentions(p.Text, o), func(m mention) bool { return o.Ours(m.addr) && !m.network })
	}) {
		return r
	}
	if again := Read(text, Options{Special: o.Special}); again.Status == Understood && again.Queue == Open {
		return again
	}
	return r
}

func rowsOf(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// compare counts what was read of a mail. Each of events is "addr,port,seen,kind,url",
// where "|" parts values that are right.
func compare(f tallies, r Report, status string, also []string, events []string) {
	fits := string(r.Status) == status || r.Status != "" && slices.Contains(also, string(r.Status))
	f.add("verdict", fits)
	var right []string
	for _, e := range events {
		right = append(right, strings.Split(strings.Split(e, ",")[0], "|")...)
	}
	wrong, found := false, false
	if r.Status == Understood {
		for _, e := range r.Events {
			known := slices.Contains(right, e.Addr.String())
			found = found || known || !e.Addr.IsValid()
			wrong = wrong || e.Addr.IsValid() && !known
		}
	}
	f.add("no wrong address", !wrong)
	if status != string(Understood) {
		f.add("an other mail is none", r.Status != Understood || fits)
		return
	}
	f.add("recall", found)
	for _, e := range events {
		v := strings.Split(e, ",")
		at := slices.IndexFunc(r.Events, func(e Event) bool { return slices.Contains(strings.Split(v[0], "|"), e.Addr.String()) })
		if at < 0 || r.Status != Understood {
			continue
		}
		got := r.Events[at]
		if v[1] != "" {
			port := ""
			if got.Port > 0 {
				port = strconv.Itoa(int(got.Port))
			}
			f.add("port", slices.Contains(strings.Split(v[1], "|"), port))
		}
		f.add("kind", slices.Contains(strings.Split(v[3], "|"), string(got.Kind)))
		if strings.Contains(v[2], "Z") && !strings.HasPrefix(v[2], "local:") {
			moment, ok := got.Seen.At()
			f.add("time with a zone", ok && slices.Contains(strings.Split(v[2], "|"), moment.UTC().Format("2006-01-02T15:04Z")))
		}
	}
}
