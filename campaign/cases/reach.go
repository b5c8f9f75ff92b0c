package cases

import (
	"slices"
	"strings"

	"headsup/inbox/report"
	"headsup/ledger"
	"headsup/lookup/lease"
)

// anyAccount stands for an account that a report does not name: it may be any
// mailbox of the customer.
const anyAccount = "*"

// byMail are the kinds of report that may be about a mailbox of the customer.
var byMail = []report.Kind{report.Account, report.Spam, report.Phishing, report.Malware}

// accountOf returns the mailboxes of a customer that an event is about, with
// blanks between, or "": whoever took a mailbox reads what is sent to it.
func accountOf(i ledger.Incident, who *lease.Customer) string {
	if !slices.Contains(byMail, report.Kind(i.Kind)) {
		return ""
	}
	var named []string
	for _, m := range aMailbox.FindAllString(i.Evidence+" "+i.URL, -1) {
		m = strings.ToLower(strings.Trim(m, ".[]"))
		if (m == strings.ToLower(who.Email) || m == strings.ToLower(who.Other)) && !slices.Contains(named, m) {
			named = append(named, m)
		}
	}
	if len(named) == 0 && i.Kind == string(report.Account) {
		return anyAccount
	}
	return strings.Join(named, " ")
}

// A way is how a customer is written to: by mail, or on paper, which goes to the
// mail room.
type way struct {
	mailbox string
	paper   bool
}

// reaching returns how a customer may be written to about events, or why there is
// no way. Nothing goes to a mailbox that one of the events is about.
func reaching(d *Desk, who *lease.Customer, accounts ...string) (w way, why string) {
	var avoid []string
	for _, a := range accounts {
		avoid = append(avoid, strings.Fields(a)...)
	}
	for _, m := range []string{who.Email, who.Other} {
		if m != "" && !slices.Contains(avoid, anyAccount) && !slices.Contains(avoid, strings.ToLower(m)) {
			return way{mailbox: m}, ""
		}
	}
	room := d.Settings.ISP.MailRoom
	switch {
	case room != "" && len(who.Address) > 0:
		return way{room, true}, ""
	case who.Email == "" && who.Other == "":
		return way{}, "the customer has no mailbox"
	}
	return way{}, "it is about an account: its mailbox may be read by others"
}
