package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gaissmai/bart"

	"headsup/letter"
	"headsup/sheet"
)

// Stops says what keeps letters from leaving besides paces.
type Stops struct {
	Approvals     int      `toml:"approvals"`       // people that it takes to approve a letter, and to go on after headsup stop: 1, or 2 different ones; default 1
	FindingMaxAge Duration `toml:"finding_max_age"` // how old findings may be when their letter leaves; default "14d"
	DynamicMaxAge Duration `toml:"dynamic_max_age"` // the same in dynamic_pools; default "3d"
	DynamicPools  []string `toml:"dynamic_pools"`   // prefixes whose addresses have another customer every few days
	ReleasedBy    []string `toml:"released_by"`     // functions, such as "lawyer" and "press office", in each of which somebody releases the words of a language before they leave; default none
	Stages        []int    `toml:"stages"`          // letters after which sending waits until a person has confirmed what came back; default [50, 500, 5000]
}

// People returns how many people it takes to approve a letter, or to go on after a stop.
func (s Stops) People() int { return max(s.Approvals, 1) }

// StageSizes returns how many letters may have left at the end of each stage.
// An empty list in the settings is none.
func (s Stops) StageSizes() []int {
	if s.Stages == nil {
		return []int{50, 500, 5000}
	}
	return s.Stages
}

// Ages returns how old findings may be.
func (s Stops) Ages() (letter.Ages, error) {
	a := letter.Ages{
		Max:     cmp.Or(s.FindingMaxAge.Duration, 14*24*time.Hour),
		Dynamic: cmp.Or(s.DynamicMaxAge.Duration, 3*24*time.Hour),
	}
	if len(s.DynamicPools) > 0 {
		a.Pools = new(bart.Lite)
	}
	for _, pool := range s.DynamicPools {
		ps, err := sheet.Networks(pool)
		if err != nil {
			return a, fmt.Errorf("campaign.dynamic_pools: %w", err)
		}
		for _, p := range ps {
			a.Pools.Insert(p)
		}
	}
	return a, nil
}

// checkStops finds what cannot be meant.
func (s *Settings) checkStops() error {
	c := s.Campaign
	if n := c.Approvals; n < 0 || n > 2 {
		return s.Fault("", "", "campaign.approvals: %d is neither 1 nor 2", n)
	}
	for key, age := range map[string]Duration{"finding_max_age": c.FindingMaxAge, "dynamic_max_age": c.DynamicMaxAge} {
		if age.Duration < 0 {
			return s.Fault("", "", "campaign.%s: %s is less than nothing", key, age)
		}
	}
	for i, f := range c.ReleasedBy {
		if strings.TrimSpace(f) != f || f == "" || slices.Contains(c.ReleasedBy[:i], f) {
			return s.Fault("", "", "campaign.released_by: %q is no function, or stands there twice", f)
		}
	}
	for i, n := range c.Stages {
		if n < 1 || i > 0 && n <= c.Stages[i-1] {
			return s.Fault("", "", "campaign.stages: %v is not ascending, such as [50, 500, 5000]", c.Stages)
		}
	}
	if _, err := c.Ages(); err != nil {
		return s.Fault("dynamic_pools", "", "%w", err)
	}
	return nil
}
