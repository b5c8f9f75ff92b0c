package letter_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"headsup/letter"
	"headsup/templates"
)

// builtin makes the phrases ready once for all tests.
var builtin = sync.OnceValues(func() (*letter.Wishes, error) {
	set, err := templates.Load(templates.Builtin)
	if err != nil {
		return nil, err
	}
	files, err := set.Wishes()
	if err != nil {
		return nil, err
	}
	return letter.NewWishes(files)
})

func understood(t testing.TB) *letter.Wishes {
	t.Helper()
	w, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A said sentence is what a person wrote, and what it is.
type said struct {
	line             int
	lang, want, text string
}

func sentences(t testing.TB, name string) []said {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all []said
	for i, line := range strings.Split(string(data), "\n") {
		if f := strings.SplitN(line, "\t", 3); len(f) == 3 && !strings.HasPrefix(line, "#") {
			all = append(all, said{i + 1, f[0], f[1], strings.ReplaceAll(f[2], `\n`, "\n")})
		}
	}
	return all
}

func TestSentencesOfDesks(t *testing.T) {
	w := understood(t)
	for _, name := range []string{"wishes.tsv", "readback.tsv", "terse.tsv"} {
		for _, s := range sentences(t, name) {
			t.Run(fmt.Sprintf("%s:%d", name, s.line), func(t *testing.T) {
				got := w.Read(letter.Wording{Text: s.text, From: "Jane Example <jane@example.net>", Mailbox: "abuse@example.net"})
				ok := map[string]bool{"wish": got == letter.ClearWish, "maybe": got == letter.PossibleWish, "answer": got != letter.ClearWish}[s.want]
				if !ok {
					t.Errorf("%s %s is %q: %s", s.lang, s.want, got, s.text)
				}
			})
		}
	}
}
