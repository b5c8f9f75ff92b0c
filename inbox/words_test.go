package inbox

import (
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"headsup/letter"
)

func archived(t *testing.T, name string) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return a.Files
}

func TestReportsInWords(t *testing.T) {
	for _, f := range archived(t, "words.txtar") {
		want, shape, _ := strings.Cut(f.Name, ": ")
		t.Run(shape, func(t *testing.T) {
			got, err := Read(strings.NewReader(string(f.Data)))
			if err != nil {
				t.Fatal(err)
			}
			said := []string{""}
			for i, r := range got.Recipients {
				if i == 0 {
					said[0] = strings.TrimSuffix(string(r.Action)+":"+string(r.Class), ":")
				}
				said = append(said, r.Address)
			}
			if got.Kind != letter.Delivery || !slices.Equal(said, strings.Fields(want)) {
				t.Errorf("%s %v, want %s", got.Kind, said, want)
			}
		})
	}
}

func TestNoReportsInWords(t *testing.T) {
	for _, f := range archived(t, "people.txtar") {
		want, what, _ := strings.Cut(f.Name, ": ")
		t.Run(what, func(t *testing.T) {
			got, err := Read(strings.NewReader(string(f.Data)))
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Kind) != want {
				t.Errorf("%s %+v, want %s", got.Kind, got.Recipients, want)
			}
		})
	}
}
