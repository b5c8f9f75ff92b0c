package cases

import (
	"context"
	"fmt"
	"time"

	"headsup/inbox/report"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// Untold are reports that are kept apart, of which nobody is told today.
type Untold struct {
	Queue string `json:"queue"`
	Most  int    `json:"most"` // that a day has
}

func (Untold) event() {}

// Alert tells the mailboxes that the settings name of reports that are kept
// apart, once of each: the sender, the time and the number, and nothing of the
// report. The settings approve these letters. What is over the number of a day
// is told on another one, and told as [Untold].
func (d *Desk) Alert(ctx context.Context, day time.Time) error {
	tell := d.Settings.ISP.Tell
	today, err := d.Cases.AlertsToday(ctx)
	if err != nil {
		return err
	}
	for _, q := range []struct {
		queue report.Queue
		to    string
	}{{report.Secret, tell.Secret}, {report.Restricted, tell.Restricted}} {
		if q.to == "" {
			continue
		}
		due, err := d.Cases.AlertsDue(ctx, string(q.queue), most)
		if err != nil {
			return err
		}
		for _, c := range due {
			if today >= tell.Most() {
				d.Tell(Untold{string(q.queue), tell.Most()})
				break
			}
			if err := alert(ctx, d, c, q.to, day); err != nil {
				return fmt.Errorf("report %q: %w", c.ID, err)
			}
			today++
		}
	}
	return nil
}

func alert(ctx context.Context, d *Desk, c ledger.Case, to string, day time.Time) error {
	l := letter.Alert(d.Rules, c.ID, lookup.Contact{Email: to, Role: "house", Rule: "isp.tell"}, day)
	rendered, err := render.RenderAlert(d.Renderer, l, render.Alert{Case: c.ID, Sender: c.Reporter, Received: c.Read})
	if err != nil {
		return err
	}
	drafted, err := d.keep(ctx, ledger.Draft{Letter: l, Rendered: rendered})
	if err != nil || !drafted {
		return err
	}
	if err := d.Ledger.Approve(ctx, l.ID, ledger.Hash(rendered), "rule: isp.tell"); err != nil {
		return err
	}
	e, err := d.Ledger.Entry(ctx, l.ID)
	if err != nil {
		return err
	}
	d.Tell(Approved{e})
	return d.Cases.Log(ctx, ledger.CaseEvent{Case: c.ID, What: "told", Text: l.ID})
}
