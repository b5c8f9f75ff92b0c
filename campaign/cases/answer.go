package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// outcomes are the words of an answer for where a report ended.
var outcomes = map[ledger.Place]string{
	ledger.ToCustomer:    "forwarded",
	ledger.ToldBefore:    "forwarded",
	ledger.NotOurs:       "not-ours",
	ledger.TooOld:        "too-old",
	ledger.UnclearHolder: "unclear",
}

const (
	// resolvedOutcome is the word of an answer that says that the cause was removed.
	resolvedOutcome = "resolved"
	// receivedOutcome is that of an answer which says that the report came.
	receivedOutcome = "received"
)

// A status is an answer for machines, in the manner of XARF 4. It says of each
// source that the reporter named what became of it, and nothing of customers.
type status struct {
	Version  string         `json:"xarf_version"`
	Type     string         `json:"type"`
	Report   string         `json:"report_id"`
	Status   string         `json:"status"`
	At       string         `json:"timestamp"`
	Incident []statusSource `json:"sources,omitempty"`
}

type statusSource struct {
	Source string `json:"source_identifier"`
	Port   uint16 `json:"source_port,omitempty"`
	Seen   string `json:"timestamp,omitempty"`
	Status string `json:"status"`
}

// recorder is what records an answer with an outcome.
func recorder(cs ledger.Cases, outcome string) func(ctx context.Context, id, what string) error {
	switch outcome {
	case resolvedOutcome:
		return cs.Resolved
	case receivedOutcome:
		return func(ctx context.Context, id, what string) error { return ledger.Received(ctx, cs, id, what) }
	}
	return cs.Answered
}

// receiptWaits is how long the receipt of a report waits for a day that has room:
// who reports more than a day can answer gets no more for the earlier ones.
const receiptWaits = 48 * time.Hour

// most is how many answers one call writes.
const most = 1000

// Answer writes to reporters what became of their reports, if the settings say
// so: to those who are proven alone, once for each report, once a day to each
// of them, and no more in a day than the settings allow. What is over that is
// [Unanswered], and stays so. With "send" the settings approve the answers.
//
// Where the law of the house's country wants both, the receipt of a report is
// confirmed at once, and its answer is the decision: that of a person, or what the
// customer's answer settled. Both wait for a day that has room.
//
// Where the settings say so too, who was answered is told once more that the cause
// was removed, on a day that has room for it.
func (d *Desk) Answer(ctx context.Context, day time.Time) error {
	if d.Settings.ISP.Answering() == settings.NoAnswers {
		return nil
	}
	due, err := d.Cases.AnswersDue(ctx, d.Settings.ISP.MailRoom, most)
	if err != nil {
		return err
	}
	if err := d.tell(ctx, due, day, ""); err != nil {
		return err
	}
	if due, err = ledger.ReceiptsDue(ctx, d.Cases, most); err != nil {
		return err
	}
	if err := d.tell(ctx, due, day, receivedOutcome); err != nil {
		return err
	}
	how := d.Settings.ISP.Resolved
	if how == "" || how == settings.NoAnswers {
		return nil
	}
	if due, err = d.Cases.ResolvedDue(ctx, how == settings.ByPerson, most); err != nil {
		return err
	}
	return d.tell(ctx, due, day, resolvedOutcome)
}

// tell answers reports with an outcome; "" is that of the place where each ended.
func (d *Desk) tell(ctx context.Context, due []ledger.Case, day time.Time, outcome string) error {
	all, err := d.Cases.AnsweredToday(ctx, "")
	if err != nil {
		return err
	}
	for _, c := range due {
		why, err := d.unanswered(ctx, c, all)
		if err != nil {
			return err
		}
		said := cmp.Or(outcome, outcomes[c.Place])
		if why != "" && later(d, c, outcome, why) { // what is told late is still true
			continue
		}
		if why != "" {
			if err := recorder(d.Cases, said)(ctx, c.ID, "none: "+why); err != nil {
				return err
			}
			d.Tell(Unanswered{c.ID, why})
			continue
		}
		if err := d.answer(ctx, c, said, "", day, d.Settings.ISP.Answering() == settings.SendAnswers, "rule: isp.answer"); err != nil {
			return fmt.Errorf("report %q: %w", c.ID, err)
		}
		all++
	}
	return nil
}

