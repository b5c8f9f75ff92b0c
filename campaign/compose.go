package campaign

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"headsup/campaign/arms"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome/experiment"
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
	defer spareMemory()()
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
	if c.settings.IsProvider() {
		return nil, ErrProvider
	}
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
	w := &composer{c: c, renderer: renderer, day: day, now: time.Now(), piles: piles{}, kinds: letterKinds{},
		fontsOf: map[signedIn]error{}, basis: basisOf(c), mail: newExchanges(c.settings.Campaign.DNS)}
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
	ordered  bool // letters leave in an order that a hash draws; else at once
	outdated int  // letters about findings that are too old
	piles    piles
	kinds    letterKinds
	fontsOf  map[signedIn]error // what was tried so far; guarded by trying
	trying   sync.Mutex
	basis    string // see ledger.Draft
	mail     *exchanges

	arms    *arms.Arms
	stop    *letter.Suppressions
	dead    map[string]string // contacts that mail does not reach, and why
	ladder  *letter.Ladder
	chooser *letter.Chooser
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
	if w.arms, err = arms.Read(ctx, w.c.ledger, w.c.rules, w.writerOf); err != nil {
		return err
	}
	w.dead, err = w.c.ledger.Dead(ctx, w.c.rules.ID, w.day.Add(-deadFor))
	w.forget()
	return err
}

// writerOf makes what writes the letters of an arm with a text of its own.
func (w *composer) writerOf(a experiment.Arm) (*render.Renderer, error) {
	s := *w.c.settings
	s.Letters.Templates = a.Value
	r, err := newRenderer(&s)
	if err != nil {
		err = s.Fault("value", a.Value, "experiment: arm %q: %w", a.Name, err)
	}
	return r, err
}

// forget lets go of the networks that rules have changed so far.
func (w *composer) forget() {
	w.ladder, w.chooser = letter.NewLadder(w.dead), letter.NewChooser(w.c.rules.Whom)
}

// choose finds out to whom a row would go.
func (w *composer) choose(r letter.Row) letter.Row {
	return w.ladder.Climb(w.chooser.Choose(r), w.c.rules.ID, w.stop, w.day)
}

// place finds out to whom each row would go, and where the rows end.
func (w *composer) place(rows []letter.Row) []letter.Placement {
	if len(rows) == 0 {
		return nil
	}
	for i, r := range rows {
		r.Old = w.ages.TooOld(r.Finding.Addr, r.Finding.Seen, w.now)
		rows[i] = w.choose(r)
	}
	placed := letter.Place(rows, w.c.rules.ID, w.stop, w.day)
	for i, p := range placed {
		if why := w.arms.Waits(w.day, rows[i].Network, rows[i].Finding.Kind); p.Fate == letter.FateLettered && p.Letter == "" && why != "" {
			placed[i].Fate, placed[i].Reason = letter.FateWaiting, why
		}
	}
	return placed
}

// sort places the rows that no letter will cover, and piles up the others by
// contact, in the order of their addresses. Rows that stand in a reminder are
// left there: the next round decides about them.
func (w *composer) sort(ctx context.Context) error {
	if err := w.readRules(ctx); err != nil {
		return err
	}
	id, read := w.c.rules.ID, 0
	w.ordered = true
	var placements []letter.Placement
	for group, err := range sameService(w.c.ledger.Rows(ctx, id)) {
		if err != nil {
			return err
		}
		for _, r := range group {
			w.arms.Meet(r.Network)
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
		if read++; read%batch == 0 {
			w.forget()
		}
		if len(placements) < batch {
			continue
		}
		if err := w.c.ledger.Place(ctx, id, placements); err != nil {
			return err
		}
		placements = placements[:0]
	}
	return w.c.ledger.Place(ctx, id, placements)
}

// pile puts a row on the pile of its contact.
func (w *composer) pile(r letter.Row, round int) {
	w.piles.put(letter.PileKey(r.Network.Contacts[0], r.Finding.Addr), r.ID, round)
	w.kinds.meet(r)
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
	for key := range w.piles {
		mailbox, _, _ := strings.Cut(key, " ")
		domains[mailDomain(mailbox)] = true
	}
	err := w.mail.ask(ctx, slices.Sorted(maps.Keys(domains)))
	if err != nil && ctx.Err() == nil {
		w.c.event(NoMX{err})
		return nil
	}
	return err
}
