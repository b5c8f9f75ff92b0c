package letter

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"time"
)

// A Stage says how far a campaign has come whose letters leave in stages: after
// each, sending waits until a person has looked at what came back. Its JSON
// names are settled.
type Stage struct {
	Number  int       `json:"stage"`        // from 1
	Of      int       `json:"of"`           // 0: the campaign has no stages, or is through with them
	Size    int       `json:"size"`         // letters that may have left at its end, with those of the stages before
	Tried   int       `json:"tried"`        // letters that have left, or were tried
	Drawn   int       `json:"drawn"`        // letters that were drawn and wait
	Flying  int       `json:"flying"`       // letters of Tried that a mailer has just now
	Letters int       `json:"letters"`      // of the campaign, but those that are suppressed
	By      string    `json:"by,omitempty"` // who confirmed the stage before
	At      time.Time `json:"at,omitzero"`  // when
	Waits   bool      `json:"waits"`        // for a person
}

// StageOf returns the stage of a campaign with so many letters, of which some
// were tried, after a number of stages was confirmed. sizes are the letters at
// the end of each stage, ascending. A campaign that has no more letters than
// its first stage needs none.
func StageOf(sizes []int, confirmed int, s Stage) Stage {
	if confirmed >= len(sizes) || s.Letters <= sizes[0] {
		return Stage{Letters: s.Letters, Tried: s.Tried, By: s.By, At: s.At}
	}
	s.Number, s.Of, s.Size = confirmed+1, len(sizes), sizes[confirmed]
	s.Waits = s.Over() && s.Letters > s.Tried
	return s
}

// Over reports whether all that the stage lets go has been tried.
func (s Stage) Over() bool { return s.Tried >= s.Size && s.Drawn == 0 && s.Flying == 0 }

// Room is how many more letters the stage lets go.
func (s Stage) Room() int {
	if s.Of == 0 {
		return 0
	}
	return max(s.Size-s.Tried-s.Drawn, 0)
}

// Passed returns how many stages have as many letters as were tried: who
// confirms what came back confirms all of them.
func (s Stage) Passed(sizes []int) (n int) {
	for n < len(sizes) && sizes[n] <= s.Tried {
		n++
	}
	return n
}

// A Shape is what makes letters differ from each other in more than names.
type Shape struct{ Agency, Language, Kinds string }

// A Candidate is a letter that may be drawn.
type Candidate struct {
	ID   string
	Turn int64 // in the order of sending; 0: it has none, and comes first
	Shape
}

// Draw chooses n of the candidates, or all if there are fewer, so that each
// shape has as many letters as the others, those that had some before counted
// in. Within a shape they are drawn in the order of sending; of those that have
// the same turn, or none, chance decides, and in the same way each time: by a
// hash of the reference, which nobody chose.
func Draw(had map[Shape]int, from []Candidate, n int) []string {
	type pile struct {
		shape Shape
		had   int
		from  []Candidate
	}
	byShape := map[Shape]*pile{}
	var piles []*pile
	for _, c := range from {
		p := byShape[c.Shape]
		if p == nil {
			p = &pile{shape: c.Shape, had: had[c.Shape]}
			byShape[c.Shape], piles = p, append(piles, p)
		}
		p.from = append(p.from, c)
	}
	for _, p := range piles {
		slices.SortFunc(p.from, func(a, b Candidate) int { return cmp.Or(cmp.Compare(a.Turn, b.Turn), byHash(a.ID, b.ID)) })
	}
	// The rarest shape first: it is the one that nobody has looked at.
	slices.SortFunc(piles, func(a, b *pile) int {
		return cmp.Or(cmp.Compare(len(a.from), len(b.from)), byHash(a.from[0].ID, b.from[0].ID))
	})
	var drawn []string
	for level := 0; len(drawn) < min(n, len(from)); level++ {
		for _, p := range piles {
			if p.had > level || len(p.from) == 0 || len(drawn) == n {
				continue
			}
			drawn, p.from = append(drawn, p.from[0].ID), p.from[1:]
			p.had++
		}
	}
	return drawn
}

func byHash(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return bytes.Compare(x[:], y[:])
}
