package letter

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/gaissmai/bart"

	"headsup/finding"
)

// Ages says how old findings may be when their letter leaves. The zero value
// lets any age pass.
type Ages struct {
	Max     time.Duration // 0: any age
	Dynamic time.Duration // in Pools, where another customer soon has the address; 0: as elsewhere
	Pools   *bart.Lite    // prefixes whose addresses are handed out for days; may be nil
}

// Least is the age that no finding is too old at, wherever it is; 0: any is.
func (a Ages) Least() time.Duration {
	if a.Pools != nil && a.Dynamic > 0 && (a.Max == 0 || a.Dynamic < a.Max) {
		return a.Dynamic
	}
	return a.Max
}

// TooOld reports whether what was seen at addr says nothing any more of who has
// it at the time now.
func (a Ages) TooOld(addr netip.Addr, seen, now time.Time) bool {
	limit := a.limit(addr)
	return limit > 0 && now.Sub(seen) > limit
}

func (a Ages) limit(addr netip.Addr) time.Duration {
	if a.Dynamic > 0 && a.Pools != nil && a.Pools.Contains(addr) {
		return a.Dynamic
	}
	return a.Max
}

// Outdated says why a letter about fs has to be drafted anew at the time now,
// naming the earliest finding that is too old, or returns "".
func (a Ages) Outdated(fs []finding.Finding, now time.Time) string {
	var oldest finding.Finding
	for _, f := range fs {
		if a.TooOld(f.Addr, f.Seen, now) && (!oldest.Addr.IsValid() || f.Seen.Before(oldest.Seen)) {
			oldest = f
		}
	}
	if !oldest.Addr.IsValid() {
		return ""
	}
	return fmt.Sprintf("%s%s was seen on %s, more than %s ago", Redraft, oldest.Addr, oldest.Seen.UTC().Format(time.DateOnly), days(a.limit(oldest.Addr)))
}

// days writes a duration in days if it is so many.
func days(d time.Duration) string {
	switch n := d / (24 * time.Hour); {
	case d%(24*time.Hour) != 0:
		return d.String()
	case n == 1:
		return "a day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}
