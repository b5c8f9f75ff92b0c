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
	turned  map[turned]*lookup.Network
}

// turned is a network as contacts said of an address in it.
type turned struct {
	network *lookup.Network
	said    string
}

// A rung is a network as it is from one of its contacts on.
type rung struct {
	network *lookup.Network
	dropped int
}

// NewLadder makes a ladder; dead says, by [ContactKey], why mail does not
// reach a contact.
func NewLadder(dead map[string]string) *Ladder {
	return &Ladder{dead: dead, climbed: map[rung]*lookup.Network{}, turned: map[turned]*lookup.Network{}}
}

// Climb returns the row with its network as it is from the contact on that is
// to be written to. Rows of one network go on sharing it.
func (l *Ladder) Climb(r Row, campaign string, stop *Suppressions, now time.Time) Row {
	if r.Network == nil || r.Letter != "" || len(r.Network.Contacts) == 0 {
		return r
	}
	if r = l.turn(r); len(r.Network.Contacts) == 0 {
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

// turn returns the row with its network without the contacts who said that the
// address is not theirs, and with those whom they named before the others.
func (l *Ladder) turn(r Row) Row {
	if len(r.Turns) == 0 {
		return r
	}
	key := turned{r.Network, fmt.Sprint(r.Turns)}
	n := l.turned[key]
	if n == nil {
		other := *r.Network
		other.Contacts = contactsAfter(*r.Network, r.Turns)
		n = &other
		l.turned[key] = n
	}
	if len(n.Contacts) == 0 {
		last := r.Turns[len(r.Turns)-1]
		r.Unreached = fmt.Sprintf("%s answered that another is responsible (answer %d)", last.From, last.Answer)
	}
	r.Network = n
	return r
}

// contactsAfter are the contacts of a network once these things were said, the
// last of them first.
func contactsAfter(n lookup.Network, said []Turn) (left []lookup.Contact) {
	gone := map[string]bool{}
	for _, t := range said {
		gone[t.From] = true
	}
	all := n.Contacts
	for _, t := range said {
		if t.To != "" {
			named := lookup.Contact{Email: t.To, Role: "abuse", Country: n.Country, Rule: "named-in-answer", Server: t.From,
				Handle: fmt.Sprintf("answer %d", t.Answer)}
			all = append([]lookup.Contact{named}, all...)
		}
	}
	for _, c := range all {
		if key := ContactKey(c); !gone[key] {
			left, gone[key] = append(left, c), true
		}
	}
	return left
}
