package render_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"headsup/letter"
	"headsup/render"
)

// mixed are letters of one campaign that have some of their words in common:
// of languages, agencies, kinds and lengths, so that a paragraph stands at many
// places of a page, beside other values, and in several fonts.
func mixed() []letter.Letter {
	var all []letter.Letter
	add := func(l letter.Letter) {
		l.ID = fmt.Sprintf("relay26-%010d", len(all))
		l.Code = fmt.Sprintf("%04d-9xmd", len(all))
		all = append(all, l)
	}
	for _, languages := range [][]string{{"en"}, {"de", "en"}, {"en", "de"}, {"ar", "en"}, {"he"}, {"uk", "en"}} {
		for n := range 4 {
			l := many(1+5*n, 1+2*(n&1), languages...)
			l.To.Org = strings.Repeat("Провайдер ", n) + "GmbH"
			add(l)
		}
		other := full(languages...)
		other.Agency.ID, other.Agency.Form, other.Agency.Signatory = "other", "din-5008-b", "John Example"
		other.Agency.Mandates = map[string]string{languages[0]: "§ 5 Ж"}
		add(other)
		add(reminded(example(languages...)))
		add(customer(example(languages...)))
	}
	return all
}

// bytesOf are the hashes of letters by reference, written one behind the other.
func bytesOf(t testing.TB, r *render.Renderer, letters []letter.Letter) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, l := range letters {
		out[l.ID] = hashOf(must(t, r, l))
	}
	return out
}

func hashOf(as letter.Rendered) string {
	return fmt.Sprintf("%x %x", sha256.Sum256(as.PDF), sha256.Sum256([]byte(as.Subject+"\n"+string(as.Mail))))
}

// A letter has the bytes that it has alone, whatever is written before it, in
// whatever order, beside it, or by another process.
func TestALetterHasItsBytesWhateverElseIsWritten(t *testing.T) {
	newRenderer := func() *render.Renderer {
		return renderer(t, render.Options{Site: "https://advice.example.org", Printer: printer(t)})
	}
	letters := mixed()
	random := rand.New(rand.NewPCG(1, 2))
	if os.Getenv("HEADSUP_BYTES") != "" { // the other process
		slices.Reverse(letters)
		of := bytesOf(t, newRenderer(), letters)
		for _, id := range slices.Sorted(maps.Keys(of)) {
			fmt.Println("letter", id, of[id])
		}
		return
	}
	alone := map[string]string{}
	for i, l := range letters {
		if i%5 == 0 || !testing.Short() && i%2 == 0 {
			maps.Copy(alone, bytesOf(t, newRenderer(), []letter.Letter{l}))
		}
	}
	r := newRenderer()
	batch := bytesOf(t, r, letters)
	for id, want := range alone {
		if batch[id] != want {
			t.Errorf("%s is another letter in a batch than alone", id)
		}
	}
	random.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
	if again := bytesOf(t, r, letters); !maps.Equal(again, batch) {
		t.Error("letters differ from those that were written before")
	}
	shuffled := newRenderer()
	var workers sync.WaitGroup
	for some := range slices.Chunk(letters, len(letters)/3) {
		workers.Go(func() {
			for _, l := range some {
				if out, err := shuffled.Render(l); err != nil || hashOf(out) != batch[l.ID] {
					t.Errorf("%s is another letter beside others in another order, or %v", l.ID, err)
				}
			}
		})
	}
	workers.Wait()
	other := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	other.Env = append(os.Environ(), "HEADSUP_BYTES=1")
	text, err := other.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for id, want := range batch {
		if !strings.Contains(string(text), "letter "+id+" "+want+"\n") {
			t.Errorf("%s is another letter in another process", id)
		}
	}
}
