package finding

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

var errDisk = errors.New("the disk broke")

// files are those of each format as they should be, and with addresses that are none.
func files() map[string]string {
	all := each()
	for name, in := range each() {
		all["bad "+name] = strings.ReplaceAll(in, "192.0.2", "192.0.2.999")
	}
	return all
}

// nameOf is the name that the file would have: some formats are told by it.
func nameOf(name string) string { return strings.TrimPrefix(name, "bad ") }

// Who has read enough is not handed more. Go panics if a sequence goes on.
func TestReadingEndsWhenItsReaderHasEnough(t *testing.T) {
	for name, in := range files() {
		for enough, more := 1, true; more; enough++ {
			n := 0
			for range Read(strings.NewReader(in), nameOf(name), Options{Kind: OpenRelay, Port: 25}) {
				if n++; n == enough {
					break
				}
			}
			if more = n == enough; enough > 100 {
				t.Fatalf("%s: there is no end", name)
			}
		}
	}
}

// A disk that breaks is told of, wherever it does.
func TestABrokenDiskIsNoEndOfAFile(t *testing.T) {
	for name, in := range each() {
		for at := 0; at < len(in); at += 1 + len(in)/50 {
			var last error
			for _, err := range Read(io.MultiReader(strings.NewReader(in[:at]), iotest.ErrReader(errDisk)), name, Options{Kind: OpenRelay, Port: 25}) {
				last = err
			}
			if !errors.Is(last, errDisk) {
				t.Errorf("%s, byte %d: %v", name, at, last)
			}
		}
	}
}

func TestTimesOfFindingsAtTheirLimits(t *testing.T) {
	for seen, ok := range map[string]bool{
		"1990-01-01T00:00:00Z": true, "1989-12-31T23:59:59Z": false, "9999-12-31T23:59:59Z": true, "1970-01-01T00:00:00Z": false, "": false,
	} {
		n := 0
		for f, err := range Read(strings.NewReader(strings.Replace(jsonOK, "2026-03-01T10:00:00Z", seen, 1)), "in", Options{}) {
			if n++; (err == nil) != ok || ok && f.Seen.Format(time.RFC3339) != seen {
				t.Errorf("%q: %v, %v", seen, f.Seen, err)
			}
		}
		if n != 1 {
			t.Errorf("%q: %d rows", seen, n)
		}
	}
}

func TestObjectsAtTheirLimit(t *testing.T) {
	for _, size := range []int{maxObject - 1, maxObject, maxObject + 1} {
		in := `{"x":"` + strings.Repeat("a", size-8) + `"}`
		var got error
		for _, err := range Read(strings.NewReader(in+"\n"+jsonOK), "in", Options{Format: JSONLines}) {
			if err != nil {
				got = err
			}
		}
		if long := errors.Is(got, errObject); long != (size > maxObject) {
			t.Errorf("%d bytes, %d over: %v", size, size-maxObject, got)
		}
	}
}

// TestEachServiceIsKnownByItsProbe probes each service of the table as nmap
// names it.
func TestEachServiceIsKnownByItsProbe(t *testing.T) {
	for _, sv := range services {
		for _, name := range sv.nmap {
			p := port{name: name, product: "Product", version: "1", probed: true}
			if sv.probed != "" && sv.probed != anyProduct {
				p.product = sv.probed + " 7"
			}
			v, ok := judgeProbe(p)
			if ok != (sv.probed != "") || ok && (v.Service != sv.name || v.Kind != ExposedService) {
				t.Errorf("%s, called %s: %+v, %v", sv.name, name, v, ok)
			}
			p.probed = false
			if v, ok := judgeProbe(p); ok {
				t.Errorf("%s without a probe: %+v", sv.name, v)
			}
		}
	}
	for what, p := range map[string]port{
		"no product":      {name: "redis", probed: true},
		"another product": {name: "redis", product: "Sider", probed: true},
		"another service": {name: "x", product: "y", probed: true},
		"a refusal":       {name: "redis", product: "Redis", extra: "x", probed: false},
	} {
		if v, ok := judgeProbe(p); ok {
			t.Errorf("%s: %+v", what, v)
		}
	}
}

// A script that was refused says more than a probe that got a version: the
// service may have been closed between the two, or tell its version to all.
func TestScriptsThatWereRefusedOutweighProbes(t *testing.T) {
	p := port{name: "redis", product: "Redis key-value store", version: "7.2", probed: true}
	if v := judgePort(p, 6379, scanArgs{}); v.Strength != Observed {
		t.Errorf("the probe alone: %+v", v)
	}
	p.scripts = []script{{"redis-info", "ERROR: -NOAUTH Authentication required."}}
	if v := judgePort(p, 6379, scanArgs{}); v.Strength != Contradicted || v.rule != scriptRefused {
		t.Errorf("%+v", v)
	}
	p.scripts = []script{{"vnc-info", "ERROR: access denied"}} // of another service
	if v := judgePort(p, 6379, scanArgs{}); v.Strength != Observed {
		t.Errorf("%+v", v)
	}
}

func TestServicesAreNamedAsNmapPrintsThem(t *testing.T) {
	for want, p := range map[string]port{
		"":        {},
		"a":       {product: "a"},
		"a b c d": {product: "a", version: "b", extra: "c", banner: "d"},
		"a c":     {product: " a", extra: "c "},
		"b d":     {version: "b", banner: "d"},
	} {
		if got := p.text(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
