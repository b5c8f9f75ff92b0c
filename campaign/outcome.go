package campaign

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome"
)

// ErrNoCoverage means that a later scan does not say what it tried: what is not
// in it may be fixed, or was not looked at.
var ErrNoCoverage = errors.New("it does not say what was scanned")

// LookOptions say how later scans are read.
type LookOptions struct {
	finding.Options
	Scanned *Source // what they covered that do not say so themselves: [outcome.ReadScanned]; may be nil
	Feed    bool    // daily reports: what is not in them was not looked at
}

// Looked says what reading later scans came to.
type Looked struct {
	outcome.Sum
	New    int `json:"new"`    // looks that were not known
	Other  int `json:"other"`  // rows about places that no finding is at
	Early  int `json:"early"`  // looks from before the letter left; they do not count
	Future int `json:"future"` // looks of the future: not kept
}

// Outcome reads later scans, keeps what they say of the findings of the
// campaign, telling of each as [LookedAt], and sums up what became of the
// findings that letters told. Without scans it sums up alone. It returns
// [ErrNoCoverage] at the first scan that does not say what it tried, of which
// nothing is kept.
func Outcome(ctx context.Context, c *Campaign, scans []Source, o LookOptions) (looked Looked, unread Unread, err error) {
	if len(scans) > 0 {
		r := &lookReader{c: c, o: o, now: time.Now(), out: &looked}
		if err = r.index(ctx); err != nil {
			return looked, unread, err
		}
		if o.Scanned != nil {
			if r.covers, err = readScanned(*o.Scanned, o.Seen); err != nil {
				return looked, unread, err
			}
		}
		for _, s := range scans {
			if err := r.read(ctx, s, &unread); err != nil {
				return looked, unread, err
			}
		}
		r.note()
	}
	for j, err := range judgements(ctx, c) {
		if err != nil {
			return looked, unread, err
		}
		if !j.since.IsZero() && !j.withdrawn() {
			looked.Add(j.Outcome)
		}
	}
	return looked, unread, nil
}

func readScanned(s Source, seen time.Time) ([]finding.Cover, error) {
	in, err := openScan(s)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return outcome.ReadScanned(in, s.Name, seen)
}

// A looked place is where a finding is that is worth a letter.
type lookedPlace struct {
	outcome.Place
	service string
	seen    time.Time // of the finding
	since   time.Time // when the first letter about it left; zero: none has
	back    bool      // it came back
	waits   bool      // as a control: what is seen there counts before a letter leaves
}

// A lookReader reads later scans.
type lookReader struct {
	c      *Campaign
	o      LookOptions
	now    time.Time
	out    *Looked
	places []lookedPlace // sorted
	covers []finding.Cover

	covered bool   // the file says what it tried
	had     []bool // places of which the file has a row
	looks   []outcome.Look
}

// index reads the places of the campaign.
func (r *lookReader) index(ctx context.Context) error {
	for group, err := range sameService(r.c.ledger.Rows(ctx, r.c.rules.ID)) {
		if err != nil {
			return err
		}
		i := slices.IndexFunc(group, func(r letter.Row) bool { return letter.Worthy(r.Finding) })
		if i < 0 {
			continue
		}
		f := group[i].Finding
		p := lookedPlace{Place: outcome.PlaceOf(f), service: f.Service, seen: f.Seen, since: firstLeft(group)}
		p.back = slices.ContainsFunc(group, func(r letter.Row) bool { return r.Told != nil && !r.Told.Left.IsZero() && !r.Told.Reached() })
		p.waits = judgement{rows: group}.waiting()
		r.places = append(r.places, p)
	}
	return nil
}

// firstLeft returns when the first letter left that tells one of these rows, did
// not come back and reached who is responsible.
func firstLeft(rows []letter.Row) (first time.Time) {
	for _, r := range rows {
		if t := r.Told; t != nil && t.Reached() && (first.IsZero() || t.Left.Before(first)) {
			first = t.Left
		}
	}
	return first
}

func (r *lookReader) read(ctx context.Context, s Source, unread *Unread) error {
	r.covered, r.had, r.looks = false, make([]bool, len(r.places)), nil
	rows := 0
	take := func(f finding.Finding) error {
		rows++
		if err := r.mayCount(s); err != nil {
			return err
		}
		r.row(f)
		return r.keepFull(ctx)
	}
	scan := scanReader{o: r.o.Options, tell: r.c.event, rows: scanRows{finding: take, clean: take,
		reject: func(string, error) error { return r.mayCount(s) }}}
	scan.o.Cover = r.cover
	if r.o.Feed {
		scan.o.Cover = func(finding.Cover) {}
	}
	err := scan.read(ctx, []Source{s})
	if unread.Row == nil {
		unread.Row = scan.unread.Row
	}
	if unread.File == nil {
		unread.File = scan.unread.File
	}
	if err != nil {
		return err
	}
	if scan.unread.File == nil {
		if err := r.mayCount(s); err != nil {
			return err
		}
		for _, c := range r.covers {
			r.cover(c)
		}
	}
	return r.keep(ctx)
}

// mayCount returns an error unless it is known what a scan covered.
func (r *lookReader) mayCount(s Source) error {
	if r.covered || r.o.Feed || len(r.covers) > 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", s.Name, ErrNoCoverage)
}

