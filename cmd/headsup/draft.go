package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
)

// batch is how many rows go to the ledger in one transaction.
const batch = 5000

func (p *program) draftCommand() *cobra.Command {
	in := scanReader{p: p}
	var date string
	cmd := &cobra.Command{
		Use:   "draft [FILE…]",
		Short: "Scan files to letters that await review",
		Long: `Read scan files, look up who answers for each address, and write each contact
one letter. "-" reads standard input. Without files, what the ledger holds is
looked up and drafted again.

Running it again continues it: no row is read twice, nobody who answered is
asked again, a draft is replaced, and nothing past review is touched. Findings
that come too late for an approved letter wait for the next round. The last
line says where every row of the campaign ended.`,
		RunE: func(cmd *cobra.Command, files []string) error {
			day := time.Now()
			if date != "" {
				var err error
				if day, err = time.Parse(time.DateOnly, date); err != nil {
					return usageError{fmt.Errorf("--date %q is not a day such as 2026-03-02", date)}
				}
			}
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			return h.draft(cmd.Context(), &in, files, day)
		},
	}
	in.flags(cmd)
	cmd.Flags().StringVar(&date, "date", "", "`day` printed on the letters; default today")
	return cmd
}

// draft takes scan files the whole way to letters that await review.
func (h *house) draft(ctx context.Context, in *scanReader, files []string, day time.Time) error {
	trouble, err := h.importFiles(ctx, in, files)
	if err != nil {
		return err
	}
	if err := h.ask(ctx); err != nil {
		return err
	}
	if err := h.compose(ctx, day); err != nil {
		return err
	}
	sum, err := h.ledger.Sum(ctx, h.campaign.ID)
	if err != nil {
		return err
	}
	if err := h.p.print(sum, sentence(sum)); err != nil {
		return err
	}
	if err := sum.Check(); err != nil {
		return err
	}
	if sum.Failed > 0 {
		trouble = worse(trouble, leftOver{errFailedLookups})
	}
	return trouble
}

// errFailedLookups means that some addresses could not be looked up.
var errFailedLookups = errors.New("look-ups failed")

// importFiles reads scan files into the ledger. trouble is what could not be
// read, after everything that could.
func (h *house) importFiles(ctx context.Context, in *scanReader, files []string) (trouble, err error) {
	bar := h.p.progress("reading", 0)
	defer bar.done()
	var rows []finding.Finding
	var rejects []ledger.Reject
	flush := func() error {
		_, err := h.ledger.AddFindings(ctx, h.campaign.ID, rows)
		if err == nil {
			_, err = h.ledger.AddRejects(ctx, h.campaign.ID, rejects)
		}
		bar.add(len(rows) + len(rejects))
		rows, rejects = rows[:0], rejects[:0]
		return err
	}
	flushFull := func() error {
		if len(rows)+len(rejects) < batch {
			return nil
		}
		return flush()
	}
	for _, name := range files { // a name that was mistyped is no row
		if _, err := os.Stat(name); name != "-" && errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	trouble, err = in.read(ctx, files, scanRows{
		finding: func(f finding.Finding) error { rows = append(rows, f); return flushFull() },
		clean:   func(finding.Finding) error { return ctx.Err() },
		reject: func(source string, reason error) error {
			rejects = append(rejects, ledger.Reject{Source: source, Reason: reason.Error()})
			return flushFull()
		},
	})
	if err != nil {
		return trouble, err
	}
	return trouble, flush()
}

// ask looks up every address that has no fresh answer. What it learns is in
// the ledger before the next is asked for long, so that a run that was
// stopped asks nobody again.
func (h *house) ask(ctx context.Context) error {
	since := h.settings.Lookup.Since(time.Now())
	bar := h.p.progress("asking the registries", 0)
	defer bar.done()
	var failed error
	addrs := func(yield func(netip.Addr) bool) {
		for a, err := range h.ledger.Addresses(ctx, h.campaign.ID, since) {
			if err != nil {
				failed = err
				return
			}
			if !yield(a) {
				return
			}
		}
	}
	var answers []ledger.Answer
	flush := func() error {
		err := h.ledger.Answer(context.WithoutCancel(ctx), h.campaign.ID, answers)
		bar.add(len(answers))
		answers = answers[:0]
		return err
	}
	for r := range h.resolver.All(ctx, iter.Seq[netip.Addr](addrs), h.settings.Lookup.AtOnce()) {
		if ctx.Err() != nil && r.Err != nil {
			continue // not an answer: we were told to stop
		}
		a := ledger.Answer{Addr: r.Addr, Err: r.Err}
		if r.Err == nil {
			a.Network = &r.Network
		}
		if answers = append(answers, a); len(answers) >= 100 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(flush(), failed, ctx.Err())
}

// A pile is what will be one letter, by its key.
type pile struct {
	networks []*lookup.Network
	rows     []letter.Row
}

// compose places every row and writes the letters.
func (h *house) compose(ctx context.Context, day time.Time) error {
	piles, err := h.sort(ctx, day)
	if err != nil {
		return err
	}
	if err := h.askExchanges(ctx, piles); err != nil {
		return err
	}
	if err := h.write(ctx, piles, day); err != nil {
		return err
	}
	gone, err := h.ledger.Withdraw(ctx, h.campaign.ID)
	for _, id := range gone {
		h.p.say("%s: withdrawn, no finding stands in it any more", id)
	}
	return err
}

// deadFor is how long a mailbox that bounced in another campaign is not tried again.
const deadFor = 180 * 24 * time.Hour

// sort places the rows that no letter will cover, and piles up the others by
// contact, in the order of their addresses.
func (h *house) sort(ctx context.Context, now time.Time) (map[string]*pile, error) {
	list, err := h.ledger.Suppressions(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.checkOrigins(list); err != nil {
		return nil, err
	}
	stop := letter.NewSuppressions(list)
	dead, err := h.ledger.Dead(ctx, h.campaign.ID, now.Add(-deadFor))
	if err != nil {
		return nil, err
	}
	ladder := letter.NewLadder(dead)
	piles := map[string]*pile{}
	var placements []letter.Placement
	for group, err := range h.sameService(ctx) {
		if err != nil {
			return nil, err
		}
		for i, r := range group {
			group[i] = ladder.Climb(r, h.campaign.ID, stop, now)
		}
		for i, p := range letter.Place(group, h.campaign.ID, stop, now) {
			switch {
			case p.Fate == letter.Lettered && p.Letter == "":
				add(piles, group[i])
			case p.Fate != letter.Lettered:
				placements = append(placements, p)
			}
		}
	}
	return piles, h.ledger.Place(ctx, h.campaign.ID, placements)
}

func add(piles map[string]*pile, r letter.Row) {
	key := letter.PileKey(r.Network.Contacts[0], r.Finding.Addr)
	p := piles[key]
	if p == nil {
		p = &pile{}
		piles[key] = p
	}
	if n := len(p.networks); n == 0 || p.networks[n-1] != r.Network {
		p.networks = append(p.networks, r.Network)
	}
	p.rows = append(p.rows, r)
}

// sameService yields the campaign's rows in groups that name the same service
// of the same host.
func (h *house) sameService(ctx context.Context) iter.Seq2[[]letter.Row, error] {
	return func(yield func([]letter.Row, error) bool) {
		var group []letter.Row
		for row, err := range h.ledger.Rows(ctx, h.campaign.ID) {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(group) > 0 && !letter.SameService(group[0].Finding, row.Finding) {
				if !yield(group, nil) {
					return
				}
				group = nil
			}
			group = append(group, row)
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}
