package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/finding"
	"headsup/ledger"
)

// inCampaign does something with the campaign folder open. What happens
// meanwhile is told; a result that could not be printed is an error.
func (p *program) inCampaign(ctx context.Context, do func(*campaign.Campaign) error) (err error) {
	c, err := campaign.Open(ctx, p.dir, p.tell)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	err = do(c)
	if p.Unprinted() != nil {
		return p.Unprinted()
	}
	return err
}

// operator names the person at the keyboard, for approvals and suppressions.
func operator(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "unknown")
}

// maxBadRows is how many rows of a file that cannot be read are shown.
const maxBadRows = 10

// tell shows what happens while a campaign is at work: results on stdout, all
// else on stderr.
func (p *program) tell(e campaign.Event) {
	switch e := e.(type) {
	case campaign.Progress:
		p.Follow(string(e.Task), e.Done, e.Total, e.Over)
	case campaign.BadRow:
		if p.badRows++; p.badRows <= maxBadRows {
			p.Say("%v", e.Err)
		}
	case campaign.FileRead:
		if e.BadRows > maxBadRows {
			p.Say("%s: and %d more rows", e.Name, e.BadRows-maxBadRows)
		}
		p.badRows = 0
	case campaign.Unreadable:
		p.Say("%v", e.Err)
	case campaign.Observed:
		showFinding(p, e.Finding)
	case campaign.Noted:
		p.Say("%s", e.Text)
	case campaign.Reminder:
		showReminder(p, e)
	case campaign.LookedAt:
		showLook(p, e.Look)
	case campaign.NotFindings:
		p.none = e.Sum
	case campaign.RegistryRests:
		p.Say("%s refuses (%s): it is not asked for %v", e.Host, e.Why, seconds(e.RetryAfter))
	case campaign.LookupsDue:
		sayDue(p, e)
	case campaign.Drafted:
		showEntry(p, e.Entry)
	case campaign.Warning:
		p.Say("%s: %s", e.Letter, e.Text)
	case campaign.DumpRead:
		p.Result(e, e.File, console.Count(e.Networks, "network"), console.Count(e.Contacts, "contact"), strconv.Itoa(e.Skipped)+" skipped", console.Count(e.Numbers, "AS number"))
	case campaign.TakenBack:
		p.Result(e.TakenBack, e.File, "taken back", console.Count(int(e.Rows()), "row"), "in "+console.Count(len(e.Letters), "letter"))
	case campaign.Withdrawn:
		p.Say("%s: withdrawn, no finding stands in it any more", e.Letter)
	case campaign.Outdated:
		p.Say("%s about findings that are too old to be sent (campaign.finding_max_age): they wait for a fresher look", console.Count(e.Letters, "letter"))
	case campaign.NoMX:
		p.Say("not all mail servers (MX) are known: %v: those letters keep the pace of their mail domain alone", e.Err)
	case campaign.LeftOut:
		p.Say("%s to %s left out: %s", e.ID, e.To, e.Reason)
	case campaign.Exported:
		p.Result(e, e.ID, e.To, e.Mail, e.PDF)
	default:
		p.tellLetters(e)
	}
}

// tellLetters shows what happens to letters that have been written.
func (p *program) tellLetters(e campaign.Event) {
	switch e := e.(type) {
	case campaign.Decided:
		showEntry(p, e.Entry)
	case campaign.Refused:
		p.Say("%v", e.Err)
	case campaign.Stopped:
		p.Say("%s: stopped, and %s", e.Letter, e.State)
	case campaign.Unstopped:
		p.Say("%s: the next draft writes it anew", e.Letter)
	case campaign.Suppressed:
		showSuppression(p, e.Suppression)
	case campaign.Waiting:
		if e.Letters == 0 {
			p.Say("no letter is approved and waiting")
		}
	case campaign.NotCopied:
		p.Say("%s was sent, but not its copy: %v", e.Letter, e.Err)
	case campaign.OnTheWay:
		p.Say("%s on the way; if headsup send was killed, say this again in a minute", console.Count(e.Letters, "letter"))
	case campaign.Attempt:
		if e.Step == campaign.StepRecorded {
			showOutcome(p, e)
		}
	case campaign.Reported:
		showReported(p, e)
	case campaign.Incoming:
		p.Result(e, cmp.Or(e.Letter, "-"), cmp.Or(e.To, e.Recipient, e.From), string(e.Kind), e.Says(), string(e.State), string(e.Result), e.Source)
	}
}

// shortWait is how long asking may take without a word about it.
const shortWait = 10 * time.Second

// sayDue says how long the registries will take. Their answers serve
// neighbours, so that it is the most that they take.
func sayDue(p *program, due campaign.LookupsDue) {
	if due.Takes() < shortWait && !due.PutOff {
		return
	}
	what := "are to be asked about"
	if due.PutOff {
		what = "are put off"
	}
	var parts []string
	for _, l := range due.Lines {
		parts = append(parts, fmt.Sprintf("%s %d in %v", cmp.Or(l.Registry, "others"), l.Addresses, seconds(l.Takes)))
	}
	p.Say("addresses that %s: %d, which take %v at the registries' paces (%s)", what, due.Addresses(), seconds(due.Takes()), strings.Join(parts, ", "))
}

// seconds rounds up: what takes a moment does not take no time.
func seconds(d time.Duration) time.Duration { return (d + time.Second - 1).Truncate(time.Second) }

// showEntry prints a letter the same way everywhere: reference, to, findings,
// language, state, and why it is in that state.
func showEntry(p *program, e ledger.Entry) {
	why := e.Reason
	if e.Redraft != "" && e.Redraft != why {
		why += "; " + e.Redraft
	}
	p.Result(e, e.ID, e.To, console.Count(e.Findings, "finding"), e.Language, string(e.State), why)
}

func showFinding(p *program, f finding.Finding) { p.Result(f, findingColumns(f)...) }

func findingColumns(f finding.Finding) []string {
	addr, service := "-", "-"
	if f.Addr.IsValid() {
		addr = f.Addr.String()
	}
	if f.Port > 0 {
		service = strconv.Itoa(int(f.Port)) + "/" + f.Proto
	}
	return []string{addr, service, string(f.Kind), f.Service, string(f.Strength), f.Reason, f.Source}
}

// explainFinding shows a row of a scan with the rule that it was judged by.
func explainFinding(p *program, f finding.Finding) {
	r, ok := finding.RuleOf(f)
	if p.JSON {
		p.Result(struct {
			finding.Finding
			Rule finding.Rule `json:"rule"`
		}{f, r})
		return
	}
	showFinding(p, f)
	if ok {
		p.Result(nil, "", "rule "+r.ID+": "+r.Words+" is "+string(r.Strength), "from "+r.Source)
	}
}
