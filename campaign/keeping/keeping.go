// Package keeping erases what a campaign has kept for long enough, forgets
// persons who ask for it, and hands out what is kept about one.
//
// What is counted stays counted. It erases in the ledger alone: files that were
// exported, archives and backups are for whoever made them.
package keeping

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
)

var (
	// ErrNotEnded means that the settings do not say when the campaign ended.
	ErrNotEnded = errors.New("keep.ended is not set")
	// ErrSeveralPersons means that a name stands for more than one mailbox.
	ErrSeveralPersons = errors.New("several mailboxes have that name")
)

// An Expired says what was erased, or would be. Its JSON names are settled.
type Expired struct {
	Dry    bool            `json:"dry_run"`
	Erased []ledger.Erased `json:"erased"`
	Sum    letter.Sum      `json:"sum"` // which stays what it was
}

// Expire erases what the settings ([settings.Keep]) do not keep any longer at
// now, or with dry says what that is. It returns [ErrNotEnded] where they do not
// say when the campaign ended, and [campaign.ErrNotClosed] while letters may
// still leave.
func Expire(ctx context.Context, c *campaign.Campaign, now time.Time, dry bool) (out Expired, err error) {
	in := campaign.Within(c)
	classes, ended := in.Settings.Keep.Over(now)
	if !ended {
		return out, ErrNotEnded
	}
	before, err := campaign.Closed(ctx, c)
	if err != nil {
		return out, err
	}
	erased, err := ledger.Erase(ctx, in.Ledger, in.Rules.ID, classes, dry)
	if err != nil {
		return out, err
	}
	out = Expired{Dry: dry, Erased: append([]ledger.Erased{}, erased...)}
	if out.Sum, err = c.Sum(ctx); err == nil && !reflect.DeepEqual(out.Sum, before) {
		err = fmt.Errorf("the sum was %+v, and is %+v", before, out.Sum)
	}
	return out, err
}

// Forget erases what is known of a person, in all campaigns of the ledger: a
// mailbox, or the name of a contact with one mailbox. It returns
// [ledger.ErrNotFound] where nobody is known by it, [ErrSeveralPersons], and
// [ledger.ErrState] while a letter to the person waits. Files of the campaign
// folder that still name the mailbox are told as [campaign.Noted].
func Forget(ctx context.Context, c *campaign.Campaign, who, by string) (out ledger.Forgotten, err error) {
	in := campaign.Within(c)
	mailbox, err := mailboxOf(ctx, in, who)
	if err != nil {
		return out, err
	}
	if out, err = ledger.ForgetPerson(ctx, in.Ledger, mailbox, by); err != nil {
		return out, err
	}
	if out == (ledger.Forgotten{}) {
		return out, fmt.Errorf("%w: nothing is kept about %q", ledger.ErrNotFound, who)
	}
	names, err := in.Settings.Kept()
	for _, name := range names {
		text, err := os.ReadFile(in.Settings.Path(name))
		if err == nil && letter.Without(string(text), mailbox) != string(text) {
			in.Tell(campaign.Noted{Text: name + " names this person still: take the line out by hand"})
		}
	}
	return out, err
}

// mailboxOf is the one mailbox of a person.
func mailboxOf(ctx context.Context, in campaign.Inside, who string) (string, error) {
	found, err := ledger.Persons(ctx, in.Ledger, who)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fmt.Errorf("%w: nobody is known as %q", ledger.ErrNotFound, who)
	case len(found) > 1:
		return "", fmt.Errorf("%w: %q: %s", ErrSeveralPersons, who, strings.Join(found, ", "))
	}
	return found[0], nil
}
