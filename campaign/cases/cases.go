// Package cases takes reports of abuse to where they belong: it decides who
// held the reported address, writes the customer's letter and the reporter's
// answer, and records what people decide about the rest.
//
// It never guesses a customer: whatever is not certain waits for a person, or
// is told to the reporter as it is. It never forwards what is kept apart (child
// abuse, terror, police, courts), sends nothing, and never prints. Letters are
// drafts of the ledger, reviewed and sent as all others.
package cases

import (
	"time"

	"headsup/campaign/duties"
	"headsup/campaign/holder"
	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup/lease"
	"headsup/render"
)

// A Desk is a provider's desk for reports, while its campaign is open. Its
// methods may be called by one goroutine at a time.
type Desk struct {
	Rules    letter.Campaign
	Settings *settings.Settings
	Ledger   *ledger.Ledger
	Cases    ledger.Cases
	Holders  lease.Desk
	System   *holder.System // answers in place of Holders; nil: none
	Names    *Names         // nil: DNS is not asked
	Law      duties.Table   // of the house's country
	Renderer *render.Renderer
	Tell     func(Event)
	Now      func() time.Time

	taught taught
}

// New returns the desk of a campaign, whose rules are as [settings.Settings.Decisions]
// makes them for the languages in which there are words about reports. It must
// be closed.
func New(s *settings.Settings, rules letter.Campaign, l *ledger.Ledger, r *render.Renderer, tell func(Event)) (*Desk, error) {
	law, err := lawOf(s)
	if err != nil {
		return nil, err
	}
	holders, err := openHolders(s)
	if err != nil {
		return nil, err
	}
	system, err := holder.New(s, holders.Customers)
	if err != nil {
		if holders.Index != nil {
			holders.Index.Close()
		}
		return nil, err
	}
	return &Desk{System: system, Law: law, Rules: rules, Settings: s, Ledger: l, Cases: ledger.NewCases(l, rules.ID), Holders: holders, Renderer: r, Tell: tell, Now: time.Now}, nil
}

// Close closes the index of leases.
func (d *Desk) Close() error {
	if d.Holders.Index == nil {
		return nil
	}
	d.Holders.Index.Close()
	return nil
}

// An Event is something that happens while a desk is at work.
type Event interface{ event() }

// The events of a desk.
type (
	// Filed is a report that was read and stored, or was there already.
	Filed struct {
		ledger.Case
		Known bool `json:"known,omitempty"`
		File  string
	}
	// Drafted is a letter, to a customer or to a reporter, that awaits review.
	Drafted struct{ ledger.Entry }
	// Warning is what a reviewer of a letter should know.
	Warning struct{ Letter, Text string }
	// Withdrawn is a draft in which nothing stands any more.
	Withdrawn struct{ Letter string }
	// Waits is a customer who is not written to now, and why. Its JSON names
	// are settled.
	Waits struct {
		Customer string `json:"customer"`
		Notices  int    `json:"notices"`
		Why      string `json:"why"`
		Person   bool   `json:"person,omitempty"` // only a person can help
	}
	// Approved is a letter that a rule approved.
	Approved struct{ ledger.Entry }
	// Shadowed is a letter that the rule would have approved, were it let.
	Shadowed struct{ Letter string }
	// Unanswered is a report whose reporter gets no answer, and why.
	Unanswered struct{ Case, Why string }
)

func (Filed) event()      {}
func (Drafted) event()    {}
func (Warning) event()    {}
func (Withdrawn) event()  {}
func (Waits) event()      {}
func (Approved) event()   {}
func (Shadowed) event()   {}
func (Unanswered) event() {}
