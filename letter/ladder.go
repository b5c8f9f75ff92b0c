package letter

import (
	"fmt"
	"time"

	"headsup/lookup"
)

// A Ladder is what is known of contacts that mail does not reach. It decides
// who of a network's ranked contacts is written to instead: the next one that
// is neither dead nor suppressed.
//
// A first contact that mail does reach but that asked not to be written to is
// obeyed: nobody else is written to in its place.
type Ladder struct {
	dead    map[string]string
	climbed map[rung]*lookup.Network
}

// A rung is a network as it is from one of its contacts on.
type rung struct {
	network *lookup.Network
	dropped int
}

// NewLadder makes a ladder; dead says, by [ContactKey], why mail does not
// reach a contact.
func NewLadder(dead map[string]string) *Ladder {
	return &Ladder{dead: dead, climbed: map[rung]*lookup.Network{}}
}

// Climb returns the row with its network as it is from the contact on that is
// to be written to. Rows of one network go on sharing it.
func (l *Ladder) Climb(r Row, campaign string, stop *Suppressions, now time.Time) Row {
	if r.Network == nil || r.Letter != "" || len(r.Network.Contacts) == 0 {
		return r
	}
	contacts := r.Network.Contacts
	why, dead := l.dead[ContactKey(contacts[0])]
	if !dead {
		return r
	}
	n, suppressed := 0, -1
	for ; n < len(contacts); n++ {
		if _, dead := l.dead[ContactKey(contacts[n])]; dead {
			continue
		}
		if _, stopped := stop.Find(campaign, contacts[n], *r.Network, r.Finding.Addr, now); !stopped {
			break
		}
		if suppressed < 0 {
			suppressed = n
		}
	}
	switch {
	case n < len(contacts):
	case suppressed >= 0:
		n = suppressed // why nobody is written to, rather than that nobody is there
	default:
		r.Unreached = fmt.Sprintf("mail to %s came back: %s", contacts[0].Email, why)
	}
	r.Network = l.from(r.Network, n)
	return r
}

func (l *Ladder) from(n *lookup.Network, dropped int) *lookup.Network {
	key := rung{n, dropped}
	if l.climbed[key] == nil {
		higher := *n
		higher.Contacts = n.Contacts[dropped:]
		l.climbed[key] = &higher
	}
	return l.climbed[key]
}
