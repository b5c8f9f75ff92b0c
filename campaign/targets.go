package campaign

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
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
	Claimed bool           `json:"claimed,omitempty"` // its contact says that it is fixed, and no look since then says anything
}

// Targets tells, as [Target], which places have to be looked at again: those of
// findings in letters that left, and those that wait as a control, as long as
// they are neither fixed nor taken back. Those of which their contacts say that
// they are fixed come first; within both, the order is that of their addresses.
// Where there are none, it says so as [Noted].
func Targets(ctx context.Context, c *Campaign) error {
	passes := []bool{true, false}
	claims, _, err := ledger.Answers(ctx, c.ledger, ledger.AnswerQuery{Campaign: c.rules.ID, Rulings: []letter.Ruling{letter.RuledFixed}, Limit: 1})
	if err != nil {
		return err
	}
	if len(claims) == 0 {
		passes = passes[1:]
	}
	found := false
	for _, claimed := range passes {
		for j, err := range judgements(ctx, c) {
			if err != nil {
				return err
			}
			if t, ok := target(j); ok && t.Claimed == claimed {
				found = true
				c.event(t)
			}
		}
	}
	if !found {
		c.event(Noted{"nothing has to be looked at again: no finding of a letter that left is open"})
	}
	return ctx.Err()
}

// target returns what has to be looked at again at a place.
func target(j judgement) (Target, bool) {
	if j.since.IsZero() && !j.waiting() || j.Result == outcome.Fixed || j.withdrawn() {
		return Target{}, false
	}
	var t Target
	for _, row := range j.rows {
		if told := row.Told; told != nil && !told.Left.IsZero() {
			f := row.Finding
			if t.Letter == "" {
				t = Target{Addr: f.Addr, Port: f.Port, Proto: f.Proto, Kind: f.Kind, Service: f.Service, Result: j.Result, Letter: told.ID}
			}
			t.Claimed = t.Claimed || told.Fixed.After(j.Last)
		}
	}
	if j.waiting() && t.Letter == "" {
		f := j.rows[0].Finding
		t = Target{Addr: f.Addr, Port: f.Port, Proto: f.Proto, Kind: f.Kind, Service: f.Service, Result: j.Result}
	}
	return t, t.Addr.IsValid()
}

// waiting reports whether a place waits as a control.
func (j judgement) waiting() bool {
	return slices.ContainsFunc(j.rows, func(r letter.Row) bool { return r.Fate == letter.FateWaiting })
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
