package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	sqlitedriver "modernc.org/sqlite"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
)

var errBroken = errors.New("the database broke")

// faults breaks one step of a database: a statement that is run or a row that
// is read.
type faults struct {
	steps atomic.Int64 // so far
	at    int64        // the one that breaks; 0: none
}

func (f *faults) step() error {
	if f.steps.Add(1) == f.at {
		return errBroken
	}
	return nil
}

type faultyConnector struct {
	keepingConnector
	faults *faults
}

func (c faultyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.keepingConnector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return faultyConn{conn.(sqliteConn), c.faults}, nil
}

type faultyConn struct {
	sqliteConn
	faults *faults
}

func (c faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.faults.step(); err != nil {
		return nil, err
	}
	return c.sqliteConn.ExecContext(ctx, query, args)
}

func (c faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.faults.step(); err != nil {
		return nil, err
	}
	rows, err := c.sqliteConn.QueryContext(ctx, query, args)
	return faultyRows{rows, c.faults}, err
}

type faultyRows struct {
	driver.Rows
	faults *faults
}

func (r faultyRows) Next(dest []driver.Value) error {
	if err := r.faults.step(); err != nil {
		return err
	}
	return r.Rows.Next(dest)
}

// openFaulty opens a ledger whose tables are there.
func openFaulty(t *testing.T, path string, f *faults) *Ledger {
	t.Helper()
	d := sqlite
	l := &Ledger{d: &d, path: path, commit: (*sql.Tx).Commit}
	open := func(mode, begin string, conns int) *sql.DB {
		c, err := sqlitedriver.NewConnector(sqliteURI(path, mode, "busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)"))
		must(t, err)
		db := sql.OpenDB(faultyConnector{keepingConnector{c, begin}, f})
		db.SetMaxOpenConns(conns)
		return db
	}
	l.w, l.r, l.once = open("rwc", "BEGIN IMMEDIATE", 1), open("ro", "BEGIN", 8), open("ro", "BEGIN", 8)
	return l
}

// used makes a ledger in which there is something of everything, and returns
// the file and the IDs of its letters by their contacts.
func used(t *testing.T) (file []byte, ids map[string]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "used.db")
	l := openLedger(t, path)
	add(t, l, scan(6))
	_, err := l.AddRejects(t.Context(), "relay26", []Reject{{Source: "scan.csv:9", Reason: "no port"}})
	must(t, err)
	host := scan(1)[0].Addr
	must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: host, Network: lookup.Network{First: host, Last: host, AS: 64500, Contacts: []lookup.Contact{{Email: "drafted@isp.example"}}}}}))
	rows := rowsOf(t, l)
	ids = map[string]string{}
	for i, who := range []string{"drafted", "held", "approved", "sent", "unknown"} {
		d := draftTo(who+"@isp.example", "hello", rows[i])
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		ids[who] = d.Letter.ID
		switch who {
		case "held":
			must(t, l.Hold(t.Context(), d.Letter.ID, "not yet", "tester"))
		case "sent", "unknown":
			must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
			o := outbox(t, l, who)
			e := claimOne(t, o)
			must(t, o.Mark(t.Context(), e))
			out := accepted
			out.State = letter.State(who)
			must(t, o.Settle(t.Context(), e, out)())
			must(t, o.Close(t.Context()))
		}
	}
	e, err := l.Entry(t.Context(), ids["approved"])
	must(t, err)
	must(t, l.Approve(t.Context(), e.ID, e.Hash, "tester"))
	must(t, l.Place(t.Context(), "relay26", []letter.Placement{{Row: rows[5].ID, Fate: letter.FateHeld, Reason: "weak"}}))
	_, err = l.Note(t.Context(), HistoryEntry{Letter: ids["sent"], Kind: "answer", Ref: "m1"})
	must(t, err)
	_, err = l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByDomain, Value: "other.example"}, "tester")
	must(t, err)
	must(t, l.Lane(t.Context(), "domain:isp.example", letter.Pace{Every: time.Millisecond, Burst: 3}))
	must(t, l.Close())
	file, err = os.ReadFile(path)
	must(t, err)
	return file, ids
}

