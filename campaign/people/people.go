// Package people decides who may sign in at the desk, and who may do what there.
//
// It knows no page: an act is a name, and whoever lets somebody act asks
// [Roles.May] first. Names, roles and hashes are in the ledger.
package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"headsup/ledger"
	"headsup/pattern"
)

// A Role is what somebody is trusted with. Everybody who may sign in may read,
// and stop all sending.
type Role string

const (
	Read    Role = "read"    // see everything
	Draft   Role = "draft"   // hold letters, and suppress who asked for it
	Approve Role = "approve" // approve letters, hold and release them
	Send    Role = "send"    // let sending go on, confirm stages, settle what is unknown
	Admin   Role = "admin"   // who may sign in, and whose session ends
	Apart   Role = "apart"   // see that reports of child abuse or terror came
)

// All lists the roles.
var All = []Role{Read, Draft, Approve, Send, Admin, Apart}

// An Act is what somebody wants to do.
type Act string

const (
	ToRead    Act = "read"
	ToStop    Act = "stop sending"
	ToResume  Act = "let sending go on"
	ToHold    Act = "hold a letter"
	ToApprove Act = "approve a letter"
	ToSettle  Act = "settle what came back"
	ToDraft   Act = "write drafts anew"
	ToSeal    Act = "seal an experiment"
	ToResolve Act = "say what became of a letter"
	ToApart   Act = "see what is kept apart"
	ToRefuse  Act = "suppress somebody"
	ToAllow   Act = "end a suppression"
	ToAdmit   Act = "end sessions of others"
)

// takes says which roles allow an act: one of them is enough.
var takes = map[Act][]Role{
	ToRead:    All,
	ToStop:    All,
	ToResume:  {Send},
	ToHold:    {Draft, Approve, Send},
	ToApprove: {Approve},
	ToSettle:  {Approve, Send},
	ToDraft:   {Draft},
	ToSeal:    {Send},
	ToResolve: {Send},
	ToApart:   {Apart},
	ToRefuse:  {Draft, Approve, Send},
	ToAllow:   {Send},
	ToAdmit:   {Admin},
}

// Roles are those of one person.
type Roles []Role

// May reports whether somebody with these roles may do something.
func (r Roles) May(a Act) bool {
	return slices.ContainsFunc(r, func(role Role) bool { return slices.Contains(takes[a], role) })
}

// String writes the names of roles with commas, as flags take them.
func (r Roles) String() string { return strings.Join(texts(r), ",") }

// ErrRole means that there is no role of that name.
var ErrRole = errors.New("no such role")

// ParseRoles reads the names of roles.
func ParseRoles(names []string) (out Roles, err error) {
	for _, n := range names {
		if r := Role(strings.TrimSpace(n)); !slices.Contains(All, r) {
			return nil, fmt.Errorf("%w: %q", ErrRole, n)
		} else if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: none is named", ErrRole)
	}
	return out, nil
}

var (
	// ErrWrong means that name and password do not belong together, or that
	// there is nobody of that name: which of them is not told.
	ErrWrong = errors.New("name or password is wrong")
	// ErrTooOften means that a name was tried too often: also the right password
	// is refused for a while.
	ErrTooOften = errors.New("tried too often")
	// ErrShort means that a password is too short, or longer than is read.
	ErrShort = errors.New("a password has 12 to 200 characters")
	// ErrName means that a name cannot be one.
	ErrName = errors.New("a name is of 1 to 64 small letters, digits, dots, hyphens, underscores and @")
)

var nameForm = pattern.New(`^[a-z0-9][a-z0-9._@-]{0,63}$`)

// A person is somebody who may sign in.
type Person struct {
	Name     string
	Roles    Roles
	Since    time.Time
	By       string
	For      []ledger.Deputy // whom they stand in for
	Subject  string          // by which the house's sign-in knows them; "": by none
	Coded    bool            // they have one-time codes
	Language string          // in which they read the desk, BCP 47; "": as their browser asks
}

func newPerson(p ledger.Person) Person {
	return Person{Name: p.Name, Roles: rolesOf(p.Roles), Since: p.Since, By: p.By, Subject: p.Subject, Coded: p.Code != "", Language: p.Language}
}

func rolesOf(names []string) (out Roles) {
	for _, n := range names {
		out = append(out, Role(n))
	}
	return out
}

// A Door lets people in. Any number of goroutines may use it.
type Door struct {
	ledger *ledger.Ledger
	keys   [][]byte // that secrets in the ledger are sealed with, the present one first
	now    func() time.Time

	names, codes tries
}

