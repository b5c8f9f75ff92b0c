package people

import (
	"context"
	"slices"
	"time"

	"headsup/ledger"
)

// StandIn lets somebody do until a time, besides their own, what another may; a
// time that is past ends it. They stay one person: who approves for two others
// has approved once.
func (d *Door) StandIn(ctx context.Context, name, of string, until time.Time, by string) error {
	return ledger.SetDeputy(ctx, d.ledger, ledger.Deputy{Name: name, Of: of, Until: until, By: by})
}

// Deputies lists who stands in for whom now.
func (d *Door) Deputies(ctx context.Context) ([]ledger.Deputy, error) {
	return ledger.Deputies(ctx, d.ledger)
}

// withDeputies adds the roles of those whom somebody stands in for: their own
// ones, and none that they have themselves for a while.
func (d *Door) withDeputies(ctx context.Context, p Person) (Person, error) {
	all, err := ledger.Deputies(ctx, d.ledger)
	for _, x := range all {
		if x.Name != p.Name {
			continue
		}
		of, err := ledger.PersonOf(ctx, d.ledger, x.Of)
		if err != nil {
			return p, err
		}
		p.For = append(p.For, x)
		for _, r := range rolesOf(of.Roles) {
			if r != Apart && !slices.Contains(p.Roles, r) { // what is kept apart is for whom it was given to
				p.Roles = append(p.Roles, r)
			}
		}
	}
	return p, err
}

// BySubject returns whom the house's sign-in knows by a subject, or [ledger.ErrNobody].
func (d *Door) BySubject(ctx context.Context, subject string) (Person, error) {
	p, err := ledger.PersonBySubject(ctx, d.ledger, subject)
	if err != nil {
		return Person{}, err
	}
	return d.withDeputies(ctx, newPerson(p))
}

// Bind lets the house's sign-in know somebody by a subject; "" unbinds them.
func (d *Door) Bind(ctx context.Context, name, subject string) error {
	return ledger.SetSubject(ctx, d.ledger, name, subject)
}
