package campaign

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/campaign/doctor"
	"headsup/inbox"
	"headsup/letter"
	"headsup/render"
)

// reportTime is how long a report of a probe may take.
const reportTime = 5 * time.Minute

// A probe is a letter to nobody, whose report has to come back.
type probe struct {
	letter letter.Letter
	server string // the name of its mail server in the settings
	from   string // envelope sender
	to     string
	sent   time.Time
}

// loop sends a probe by each way out, and waits for the reports in the
// mailboxes of the settings.
func (x *examination) loop(ctx context.Context) {
	boxes := x.settings.Mailboxes()
	why := ""
	switch {
	case x.NoLoop:
		why = "left out"
	case len(x.settings.Servers()) == 0:
		why = "letters go to files: there is no [smtp]"
	case len(boxes) == 0:
		why = "there is no [imap]: what comes back is read from files"
	}
	if why != "" {
		x.tell(doctor.Skip("bounce", "", why))
		return
	}
	if x.halted != nil {
		x.tell(doctor.NotDone("bounce", "", x.halted.Error(), "run it again after headsup resume"))
		return
	}
	post, err := newTransport(x.settings, time.Now())
	if err != nil {
		x.tell(doctor.Wrong("bounce", "", err.Error(), "repair what keeps letters from being sent"))
		return
	}
	defer post.Close()
	var open []*probe
	for _, p := range x.probes() {
		if x.send(ctx, post, p) {
			open = append(open, p)
		}
	}
	if len(open) > 0 {
		x.await(ctx, boxes, open)
	}
}

// probes are one for each mail server and mailbox of returned mail.
func (x *examination) probes() (all []*probe) {
	seen := map[string]bool{}
	for _, a := range x.rules.Agencies {
		way := a.MailServer + " " + cmp.Or(a.Bounce, a.From)
		if seen[way] {
			continue
		}
		seen[way] = true
		p := &probe{letter: x.madeUp(a), server: a.MailServer}
		var err error
		if p.from, err = render.EnvelopeFrom(p.letter); err != nil {
			x.tell(doctor.Wrong("bounce", a.From, err.Error(), "take a shorter bounce_address"))
			continue
		}
		_, own, _ := strings.Cut(p.letter.ID, "-")
		p.to = cmp.Or(x.LoopTo, "nobody-"+own+"@"+mailDomain(a.From))
		all = append(all, p)
	}
	return all
}

// about says which way a probe took.
func (p *probe) about() string { return fmt.Sprintf("to %s, from %s", p.to, p.from) }

// mail is the probe as it leaves: all that it says is what it is for.
func (p *probe) mail() []byte {
	return fmt.Appendf(nil, strings.ReplaceAll(`From: <%s>
To: <%s>
Subject: [%s] Test of returned mail
Message-ID: <%s>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

This message goes to a mailbox that there should be none of, so that its
delivery report shows whether reports come back. If you read it, please tell
its sender that the mailbox exists.
`, "\n", "\r\n"), p.letter.Agency.From, p.to, p.letter.ID, render.MessageID(p.letter))
}

// send brings a probe to its mail server, and reports whether a report is to be waited for.
func (x *examination) send(ctx context.Context, post transport, p *probe) bool {
	p.sent = x.now()
	out := post.Send(ctx, letter.Envelope{
		LetterID:  p.letter.ID,
		Campaign:  x.rules.ID,
		Agency:    p.letter.Agency.ID,
		Attempt:   1,
		From:      p.from,
		To:        p.to,
		MessageID: render.MessageID(p.letter),
		Mail:      p.mail(),
	}, func() error { return nil })
	switch {
	case out.State == letter.Sent:
		return true
	case out.State == letter.Failed && out.Phase == letter.Claimed:
		x.tell(doctor.Wrong("bounce", p.about(), out.Text, "repair the agency's addresses in headsup.toml"))
	case out.State == letter.Failed:
		x.tell(doctor.NotDone("bounce", p.about(), "the mail server refuses it itself, and no report is written: "+out.Text,
			"name a recipient that it takes, and that bounces elsewhere: headsup doctor --loop-to"))
	default:
		x.tell(doctor.Wrong("bounce", p.about(), "it could not be sent: "+out.Text,
			"see whether [smtp] names the right server, with the right user, and that it is up"))
	}
	return false
}

// await reads what comes until every probe has its report, or it takes too long.
func (x *examination) await(ctx context.Context, boxes []inbox.IMAP, open []*probe) {
	patience := cmp.Or(x.Patience, reportTime)
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var trouble error
	for m, err := range inbox.Watch(limit, boxes...) {
		if err != nil {
			if limit.Err() == nil {
				trouble = err
			}
			continue
		}
		open = x.take(m, open)
		if len(open) == 0 {
			return
		}
	}
	if ctx.Err() != nil {
		return
	}
	for _, p := range open {
		if trouble != nil {
			x.tell(doctor.Wrong("bounce", p.about(), trouble.Error(), "see whether [imap] names the right server, user and folder"))
			continue
		}
		x.tell(doctor.Wrong("bounce", p.about(), fmt.Sprintf("no report came back within %v", patience),
			fmt.Sprintf("look into the mail server's log for %s: its mail has to end in a folder of [imap]; a plus or a star in the address needs a server that knows it", p.from)))
	}
}

// take looks at a message, and returns the probes that it says nothing of.
func (x *examination) take(m inbox.Message, open []*probe) (left []*probe) {
	ret, err := inbox.Read(bytes.NewReader(m.Text))
	if err != nil {
		return open // not ours, as everything else that waits there
	}
	for _, p := range open {
		if !slices.Contains(ret.Keys, p.letter.ID) {
			left = append(left, p)
			continue
		}
		x.judge(p, ret)
		if err := m.Seen(); err != nil {
			x.tell(doctor.Wrong("mailbox", m.Name, err.Error(), "let the user of [imap] mark messages as seen"))
		}
	}
	return left
}

// judge says whether what came back about a probe would have been understood.
func (x *examination) judge(p *probe, ret letter.Return) {
	came := x.now()
	proven := ret.Proven(x.rules, letter.Addressed{ID: p.letter.ID, To: p.to, Key: p.letter.ReturnKey}, nil)
	switch after := came.Sub(p.sent).Round(time.Second); {
	case ret.Kind != letter.Delivery:
		x.tell(doctor.Wrong("bounce", p.about(), fmt.Sprintf("%q came back, which is no delivery report but %s", ret.Subject, ret.Kind),
			"let the mail server write reports by RFC 3464, and see whether the probe's recipient exists"))
	case proven != letter.ByKey:
		x.tell(doctor.Wrong("bounce", p.about(), "a report came back without the keyed part: it proves nothing",
			"let the mail server return the header of letters, and deliver to the whole address, with its plus or star"))
	default:
		x.tell(doctor.Good("bounce", p.about(), fmt.Sprintf("a report came back after %v, proven by its key", after)))
	}
	if !ret.Date.IsZero() {
		x.tell(doctor.Clock("mail server "+cmp.Or(p.server, "[smtp]"), ret.Date, p.sent.Truncate(time.Second), came))
	}
}
