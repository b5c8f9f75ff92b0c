package duties

import "time"

// Facts are what is known of a report: when it came, and what was done. A zero
// time is not yet.
type Facts struct {
	Kind      string
	Services  []string // that it is about; none: it is known of none of our customers
	Came      time.Time
	Decided   time.Time
	Forwarded time.Time // when the last letter about it left
	Received  time.Time // when what confirms its receipt left
	Answered  time.Time // when the answer to who reported left
	Nobody    bool      // it was decided that no customer is to hear of it
	Longer    bool      // proceedings were commenced
}

// A Clock says when something is due, by which rule, and when it was done. Its
// JSON names are settled.
type Clock struct {
	Rule string    `json:"rule"`
	Duty Duty      `json:"duty"`
	Due  time.Time `json:"due"` // of "keep": until when
	Done time.Time `json:"done,omitzero"`
	Late bool      `json:"late,omitempty"`
}

// Open reports whether something has still to be done.
func (c Clock) Open() bool { return c.Duty != Keep && c.Duty != KeepLonger && c.Done.IsZero() }

// Clocks says what is due for a report, in the order of the rules. Where the law
// says "soon", that is soon after the report came.
func (t Table) Clocks(f Facts, soon time.Duration, now time.Time) (clocks []Clock) {
	for _, r := range t {
		if !r.about(f) {
			continue
		}
		c := Clock{Rule: r.Name, Duty: r.Duty, Due: f.Came.Add(soon)}
		if !r.Soon {
			c.Due = f.Came.AddDate(0, r.Months, 0)
		}
		switch r.Duty {
		case Forward:
			if f.Nobody {
				continue
			}
			c.Done = f.Forwarded
		case Inform:
			c.Done = f.Answered
		case Acknowledge:
			if c.Done = f.Received; c.Done.IsZero() { // the answer says it, too
				c.Done = f.Answered
			}
		case Decide:
			c.Done = f.Decided
		case Tell:
			if !f.Decided.IsZero() {
				c.Done = f.Answered
			}
		case Keep:
			if f.Longer {
				continue
			}
		case KeepLonger:
			if !f.Longer {
				continue
			}
		default:
			continue
		}
		c.Late = c.Open() && now.After(c.Due) || c.Duty != Keep && c.Duty != KeepLonger && c.Done.After(c.Due)
		clocks = append(clocks, c)
	}
	return clocks
}

// about reports whether a rule is about one of the services of a report or, where
// none is known, about reports of its kind.
func (r Rule) about(f Facts) bool {
	if len(f.Services) == 0 {
		return r.covers(r.Services[0], f.Kind) && r.Duty != Keep && r.Duty != KeepLonger
	}
	for _, s := range f.Services {
		if r.covers(s, f.Kind) {
			return true
		}
	}
	return false
}
