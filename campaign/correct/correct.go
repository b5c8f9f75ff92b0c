// Package correct takes back what letters say, and drafts the letters that say
// so to whoever may have received them.
//
// It approves and sends nothing: corrections are reviewed as all letters are.
package correct

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"headsup/campaign"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// ErrNobodyToTell means that nobody has to be told of what was taken back.
var ErrNobodyToTell = errors.New("nobody may have received what was taken back")

// TakeBack takes back what letters say, at once: it is out of reminders and
// figures, letters that wait are stopped, and the pages that confirm letters say
// so when they are next written. It drafts a letter to each contact who may have
// received it, in the thread of what it takes back, with day printed on it, and
// tells it as [campaign.Drafted]; each takes the approval of two persons, and waits for no
// interval and no round. rows are addresses, prefixes, files or their rows
// ("scan.csv:12"). Who had such a correction has another one only where more was
// taken back, or w.Again asks for it. It returns how many letters were drafted.
func TakeBack(ctx context.Context, c *campaign.Campaign, w ledger.Wrong, rows []string, day time.Time) (n int, err error) {
	err = campaign.Alone(c, func() error {
		n, err = takeBack(ctx, campaign.Within(c), w, rows, day)
		return err
	})
	return n, err
}

func takeBack(ctx context.Context, room campaign.Inside, w ledger.Wrong, rows []string, day time.Time) (n int, err error) {
	w.Letters = room.Full(w.Letters)
	for _, row := range rows {
		if prefix, ok := prefixOf(row); ok {
			w.Places = append(w.Places, letter.Suppression{Scope: letter.ByPrefix, Value: prefix.String()})
		} else {
			w.Sources = append(w.Sources, row)
		}
	}
	renderer, err := room.Renderer()
	if err != nil {
		return 0, err
	}
	told, err := ledger.Correct(ctx, room.Ledger, room.Rules.ID, w)
	if err != nil {
		return 0, err
	}
	piles := map[string][]ledger.Corrected{}
	var order []string
	for _, t := range told {
		switch {
		case !t.Received:
			room.Tell(campaign.Noted{Text: fmt.Sprintf("%s to %s is %s: nobody received it", t.ID, t.To, t.State)})
		case t.Had != "" && t.Fresh == 0 && !w.Again:
			room.Tell(campaign.Noted{Text: fmt.Sprintf("%s to %s: %s says so already", t.ID, t.To, t.Had)})
		default:
			if piles[t.Pile] == nil {
				order = append(order, t.Pile)
			}
			piles[t.Pile] = append(piles[t.Pile], t)
		}
	}
	if len(order) == 0 {
		return 0, ErrNobodyToTell
	}
	for _, key := range order {
		if err := correct(ctx, room, renderer, key, piles[key], w.Text, day); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Undo takes corrections back before one of them has left, as [ledger.Uncorrect]
// does, and tells each as [campaign.Decided].
func Undo(ctx context.Context, c *campaign.Campaign, ids []string, by string) error {
	return campaign.Alone(c, func() error {
		room := campaign.Within(c)
		ids := room.Full(ids)
		if err := ledger.Uncorrect(ctx, room.Ledger, room.Rules.ID, ids, by); err != nil {
			return err
		}
		for _, id := range ids {
			e, err := room.Ledger.Entry(ctx, id)
			if err != nil {
				return err
			}
			room.Tell(campaign.Decided{Entry: e})
		}
		return nil
	})
}

// prefixOf reads an address or a prefix.
func prefixOf(row string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(row); err == nil {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(row)
	return p.Masked(), err == nil
}

// correct drafts the correction of a contact's letters.
func correct(ctx context.Context, room campaign.Inside, renderer *render.Renderer, pile string, told []ledger.Corrected, as letter.Correction, day time.Time) error {
	round, err := ledger.CorrectionRound(ctx, room.Ledger, room.Rules.ID, pile, as)
	if err != nil {
		return err
	}
	l, err := correctionOf(ctx, room, told, pile, round, as, day)
	if err != nil {
		return err
	}
	rendered, err := renderer.Render(l)
	if err != nil {
		return fmt.Errorf("letter %s to %s: %w", l.ID, l.To.Email, err)
	}
	from, err := render.EnvelopeFrom(l)
	if err != nil {
		return fmt.Errorf("letter %s: envelope sender: %w", l.ID, err)
	}
	what, err := room.Ledger.Draft(ctx, ledger.Draft{Letter: l, Rendered: rendered, From: from, Lanes: l.Lanes()})
	if err != nil {
		return err
	}
	var ids []string
	for _, t := range told {
		ids = append(ids, t.ID)
	}
	if err := ledger.NoteCorrected(ctx, room.Ledger, l.ID, ids); err != nil {
		return err
	}
	for _, text := range rendered.Warnings {
		room.Tell(campaign.Warning{Letter: l.ID, Text: text})
	}
	e, err := room.Ledger.Entry(ctx, l.ID)
	if err == nil && what != ledger.Kept {
		room.Tell(campaign.Drafted{Entry: e})
	}
	return err
}

// correctionOf composes the correction of letters to one contact: as the last of
// them was addressed, and signed by who signs there now.
func correctionOf(ctx context.Context, room campaign.Inside, told []ledger.Corrected, pile string, round int, as letter.Correction, day time.Time) (letter.Letter, error) {
	all, err := ledger.Told(ctx, room.Ledger, room.Rules.ID)
	if err != nil {
		return letter.Letter{}, err
	}
	slices.SortFunc(told, func(a, b ledger.Corrected) int { return cmp.Compare(a.Round, b.Round) })
	last := told[len(told)-1].Letter
	var networks []lookup.Network
	var findings []finding.Finding
	var earlier []letter.Earlier
	for _, t := range told {
		networks = append(networks, t.Letter.Networks...)
		for _, f := range t.Findings {
			if !slices.ContainsFunc(findings, func(g finding.Finding) bool { return letter.SameService(f, g) }) {
				findings = append(findings, f)
			}
		}
		e := letter.Earlier{ID: t.ID, MessageID: t.MessageID}
		if s := all[t.ID]; s != nil {
			e.Left = s.Left
		}
		earlier = append(earlier, e)
	}
	for i := range networks {
		networks[i].Contacts = []lookup.Contact{last.To}
	}
	l := letter.Compose(room.Rules, round, day, networks, findings)
	l.To, l.Languages, l.Copies = last.To, last.Languages, last.Copies
	if i := slices.IndexFunc(room.Rules.Agencies, func(a letter.Agency) bool { return a.ID == last.Agency.ID }); i >= 0 {
		l.Agency = room.Rules.Agencies[i]
	}
	l.ID = letter.Reference(room.Rules.ID, pile, round)
	l.Code, l.ReturnKey = room.Rules.Code(l.ID), room.Rules.ReturnKey(l.ID)
	l.Earlier, l.Corrects = earlier, as
	return l, nil
}
