package settings

// Stops says what keeps letters from leaving besides paces.
type Stops struct {
	Approvals int `toml:"approvals"` // people that it takes to go on after headsup stop: 1, or 2 different ones; default 1
}

// People returns how many people it takes to go on after a stop.
func (s Stops) People() int { return max(s.Approvals, 1) }

// checkStops finds what cannot be meant.
func (s *Settings) checkStops() error {
	if n := s.Campaign.Approvals; n < 0 || n > 2 {
		return s.Fault("", "", "campaign.approvals: %d is neither 1 nor 2", n)
	}
	return nil
}
