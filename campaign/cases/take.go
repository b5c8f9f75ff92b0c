package cases

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"iter"
	"net/mail"
	"strings"
	"time"

	"headsup/campaign/belt"
	"headsup/campaign/tongue"
	"headsup/finding"
	"headsup/inbox"
	"headsup/inbox/report"
	"headsup/ledger"
)

// A Message is a report as it came, and what is done once it is stored.
type Message struct {
	Name string
	Text []byte
	Seen func() error
}

// caseAlphabet has no letter that reads like a digit.
var caseAlphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// CaseID is the number of a report: the same for the same message.
func CaseID(text []byte) string {
	h := sha256.Sum256(text)
	return caseAlphabet.EncodeToString(h[:10])[:12]
}

// Read decides about one message. It stores nothing.
func (d *Desk) Read(m Message) ledger.Case {
	r := report.Read(m.Text, d.reading())
	c := ledger.Case{ID: CaseID(m.Text), Queue: string(r.Queue), Why: r.Why, Kind: string(r.Kind), Reporter: strings.ToLower(finding.Clean(r.Reporter, 320)),
		Source: m.Name, Mail: m.Text, Keep: d.Settings.ISP.KeptFor(string(r.Queue), string(r.Kind))}
	c.MessageID, c.Sent = headOf(m.Text)
	c.Automatic, c.Proven, c.Language = machine(m.Text, c.Reporter), d.proven(r), tongue.Of(r.Parts, d.Rules.Translations)
	own := ownLetter(d.Rules, m.Text)
	switch {
	case r.Queue == report.Secret:
		c.Place = ledger.KeptSecret
		c.Incidents = d.incidents(r, c)
	case r.Queue == report.Restricted:
		c.Place = ledger.KeptRestrict
	case own != "":
		c.Place, c.Why, c.Automatic = ledger.NoReport, "it is about our own letter "+own+": headsup inbox reads it", true
	case r.Status == report.None:
		c.Place = ledger.NoReport
	case r.Status == report.Understood:
		c.Incidents = d.incidents(r, c)
		c.Place, c.Why = placeOf(c.Incidents)
		obey(d, m.Text, r, &c)
	default:
		c.Place = ledger.ToPerson
		d.foreignCase(m.Text, r, &c)
	}
	return c
}

// incidents are the events of a report, each with whose it is, and once.
func (d *Desk) incidents(r report.Report, c ledger.Case) (all []ledger.Incident) {
	known := map[string]bool{}
	for _, e := range r.Events {
		if r.Queue == report.Secret {
			all = append(all, ledger.Incident{Addr: e.Addr, Seen: e.Seen.String(), At: moment(e.Seen, c.Sent)})
			continue
		}
		i := d.place(e, c.Sent)
		if known[i.Key] {
			continue
		}
		known[i.Key] = true
		i.Evidence = d.cut(i, c.Reporter)
		all = append(all, i)
	}
	return all
}

// placeOf says where a report ended by where its incidents did: what a customer
// hears comes first, then what a person has to do.
func placeOf(all []ledger.Incident) (ledger.Place, string) {
	for _, p := range []ledger.Place{ledger.ToCustomer, ledger.ToPerson, ledger.UnclearHolder, ledger.TooOld, ledger.NotOurs} {
		for _, i := range all {
			if i.Place == p {
				return p, i.Why
			}
		}
	}
	return ledger.ToPerson, "it reports nothing that can be told"
}

// foreignCase looks again at a report in which nothing of ours was found: where
// it tells of others alone, and no text of it holds an address of ours, it is
// not ours. A person need not read that.
func (d *Desk) foreignCase(text []byte, r report.Report, c *ledger.Case) {
	if d.namesOurs(r) {
		return
	}
	again := report.Read(text, report.Options{Special: len(d.Settings.Allowed()) > 0})
	if again.Status != report.Understood || again.Queue != report.Open || d.namesOurs(again) {
		return
	}
	for _, e := range again.Events {
		if !e.Addr.IsValid() || d.ours(e.Addr) || d.Holders.Customers.ByName(e.URL) != nil {
			return
		}
	}
	c.Kind, c.Incidents = string(again.Kind), d.incidents(again, *c)
	c.Place, c.Why = placeOf(c.Incidents)
}

// headOf reads what a case keeps of a message's header.
func headOf(text []byte) (id string, sent time.Time) {
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return "", sent
	}
	sent, _ = m.Header.Date()
	return finding.Clean(strings.Trim(m.Header.Get("Message-Id"), "<> \t"), 400), sent.UTC()
}

// Batch is how many reports one transaction stores: more would be read anew
// after a crash. Large ones are fewer, so that memory does not depend on them.
const Batch = 50

const batchBytes = 8 << 20

// A taken is a message and, once it is read, what was decided about it.
type taken struct {
	message Message
	found   ledger.Case
	known   bool // it was stored before
}

// Take reads mailboxes to their ends, and stores each message with what was
// decided about it. A message is marked as seen once it is stored, so that a
// run that was killed goes on where it stopped. It stores so many at once
// ([Batch], or 1 where messages come in one by one), and tells of each as
// [Filed]. While some are stored, the next ones are read. Where the house's system
// does not say any more who held addresses, it ends with [holder.ErrAnswer], and
// what was read last is read again the next time.
func (d *Desk) Take(ctx context.Context, messages iter.Seq2[inbox.Message, error], batch int, unreadable func(error)) error {
	b := belt.New(ctx, belt.Job[*taken]{
		Make:  func(t *taken) { t.found = d.Read(t.message) },
		Store: func(ctx context.Context, all []*taken) (int, error) { return file(ctx, d, all) },
		Tell:  func(t *taken) error { return filed(d, t) },
		Most:  batch,
		Bytes: batchBytes,
	})
	defer b.Close()
	for m, err := range messages {
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			unreadable(err)
			continue
		}
		if err := b.Add(&taken{message: Message{m.Name, bytes.Clone(m.Text), m.Seen}}, len(m.Text)); err != nil {
			return err
		}
		if batch > 1 {
			continue
		}
		if err := b.Settle(); err != nil { // the next one may take hours to come
			return err
		}
	}
	return cmp.Or(b.Settle(), ctx.Err())
}

// file stores messages that were read.
func file(ctx context.Context, d *Desk, all []*taken) (int, error) {
	if err := d.gone(); err != nil {
		return 0, err
	}
	found := make([]ledger.Case, len(all))
	for i, t := range all {
		found[i] = t.found
	}
	filed, err := d.Cases.Add(ctx, found)
	if err != nil {
		return 0, err
	}
	for i, f := range filed {
		all[i].found.Place, all[i].known = f.Place, f.Known
	}
	return len(filed), nil
}

// filed marks a message that is stored as seen, and tells of it.
func filed(d *Desk, t *taken) error {
	if err := t.message.Seen(); err != nil {
		return err
	}
	d.Tell(Filed{Case: t.found, Known: t.known, File: t.message.Name})
	return nil
}