// all reads a sequence to its end, or to its error.
func all[T any](seq iter.Seq2[T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// claimed claims a letter, and gives back what it got.
func claimed(ctx context.Context, l *Ledger, options OutboxOptions) (err error) {
	o, err := l.Outbox(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close(context.Background())) }()
	_, _, _, err = claimNext(ctx, o)
	return err
}

// A request is what is asked of a ledger.
type request struct {
	name string
	do   func(ctx context.Context, l *Ledger) error
}

func readings(ids map[string]string) []request {
	prefix := netip.MustParsePrefix("198.51.100.0/24")
	return []request{
		{"an entry", func(ctx context.Context, l *Ledger) error { _, err := l.Entry(ctx, ids["sent"]); return err }},
		{"all letters", func(ctx context.Context, l *Ledger) error { return all(l.Letters(ctx, Filter{Campaign: "relay26"})) }},
		{"a letter", func(ctx context.Context, l *Ledger) error { _, err := l.Letter(ctx, ids["sent"]); return err }},
		{"whose message it is", func(ctx context.Context, l *Ledger) error { _, err := l.Find(ctx, ids["sent"]); return err }},
		{"the rows", func(ctx context.Context, l *Ledger) error { return all(l.Rows(ctx, "relay26")) }},
		{"the looks", func(ctx context.Context, l *Ledger) error { return all(Looks(ctx, l, "relay26")) }},
		{"what a report looks at", func(ctx context.Context, l *Ledger) error { return all(Spots(ctx, l, "relay26", Whole)) }},
		{"how a report cuts what it reads", func(ctx context.Context, l *Ledger) error { return all(Stretches(ctx, l, "relay26", 2)) }},
		{"the looks of a report", func(ctx context.Context, l *Ledger) error { return all(Seen(ctx, l, "relay26", Whole)) }},
		{"the letters of a report", func(ctx context.Context, l *Ledger) error { _, err := Sendings(ctx, l, "relay26"); return err }},
		{"the networks", func(ctx context.Context, l *Ledger) error { return all(Holders(ctx, l, "relay26")) }},
		{"a sealed plan", func(ctx context.Context, l *Ledger) error { _, err := Frozen(ctx, l, "relay26"); return err }},
		{"the addresses to ask about", func(ctx context.Context, l *Ledger) error {
			return all(l.Addresses(ctx, "relay26", time.Now().Add(time.Hour)))
		}},
		{"the cache", func(ctx context.Context, l *Ledger) error { _, err := l.Cache(ctx, time.Time{}); return err }},
		{"the campaigns", func(ctx context.Context, l *Ledger) error { _, err := l.Campaigns(ctx); return err }},
		{"the counts", func(ctx context.Context, l *Ledger) error { _, err := l.Counts(ctx, "relay26"); return err }},
		{"the sum", func(ctx context.Context, l *Ledger) error { _, err := l.Sum(ctx, "relay26"); return err }},
		{"what only a draft releases", func(ctx context.Context, l *Ledger) error { _, err := Redrafts(ctx, l, "relay26"); return err }},
		{"how many messages wait", func(ctx context.Context, l *Ledger) error {
			_, _, err := NewDoubts(l).Count(ctx, "relay26")
			return err
		}},
		{"dead mailboxes", func(ctx context.Context, l *Ledger) error { _, err := l.Dead(ctx, "relay26", time.Time{}); return err }},
		{"what was reported", func(ctx context.Context, l *Ledger) error { _, err := l.Reported(ctx, "relay26", "answer"); return err }},
		{"a history", func(ctx context.Context, l *Ledger) error { _, err := l.History(ctx, ids["sent"]); return err }},
		{"the lanes", func(ctx context.Context, l *Ledger) error { _, err := l.Lanes(ctx); return err }},
		{"when it began", func(ctx context.Context, l *Ledger) error { _, err := l.Started(ctx, "relay26"); return err }},
		{"a page", func(ctx context.Context, l *Ledger) error {
			_, err := l.Page(ctx, Query{Filter: Filter{Campaign: "relay26", States: []letter.State{letter.Sent}}, Order: ByID, Limit: 1})
			return err
		}},
		{"a page of words", func(ctx context.Context, l *Ledger) error {
			_, err := l.Page(ctx, Query{Filter: Filter{Campaign: "relay26", Text: "isp"}})
			return err
		}},
		{"a page of a prefix", func(ctx context.Context, l *Ledger) error {
			_, err := l.Page(ctx, Query{Filter: Filter{Campaign: "relay26", Text: prefix.String()}})
			return err
		}},
		{"a count", func(ctx context.Context, l *Ledger) error {
			_, _, err := l.Count(ctx, Filter{Campaign: "relay26", Text: "isp", Kinds: []finding.Kind{finding.OpenRelay}})
			return err
		}},
		{"who stopped what", func(ctx context.Context, l *Ledger) error { _, err := Halts(ctx, l); return err }},
		{"whether it goes on", func(ctx context.Context, l *Ledger) error { return Going(ctx, l, "relay26") }},
		{"what was handed over", func(ctx context.Context, l *Ledger) error { _, err := HandedOver(ctx, l, "", time.Hour); return err }},
		{"the stage", func(ctx context.Context, l *Ledger) error { _, err := StageOf(ctx, l, "relay26", []int{1}); return err }},
		{"what is unwritten", func(ctx context.Context, l *Ledger) error { return all(l.Unwritten(ctx, "relay26")) }},
		{"a plan", func(ctx context.Context, l *Ledger) error {
			_, err := l.Plan(ctx, PlanOptions{Campaign: "relay26", Apart: time.Hour})
			return err
		}},
		{"who is not written to", func(ctx context.Context, l *Ledger) error { _, err := l.Suppressions(ctx); return err }},
	}
}

func writings(ids map[string]string) []request {
	more := scan(9)[6:]
	host := more[0].Addr
	found := lookup.Result{Addr: host, Network: lookup.Network{First: host, Last: host, Handle: "NET", Contacts: []lookup.Contact{{Email: "a@isp.example"}}}}
	return []request{
		{"findings", func(ctx context.Context, l *Ledger) error { _, err := l.AddFindings(ctx, "relay26", more); return err }},
		{"a message that is dismissed", func(ctx context.Context, l *Ledger) error {
			_, _, err := NewDoubts(l).Note(ctx, doubted(ids["approved"], "m1"), 5)
			if err == nil {
				err = NewDoubts(l).Dismiss(ctx, ids["approved"], "m1", "jane")
			}
			return err
		}},
		{"a message that is accepted", func(ctx context.Context, l *Ledger) error {
			_, _, err := NewDoubts(l).Note(ctx, doubted(ids["approved"], "m2"), 5)
			if err == nil {
				err = NewDoubts(l).Accept(ctx, HistoryEntry{Letter: ids["approved"], Kind: "answer", Ref: "m2"})
			}
			return err
		}},
		{"the end of waiting", func(ctx context.Context, l *Ledger) error {
			s, keys := sealedPlan()
			s.Campaign = "begins26"
			err := Freeze(ctx, l, s, keys)
			if err == nil || errors.Is(err, ErrFrozen) {
				err = EndWaiting(ctx, l, s.Campaign, "joe", "enough")
			}
			return err
		}},
		{"looks", func(ctx context.Context, l *Ledger) error {
			_, err := AddLooks(ctx, l, "relay26", []outcome.Look{lookAt("192.0.2.7", outcome.Open, 1)})
			return err
		}},
		{"rejects", func(ctx context.Context, l *Ledger) error {
			_, err := l.AddRejects(ctx, "relay26", []Reject{{Source: "scan.csv:10", Reason: "no port"}})
			return err
		}},
		{"look-ups", func(ctx context.Context, l *Ledger) error {
			return l.AddLookups(ctx, "relay26", []lookup.Result{found, {Addr: more[1].Addr, Err: errors.New("timeout")}})
		}},
		{"an answer", func(ctx context.Context, l *Ledger) error {
			c, err := l.Cache(ctx, time.Time{})
			if err != nil {
				return err
			}
			return c.Put(ctx, netip.PrefixFrom(host, 32), found.Network)
		}},
		{"a draft", func(ctx context.Context, l *Ledger) error {
			_, err := l.Draft(ctx, draftTo("new@isp.example", "hello"))
			return err
		}},
		{"a draft anew", func(ctx context.Context, l *Ledger) error {
			_, err := l.Draft(ctx, draftTo("drafted@isp.example", "other words"))
			return err
		}},
		{"withdrawn drafts", func(ctx context.Context, l *Ledger) error { _, err := l.Withdraw(ctx, "relay26"); return err }},
		{"an event", func(ctx context.Context, l *Ledger) error {
			_, err := l.Note(ctx, HistoryEntry{Letter: ids["sent"], Kind: letter.Bounce, State: letter.Bounced, Ref: "m2"},
				letter.Suppression{Scope: letter.ByAddress, Value: "approved@isp.example"})
			return err
		}},
		{"a lane", func(ctx context.Context, l *Ledger) error {
			return l.Lane(ctx, "domain:new.example", letter.Pace{Every: time.Minute})
		}},
		{"paces", func(ctx context.Context, l *Ledger) error {
			return l.Paces(ctx, "relay26", func(string) (letter.Pace, bool) { return letter.Pace{Every: time.Minute}, true })
		}},
		{"a registry's turn", func(ctx context.Context, l *Ledger) error {
			return l.Pacer(func(string) (time.Duration, int) { return time.Minute, 5 }).Wait(ctx, "rdap.example")
		}},
		{"where rows ended", func(ctx context.Context, l *Ledger) error {
			return l.Place(ctx, "relay26", []letter.Placement{{Row: 6, Fate: letter.FateNoContact, Reason: "nobody"}})
		}},
		{"an approval", func(ctx context.Context, l *Ledger) error {
			e, err := l.Entry(ctx, ids["drafted"])
			if err != nil {
				return err
			}
			return l.Approve(ctx, e.ID, e.Hash, "tester")
		}},
		{"a letter held", func(ctx context.Context, l *Ledger) error { return l.Hold(ctx, ids["approved"], "wait", "tester") }},
		{"a letter released", func(ctx context.Context, l *Ledger) error { return l.Release(ctx, ids["held"], "tester") }},
		{"what became of one", func(ctx context.Context, l *Ledger) error {
			return l.Resolve(ctx, ids["unknown"], letter.Sent, "tester", "asked")
		}},
		{"a recovery", func(ctx context.Context, l *Ledger) error { _, _, err := l.Recover(ctx); return err }},
		{"a suppression", func(ctx context.Context, l *Ledger) error {
			_, err := l.Suppress(ctx, letter.Suppression{Scope: letter.ByDomain, Value: "isp.example"}, "tester")
			return err
		}},
		{"a suppression of a prefix", func(ctx context.Context, l *Ledger) error {
			_, err := l.Suppress(ctx, letter.Suppression{Scope: letter.ByPrefix, Value: "198.51.100.0/24"}, "tester")
			return err
		}},
		{"the end of one", func(ctx context.Context, l *Ledger) error {
			_, _, err := l.Unsuppress(ctx, letter.Suppression{Scope: letter.ByDomain, Value: "other.example"}, "tester")
			return err
		}},
		{"a stop and its end", func(ctx context.Context, l *Ledger) error {
			if _, err := Halt(ctx, l, letter.Halt{Campaign: "relay26", By: "ann", Reason: "listed"}); err != nil {
				return err
			}
			_, err := Resume(ctx, l, "relay26", "ben", "mended", 2)
			return err
		}},
		{"a stage drawn", func(ctx context.Context, l *Ledger) error {
			_, err := DrawStage(ctx, l, "relay26", []int{4, 5})
			return err
		}},
		{"a stage confirmed", func(ctx context.Context, l *Ledger) error {
			_, err := ConfirmStage(ctx, l, "relay26", []int{1, 4}, "ann")
			return err
		}},
		{"a letter about a network that was suppressed meanwhile", func(ctx context.Context, l *Ledger) error {
			err := inTx(ctx, l, func(t *tx) error {
				if _, err := t.exec(ctx, `
INSERT INTO suppressions (scope, value, campaign, reason, since, until_at) VALUES ('prefix', '198.51.100.2/32', '', '', 1, 0) ON CONFLICT DO NOTHING`); err != nil {
					return err
				}
				return countChange(ctx, t, "suppressions")
			})
			return errors.Join(err, claimed(ctx, l, OutboxOptions{Owner: "me"}))
		}},
		{"a letter that has grown old", func(ctx context.Context, l *Ledger) error {
			return claimed(ctx, l, OutboxOptions{Owner: "me", Ages: letter.Ages{Max: 1}})
		}},
		{"an attempt", func(ctx context.Context, l *Ledger) (err error) {
			o, err := l.Outbox(ctx, OutboxOptions{Owner: "me", Apart: time.Hour})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.Close(context.Background())) }()
			e, ok, _, err := claimNext(ctx, o)
			if err != nil || !ok {
				return err
			}
			if err := o.Mark(ctx, e); err != nil {
				return err
			}
			return o.Settle(ctx, e, accepted)()
		}},
		{"an attempt that was too early", func(ctx context.Context, l *Ledger) (err error) {
			o, err := l.Outbox(ctx, OutboxOptions{Owner: "me"})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.Close(context.Background())) }()
			if err := o.Beat(ctx); err != nil {
				return err
			}
			e, ok, _, err := claimNext(ctx, o)
			if err != nil || !ok {
				return err
			}
			out := accepted
			out.State, out.Slow = letter.Deferred, true
			return o.Settle(ctx, e, out)()
		}},
	}
}

