package campaign

import (
	"context"
	"fmt"
	"net/netip"

	"headsup/finding"
	"headsup/outcome"
)

// A Target is a place to be looked at again. Its JSON names are settled.
type Target struct {
	Addr    netip.Addr     `json:"addr"`
	Port    uint16         `json:"port"`
	Proto   string         `json:"proto"`
	Kind    finding.Kind   `json:"kind"`
	Service string         `json:"service"`
	Result  outcome.Result `json:"result"` // as far as it is known
	Letter  string         `json:"letter"`
}

// Targets tells, as [Target], which places have to be looked at again: those of
// findings in letters that left, as long as they are not fixed. The order is
// that of their addresses.
func Targets(ctx context.Context, c *Campaign) error {
	for j, err := range judgements(ctx, c) {
		if err != nil {
			return err
		}
		if j.since.IsZero() || j.Result == outcome.Fixed {
			continue
		}
		for _, row := range j.rows {
			if row.Told != nil && !row.Told.Left.IsZero() {
				f := row.Finding
				c.event(Target{f.Addr, f.Port, f.Proto, f.Kind, f.Service, j.Result, row.Told.ID})
				break
			}
		}
	}
	return ctx.Err()
}

// TargetFormats are those of [Target.Line], the first of them for people.
var TargetFormats = []finding.Format{"list", finding.Nmap, finding.ZGrab2}

// Line writes a target as scanners read it: an address for nmap's -iL, a line of
// "address, domain, tag, port" for zgrab2, whose tag is the service, or the
// address with its port.
func (t Target) Line(f finding.Format) string {
	switch f {
	case finding.Nmap:
		return t.Addr.String()
	case finding.ZGrab2:
		return fmt.Sprintf("%s,,%s,%d", t.Addr, t.Service, t.Port)
	}
	return fmt.Sprintf("%s\t%d/%s\t%s\t%s\t%s", t.Addr, t.Port, t.Proto, t.Kind, t.Result, t.Letter)
}
