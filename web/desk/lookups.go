package desk

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/campaign/registries"
	"headsup/letter"
)

// lookupRoutes are the pages about who was asked who answers for addresses.
func lookupRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /lookups":  {people.ToRead, with(d, lookupsPage)},
		"POST /lookups": {people.ToDraft, with(d, askAgain)},
		"GET /contacts": {people.ToRead, with(d, contactsPage)},
	}
}

// asking is the errand that asks registries again.
const asking = "lookups"

// registriesPage says whom the campaign asked, and what they did not say.
type registriesPage struct {
	*frame
	registries.View
	Sum    letter.Sum
	Errand *errand
}

func lookupsPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) (err error) {
	if err := d.full(r, f, f.T("lookups.title")); err != nil {
		return err
	}
	p := registriesPage{frame: f, Errand: errandOf(d, asking)}
	if p.Sum, err = d.c.Sum(r.Context()); err != nil {
		return err
	}
	of := fmt.Sprint(p.Sum, p.Errand) // of what was asked again, too
	if p.View, err = d.lookups.get(of, func() (registries.View, error) { return registries.Look(r.Context(), d.c, time.Now()) }); err != nil {
		return err
	}
	return d.show(w, http.StatusOK, "lookups", p)
}

// askAgain begins to ask about what has no answer.
func askAgain(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	await(run(d, asking, f.Person, func(ctx context.Context, tell func(campaign.Event)) error {
		return registries.Ask(ctx, d.c, time.Now(), tell)
	}))
	http.Redirect(w, r, "/lookups", http.StatusSeeOther)
	return nil
}

// ownPage shows the house's own contacts.
type ownPage struct {
	*frame
	registries.Contacts
	Sought string
}

func contactsPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) (err error) {
	if err := d.full(r, f, f.T("contacts.title")); err != nil {
		return err
	}
	p := ownPage{frame: f, Sought: cut(r.URL.Query().Get("q"))}
	if p.Contacts, err = registries.Own(d.c, p.Sought, maxRows); err != nil {
		return err
	}
	return d.show(w, http.StatusOK, "contacts", p)
}
