package ends

import (
	"time"

	"headsup/campaign"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/letter"
)

var (
	errUnknown = advice.Error("letters may or may not have arrived", "headsup status --state unknown lists them; headsup resolve --log looks for them in the mail server's log")
	errNotSent = advice.Error("letters were not sent", "headsup status --letters says why; run it again to try those that are due")
	errStage   = advice.Error("the stage is to be confirmed", "headsup status --state bounced (failed, unknown) and headsup inbox say what came back; headsup send --confirm-stage goes on")
)

// Sent says what sending came to.
func Sent(out *console.Console, sent campaign.Sent) error {
	show.Stage(out, sent.Stage)
	states := sent.Sum.States
	out.Say("%s sent now; %d waiting, %d unknown, %d failed", console.Count(sent.Letters, "letter"), sent.Left(), states[letter.Unknown], states[letter.Failed])
	if sent.Letters > 0 && sent.Files {
		out.Say("they are files, because no mail server is set, and count as sent: no other will be sent in their place")
	}
	switch {
	case states[letter.Unknown] > 0:
		return usage.LeftOver{Err: errUnknown}
	case sent.Stage.Waits:
		return usage.LeftOver{Err: errStage}
	case sent.Left() > 0 || states[letter.Failed] > 0:
		return usage.LeftOver{Err: errNotSent}
	}
	return nil
}

// Planned says when the last letter will leave.
func Planned(out *console.Console, stage letter.Stage, plan letter.Plan) error {
	show.Stage(out, stage)
	if plan.Letters == 0 {
		out.Say("no letter is approved and waiting")
		return out.Print(plan, "0 letters")
	}
	return out.Print(plan, console.Count(plan.Letters, "letter"), "the last leaves "+plan.Last.Format(time.RFC3339),
		"in "+plan.Last.Sub(plan.From).Round(time.Second).String(), plan.Because())
}

// Meanwhile is what no mark and no log can say.
const Meanwhile = "read the mailboxes again for what came back meanwhile, opt-outs among it: headsup inbox"

var errNoTrace = advice.Error("no log shows that the letters were taken", "an older log may (mail.log.1, mail.log.2.gz); else ask who runs the mail server, and say what you know: headsup resolve -h")

// Resolved says what the logs of mail servers know.
func Resolved(out *console.Console, r campaign.Resolved) error {
	if r.Untraced > 0 {
		out.Say("%s in none of these logs", console.Count(r.Untraced, "unknown letter"))
	}
	if r.Covered > 0 {
		out.Say("the ledger knows now of %s that left without it, and may send again; "+Meanwhile, console.Count(r.Covered, "letter"))
	}
	switch {
	case r.Unread != nil:
		return usage.Broken{Err: r.Unread}
	case r.Behind != nil:
		out.Say("%v", r.Behind)
		return usage.LeftOver{Err: r.Behind}
	case r.Refused != nil:
		return usage.LeftOver{Err: r.Refused}
	case r.Untraced > 0:
		return usage.LeftOver{Err: errNoTrace}
	}
	return nil
}
