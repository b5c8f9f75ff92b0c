package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/sheet"
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
	defer i.wait()
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
	if err := i.keep(ctx); err != nil {
		return r.unread, err
	}
	return r.unread, i.wait()
}

// TakeBack takes the rows of files out of the campaign again, which were read
// by mistake, and tells of each [TakenBack]. The letters that they stood in wait
// for a new draft. It returns [ledger.ErrState] where one of these has left or
// may have, and [ledger.ErrNoFile] for a file that was never read; the files
// before it stay taken back.
func TakeBack(ctx context.Context, c *Campaign, files []string, by string) error {
	for _, file := range files {
		out, err := ledger.TakeBack(ctx, c.ledger, c.rules.ID, file, by)
		if errors.Is(err, ledger.ErrNoFile) {
			known, e := ledger.Files(ctx, c.ledger, c.rules.ID)
			if e != nil {
				return e
			}
			if near := sheet.Nearest(file, known); near != "" {
				return fmt.Errorf("%w, perhaps %q", err, near)
			}
			return err
		}
		if err != nil {
			return err
		}
		c.event(TakenBack{out})
	}
	return nil
}

// An importer gathers rows for the ledger. While some are stored, the next are
// read.
type importer struct {
	c       *Campaign
	bar     *counter
	rows    []finding.Finding
	rejects []ledger.Reject
	storing chan error // of those before; nil: none are
	stored  int        // how many those are
}

func (i *importer) keepFull(ctx context.Context) error {
	if len(i.rows)+len(i.rejects) < batch {
		return nil
	}
	return i.keep(ctx)
}

// keep stores what was gathered, after what was gathered before.
func (i *importer) keep(ctx context.Context) error {
	if err := i.wait(); err != nil {
		return err
	}
	rows, rejects, done := i.rows, i.rejects, make(chan error, 1)
	i.storing, i.stored, i.rows, i.rejects = done, len(rows)+len(rejects), make([]finding.Finding, 0, batch), nil
	go func() {
		_, err := i.c.ledger.AddFindings(ctx, i.c.rules.ID, rows)
		if err == nil {
			_, err = i.c.ledger.AddRejects(ctx, i.c.rules.ID, rejects)
		}
		done <- err
	}()
	return nil
}

// wait waits until what was handed to the ledger is there.
func (i *importer) wait() error {
	if i.storing == nil {
		return nil
	}
	err := <-i.storing
	i.storing = nil
	if err == nil {
		i.bar.add(i.stored)
	}
	return err
}
