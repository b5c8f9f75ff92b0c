package letter

// A Class says why a letter did not arrive. It is stored as this text and
// empty for a letter that neither failed nor bounced.
type Class string

const (
	ClassMailbox Class = "mailbox" // the mailbox cannot be written to
	ClassNetwork Class = "network" // its server was not reached for days
	ClassUnclear Class = "unclear" // nothing says why
)

// Lost reports whether a letter in state s did not arrive and has a Class.
func (s State) Lost() bool { return s == Failed || s == Bounced }

// ClassOf is the class of a letter that did not arrive, by the kind of what is
// said of it: [Bounce], [Expired], or anything else.
func ClassOf(kind string) Class {
	switch kind {
	case Bounce:
		return ClassMailbox
	case Expired:
		return ClassNetwork
	}
	return ClassUnclear
}
