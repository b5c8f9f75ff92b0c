package cases

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"iter"
	"net/mail"
	"runtime"
	"strings"
	"sync"
	"time"

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
	c.Automatic, c.Proven, c.Language = machine(m.Text, c.Reporter), d.proven(r), languageOf(r.Parts, d.Rules.Translations)
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

// Take reads mailboxes to their ends, and stores each message with what was
// decided about it. A message is marked as seen once it is stored, so that a
// run that was killed goes on where it stopped. It stores so many at once
// ([Batch], or 1 where messages come in one by one), and tells of each as
// [Filed]. While some are stored, the next ones are read. Where the house's system
// does not say any more who held addresses, it ends with [holder.ErrAnswer], and
// what was read last is read again the next time.
func (d *Desk) Take(ctx context.Context, messages iter.Seq2[inbox.Message, error], batch int, unreadable func(error)) error {
	var pending []Message
	var storing *filing
	size := 0
	flush := func() error {
		if len(pending) == 0 {
			return nil
		}
		all := readAll(d, pending)
		if err := d.gone(); err != nil {
			return err
		}
		if err := storing.settle(d); err != nil {
			storing = nil
			return err
		}
		storing = store(ctx, d, pending, all)
		pending, size = nil, 0
		return nil
	}
	for m, err := range messages {
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			unreadable(err)
			continue
		}
		pending, size = append(pending, Message{m.Name, bytes.Clone(m.Text), m.Seen}), size+len(m.Text)
		if len(pending) < batch && size < batchBytes {
			continue
		}
		err := flush()
		if batch == 1 && err == nil { // the next one may take hours to come
			err, storing = storing.settle(d), nil
		}
		if err != nil {
			return err
		}
	}
	err := flush()
	return cmp.Or(err, storing.settle(d), ctx.Err())
}

// readAll reads messages on every core.
func readAll(d *Desk, messages []Message) []ledger.Case {
	all := make([]ledger.Case, len(messages))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				all[i] = d.Read(messages[i])
			}
		})
	}
	for i := range messages {
		next <- i
	}
	close(next)
	workers.Wait()
	return all
}

// A filing is messages that are being stored.
type filing struct {
	messages []Message
	cases    []ledger.Case
	done     chan struct{}

	// Once done is closed:
	filed []ledger.Filed
	err   error
}

func store(ctx context.Context, d *Desk, messages []Message, all []ledger.Case) *filing {
	f := &filing{messages: messages, cases: all, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		f.filed, f.err = d.Cases.Add(ctx, all)
	}()
	return f
}

// settle waits until messages are stored, marks them as seen and tells of them,
// in their order.
func (f *filing) settle(d *Desk) error {
	if f == nil {
		return nil
	}
	if <-f.done; f.err != nil {
		return f.err
	}
	for i, filed := range f.filed {
		f.cases[i].Place = filed.Place
		if err := f.messages[i].Seen(); err != nil {
			return err
		}
		d.Tell(Filed{Case: f.cases[i], Known: filed.Known, File: f.messages[i].Name})
	}
	return nil
}
