package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"headsup/ledger"
)

// ErrSecond means that a change is noted, and waits for another admin to say the same.
var ErrSecond = errors.New("another person with the role admin has to say the same within a week")

// Together returns who changes something of people at the shell, once it may be
// done, and notes it. Where approvers is 2, and two admins have tokens, it takes
// two of them: the first gets [ErrSecond]. Before there are two, who is at the
// shell lets them in; so an admin leaves, and stops to be one, by two as well.
func (d *Door) Together(ctx context.Context, c Credential, approvers int, what string) (by string, err error) {
	several, err := d.several(ctx, approvers)
	if err != nil {
		return "", err
	}
	if by, err = d.Acting(ctx, c, ToAdmit, several); err != nil {
		return "", err
	}
	if !several {
		return by, ledger.NoteChange(ctx, d.ledger, what, "", by)
	}
	settled, err := ledger.Second(ctx, d.ledger, what, "", by)
	if err == nil && !settled {
		err = fmt.Errorf("%w: %s", ErrSecond, what)
	}
	return by, err
}

// Alone is [Door.Together] of what takes something from a person: one admin is
// enough, or that person, but where they are an admin themselves.
func (d *Door) Alone(ctx context.Context, c Credential, approvers int, name, what string) (by string, err error) {
	p, err := d.Known(ctx, name)
	if err != nil {
		return "", err
	}
	if slices.Contains(p.Roles, Admin) {
		return d.Together(ctx, c, approvers, what)
	}
	several, err := d.several(ctx, approvers)
	if err != nil {
		return "", err
	}
	act := ToAdmit
	if own, err := d.Bearer(ctx, c.Token); err == nil && own.Name == name { // theirs to give back
		act = ToRead
	}
	if by, err = d.Acting(ctx, c, act, several); err != nil {
		return "", err
	}
	return by, ledger.NoteChange(ctx, d.ledger, what, "", by)
}

// TogetherAt is [Door.Together] at the desk, of an admin who is signed in. Where
// approvers is 2 it takes two of them always: nobody there is at the ledger's machine.
func (d *Door) TogetherAt(ctx context.Context, by string, approvers int, what string) error {
	if approvers < 2 {
		return ledger.NoteChange(ctx, d.ledger, what, "", by)
	}
	settled, err := ledger.Second(ctx, d.ledger, what, "", by)
	if err == nil && !settled {
		err = fmt.Errorf("%w: %s", ErrSecond, what)
	}
	return err
}

// AloneAt is [Door.Alone] at the desk, of who is signed in.
func (d *Door) AloneAt(ctx context.Context, by string, approvers int, name, what string) error {
	p, err := d.Known(ctx, name)
	if err != nil {
		return err
	}
	if slices.Contains(p.Roles, Admin) {
		return d.TogetherAt(ctx, by, approvers, what)
	}
	return ledger.NoteChange(ctx, d.ledger, what, "", by)
}

// several reports whether two people change something: where two approve, once
// two admins have tokens that are good.
func (d *Door) several(ctx context.Context, approvers int) (bool, error) {
	if approvers < 2 {
		return false, nil
	}
	all, err := d.List(ctx)
	if err != nil {
		return false, err
	}
	good, err := d.Tokens(ctx)
	admins := map[string]bool{}
	for _, k := range good {
		for _, p := range all {
			if p.Name == k.Name && slices.Contains(p.Roles, Admin) && slices.Contains(k.Roles, Admin) {
				admins[p.Name] = true
			}
		}
	}
	return len(admins) > 1, err
}

// Changes lists what was changed, and by whom.
func (d *Door) Changes(ctx context.Context) ([]ledger.Change, error) {
	return ledger.Changes(ctx, d.ledger)
}
