package settings

import (
	"time"

	"headsup/ledger"
)

// Keep says how long what is kept of a campaign is kept after its end. What has
// no time here is kept for ever.
type Keep struct {
	Ended    string   `toml:"ended"`    // day on which the campaign ended, such as "2026-12-31"; without it nothing is erased
	Letters  Duration `toml:"letters"`  // words, pages and recipients of letters
	Findings Duration `toml:"findings"` // addresses and evidence
	Returned Duration `toml:"returned"` // what mail servers, machines and complaints said
	Answers  Duration `toml:"answers"`  // what people wrote
}

// Over returns the classes whose time is over at now. It returns false where the
// settings do not say when the campaign ended.
func (k Keep) Over(now time.Time) (classes []ledger.Class, ended bool) {
	day, err := time.Parse(time.DateOnly, k.Ended)
	if err != nil {
		return nil, false
	}
	for _, c := range ledger.Classes {
		if d := k.of(c); d > 0 && !now.Before(day.AddDate(0, 0, 1).Add(d)) {
			classes = append(classes, c)
		}
	}
	return classes, true
}

func (k Keep) of(c ledger.Class) time.Duration {
	switch c {
	case ledger.KeptLetters:
		return k.Letters.Duration
	case ledger.KeptFindings:
		return k.Findings.Duration
	case ledger.KeptReturned:
		return k.Returned.Duration
	}
	return k.Answers.Duration
}

// checkKeep finds what cannot be meant.
func checkKeep(s *Settings) error {
	if _, err := time.Parse(time.DateOnly, s.Keep.Ended); s.Keep.Ended != "" && err != nil {
		return s.Fault("ended", s.Keep.Ended, "keep.ended: %q is not a day such as \"2026-12-31\"", s.Keep.Ended)
	}
	for _, c := range ledger.Classes {
		if d := s.Keep.of(c); d < 0 {
			return s.Fault("", "", "keep.%s: %s is less than nothing", c, d)
		}
	}
	return nil
}
