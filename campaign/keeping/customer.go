package keeping

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/lookup/lease"
)

// An ofCustomer is what is written about a provider's customer. Its JSON names are
// settled.
type ofCustomer struct {
	ledger.CustomerSubject
	File *lease.Customer `json:"file,omitempty"` // as the file of customers has it
}

// exportCustomer writes everything that a provider's folder keeps about a customer
// into a folder, and notes with each report who did: the customer's number and
// what the file of customers says, events, letters, answers and measures. Nothing
// of other customers is in it, nor who reported.
func exportCustomer(ctx context.Context, c *campaign.Campaign, customer, dir, by string) (out Subject, err error) {
	desk, err := campaign.OpenCases(c)
	if err != nil {
		return out, err
	}
	defer desk.Close()
	about := ofCustomer{File: desk.Holders.Customers.ByID(customer)}
	if about.CustomerSubject, err = ledger.SubjectOfCustomer(ctx, desk.Cases, customer, by); err != nil {
		return out, err
	}
	out.Customer = customer
	err = write(ctx, c, dir, about, about.Letters, describeCustomer(about), &out)
	return out, err
}

// describeCustomer says for people what is kept about a customer.
func describeCustomer(s ofCustomer) []byte {
	var b bytes.Buffer
	const day = "2006-01-02 15:04 UTC"
	fmt.Fprintf(&b, "Everything that is kept about customer %s\n", s.Customer)
	if f := s.File; f != nil {
		fmt.Fprintf(&b, "\nName: %s\nE-mail: %s %s\nAddress: %s\nContract: %s %s\n", f.Name, f.Email, f.Other, strings.Join(f.Address, ", "), f.Contract, f.Class)
	}
	fmt.Fprintf(&b, "\nReported: %d\n", len(s.Events))
	for _, e := range s.Events {
		fmt.Fprintf(&b, "  %s port %d, %s, %s %s: %s %s\n", e.Addr, e.Port, e.Seen, e.Kind, e.URL, e.Place, e.Why)
		for _, r := range e.Reports {
			fmt.Fprintf(&b, "    in report %s of %s %s\n", r.ID, r.Read.UTC().Format(day), r.Says)
		}
		for line := range strings.Lines(e.Evidence) {
			fmt.Fprintf(&b, "    > %s\n", strings.TrimRight(line, "\r\n"))
		}
		if e.RestsOn != "" {
			fmt.Fprintf(&b, "    by the logs: %s\n", e.RestsOn)
		}
	}
	fmt.Fprintf(&b, "\nLetters: %d\n", len(s.Letters))
	for _, l := range s.Letters {
		fmt.Fprintf(&b, "  %s to %s, %s: %s\n", l.ID, l.To, l.State, l.Subject)
	}
	fmt.Fprintf(&b, "\nAnswers: %d\n", len(s.Answers))
	for _, a := range s.Answers {
		fmt.Fprintf(&b, "  %s about %s: %s\n", a.At.UTC().Format(day), a.Letter, strings.ReplaceAll(a.Text, "\n", " / "))
	}
	fmt.Fprintf(&b, "\nMeasures: %d\n", len(s.Measures))
	for _, m := range s.Measures {
		fmt.Fprintf(&b, "  %s %s: %s %s\n", m.At.UTC().Format(day), m.State, m.Why, strings.ReplaceAll(m.Answer, "\n", " / "))
	}
	return b.Bytes()
}
