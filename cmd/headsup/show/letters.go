package show

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/experiments"
	"headsup/campaign/post"
	"headsup/cmd/headsup/console"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

// Entry prints a letter the same way everywhere: reference, to, findings,
// language, state, and why it is in that state.
func Entry(out *console.Console, e ledger.Entry) {
	why := e.Reason
	if e.Redraft != "" && e.Redraft != why {
		why += "; " + e.Redraft
	}
	out.Result(e, e.ID, e.To, console.Count(e.Findings, "finding"), e.Language, string(e.State), why)
}

// Reminder prints a letter of the next round.
func Reminder(out *console.Console, r campaign.Reminder) {
	out.Result(r, r.ID, r.To, console.Count(r.Findings, "finding"), fmt.Sprintf("round %d", r.Round), cmp.Or(r.Why, "due"))
}

// Stage says how far a campaign has come that sends in stages.
func Stage(out *console.Console, s letter.Stage) {
	state := fmt.Sprintf("%d waiting", s.Drawn+s.Flying)
	switch {
	case s.Of == 0:
		return
	case s.Waits:
		state = "waits until a person has looked at what came back"
	}
	out.Result(s, "stage", fmt.Sprintf("%d of %d", s.Number, s.Of), fmt.Sprintf("%d of %s tried", s.Tried, console.Count(s.Size, "letter")), state)
}

// Attempt prints what became of one try of a letter.
func Attempt(out *console.Console, a campaign.Attempt) {
	o := a.Outcome
	code := ""
	if o.Code > 0 {
		code = strconv.Itoa(o.Code)
	}
	out.Result(struct {
		ID      string       `json:"id"`
		To      string       `json:"to"`
		State   letter.State `json:"state"`
		Phase   letter.Phase `json:"phase"`
		Attempt int          `json:"attempt"`
		Code    int          `json:"code,omitempty"`
		Text    string       `json:"text"`
		At      time.Time    `json:"at"`
	}{a.Letter, a.To, o.State, o.Phase, a.Number, o.Code, o.Text, o.At},
		a.Letter, a.To, string(o.State), code, o.Text)
}

// Halt prints a stop, and who ended it.
func Halt(out *console.Console, h letter.Halt) {
	until := "stopped"
	if !h.Ended.IsZero() {
		until = "resumed by " + h.EndedBy + " at " + h.Ended.Format(time.RFC3339) + ": " + h.EndedWhy
	}
	out.Result(h, "stop", h.String(), until)
}

// Suppression prints who is not written to, and until when.
func Suppression(out *console.Console, s letter.Suppression) {
	until := ""
	if !s.Until.IsZero() {
		until = s.Until.Format(time.DateOnly)
	}
	out.Result(s, string(s.Scope), s.Value, s.Campaign, until, s.Reason, s.Message)
}

// Pending says what waits for a person, and how to decide.
func Pending(out *console.Console, waits campaign.Pending) {
	for _, w := range []struct {
		what, decide string
		n            int
	}{
		{"messages that prove nothing", "headsup inbox waiting", waits.Unproven},
		{"answers that may be a wish", "headsup inbox waiting", waits.Wishes},
		{"answers", "headsup answers", waits.Answers},
		{"letters that only a new draft releases", "headsup draft", waits.Redraft},
		{"letters that may have arrived", "headsup resolve", waits.Unknown},
		{"stages to confirm", "headsup send --confirm-stage", min(waits.Stage, 1)},
	} {
		if w.n > 0 && !out.JSON {
			out.Result(nil, "for a person", w.what, strconv.Itoa(w.n), w.decide)
		}
	}
}

// Answer prints the number of an answer, its letter, whom that went to, when it
// was answered, what was made of it, the note, who answered, and how it begins.
func Answer(out *console.Console, a ledger.Answer) {
	first, _, _ := strings.Cut(a.Text, "\n")
	ruling := strings.TrimSpace(cmp.Or(string(a.Ruling), "open") + " " + a.Other)
	out.Result(a, strconv.FormatInt(a.ID, 10), a.Letter, a.To, a.At.Format(time.RFC3339), ruling, a.Note, a.From, first)
}

// Batch prints a batch of letters that go by post: its name, agency, how much it
// is, when it was made, and how far it has come.
func Batch(out *console.Console, b campaign.Batched) {
	state := "printed, not posted yet"
	switch {
	case !b.Ready:
		state = "not printed to its end"
	case !b.Posted.IsZero():
		state = "posted on " + b.Posted.Format(time.DateOnly)
	}
	var fates []string
	for _, p := range letter.Papers {
		if n := b.Fates[p]; n > 0 {
			fates = append(fates, fmt.Sprintf("%d %s", n, p))
		}
	}
	out.Result(b, b.ID, b.Agency, console.Count(b.Letters, "letter"), console.Count(b.Pages, "page"), b.Made.Format(time.DateOnly), state, strings.Join(fates, ", "), b.PDF)
}

// Arms shows the arms of an experiment, and what each could find.
func Arms(out *console.Console, plan experiments.Planned) {
	for i, arm := range plan.Arms {
		found := "the others are compared with it"
		if i > 0 {
			found = fmt.Sprintf("found in %.0f%% of campaigns", 100*arm.Power)
		}
		out.Result(nil, arm.Name, console.Count(arm.Organisations, "organisation"), console.Count(arm.Findings, "finding"), found)
	}
	if plan.Frozen != "" {
		out.Result(nil, "sealed", plan.Frozen)
	}
}

// Plan says who would be in which arm, and what that could find.
func Plan(out *console.Console, plan experiments.Planned, a experiments.Assumed) error {
	if !out.JSON {
		Arms(out, plan)
	}
	return out.Print(plan, fmt.Sprintf("%s with %s; two equal arms need %.0f each for %g points more than %g%% at 80%%",
		console.Count(plan.Organisations, "organisation"), console.Count(plan.Findings, "finding"), plan.Needed, 100*a.Effect, 100*a.Base))
}

// Cost says what posting letters would cost.
func Cost(out *console.Console, sum post.Cost) error {
	return out.Print(sum, fmt.Sprintf("%s on %s, %s: %s; without a tariff: %d; not for the post: %d; in batches already: %d", console.Count(sum.Letters, "letter"),
		console.Count(sum.Pages, "page"), console.Count(sum.Sheets, "sheet"), strings.TrimSpace(fmt.Sprintf("%.2f %s", sum.Price, sum.Currency)), sum.NoTariff, sum.Without, sum.InBatches))
}

// Targets shows what has to be looked at again, a line once, and hands other
// events on.
func Targets(out *console.Console, f finding.Format, others func(campaign.Event)) func(campaign.Event) {
	last := ""
	return func(e campaign.Event) {
		t, ok := e.(campaign.Target)
		switch {
		case !ok:
			others(e)
		case t.Line(f) != last || out.JSON:
			last = t.Line(f)
			out.Result(t, strings.Split(last, "\t")...)
		}
	}
}
