// Package arms decides what the arm of an experiment changes in a letter, whose
// findings wait, in which order letters leave, and whose page goes by post.
//
// It follows the sealed plan alone: what the settings say of an experiment
// counts for nothing here. It writes no letter.
package arms

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome/experiment"
	"headsup/render"
)

// Arms are those of the plan that was sealed for a campaign; nil is a campaign
// of which nobody has read it. Meet and Turn are for one at a time.
type Arms struct {
	sealed   *experiment.Sealed // nil: no plan is sealed
	campaign string
	key      []byte
	agencies []letter.Agency
	orgs     experiment.Organisations
	met      *lookup.Network
	texts    map[string]*render.Renderer // of arms with a text of their own, by the arm
}

// Read reads the plan that was sealed for a campaign, if there is one. write
// makes what writes the letters of an arm from its folder of templates.
func Read(ctx context.Context, l *ledger.Ledger, rules letter.Campaign, write func(experiment.Arm) (*render.Renderer, error)) (*Arms, error) {
	sealed, err := ledger.Frozen(ctx, l, rules.ID)
	if err != nil {
		return nil, err
	}
	a := &Arms{sealed: sealed, campaign: rules.ID, key: rules.CodeKey, agencies: rules.Agencies, texts: map[string]*render.Renderer{}}
	if sealed == nil {
		return a, nil
	}
	for _, arm := range sealed.Plan.Arms {
		if arm.Changes != experiment.Text {
			continue
		}
		if a.texts[arm.Name], err = write(arm); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Waits says until when findings of a kind in a network wait at a day, because
// their organisation is in the control; it is empty where they do not.
func (a *Arms) Waits(day time.Time, n *lookup.Network, kind finding.Kind) (why string) {
	if a == nil || a.sealed == nil || n == nil {
		return ""
	}
	until, waits := a.sealed.Waits(day, kind, experiment.KeysOf(*n)...)
	if !waits {
		return ""
	}
	return "waits as a control until " + until.Format(time.DateOnly)
}

// Meet takes in a network as it was looked up: it may join organisations that
// have to have one turn. One that was met just before costs nothing.
func (a *Arms) Meet(n *lookup.Network) {
	if n == nil || n == a.met {
		return
	}
	a.met = n
	if keys := experiment.KeysOf(*n); len(keys) > 0 {
		a.orgs.Join(keys...)
	}
}

// Turn is where a letter to a mailbox stands in the order of sending, as
// [experiment.Plan.Turn] has it for its organisation. All networks have to be
// met before.
func (a *Arms) Turn(mailbox string) float64 {
	key := experiment.MailKey(mailbox)
	if as, ok := a.sealed.Of(key); ok {
		return a.sealed.Turn(a.key, as)
	}
	return experiment.Plan{Campaign: a.campaign}.Turn(a.key, a.orgs.Of(key))
}

// of returns the arm of a letter; its Name is empty where it is in none.
func (a *Arms) of(l letter.Letter) (arm experiment.Arm) {
	for _, n := range l.Networks {
		if as, ok := a.sealed.Of(experiment.KeysOf(n)...); ok {
			arm, _ = a.sealed.Arm(as.Arm) // that of a sealed assignment is one of its plan
			return arm
		}
	}
	return arm
}

// Vary changes a letter in the one thing in which its arm differs.
func (a *Arms) Vary(l *letter.Letter) {
	if a == nil || a.sealed == nil {
		return
	}
	switch arm := a.of(*l); arm.Changes {
	case experiment.Language:
		if arm.Value == experiment.English {
			l.Languages = []string{"en"}
		} else {
			l.Languages = l.Languages[:1]
		}
	case experiment.Sender:
		if i := slices.IndexFunc(a.agencies, func(g letter.Agency) bool { return g.ID == arm.Value }); i >= 0 {
			l.Agency = a.agencies[i]
		}
	case experiment.Attachments:
		if files, err := lookup.ParseAttachments(strings.Fields(arm.Value)); err == nil && l.To.Attachments == "" {
			l.Attachments = files // what contacts chose for themselves stays
		}
	}
}

// NoPost says why the page of a letter does not go by post: its arm gets none.
// It is empty where nothing keeps it.
func (a *Arms) NoPost(l letter.Letter) (why string) {
	if a == nil || a.sealed == nil {
		return ""
	}
	if arm := a.of(l); arm.Name != "" && !a.sealed.Posts(arm.Name) {
		return fmt.Sprintf("arm %q of the experiment gets no letters by post", arm.Name)
	}
	return ""
}

// Writer returns what writes a letter: the one of its arm, or else usual.
func (a *Arms) Writer(l letter.Letter, usual *render.Renderer) *render.Renderer {
	if a != nil && len(a.texts) > 0 {
		if r := a.texts[a.of(l).Name]; r != nil {
			return r
		}
	}
	return usual
}
