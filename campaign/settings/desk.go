package settings

import (
	"cmp"
	"time"
)

// Desk says what the desk in a browser asks of its people.
type Desk struct {
	Codes   *bool    `toml:"codes"`    // to approve, to let sending go on and to end sessions takes a one-time code; default true where approvals = 2
	CodeFor Duration `toml:"code_for"` // how long one counts; default "15m"
}

// Asks reports whether everybody is asked for one-time codes where it takes so
// many people to approve. Whoever has set them up is asked in any case.
func (d Desk) Asks(approvers int) bool {
	if d.Codes == nil {
		return approvers > 1
	}
	return *d.Codes
}

// CodeLife returns how long a one-time code counts.
func (d Desk) CodeLife() time.Duration { return cmp.Or(d.CodeFor.Duration, 15*time.Minute) }

// checkDesk finds what cannot be meant.
func checkDesk(s *Settings) error {
	if d := s.Desk.CodeFor.Duration; d < 0 || d > 12*time.Hour {
		return s.Fault("code_for", "", "desk.code_for: %s is not between nothing and 12h, as long as a session", d)
	}
	return nil
}
