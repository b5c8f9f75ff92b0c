// Package ends says how a verb ended: what it came to, and, as an error for the
// exit code, what it leaves to be done.
package ends

import (
	"fmt"

	"headsup/campaign"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/lookup/lease"
)

var (
	errNotOurs = advice.Error("messages are about no letter", "look at them yourself; a message that names no letter may still be about one")
	errPersons = advice.Error("reports wait for a person", "headsup cases --place person (or unclear) lists them; headsup case ID shows one")
)

// Taken says what reading mailboxes came to.
func Taken(out *console.Console, t campaign.Taken, err error) error {
	if err != nil {
		return err
	}
	out.Say("%s read, %d left as they were", console.Count(t.Read, "message"), t.Left)
	if t.Waiting > 0 {
		out.Say("%s for a person: headsup inbox waiting", console.Count(t.Waiting, "message"))
	}
	switch {
	case t.Unread != nil:
		return usage.Broken{Err: t.Unread}
	case t.Left > 0:
		return usage.LeftOver{Err: errNotOurs}
	}
	return nil
}

// ReportsRead says what reading reports of abuse came to, where nothing was changed.
func ReportsRead(out *console.Console, sum campaign.Reports) error {
	out.Say("%s: %d understood with %s, %d for a person, %d no reports, %d unreadable", console.Count(sum.Messages, "message"),
		sum.Understood, console.Count(sum.Events, "event"), sum.Person, sum.None, sum.Unreadable)
	if sum.Unread != nil {
		return usage.Broken{Err: sum.Unread}
	}
	return nil
}

// Forwarded says what reports of abuse came to.
func Forwarded(out *console.Console, sum campaign.ReportSum) error {
	out.Say("%s read: %d new, %d read before, %d unreadable", console.Count(sum.Messages, "message"), sum.New, sum.Known, sum.Unreadable)
	if err := show.ReportSum(out, sum); err != nil {
		return err
	}
	switch {
	case sum.Unread != nil:
		return usage.Broken{Err: sum.Unread}
	case sum.Places[ledger.ToPerson]+sum.Places[ledger.UnclearHolder] > 0:
		return usage.LeftOver{Err: errPersons}
	}
	return nil
}

var errNotRead = advice.Error("some entries were refused", "the others were imported; each refused entry is named above")

// LeasesRead says what reading logs of leases came to.
func LeasesRead(out *console.Console, index string, sum lease.Sum) error {
	if err := out.Print(sum, fmt.Sprintf("%s in %s: %d kept, %d older than that; %d refused", console.Count(sum.Read, "row"), console.Count(sum.Files, "file"), sum.Kept, sum.Old, sum.Refused),
		fmt.Sprintf("%s holds %s", index, console.Count(int(sum.Index), "row"))); err != nil {
		return err
	}
	switch {
	case out.Unprinted() != nil:
		return out.Unprinted()
	case sum.Refused > 0:
		return usage.LeftOver{Err: errNotRead}
	}
	return nil
}