// TestNoFaultOfTheDatabaseIsKeptQuiet breaks each step of each request, one at a
// time. It has to say so, and what it began has to be undone: asked
// again, it succeeds.
func TestNoFaultOfTheDatabaseIsKeptQuiet(t *testing.T) {
	alone(t)
	t.Parallel()
	stride := int64(2)
	if os.Getenv("HEADSUP_REAL") == "1" {
		stride = 1000 // each step
	}
	file, ids := used(t)
	for _, w := range slices.Concat(readings(ids), writings(ids), puttingBack(t, ids)) {
		t.Run(w.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "faulty.db")
			for at := int64(1); ; at += 1 + at/stride {
				if at >= 1000 {
					t.Fatal("there is no end")
				}
				for _, end := range []string{"", "-wal", "-shm"} {
					os.Remove(path + end)
				}
				must(t, os.WriteFile(path, file, 0o600))
				f := &faults{at: at}
				l := openFaulty(t, path, f)
				err := w.do(t.Context(), l)
				broke := f.steps.Load() >= at
				f.at = 0
				if broke && !errors.Is(err, errBroken) {
					t.Errorf("step %d broke: %v", at, err)
				}
				if !broke || errors.Is(err, errBroken) {
					if broke {
						err = w.do(t.Context(), l)
					}
					if err != nil {
						t.Errorf("after step %d: %v", at, err)
					}
				}
				must(t, l.Close())
				if !broke {
					return
				}
			}
		})
	}
}

// alone skips a long test in which nothing runs side by side: -short, which the
// race detector goes with, leaves it out.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
}
