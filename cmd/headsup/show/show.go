// Package show says what happens in a campaign, as lines of a console: results
// on stdout, all else on stderr.
package show

import (
	"cmp"
	"strconv"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/letter"
)

// Lines shows findings, letters and all that happens to them. Its methods print
// a thing the same way for every verb.
type Lines struct {
	*console.Console
	NotFindings letter.Sum // counts what was read and is no finding

	badRows int // of the file that is being read
}

// maxBadRows is how many rows of a file that cannot be read are shown.
const maxBadRows = 10

// Tell shows what happens while a campaign is at work: results on stdout, all
// else on stderr.
func (out *Lines) Tell(e campaign.Event) {
	switch e := e.(type) {
	case campaign.Progress:
		out.Follow(string(e.Task), e.Done, e.Total, e.Over)
	case campaign.BadRow:
		if out.badRows++; out.badRows <= maxBadRows {
			out.Say("%v", e.Err)
		}
	case campaign.FileRead:
		if e.BadRows > maxBadRows {
			out.Say("%s: and %d more rows", e.Name, e.BadRows-maxBadRows)
		}
		out.badRows = 0
	case campaign.Unreadable:
		out.Say("%v", e.Err)
	case campaign.Casework:
		Casework(out.Console, e.Event)
	case campaign.Measure:
		Measure(out.Console, e.Told)
	case campaign.Observed:
		Finding(out.Console, e.Finding)
	case campaign.Noted:
		out.Say("%s", e.Text)
	case campaign.Reminder:
		Reminder(out.Console, e)
	case campaign.LookedAt:
		Look(out.Console, e.Look)
	case campaign.NotFindings:
		out.NotFindings = e.Sum
	case campaign.RegistryRests:
		out.Say("%s refuses (%s): it is not asked for %v", e.Host, e.Why, seconds(e.RetryAfter))
	case campaign.LookupsDue:
		sayDue(out.Console, e)
	case campaign.Drafted:
		Entry(out.Console, e.Entry)
	case campaign.Warning:
		out.Say("%s: %s", e.Letter, e.Text)
	case campaign.DumpRead:
		out.Result(e, e.File, console.Count(e.Networks, "network"), console.Count(e.Contacts, "contact"), strconv.Itoa(e.Skipped)+" skipped", console.Count(e.Numbers, "AS number"))
	case campaign.TakenBack:
		out.Result(e.TakenBack, e.File, "taken back", console.Count(int(e.Rows()), "row"), "in "+console.Count(len(e.Letters), "letter"))
	case campaign.Withdrawn:
		out.Say("%s: withdrawn, no finding stands in it any more", e.Letter)
	case campaign.Outdated:
		out.Say("%s about findings that are too old to be sent (campaign.finding_max_age): they wait for a fresher look", console.Count(e.Letters, "letter"))
	case campaign.NoMX:
		out.Say("not all mail servers (MX) are known: %v: those letters keep the pace of their mail domain alone", e.Err)
	case campaign.LeftOut:
		out.Say("%s to %s left out: %s", e.ID, e.To, e.Reason)
	case campaign.Exported:
		out.Result(e, e.ID, e.To, e.Mail, e.PDF)
	default:
		out.tellLetters(e)
	}
}

// tellLetters shows what happens to letters that have been written.
func (out *Lines) tellLetters(e campaign.Event) {
	switch e := e.(type) {
	case campaign.Decided:
		Entry(out.Console, e.Entry)
	case campaign.Answered:
		Answer(out.Console, e.Answer)
	case campaign.Batched:
		Batch(out.Console, e)
	case campaign.ByPost:
		out.Result(e, e.Letter, string(e.Fate), e.Source)
	case campaign.Refused:
		out.Say("%v", e.Err)
	case campaign.Stopped:
		out.Say("%s: stopped, and %s", e.Letter, e.State)
	case campaign.Unstopped:
		out.Say("%s: the next draft writes it anew", e.Letter)
	case campaign.Suppressed:
		Suppression(out.Console, e.Suppression)
	case campaign.Waiting:
		if e.Letters == 0 {
			out.Say("no letter is approved and waiting")
		}
	case campaign.NotCopied:
		out.Say("%s was sent, but not its copy: %v", e.Letter, e.Err)
	case campaign.OnTheWay:
		out.Say("%s on the way; if headsup send was killed, say this again in a minute", console.Count(e.Letters, "letter"))
	case campaign.Attempt:
		if e.Step == campaign.StepRecorded {
			Attempt(out.Console, e)
		}
	case campaign.Reported:
		Reported(out.Console, e)
	case campaign.Incoming:
		out.Result(e, cmp.Or(e.Letter, "-"), cmp.Or(e.To, e.Recipient, e.From), string(e.Kind), e.Says(), string(e.State), string(e.Result), e.Source)
	}
}
