package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"headsup/campaign/people"
	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
)

// AllCampaigns is what [Stop] and [Resume] take for all campaigns of a ledger.
const AllCampaigns = "all"

// ErrNoCampaign means that the ledger knows no campaign of that name.
var ErrNoCampaign = errors.New("no such campaign in this ledger")

// A Stoppage is what was stopped, and what may have left before.
type Stoppage struct {
	letter.Halt
	Handed []ledger.Handed // letters that the mail server may still hold
}

// Stop sees to it that nothing of a campaign leaves: no letter is claimed from
// now on, and senders on every host end within seconds. "" is the campaign of
// the folder, [AllCampaigns] all that share its ledger. It holds until [Resume],
// whatever is started again meanwhile.
//
// It returns the letters of the last while that the mail server may still hold.
// It needs settings and ledger alone, so that contacts, keys and templates that
// cannot be read are in nobody's way who wants to stop.
func Stop(ctx context.Context, folder, name, reason, by string, while time.Duration) (out Stoppage, err error) {
	err = atSwitch(ctx, folder, name, func(l *ledger.Ledger, id string, _ *settings.Settings) (err error) {
		if out.Halt, err = ledger.Halt(ctx, l, letter.Halt{Campaign: id, By: by, Reason: reason}); err != nil {
			return err
		}
		out.Handed, err = ledger.HandedOver(ctx, l, id, while)
		return err
	})
	return out, err
}

// Resume lets a campaign go on that was stopped under the same name, and
// returns what it ended. Where the settings say approvals = 2, it takes another
// person than who stopped it: else it returns [letter.ErrSamePerson]. Where it
// was not stopped, it returns [ledger.ErrNotHalted].
func Resume(ctx context.Context, folder, name, why, by string) (ended []letter.Halt, err error) {
	err = atSwitch(ctx, folder, name, func(l *ledger.Ledger, id string, s *settings.Settings) (err error) {
		ended, err = ledger.Resume(ctx, l, id, by, why, s.Campaign.People())
		return err
	})
	return ended, err
}

// ResumeAs does the same for who is at the shell, as [people.Door.Acting] says.
func ResumeAs(ctx context.Context, folder, name, why string, who people.Credential) (ended []letter.Halt, err error) {
	err = atSwitch(ctx, folder, name, func(l *ledger.Ledger, id string, s *settings.Settings) error {
		by, err := people.New(l).Acting(ctx, who, people.ToResume, s.Campaign.People() > 1)
		if err == nil {
			ended, err = ledger.Resume(ctx, l, id, by, why, s.Campaign.People())
		}
		return err
	})
	return ended, err
}

// Halts returns every halt that ever was in the ledger of a folder, the
// earliest first.
func Halts(ctx context.Context, folder string) (all []letter.Halt, err error) {
	err = atSwitch(ctx, folder, "", func(l *ledger.Ledger, _ string, _ *settings.Settings) (err error) {
		all, err = ledger.Halts(ctx, l)
		return err
	})
	return all, err
}

// atSwitch opens the ledger of a folder, and finds the campaign of that name.
func atSwitch(ctx context.Context, folder, name string, do func(*ledger.Ledger, string, *settings.Settings) error) error {
	s, err := settings.Load(folder)
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, s.LedgerName())
	if err != nil {
		return fmt.Errorf("ledger %s: %w", WithoutPassword(s.LedgerName()), err)
	}
	id := name
	switch name {
	case "":
		id = s.Campaign.ID
	case AllCampaigns:
		id = ""
	case s.Campaign.ID:
	default:
		known, kerr := l.Campaigns(ctx)
		if err = kerr; err == nil && !slices.Contains(known, name) {
			err = fmt.Errorf("%q: %w", name, ErrNoCampaign)
		}
	}
	if err == nil {
		err = do(l, id, s)
	}
	return errors.Join(err, l.Close())
}

// Holding returns the halts by which nothing of a campaign leaves.
func Holding(ctx context.Context, c *Campaign) ([]letter.Halt, error) {
	all, err := ledger.Halts(ctx, c.ledger)
	return slices.DeleteFunc(all, func(h letter.Halt) bool { return !h.Holds(c.rules.ID) }), err
}
