package ends

import (
	"fmt"

	"headsup/campaign/customers"
	"headsup/campaign/escalate"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
)

var errMeasures = advice.Error("measures wait for a person", "headsup measures ID confirm, or dismiss")

// Measures lists what is done about customers, and says whether some of it waits.
func Measures(out *console.Console, all []ledger.Measure) (waiting error) {
	for _, m := range all {
		show.Measure(out, escalate.Told{Measure: m})
		if m.State == ledger.Proposed {
			waiting = usage.LeftOver{Err: errMeasures}
		}
	}
	return waiting
}

// Customers says what a file of customers changes, and whether it waits.
func Customers(out *console.Console, c customers.Change, file string) error {
	for _, problem := range c.Problems {
		out.Say("%s", problem)
	}
	if err := out.Print(c, fmt.Sprintf("%s: %s", console.Count(c.After, "customer"), c.Why())); err != nil {
		return err
	}
	if c.Large {
		return usage.LeftOver{Err: fmt.Errorf("%w: %s", customers.ErrChanged, file)}
	}
	return nil
}
