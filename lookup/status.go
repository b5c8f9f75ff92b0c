package lookup

import "errors"

// A Status says what a look-up came to. Its texts are settled.
type Status string

const (
	StatusFound   Status = "found"   // somebody answers for the address
	StatusNone    Status = "none"    // nobody is registered, or nobody who may be written to
	StatusFailed  Status = "failed"  // nobody could say, which is not the same as nobody
	StatusRefused Status = "refused" // a registry would not say
	StatusSpecial Status = "special" // nobody is asked: private, reserved or for documentation
	StatusDue     Status = "due"     // nobody has been asked yet
)

// StatusOf is the status of what [Resolver.Lookup] returned.
func StatusOf(n Network, err error) Status {
	switch {
	case errors.Is(err, ErrSpecial):
		return StatusSpecial
	case errors.Is(err, ErrDue):
		return StatusDue
	case errors.Is(err, ErrRefused):
		return StatusRefused
	case err != nil:
		return StatusFailed
	case len(n.Contacts) == 0:
		return StatusNone
	}
	return StatusFound
}

// Final reports whether the look-up gave an answer, whatever it is. The others
// are asked again, and replace none that there is.
func (s Status) Final() bool { return s != StatusFailed && s != StatusRefused && s != StatusDue }
