package said

import (
	"io/fs"
	"testing"

	"headsup/templates"
)

// TestEachLetterOffersItsThreeAnswersInThisOrder reads the answers of all
// letters, and what each of them means among those of other languages.
func TestEachLetterOffersItsThreeAnswersInThisOrder(t *testing.T) {
	names, err := fs.Glob(templates.Builtin, templates.Reported+"/*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d letters, %v", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(templates.Builtin, name)
		if err != nil {
			t.Fatal(err)
		}
		words := strong.FindAllStringSubmatch(string(text), -1)
		if len(words) < 3 {
			t.Errorf("%s: %q, want the words for fixed, help and not you", name, words)
			continue
		}
		for i, want := range []string{Fixed, Help, NotMe} {
			if word := words[len(words)-3+i][1]; Means(word) != want {
				t.Errorf("%s: %q means %q, want %q", name, word, Means(word), want)
			}
		}
	}
}
