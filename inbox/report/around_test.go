package report

import (
	_ "embed"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/around.txt
var aroundFile string

// A surrounding is a text that stands around reports and reports nothing: advice,
// an example, an earlier mail, a registry's answer, a list of victims.
type surrounding struct{ name, text string }

// surroundings reads testdata/around.txt: texts under headings in brackets. @1 to @3
// stand for addresses of the house.
func surroundings() (all []surrounding) {
	for _, block := range strings.Split("\n"+aroundFile, "\n[")[1:] {
		name, text, _ := strings.Cut(block, "]\n")
		all = append(all, surrounding{name, strings.TrimSpace(text)})
	}
	return all
}

// unused are addresses of the house that a message does not name, nor its reading.
func unused(text []byte, read Report) (out []string) {
	all := string(text)
	for _, p := range read.Parts {
		all += p.Text
	}
	for _, e := range read.Events {
		all += e.Addr.String() + " "
	}
	for _, form := range []string{"192.0.2.%d", "198.51.100.%d"} {
		for n := 83; n < 127 && len(out) < 3; n += 2 {
			if a := fmt.Sprintf(form, n); !strings.Contains(all, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// readWith reads a message whose shown texts were changed.
func readWith(text []byte, o Options, change func(string) string) Report {
	r := &reader{o: o}
	m := r.open.parse(unmbox(text), 0)
	r.m, r.outer = m, m
	for _, p := range r.shown() {
		p.text = change(p.text)
	}
	r.read()
	return r.out
}

// placed puts a surrounding text below, above or into a text, at the empty line next to
// its middle.
func placed(where int, text, add string) string {
	switch where {
	case 0:
		return text + "\n\n" + add + "\n"
	case 1:
		return add + "\n\n" + text
	}
	if i := strings.Index(text[len(text)/2:], "\n\n"); i >= 0 {
		i += len(text) / 2
		return text[:i] + "\n\n" + add + text[i:]
	}
	return text + "\n\n" + add + "\n"
}

// TestAround puts texts that report nothing around mails of others, and counts
// the addresses that are taken from them: one text and one place for some mails,
// or all texts for each mail, which takes some minutes:
//
//	HEADSUP_LONG=1 go test ./inbox/report -run Around -v -timeout 1h
func TestAround(t *testing.T) {
	o, all, long := testHouse(), surroundings(), os.Getenv("HEADSUP_LONG") != ""
	of, wrong, left, mail := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for _, dir := range mailDirs {
		for _, row := range rowsOf(t, filepath.Join("testdata", dir, "expected.tsv")) {
			if mail++; !long && mail%13 != 0 {
				continue
			}
			name := filepath.Join("testdata", dir, row[0])
			text := mailOf(t, name)
			before := readOrForeign(text, o)
			free := unused(text, before)
			put := strings.NewReplacer("@1", free[0], "@2", free[1], "@3", free[2])
			for i, a := range all {
				where := (mail + i) % 3
				earlier := strings.HasPrefix(a.name, "quoted") // below a report
				if !long && i != mail/13*7%len(all) || earlier && (where != 0 || row[1] != string(Understood)) {
					continue
				}
				after := readWith(text, o, func(s string) string { return placed(where, s, put.Replace(a.text)) })
				kind, _, _ := strings.Cut(a.name, " ")
				of[kind]++
				switch {
				case took(after, free):
					wrong[kind]++
					t.Logf("%s, %s in place %d: an address is taken from it (%s)", name, a.name, where, after.Why)
				case before.Status == Understood && after.Status != Understood:
					left[kind]++
				}
			}
		}
	}
	sum, taken := 0, 0
	for kind, n := range of {
		t.Logf("%s: of %d readings %d take a wrong address, %d more are left to a person", kind, n, wrong[kind], left[kind])
		sum, taken = sum+n, taken+wrong[kind]
	}
	if 1000*taken > 3*sum {
		t.Errorf("of %d readings %d take an address from what stands around", sum, taken)
	}
}

// took reports whether an event is about one of some addresses.
func took(r Report, addrs []string) bool {
	return r.Status == Understood && slices.ContainsFunc(r.Events, func(e Event) bool { return slices.Contains(addrs, e.Addr.String()) })
}

// mailDirs are the sets of mails of others.
var mailDirs = []string{"unseen", "later", "newest/a", "newest/b", "fourth/a", "fourth/b", "fifth/a", "fifth/b",
	"sixth/a", "sixth/b"}

// testHouse are the options of the house that those mails came to.
func testHouse() Options {
	ours := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/25"), netip.MustParsePrefix("2001:db8:100::/40")}
	return Options{Special: true, Ours: func(a netip.Addr) bool {
		return slices.ContainsFunc(ours, func(p netip.Prefix) bool { return p.Contains(a) })
	}}
}
