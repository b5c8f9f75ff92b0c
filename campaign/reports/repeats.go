package reports

import (
	"context"
	"time"

	"headsup/ledger"
	"headsup/outcome/figures"
)

// repeats finds out which of a provider's customers were reported again.
func (f *reporting) repeats(ctx context.Context, now time.Time) error {
	measures := ledger.NewMeasures(f.in.Ledger, f.in.Rules.ID)
	acts, err := measures.Acts(ctx)
	if err != nil {
		return err
	}
	events, err := measures.Happened(ctx)
	if err == nil {
		f.report.Repeats = figures.RepeatsOf(acts, events, now)
	}
	return err
}
