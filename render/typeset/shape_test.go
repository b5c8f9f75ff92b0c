package typeset_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headsup/render/typeset"
)

// A letter has the lines that it has alone, whatever was set before it.
func TestWhatWasSetBeforeChangesNoLine(t *testing.T) {
	paras := func(value string) []typeset.Para {
		run := func(text string) typeset.Run { return typeset.Run{Text: text} }
		outside := typeset.Run{Text: value, Value: true}
		return []typeset.Para{
			{Lang: "en", Runs: []typeset.Run{run("Please quote AV "), outside, run(" Wherever you write, To us.")}},
			{Lang: "en", Runs: []typeset.Run{{Text: "Typed: "}, {Text: value, Mono: true, LTR: true}, run(" …")}},
			{Lang: "ar", RTL: true, Runs: []typeset.Run{run("نرجو ذكر المرجع"), outside, run("في كل رسالة إلينا")}},
			{Lang: "he", RTL: true, Runs: []typeset.Run{run("נא לציין "), outside, run(" בכל פנייה")}},
			{Lang: "ar", RTL: true, Runs: []typeset.Run{run("سل"), {Text: value, Bold: true}}},
			{Lang: "ru", Runs: []typeset.Run{outside, run(" укажите, "), outside}},
			{Lang: "en", Runs: []typeset.Run{outside}},
		}
	}
	values := []string{"relay26-1", "سلام", "f.f"}
	used := load(t)
	lines := func(f *typeset.Fonts, p typeset.Para, width float64) (out []string) {
		p.Size = 10
		ls, err := f.Set(p, width)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range ls {
			out = append(out, fmt.Sprintf("%v", l.Width))
			for _, piece := range l.Pieces {
				out = append(out, fmt.Sprintf("%s %v %v %v", piece.Font.Name, piece.X, piece.Y, piece.Glyphs))
			}
		}
		return out
	}
	for _, value := range values {
		for _, width := range []float64{0, 70} {
			fresh := load(t)
			for i, p := range paras(value) {
				alone, after := lines(fresh, p, width), lines(used, p, width)
				if diff := cmp.Diff(alone, after); diff != "" {
					t.Errorf("paragraph %d with %q in %v (-alone +after others):\n%s", i, value, width, diff)
				}
			}
		}
	}
}

// The words around a value are remembered however many values there were.
func TestValuesDoNotCrowdOutWords(t *testing.T) {
	f := load(t)
	words := typeset.Para{Lang: "en", Size: 10, Runs: []typeset.Run{{Text: "Words of a template, which are in every letter."}}}
	first, err := f.Set(words, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8000 {
		if _, err := f.Set(typeset.Para{Lang: "en", Size: 10, Runs: []typeset.Run{{Text: fmt.Sprintf("2001:db8::%x", i), Value: true}}}, 0); err != nil {
			t.Fatal(err)
		}
	}
	again, err := f.Set(words, 100)
	if err != nil {
		t.Fatal(err)
	}
	if &first[0] != &again[0] {
		t.Error("they were set once more")
	}
}
