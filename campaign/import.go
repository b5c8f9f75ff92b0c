package campaign

import (
	"context"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

// batch is how many rows go to the ledger in one transaction.
const batch = 5000

// Draft takes scan files the whole way to letters that await review: it is
// [Campaign.Import], [Campaign.Ask] and [Campaign.Compose]. Without files, what
// the ledger holds is looked up and drafted again.
func (c *Campaign) Draft(ctx context.Context, scans []Source, o finding.Options, ask AskOptions, day time.Time) (Unread, error) {
	if _, err := c.renderer(); err != nil { // nobody is asked for letters that cannot be written
		return Unread{}, err
	}
	unread, err := c.Import(ctx, scans, o)
	if err != nil {
		return unread, err
	}
	if err := c.Ask(ctx, ask); err != nil {
		return unread, err
	}
	return unread, c.Compose(ctx, day)
}

// Import reads scan files into the ledger. A row of a file is kept once,
// however often it is read; one that cannot be read is kept as rejected.
func (c *Campaign) Import(ctx context.Context, scans []Source, o finding.Options) (Unread, error) {
	i := &importer{c: c, bar: count(c.event, Reading, 0)}
	defer i.bar.over()
	var none letter.Sum
	r := scanReader{o: o, tell: c.event, rows: scanRows{
		finding: func(f finding.Finding) error {
			i.rows = append(i.rows, f)
			return i.keepFull(ctx)
		},
		clean: func(f finding.Finding) error {
			none.AddClean(finding.ClassOf(f), 1)
			return ctx.Err()
		},
		reject: func(source string, reason error) error {
			i.rejects = append(i.rejects, ledger.Reject{Source: source, Reason: reason.Error()})
			return i.keepFull(ctx)
		},
	}}
	if err := r.read(ctx, scans); err != nil {
		return r.unread, err
	}
	c.event(NotFindings{none})
	return r.unread, i.keep(ctx)
}

// An importer gathers rows for the ledger.
type importer struct {
	c       *Campaign
	bar     *counter
	rows    []finding.Finding
	rejects []ledger.Reject
}

func (i *importer) keepFull(ctx context.Context) error {
	if len(i.rows)+len(i.rejects) < batch {
		return nil
	}
	return i.keep(ctx)
}

func (i *importer) keep(ctx context.Context) error {
	if _, err := i.c.ledger.AddFindings(ctx, i.c.rules.ID, i.rows); err != nil {
		return err
	}
	if _, err := i.c.ledger.AddRejects(ctx, i.c.rules.ID, i.rejects); err != nil {
		return err
	}
	i.bar.add(len(i.rows) + len(i.rejects))
	i.rows, i.rejects = i.rows[:0], i.rejects[:0]
	return nil
}
