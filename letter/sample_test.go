package letter

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestWhatASampleProves(t *testing.T) {
	for _, tt := range []struct {
		all, read, want int
	}{
		{50_000, 299, 496},
		{50_000, 59, 2473},
		{100, 59, 3},
		{100, 99, 0},
		{100, 100, 0},
		{10, 0, 10},
		{0, 0, 0},
		{5, 9, 0},
	} {
		got := Bound(tt.all, tt.read, 0.95)
		if got != tt.want {
			t.Errorf("%d of %d read: up to %d, want %d", tt.read, tt.all, got, tt.want)
		}
		// The chance that none of so many is drawn is above 5 %, of one more at most 5 %.
		if got > 0 && got < tt.all-tt.read && (missed(tt.all, tt.read, got) <= 0.05 || missed(tt.all, tt.read, got+1) > 0.05) {
			t.Errorf("%d of %d read: %d would be missed with %v, one more with %v", tt.read, tt.all, got, missed(tt.all, tt.read, got), missed(tt.all, tt.read, got+1))
		}
	}
}

// missed is the chance that none of the wrong letters is among those read,
// letter by letter that is read.
func missed(all, read, wrong int) float64 {
	p := 1.0
	for i := range read {
		p *= float64(all-wrong-i) / float64(all-i)
	}
	return p
}

func TestSixWordsTellHashesApart(t *testing.T) {
	if n := len(heard()); n != 2048 || !slices.IsSorted(heard()) || len(slices.Compact(slices.Clone(heard()))) != 2048 {
		t.Fatalf("%d words", n)
	}
	zero, ones := make([]byte, 32), bytes.Repeat([]byte{255}, 32)
	if got := strings.Join(SixWords(zero), " "); got != "abandon abandon abandon abandon abandon abandon" {
		t.Error(got)
	}
	if got := strings.Join(SixWords(ones), " "); got != "zoo zoo zoo zoo zoo zoo" {
		t.Error(got)
	}
	for bit := range 66 { // each changes exactly one word
		h := slices.Clone(zero)
		h[bit/8] |= 128 >> (bit % 8)
		changed := 0
		for i, w := range SixWords(h) {
			if w != "abandon" {
				changed++
				if i != bit/11 {
					t.Errorf("bit %d changes word %d", bit, i)
				}
			}
		}
		if changed != 1 {
			t.Errorf("bit %d changes %d words", bit, changed)
		}
	}
	if SixWords(zero[:8]) != nil {
		t.Error("a short hash has words")
	}
}