// from returns the index of the first place at an address or behind it.
func (r *lookReader) from(p outcome.Place) int {
	return sort.Search(len(r.places), func(i int) bool { return r.places[i].Compare(p) >= 0 })
}

// row takes in what a row says of the places at its port.
func (r *lookReader) row(f finding.Finding) {
	found := false
	for i := r.from(outcome.Place{Addr: f.Addr, Port: f.Port, Proto: f.Proto}); i < len(r.places); i++ {
		p := r.places[i]
		if p.Addr != f.Addr || p.Port != f.Port || p.Proto != f.Proto {
			break
		}
		found, r.had[i] = true, true
		r.look(p, outcome.Of(p.Place, p.service, f))
	}
	if !found {
		r.out.Other++
	}
}

// cover takes in what was tried and has no row of its own.
func (r *lookReader) cover(c finding.Cover) {
	r.covered = true
	for _, prefix := range c.Addrs {
		for i := r.from(outcome.Place{Addr: prefix.Masked().Addr()}); i < len(r.places) && prefix.Contains(r.places[i].Addr); i++ {
			p := r.places[i]
			if !r.had[i] && c.Has(p.Addr, p.Port, p.Proto) {
				r.had[i] = true
				r.look(p, outcome.Covered(p.Place, c))
			}
		}
	}
}

// look keeps a look that is newer than the finding, and counts those that say
// nothing of what a letter changed.
func (r *lookReader) look(p lookedPlace, l outcome.Look) {
	r.c.event(LookedAt{l})
	switch {
	case l.ToCome(r.now):
		r.out.Future++
		return
	case p.since.IsZero() && !p.back && !p.waits, !p.since.IsZero() && !l.Seen.After(p.since):
		r.out.Early++
	}
	if l.Seen.After(p.seen) {
		r.looks = append(r.looks, l)
	}
}

// note tells what counts for nothing.
func (r *lookReader) note() {
	for _, n := range []struct {
		n    int
		what string
	}{
		{r.out.Early, "not counted, from before the letter left"},
		{r.out.Future, "not counted, of the future (is the scanner's clock right?)"},
		{r.out.Other, "not counted, about other places than this campaign's"},
	} {
		if n.n > 0 {
			r.c.event(Noted{fmt.Sprintf("%s: %d", n.what, n.n)})
		}
	}
	if r.out.New+r.out.Early+r.out.Future == 0 {
		r.c.event(Noted{"no new look at anything that this campaign found"})
	}
}

func (r *lookReader) keepFull(ctx context.Context) error {
	if len(r.looks) < batch {
		return ctx.Err()
	}
	return r.keep(ctx)
}

func (r *lookReader) keep(ctx context.Context) error {
	added, err := ledger.AddLooks(ctx, r.c.ledger, r.c.rules.ID, r.looks)
	r.out.New += added
	r.looks = r.looks[:0]
	return err
}

// A judgement is what became of one place.
type judgement struct {
	outcome.Outcome
	rows  []letter.Row // all findings there
	since time.Time    // when the first letter about it left; zero: none has
}

// withdrawn reports whether what was found there was taken back.
func (j judgement) withdrawn() bool {
	return slices.ContainsFunc(j.rows, func(r letter.Row) bool { return r.Fate == letter.FateWithdrawn })
}

// judgements yields what became of each place of the campaign, in order.
func judgements(ctx context.Context, c *Campaign) iter.Seq2[judgement, error] {
	return func(yield func(judgement, error) bool) {
		rules, err := c.settings.Campaign.Looks()
		if err != nil {
			yield(judgement{}, err)
			return
		}
		next, stop := iter.Pull2(ledger.Looks(ctx, c.ledger, c.rules.ID))
		defer stop()
		look, lookErr, more := next()
		for group, err := range sameService(c.ledger.Rows(ctx, c.rules.ID)) {
			if err == nil {
				err = lookErr
			}
			if err != nil {
				yield(judgement{}, err)
				return
			}
			at, name := outcome.PlaceOf(group[0].Finding), ""
			var looks []outcome.Look
			for more && lookErr == nil && look.Place.Compare(at) <= 0 {
				if look.Place == at {
					looks = append(looks, look)
				}
				look, lookErr, more = next()
			}
			if i := slices.IndexFunc(group, func(r letter.Row) bool { return r.Network != nil }); i >= 0 {
				name = group[i].Network.Name
			}
			j := judgement{rows: group, since: firstLeft(group)}
			j.Outcome = rules.Judge(name, j.since, looks)
			if !yield(j, nil) {
				return
			}
		}
	}
}

// UndoOutcome takes later scans back, as if they had never been read, and sums
// up what became of the findings without them. It returns [ledger.ErrNoFile] for
// a file of which no look is known, and leaves those before it taken back.
func UndoOutcome(ctx context.Context, c *Campaign, files []string) (Looked, error) {
	for _, f := range files {
		n, err := ledger.RemoveLooks(ctx, c.ledger, c.rules.ID, f)
		if err != nil {
			return Looked{}, err
		}
		c.event(Noted{fmt.Sprintf("%s: looks taken back: %d", f, n)})
	}
	looked, _, err := Outcome(ctx, c, nil, LookOptions{})
	return looked, err
}