// later reports whether an answer that there is none of today waits for another
// day: that something was resolved; a decision that the law wants; a receipt, for
// some time.
func later(d *Desk, c ledger.Case, outcome, why string) bool {
	switch {
	case outcome == resolvedOutcome:
		return true
	case why != answeredToday && why != fullDay || c.Receipt == "":
		return false
	}
	return outcome != receivedOutcome || d.Now().Sub(c.Read) < receiptWaits
}

// Why a reporter gets no answer today.
const (
	answeredToday = "it was answered today"
	fullDay       = "as many as a day has (isp.answers) were answered"
)

// unanswered says why a reporter gets no answer to a report, or "", where so many
// answers were written today.
func (d *Desk) unanswered(ctx context.Context, c ledger.Case, all int) (string, error) {
	today, err := d.Cases.AnsweredToday(ctx, c.Reporter)
	switch {
	case err != nil:
		return "", err
	case settings.Known(d.Settings.ISP.Refused, c.Reporter):
		return "the settings give it no answer", nil
	case d.ownMailbox(c.Reporter):
		return "it is a mailbox of ours", nil
	case today > 0:
		return answeredToday, nil
	case all >= d.Settings.ISP.AnswersADay():
		return fullDay, nil
	}
	return "", nil
}

// ownMailbox reports whether mail to it would come back to us.
func (d *Desk) ownMailbox(mailbox string) bool {
	for _, a := range d.Rules.Agencies {
		for _, own := range []string{a.From, a.ReplyTo, a.Bounce} {
			if own != "" && letter.ContactKey(lookup.Contact{Email: own}) == mailbox {
				return true
			}
		}
	}
	return false
}

// answer writes one answer, in the reporter's language, in the report's thread.
func (d *Desk) answer(ctx context.Context, c ledger.Case, outcome, words string, day time.Time, approve bool, by string) error {
	to := lookup.Contact{Email: c.Reporter, Language: c.Language, Role: "reporter", Rule: c.Proven}
	l := letter.Answer(d.Rules, c.ID, to, day)
	switch {
	case outcome == resolvedOutcome:
		l = letter.Resolved(d.Rules, c.ID, to, day)
	case outcome == receivedOutcome && words == "":
		l = letter.Receipt(d.Rules, c.ID, to, day)
	}
	record := recorder(d.Cases, outcome)
	if words != "" {
		record = d.Cases.Answered
	}
	machine, err := json.MarshalIndent(d.status(c, outcome, l), "", "  ")
	if err != nil {
		return err
	}
	a := render.Answer{Outcome: outcome, MessageID: c.MessageID, Machine: machine, Words: words}
	if words != "" {
		a.Machine = nil
	}
	rendered, err := render.RenderAnswer(d.Renderer, l, a)
	if err != nil {
		return err
	}
	drafted, err := d.keep(ctx, ledger.Draft{Letter: l, Rendered: rendered})
	if err != nil {
		return err
	}
	if drafted && approve {
		if err := d.Ledger.Approve(ctx, l.ID, ledger.Hash(rendered), by); err != nil {
			return err
		}
	}
	return record(ctx, c.ID, l.ID)
}

func (d *Desk) status(c ledger.Case, outcome string, l letter.Letter) status {
	s := status{Version: "4.2.0", Type: "status", Report: c.MessageID, Status: outcome, At: l.Date.Format(time.RFC3339)}
	for _, i := range c.Incidents {
		source := i.URL
		if i.Addr.IsValid() {
			source = i.Addr.String()
		}
		word := outcomes[i.Place]
		switch {
		case word == "" || outcome == receivedOutcome:
			word = "received"
		case word == "forwarded" && outcome == resolvedOutcome:
			word = resolvedOutcome
		}
		s.Incident = append(s.Incident, statusSource{source, i.Port, i.Seen, word})
	}
	return s
}
