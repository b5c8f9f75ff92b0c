package campaign

import (
	"context"
	"maps"
	"slices"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome"
)

// A Reminder is a letter of the next round, or the reason why there is none.
// Its JSON names are settled.
type Reminder struct {
	ID       string `json:"id"`
	To       string `json:"to"`
	Round    int    `json:"round"`
	Findings int    `json:"findings"`
	After    string `json:"after,omitempty"` // the letter before it to the same contact
	Why      string `json:"why,omitempty"`   // why it is not written, or empty
}

// Remind tells of the next round, as [Reminder]: of contacts whose letter was
// sent and whose findings were seen open after it, of findings that came too
// late for a letter past review, and of contacts on the next rung where mail
// came back. It returns how many are due. With draft it writes them, with day
// printed on them, as [Campaign.Compose] does: a draft is replaced, nothing past
// review is touched, and a reminder that is not due any more is [Withdrawn].
func Remind(ctx context.Context, c *Campaign, day time.Time, draft bool) (due int, err error) {
	c.composes.Lock()
	defer c.composes.Unlock()
	defer spareMemory()()
	w, err := newComposer(ctx, c, day)
	if err != nil {
		return 0, err
	}
	r := &reminding{composer: w, rules: c.settings.Campaign.Reminders()}
	if err := r.gather(ctx); err != nil {
		return 0, err
	}
	if draft && len(r.unstored) > 0 {
		if _, err := c.ledger.AddFindings(ctx, c.rules.ID, r.unstored); err != nil {
			return 0, err
		}
		if err := r.gather(ctx); err != nil {
			return 0, err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(r.shown)) {
		c.event(r.shown[key])
	}
	if due = len(w.piles); !draft {
		return due, nil
	}
	if err := c.ledger.Place(ctx, c.rules.ID, r.placements); err != nil {
		return due, err
	}
	return due, w.finish(ctx)
}

// A reminding is the next round while it is made up.
type reminding struct {
	*composer
	rules      outcome.Reminders
	last       map[string]*letter.Told // of each pile, the latest that is no draft
	shown      map[string]Reminder     // by pile
	placements []letter.Placement
	idle       map[string][]letter.Row // of first letters, by pile: nothing but a draft says anything of them
	unstored   []finding.Finding       // looks that are to be told, and are no findings yet
}

// gather piles up what the next round tells.
func (r *reminding) gather(ctx context.Context) error {
	r.piles, r.shown, r.idle, r.placements, r.unstored = piles{}, map[string]Reminder{}, map[string][]letter.Row{}, nil, nil
	if err := r.readRules(ctx); err != nil {
		return err
	}
	all, err := ledger.Told(ctx, r.c.ledger, r.c.rules.ID)
	if err != nil {
		return err
	}
	r.last = map[string]*letter.Told{}
	for _, t := range all {
		if begun(t) && (r.last[t.Pile] == nil || r.last[t.Pile].Round < t.Round) {
			r.last[t.Pile] = t
		}
	}
	for j, err := range judgements(ctx, r.c) {
		if err != nil {
			return err
		}
		r.place(j)
	}
	for _, t := range all {
		if p := r.piles[t.Pile]; p != nil && !t.Left.IsZero() && !t.Missed() {
			p.earlier = append(p.earlier, letter.Earlier{ID: t.ID, Left: t.Left, MessageID: t.MessageID})
		}
	}
	for _, p := range r.piles {
		slices.SortFunc(p.earlier, func(a, b letter.Earlier) int { return a.Left.Compare(b.Left) })
	}
	for key := range r.piles { // a letter that is written anew keeps what it says besides
		for _, row := range r.idle[key] {
			r.next(row)
		}
	}
	return ctx.Err()
}

// begun reports whether a letter is past review, or told nobody who could help.
func begun(t *letter.Told) bool { return t.Past || t.Missed() || t.State.Lost() }

// place decides about one place: whether it is told again, and to whom.
func (r *reminding) place(j judgement) {
	if j.withdrawn() {
		for i, p := range r.composer.place(j.rows) {
			if loose(j.rows[i]) {
				r.placements = append(r.placements, p)
			}
		}
		return
	}
	chosen, due := r.again(j), false
	if chosen.Finding.Addr.IsValid() {
		one := []letter.Row{chosen}
		p := r.composer.place(one)[0]
		if p.Fate == letter.FateLettered {
			due = r.next(one[0])
		} else if chosen.ID != 0 {
			r.placements = append(r.placements, p)
		}
	}
	came := slices.ContainsFunc(j.rows, func(row letter.Row) bool { return row.Told != nil && row.Told.Missed() })
	for i, p := range r.composer.place(j.rows) {
		row := j.rows[i]
		first := p.Fate == letter.FateLettered && p.Letter == ""
		switch {
		case chosen.Finding.Addr.IsValid() && row.ID == chosen.ID:
		case due && row.Letter == "":
			if first {
				p.Fate, p.Reason = letter.FateDuplicate, "the same as "+chosen.Finding.Source
			}
			r.placements = append(r.placements, p)
		case first && !chosen.Finding.Addr.IsValid():
			key := letter.PileKey(row.Network.Contacts[0], row.Finding.Addr)
			if r.last[key] != nil || came {
				r.next(row)
			} else {
				r.idle[key] = append(r.idle[key], row)
			}
		case loose(row) && !first:
			r.placements = append(r.placements, p)
		}
	}
}

// loose reports whether nothing but this round says where a row stands.
func loose(row letter.Row) bool {
	return row.Fate == "" || row.Told != nil && row.Told.Round > 1 && !begun(row.Told)
}

// again returns the row that tells a place anew: what a look saw since the last
// letter about it, or what a reminder said that came back. It is zero where
// there is nothing to tell.
func (r *reminding) again(j judgement) (row letter.Row) {
	var last *letter.Told
	var told letter.Row // in it
	for _, row := range j.rows {
		t := row.Told
		if t == nil || t.Left.IsZero() || !begun(t) {
			continue
		}
		if last == nil || t.Left.After(last.Left) || t == last && row.Finding.Seen.After(told.Finding.Seen) {
			last, told = t, row
		}
	}
	switch {
	case last == nil:
		return row
	case !j.Again(*last, told.Finding.Seen):
		if last.Missed() && last.Round > 1 {
			return told
		}
		return row
	}
	open := j.Open.Finding()
	for _, row := range j.rows {
		if row.Finding.Seen.Equal(open.Seen) && row.Finding.Source == open.Source {
			return row
		}
	}
	return letter.Row{Finding: open, Network: told.Network, Turns: told.Turns}
}

// next puts a row on the pile of its contact, if a letter to it is due, and
// reports whether it is.
func (r *reminding) next(row letter.Row) (due bool) {
	to := row.Network.Contacts[0]
	key := letter.PileKey(to, row.Finding.Addr)
	last, round := r.last[key], 1
	if last != nil {
		round = last.Round + 1
	}
	show, ok := r.shown[key]
	if !ok {
		show = Reminder{ID: letter.Reference(r.c.rules.ID, key, round), To: to.Email, Round: round}
		if last != nil {
			show.After = last.ID
			_, show.Why = r.rules.Due(*last, r.now)
		}
	}
	show.Findings++
	r.shown[key] = show
	switch {
	case show.Why == "":
		if row.ID == 0 {
			r.unstored = append(r.unstored, row.Finding)
		}
		r.pile(row, round)
	case row.ID != 0 && loose(row):
		r.placements = append(r.placements, letter.Placement{Row: row.ID, Fate: letter.FateHeld, Reason: "waits for the next round: " + show.Why})
	}
	return show.Why == ""
}