// New returns the door of a ledger. keys are secrets of the campaign, the present
// one first, with which what one-time codes are made of is sealed.
func New(l *ledger.Ledger, keys ...[]byte) *Door { return &Door{ledger: l, keys: keys, now: time.Now} }

// A tries counts what failed, by name.
type tries struct {
	mu     sync.Mutex
	failed map[string][]time.Time
}

// maxTries failures of a name within tryTime close the door to it. maxNames is
// how many names are remembered.
const (
	maxTries = 5
	tryTime  = 15 * time.Minute
	maxNames = 10_000
)

// Enter returns who has this name and this password. It takes as long for a
// name that there is not.
func (d *Door) Enter(ctx context.Context, name, password string) (Person, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if !d.names.may(name, d.now()) {
		return Person{}, ErrTooOften
	}
	p, err := ledger.PersonOf(ctx, d.ledger, name)
	if !nameForm.MatchString(name) {
		p, err = ledger.Person{}, ledger.ErrNobody
	}
	hash := p.Hash
	if errors.Is(err, ledger.ErrNobody) {
		hash = nobodys()
	} else if err != nil {
		return Person{}, err
	}
	ok, herr := matches(ctx, hash, password)
	if herr != nil {
		return Person{}, herr
	}
	if !ok || err != nil {
		return Person{}, ErrWrong
	}
	d.names.forget(name)
	return newPerson(p), nil
}

// may counts a try of a name, which fails until [tries.forget] says otherwise,
// and reports whether it may be made.
func (t *tries) may(name string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := func(at time.Time) bool { return now.Sub(at) > tryTime }
	if t.failed == nil {
		t.failed = map[string][]time.Time{}
	}
	if len(t.failed) >= maxNames {
		for n, at := range t.failed {
			if t.failed[n] = slices.DeleteFunc(at, old); len(t.failed[n]) == 0 {
				delete(t.failed, n)
			}
		}
		if _, known := t.failed[name]; !known && len(t.failed) >= maxNames { // somebody tries all names there are
			return false
		}
	}
	recent := slices.DeleteFunc(t.failed[name], old)
	if len(recent) >= maxTries {
		t.failed[name] = recent
		return false
	}
	t.failed[name] = append(recent, now)
	return true
}

func (t *tries) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failed, name)
}

// Known returns who has a name, with the roles of those for whom they stand in
// now, or [ledger.ErrNobody].
func (d *Door) Known(ctx context.Context, name string) (Person, error) {
	p, err := ledger.PersonOf(ctx, d.ledger, name)
	if err != nil {
		return Person{}, err
	}
	return d.withDeputies(ctx, newPerson(p))
}

// List returns who may sign in.
func (d *Door) List(ctx context.Context) (all []Person, err error) {
	list, err := ledger.People(ctx, d.ledger)
	for _, p := range list {
		all = append(all, newPerson(p))
	}
	return all, err
}

// Admit lets somebody in from now on, with a password that is returned and
// kept nowhere.
func (d *Door) Admit(ctx context.Context, name string, roles Roles, by string) (password string, err error) {
	if !nameForm.MatchString(name) {
		return "", fmt.Errorf("%w: %q", ErrName, name)
	}
	password = rand.Text()
	hash, err := hashOf(ctx, password)
	if err != nil {
		return "", err
	}
	return password, ledger.AddPerson(ctx, d.ledger, ledger.Person{Name: name, Roles: texts(roles), Hash: hash, By: by})
}

// Trust changes somebody's roles.
func (d *Door) Trust(ctx context.Context, name string, roles Roles, by string) error {
	return ledger.SetRoles(ctx, d.ledger, name, texts(roles), by)
}

// Speak keeps the language in which somebody reads the desk, in whatever browser.
func (d *Door) Speak(ctx context.Context, name, language string) error {
	return ledger.SetLanguage(ctx, d.ledger, name, language)
}

// Dismiss lets somebody in no more. What they did stays theirs.
func (d *Door) Dismiss(ctx context.Context, name, by string) error {
	return ledger.RemovePerson(ctx, d.ledger, name, by)
}

// Change gives somebody who knows the old password a new one.
func (d *Door) Change(ctx context.Context, name, old, password string) error {
	if n := len([]rune(password)); n < 12 || n > 200 {
		return ErrShort
	}
	if _, err := d.Enter(ctx, name, old); err != nil {
		return err
	}
	hash, err := hashOf(ctx, password)
	if err != nil {
		return err
	}
	return ledger.SetPassword(ctx, d.ledger, name, hash)
}

func texts(roles Roles) (out []string) {
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}
