package settings

import (
	"cmp"
	"time"

	"headsup/outcome"
)

// Rounds says when who was written to is written to again.
type Rounds struct {
	RemindAfter  Duration `toml:"remind_after"`  // after a letter left, not sooner; default "14d"
	Rounds       int      `toml:"rounds"`        // letters to one contact at most, the first counted; default 3
	SilentApart  Duration `toml:"silent_apart"`  // between two looks without an answer that count as fixed; default "24h"
	AnswersAhead Duration `toml:"answers_ahead"` // more open answers than the desk settles in this time slow sending down; default "48h"
}

// Ahead returns how much work of answers may wait before letters leave slower.
func (r Rounds) Ahead() time.Duration { return cmp.Or(r.AnswersAhead.Duration, 48*time.Hour) }

// Looks returns how later looks are weighed.
func (c Campaign) Looks() (outcome.Rules, error) {
	ages, err := c.Ages()
	return outcome.Rules{Apart: cmp.Or(c.SilentApart.Duration, outcome.DefaultApart), Pools: ages.Pools}, err
}

// Reminders returns when reminders are written.
func (r Rounds) Reminders() outcome.Reminders {
	return outcome.Reminders{After: cmp.Or(r.RemindAfter.Duration, 14*24*time.Hour), Rounds: cmp.Or(r.Rounds, 3)}
}

// checkRounds finds what cannot be meant.
func (s *Settings) checkRounds() error {
	c := s.Campaign
	if c.Rounds.Rounds < 0 || c.Rounds.Rounds > 9 {
		return s.Fault("", "", "campaign.rounds: %d letters to one contact are not 1 to 9", c.Rounds.Rounds)
	}
	for key, d := range map[string]Duration{"remind_after": c.RemindAfter, "silent_apart": c.SilentApart, "answers_ahead": c.AnswersAhead} {
		if d.Duration < 0 {
			return s.Fault("", "", "campaign.%s: %s is less than nothing", key, d)
		}
	}
	return nil
}
