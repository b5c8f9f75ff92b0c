package letter

import (
	"errors"
	"fmt"
)

// A Sum accounts for every row of the input. Its JSON names are settled:
// fields are added, never renamed.
type Sum struct {
	Rows       int           `json:"rows"`
	Lettered   int           `json:"lettered"`
	Held       int           `json:"held"`
	Suppressed int           `json:"suppressed"`
	NoContact  int           `json:"no_contact"`
	Failed     int           `json:"failed"`
	Special    int           `json:"special"`
	Duplicate  int           `json:"duplicate"`
	Rejected   int           `json:"rejected"`
	Waiting    int           `json:"waiting"`   // of the control: nobody is written to yet
	Withdrawn  int           `json:"withdrawn"` // taken back
	Letters    int           `json:"letters"`
	States     map[State]int `json:"states,omitempty"`   // letters by state
	Classes    map[Class]int `json:"classes,omitempty"`  // letters that did not arrive, by why
	Findings   int           `json:"findings,omitempty"` // rows worth a look-up that have no fate yet
	Due        int           `json:"due,omitempty"`      // of the failed ones: nobody has been asked yet about their address
	ByRule     int           `json:"by_rule,omitempty"`  // of the held ones: a rule of the house keeps them back
	Clean      int           `json:"clean,omitempty"`    // observations that the scanner itself calls no finding; not rows

	// NotFindings counts the same observations by what they are, in words.
	NotFindings map[string]int `json:"not_findings,omitempty"`
}

// AddClean counts n observations that are no finding, but what they are.
func (s *Sum) AddClean(what string, n int) {
	if s.NotFindings == nil {
		s.NotFindings = map[string]int{}
	}
	s.Clean += n
	s.NotFindings[what] += n
}

// Add counts n rows that ended in f.
func (s *Sum) Add(f Fate, n int) {
	s.Rows += n
	switch f {
	case FateLettered:
		s.Lettered += n
	case FateHeld:
		s.Held += n
	case FateSuppressed:
		s.Suppressed += n
	case FateNoContact:
		s.NoContact += n
	case FateFailed:
		s.Failed += n
	case FateSpecial:
		s.Special += n
	case FateDuplicate:
		s.Duplicate += n
	case FateRejected:
		s.Rejected += n
	case FateWaiting:
		s.Waiting += n
	case FateWithdrawn:
		s.Withdrawn += n
	}
}

// ErrUnaccounted means that rows were read of which nobody knows what became.
var ErrUnaccounted = errors.New("rows are not accounted for")

// Check returns an error if rows are not accounted for.
func (s Sum) Check() error {
	parts := s.Findings + s.Lettered + s.Held + s.Suppressed + s.NoContact + s.Failed + s.Special + s.Duplicate + s.Rejected + s.Waiting + s.Withdrawn
	if parts != s.Rows {
		return fmt.Errorf("%w: %d read, %d with a fate", ErrUnaccounted, s.Rows, parts)
	}
	return nil
}
