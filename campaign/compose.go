package campaign

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// Compose places every row that was read, and writes the letters, with day
// printed on them. It tells of each as [Drafted]. A draft is replaced, nothing
// past review is touched, and a draft in which no finding stands any more is
// [Withdrawn]. It returns [ledger.ErrOtherKey] where letters beyond review were
// made with a key that the settings do not name any more.
func (c *Campaign) Compose(ctx context.Context, day time.Time) error {
	c.composes.Lock()
	defer c.composes.Unlock()
	w, err := newComposer(ctx, c, day)
	if err != nil {
		return err
	}
	if err := w.sort(ctx); err != nil {
		return err
	}
	return w.finish(ctx)
}

// newComposer returns a composer without piles, and notes the campaign's key.
func newComposer(ctx context.Context, c *Campaign, day time.Time) (*composer, error) {
	renderer, err := c.renderer()
	if err != nil {
		return nil, err
	}
	if err := ledger.UseKey(ctx, c.ledger, c.rules.ID, c.rules.Fingerprints()); err != nil {
		return nil, err
	}
	if len(c.rules.CodeKey) == 0 {
		c.event(Noted{"no campaign.code_key: what comes back about these letters cannot prove itself, and waits for a person"})
	}
	w := &composer{c: c, renderer: renderer, day: day, now: time.Now(), piles: map[string]*pile{}, mail: newExchanges(c.settings.Campaign.DNS)}
	w.ages, err = c.settings.Campaign.Ages()
	return w, err
}

// finish writes a letter for each pile, and withdraws drafts that say nothing
// any more.
func (w *composer) finish(ctx context.Context) error {
	if err := w.askExchanges(ctx); err != nil {
		return err
	}
	if err := w.write(ctx); err != nil {
		return err
	}
	if w.outdated > 0 {
		w.c.event(Outdated{w.outdated})
	}
	gone, err := w.c.ledger.Withdraw(ctx, w.c.rules.ID)
	for _, id := range gone {
		w.c.event(Withdrawn{id})
	}
	return err
}

// A composer makes letters of a campaign's rows.
type composer struct {
	c        *Campaign
	renderer *render.Renderer
	day      time.Time // printed on the letters
	now      time.Time
	ages     letter.Ages
	outdated int              // letters about findings that are too old
	piles    map[string]*pile // by key, see letter.PileKey
	mail     *exchanges

	stop    *letter.Suppressions
	ladder  *letter.Ladder
	chooser *letter.Chooser
}

// A pile is what will be one letter.
type pile struct {
	round    int
	earlier  []letter.Earlier // that the contact had before
	networks []*lookup.Network
	rows     []letter.Row
}

// deadFor is how long a mailbox that bounced in another campaign is not tried again.
const deadFor = 180 * 24 * time.Hour

// readRules reads who is not written to, and whom mail does not reach.
func (w *composer) readRules(ctx context.Context) error {
	list, err := w.c.ledger.Suppressions(ctx)
	if err != nil {
		return err
	}
	if err := checkOrigins(w.c, list); err != nil {
		return err
	}
	w.stop = letter.NewSuppressions(list)
	dead, err := w.c.ledger.Dead(ctx, w.c.rules.ID, w.day.Add(-deadFor))
	w.ladder, w.chooser = letter.NewLadder(dead), letter.NewChooser(w.c.rules.Whom)
	return err
}

// place finds out to whom each row would go, and where the rows end.
func (w *composer) place(rows []letter.Row) []letter.Placement {
	if len(rows) == 0 {
		return nil
	}
	for i, r := range rows {
		r.Old = w.ages.TooOld(r.Finding.Addr, r.Finding.Seen, w.now)
		rows[i] = w.ladder.Climb(w.chooser.Choose(r), w.c.rules.ID, w.stop, w.day)
	}
	return letter.Place(rows, w.c.rules.ID, w.stop, w.day)
}

// sort places the rows that no letter will cover, and piles up the others by
// contact, in the order of their addresses. Rows that stand in a reminder are
// left there: the next round decides about them.
func (w *composer) sort(ctx context.Context) error {
	if err := w.readRules(ctx); err != nil {
		return err
	}
	id := w.c.rules.ID
	var placements []letter.Placement
	for group, err := range sameService(w.c.ledger.Rows(ctx, id)) {
		if err != nil {
			return err
		}
		group = slices.DeleteFunc(group, func(r letter.Row) bool { return r.Told != nil && r.Told.Round > 1 })
		for i, p := range w.place(group) {
			switch {
			case p.Fate == letter.FateLettered && p.Letter == "":
				w.pile(group[i], 1)
			case p.Fate != letter.FateLettered:
				placements = append(placements, p)
			}
		}
	}
	return w.c.ledger.Place(ctx, id, placements)
}

// pile puts a row on the pile of its contact.
func (w *composer) pile(r letter.Row, round int) {
	key := letter.PileKey(r.Network.Contacts[0], r.Finding.Addr)
	p := w.piles[key]
	if p == nil {
		p = &pile{round: round}
		w.piles[key] = p
	}
	if n := len(p.networks); n == 0 || p.networks[n-1] != r.Network {
		p.networks = append(p.networks, r.Network)
	}
	p.rows = append(p.rows, r)
}

// sameService yields rows in groups that name the same service of the same host.
func sameService(rows iter.Seq2[letter.Row, error]) iter.Seq2[[]letter.Row, error] {
	return func(yield func([]letter.Row, error) bool) {
		var group []letter.Row
		for row, err := range rows {
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

// askExchanges finds out who takes the mail of the contacts.
func (w *composer) askExchanges(ctx context.Context) error {
	if !w.c.settings.Campaign.AsksMX() {
		return nil
	}
	domains := map[string]bool{}
	for _, p := range w.piles {
		domains[mailDomain(p.rows[0].Network.Contacts[0].Email)] = true
	}
	err := w.mail.ask(ctx, slices.Sorted(maps.Keys(domains)))
	if err != nil && ctx.Err() == nil {
		w.c.event(NoMX{err})
		return nil
	}
	return err
}

// letterFor decides what the letter of a pile is.
func (w *composer) letterFor(p *pile) letter.Letter {
	var networks []lookup.Network
	for _, n := range p.networks {
		networks = append(networks, *n)
	}
	var findings []finding.Finding
	for _, r := range p.rows {
		findings = append(findings, r.Finding)
	}
	l := letter.Compose(w.c.rules, p.round, w.day, networks, findings)
	l.Earlier = p.earlier
	return l
}
