package letter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"headsup/letter"
)

func TestWhichStageACampaignIsIn(t *testing.T) {
	sizes := []int{50, 500, 5000}
	for _, c := range []struct {
		name                          string
		sizes                         []int
		confirmed                     int
		letters, tried, drawn, flying int
		number, size, room            int
		over, waits                   bool
	}{
		{name: "a campaign of few letters has none", sizes: sizes, letters: 50},
		{name: "one more, and it has", sizes: sizes, letters: 51, number: 1, size: 50, room: 50},
		{name: "no stages are set", letters: 9999},
		{name: "some were drawn", sizes: sizes, letters: 900, drawn: 30, number: 1, size: 50, room: 20},
		{name: "some of them were tried", sizes: sizes, letters: 900, tried: 20, drawn: 30, number: 1, size: 50},
		{name: "the last is on its way", sizes: sizes, letters: 900, tried: 50, flying: 1, number: 1, size: 50},
		{name: "all were tried", sizes: sizes, letters: 900, tried: 50, number: 1, size: 50, over: true, waits: true},
		{name: "confirmed", sizes: sizes, confirmed: 1, letters: 900, tried: 50, number: 2, size: 500, room: 450},
		{name: "more were tried than it lets go", sizes: sizes, letters: 900, tried: 60, number: 1, size: 50, over: true, waits: true},
		{name: "nothing is left to wait for", sizes: sizes, confirmed: 1, letters: 500, tried: 500, number: 2, size: 500, over: true},
		{name: "all stages are confirmed", sizes: sizes, confirmed: 3, letters: 9999, tried: 5000},
		{name: "more than there are, since the settings changed", sizes: sizes[:1], confirmed: 2, letters: 9999, tried: 500},
	} {
		s := letter.StageOf(c.sizes, c.confirmed, letter.Stage{Letters: c.letters, Tried: c.tried, Drawn: c.drawn, Flying: c.flying, By: "ann"})
		of := len(c.sizes)
		if c.number == 0 {
			of = 0
		}
		if s.Number != c.number || s.Of != of || s.Size != c.size || s.Waits != c.waits || s.Room() != c.room || of > 0 && s.Over() != c.over || s.By != "ann" {
			t.Errorf("%s: %+v, room for %d", c.name, s, s.Room())
		}
	}
	for tried, want := range map[int]int{0: 0, 49: 0, 50: 1, 499: 1, 500: 2, 6000: 3} {
		if got := (letter.Stage{Tried: tried}).Passed(sizes); got != want {
			t.Errorf("%d tried: %d stages passed, want %d", tried, got, want)
		}
	}
}

// candidates are so many letters of each shape, by its kinds.
func candidates(counts map[string]int) (from []letter.Candidate) {
	for kinds, n := range counts {
		for i := range n {
			from = append(from, letter.Candidate{ID: fmt.Sprintf("relay26-%s%d", kinds, i), Shape: letter.Shape{Kinds: kinds}})
		}
	}
	return from
}

func TestAStageIsDrawnOverAllShapes(t *testing.T) {
	for _, c := range []struct {
		name string
		from map[string]int
		had  map[string]int
		n    int
		want map[string]int
	}{
		{"nothing", nil, nil, 5, map[string]int{}},
		{"all, if there are fewer", map[string]int{"a": 2, "b": 1}, nil, 5, map[string]int{"a": 2, "b": 1}},
		{"none", map[string]int{"a": 2}, nil, 0, map[string]int{}},
		{"of each as many", map[string]int{"a": 100, "b": 100}, nil, 10, map[string]int{"a": 5, "b": 5}},
		{"the rare ones whole", map[string]int{"a": 1000, "b": 2, "c": 1}, nil, 10, map[string]int{"a": 7, "b": 2, "c": 1}},
		{"the rarest where not all have room", map[string]int{"a": 1000, "b": 2, "c": 1}, nil, 2, map[string]int{"b": 1, "c": 1}},
		{"those that had none before the others", map[string]int{"a": 100, "b": 100}, map[string]int{"a": 4}, 4, map[string]int{"b": 4}},
		{"then the others too", map[string]int{"a": 100, "b": 100}, map[string]int{"a": 4}, 8, map[string]int{"a": 2, "b": 6}},
		{"what had many, if nothing else is left", map[string]int{"a": 100}, map[string]int{"a": 40, "c": 9}, 3, map[string]int{"a": 3}},
	} {
		had := map[letter.Shape]int{}
		for kinds, n := range c.had {
			had[letter.Shape{Kinds: kinds}] = n
		}
		got := map[string]int{}
		ids := letter.Draw(had, candidates(c.from), c.n)
		for _, id := range ids {
			got[strings.TrimRight(strings.TrimPrefix(id, "relay26-"), "0123456789")]++
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		slices.Sort(ids)
		if n := len(slices.Compact(ids)); n != len(ids) {
			t.Errorf("%s: a letter was drawn twice", c.name)
		}
	}
}

// Each part of the shape counts, and the same letters are drawn in whatever
// order they stand; not those that come first.
func TestADrawIsTheSameEachTime(t *testing.T) {
	from := candidates(map[string]int{"a": 60, "b": 60})
	first := letter.Draw(nil, from, 20)
	slices.Reverse(from)
	if again := letter.Draw(nil, from, 20); !slices.Equal(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
	if slices.Contains(first, "relay26-a0") && slices.Contains(first, "relay26-a1") && slices.Contains(first, "relay26-a2") {
		t.Error("the first ones were drawn")
	}
	var shapes []letter.Candidate
	for i, s := range []letter.Shape{{Agency: "x"}, {Language: "x"}, {Kinds: "x"}, {}} {
		for n := range 9 {
			shapes = append(shapes, letter.Candidate{ID: fmt.Sprint(i, n), Shape: s})
		}
	}
	seen := map[string]bool{}
	for _, id := range letter.Draw(nil, shapes, 4) {
		seen[id[:1]] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d shapes of 4 were drawn", len(seen))
	}
}

func TestAStageIsDrawnInTheOrderOfSending(t *testing.T) {
	from := []letter.Candidate{{ID: "a", Turn: 3}, {ID: "b", Turn: 1}, {ID: "c"}, {ID: "d", Turn: 2},
		{ID: "z", Turn: 9, Shape: letter.Shape{Kinds: "rare"}}}
	if got := letter.Draw(nil, from, 4); !slices.Equal(got, []string{"z", "c", "b", "d"}) {
		t.Errorf("drawn: %v", got)
	}
}
