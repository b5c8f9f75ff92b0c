package report_test

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"headsup/inbox/report"
)

var customers = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8:1::/48")}

func isCustomer(a netip.Addr) bool {
	return slices.ContainsFunc(customers, func(p netip.Prefix) bool { return p.Contains(a) })
}

// TestMails reads the mails of testdata, with and without knowing which
// addresses are the house's own.
func TestMails(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no mails", err)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			truth, mail, _ := strings.Cut(string(f.Data), "\n")
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+f.Name, func(t *testing.T) {
				t.Run("not knowing whose addresses are ours", func(t *testing.T) {
					compare(t, report.Read([]byte(mail), report.Options{Special: true}), truth, false)
				})
				t.Run("knowing them", func(t *testing.T) {
					compare(t, report.Read([]byte(mail), report.Options{Special: true, Ours: isCustomer}), truth, true)
				})
			})
		}
	}
}

// compare reads a line of truth: "= status addresses key=value…".
func compare(t *testing.T, got report.Report, truth string, known bool) {
	t.Helper()
	words := strings.Fields(strings.TrimPrefix(truth, "="))
	if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "ours=") }); i >= 0 {
		if known {
			words[0], words[1] = "understood", strings.TrimPrefix(words[i], "ours=")
		}
		words = slices.Delete(words, i, i+1)
	}
	if !slices.Contains(strings.Split(words[0], "|"), string(got.Status)) {
		t.Errorf("status %s (%s), want %s", got.Status, got.Why, words[0])
	}
	var addrs, kinds, times, ports, urls []string
	for _, e := range got.Events {
		if e.Addr.IsValid() && !slices.Contains(addrs, e.Addr.String()) {
			addrs = append(addrs, e.Addr.String())
		}
		kinds, times, urls = append(kinds, string(e.Kind)), append(times, e.Seen.String()), append(urls, e.URL)
		if e.Port > 0 {
			ports = append(ports, itoa(int(e.Port)))
		}
		checkSpan(t, got, e)
	}
	slices.Sort(addrs)
	if have := strings.Join(addrs, ","); have != strings.Trim(words[1], "-") {
		t.Errorf("addresses %q, want %s (%s)", have, words[1], got.Why)
	}
	for _, w := range words[2:] {
		key, want, _ := strings.Cut(w, "=")
		any := func(values []string, same func(a, b string) bool) bool {
			return slices.ContainsFunc(values, func(v string) bool {
				return slices.ContainsFunc(strings.Split(want, "|"), func(w string) bool { return same(v, w) })
			}) || want == "" && strings.Join(values, "") == ""
		}
		equal := func(a, b string) bool { return a == b }
		ok := true
		switch key {
		case "kind":
			ok = any(kinds, equal)
		case "time":
			if strings.Contains(want, "T") && len(want) == 19 {
				want += " no-zone"
			}
			ok = slices.ContainsFunc(times, func(v string) bool { return v == "" && want == "" || want != "" && sameTime(v, want) })
		case "port":
			ok = any(ports, equal)
		case "url":
			ok = any(urls, equal)
		case "queue":
			ok = string(got.Queue) == want
		case "reporter":
			ok = got.Reporter == want
		}
		if !ok {
			t.Errorf("%s: kinds %v times %v ports %v urls %v queue %q reporter %q, want %s", key, kinds, times, ports, urls, got.Queue, got.Reporter, w)
		}
	}
}

// checkSpan looks up where an address was read.
func checkSpan(t *testing.T, r report.Report, e report.Event) {
	t.Helper()
	at := e.AddrAt
	if at.To == 0 || at.Part >= len(r.Parts) || r.Parts[at.Part].Text == "" {
		return
	}
	if text := r.Parts[at.Part].Text; at.To > len(text) || !strings.ContainsAny(text[at.From:at.To], ".:") {
		t.Errorf("the address %s is not at %v", e.Addr, at)
	}
}
