package letter

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Halt is somebody's word that nothing of a campaign leaves any more, until
// somebody says that it goes on. Its JSON names are settled.
type Halt struct {
	Campaign string    `json:"campaign"` // empty: of all campaigns
	By       string    `json:"by"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	Ended    time.Time `json:"ended,omitzero"` // zero: it holds
	EndedBy  string    `json:"ended_by,omitempty"`
	EndedWhy string    `json:"ended_why,omitempty"`
}

// Holds reports whether nothing of a campaign may leave by h.
func (h Halt) Holds(campaign string) bool {
	return h.Ended.IsZero() && (h.Campaign == "" || h.Campaign == campaign)
}

// String says who stopped what, when and why, for people.
func (h Halt) String() string {
	what := "campaign " + h.Campaign
	if h.Campaign == "" {
		what = "all campaigns"
	}
	return fmt.Sprintf("%s, by %s at %s: %s", what, h.By, h.At.Format(time.RFC3339), h.Reason)
}

// ErrSamePerson means that a decision takes another person.
var ErrSamePerson = errors.New("another person has to say so")

// MayResume returns [ErrSamePerson] if by stopped one of the halts and it takes
// two people to go on. Names are compared without regard to case and spaces
// around: they are labels, and prove nobody.
func MayResume(halts []Halt, by string, people int) error {
	name := func(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
	for _, h := range halts {
		if people > 1 && name(h.By) == name(by) {
			return fmt.Errorf("%w: %q stopped %v", ErrSamePerson, by, h)
		}
	}
	return nil
}
