package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"headsup/ledger/mark"
)

// Marks says where it is kept, outside the ledger, how far the ledger got.
//
// The order is: what is marked is committed, then its line is written in every
// folder, then it is durable in the first one, then the final dot is sent. So a
// ledger may be ahead of its mark, and one that is behind was put back. In the
// other folders the line is durable a moment later: they tell of a folder that
// was put back as a whole, which takes longer.
type Marks struct {
	Folders []string // a copy of the mark is in each; none: no mark is kept
	Keys    [][]byte // the first seals, each opens; none: seals only detect accidents
}

// keys are those that open a mark. Marks from before there was a key stay good.
func (m Marks) keys() [][]byte { return append(m.Keys[:len(m.Keys):len(m.Keys)], nil) }

// key seals.
func (m Marks) key() []byte { return m.keys()[0] }

// A marker adds to the mark of one outbox.
type marker struct {
	name  string
	key   []byte
	files []*mark.File
	add   func(*mark.File, []mark.Line) error // replaced by tests that lose a line

	// Of the one goroutine that commits: the last line that is in the ledger
	// for certain, and whether a later one may be.
	last   mark.Line
	unsure bool

	mu        sync.Mutex
	waiting   []*job      // committed, and to be told when their lines are durable
	unwritten []mark.Line // committed, in order
	busy      sync.WaitGroup
	works     bool

	written chan struct{} // that something was, for the files that are made durable later
	closing chan struct{} // closed when no more will be written
	synced  chan error    // when all of it is durable
}

// later is how long lines gather that are made durable later.
const later = 100 * time.Millisecond

// openMarker begins the mark of an outbox, which no other process may add to.
func openMarker(ctx context.Context, l *Ledger, m Marks, name string) (_ *marker, err error) {
	out := &marker{name: name, key: m.key(), add: (*mark.File).Append}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.close())
		}
	}()
	least := -1
	for i, dir := range m.Folders {
		f, err := mark.Open(filepath.Join(dir, name+mark.Ending), m.keys())
		if err != nil {
			return nil, err
		}
		if out.files = append(out.files, f); i == 0 || f.Last() < least {
			least = f.Last()
		}
	}
	if err := inTx(ctx, l, func(t *tx) error { return firstLine(ctx, t, name) }); err != nil {
		return nil, err
	}
	lines, err := linesAfter(ctx, l.r, name, least)
	if err != nil {
		return nil, err
	}
	out.last = lines[len(lines)-1]
	out.written, out.closing, out.synced = make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)
	go out.syncLater()
	return out, out.write(lines)
}

// firstLine makes line 0 of a mark, unless the ledger has it. From now on the
// mark says what left, also from a ledger that was restored.
func firstLine(ctx context.Context, t *tx, name string) error {
	if _, err := t.exec(ctx, "DELETE FROM restored"); err != nil {
		return err
	}
	_, err := t.exec(ctx, "INSERT INTO marks (mark, n, line) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
		name, mark.First(name).String())
	return err
}

// querier is a pool of connections, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// linesAfter reads the lines of a mark from the one after n on, and where there
// is none the last one.
func linesAfter(ctx context.Context, q querier, name string, n int) (lines []mark.Line, err error) {
	rows, err := q.QueryContext(ctx, `
SELECT line FROM marks WHERE mark = $1 AND (n > $2 OR n = (SELECT max(n) FROM marks WHERE mark = $1)) ORDER BY n`, name, n)
	if err != nil {
		return nil, err
	}
	texts, err := collect[string](rows)
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		l, err := mark.Parse(text)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// leave adds a line to the mark in the transaction that marks these letters.
func leave(ctx context.Context, t *tx, m *marker, ws []*write) error {
	if m == nil {
		return nil
	}
	if m.unsure {
		lines, err := linesAfter(ctx, t, m.name, m.last.N)
		if err != nil {
			return err
		}
		m.caughtUp(lines)
	}
	ids := make([]string, len(ws))
	for i, w := range ws {
		ids[i] = w.e.LetterID
	}
	line, err := mark.Next(m.key, m.last, time.Now(), ids)
	if err != nil {
		return err
	}
	for _, w := range ws {
		w.line = &line
	}
	// Who puts the database back under a sender takes the line before away.
	n, err := t.exec(ctx, `
INSERT INTO marks (mark, n, line) SELECT mark, n + 1, CAST($3 AS TEXT) FROM marks WHERE mark = $1 AND n = $2 AND line = $4`,
		m.name, m.last.N, line.String(), m.last.String())
	if err == nil && n != 1 {
		err = fmt.Errorf("%w: it has lost line %d of %s", ErrBehind, m.last.N, m.name)
	}
	return err
}

// caughtUp takes in lines whose commit was in doubt.
func (m *marker) caughtUp(lines []mark.Line) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range lines {
		if l.N > m.last.N {
			m.unwritten, m.last = append(m.unwritten, l), l
		}
	}
	m.unsure = false
}

// finish tells a job that its transaction is over. If it put a line into the
// mark, it hears of that when the line is durable, while the next transaction
// is at work.
func (j *job) finish() {
	if j.write == nil || j.write.line == nil {
		close(j.done)
		return
	}
	m := j.write.box.marker
	if j.err != nil {
		m.unsure = true
		close(j.done)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last.N < j.write.line.N {
		m.last = *j.write.line
		m.unwritten = append(m.unwritten, m.last)
	}
	m.waiting = append(m.waiting, j)
	if !m.works {
		m.works = true
		m.busy.Go(m.workOff)
	}
}

// workOff writes lines until none is waiting.
func (m *marker) workOff() {
	for {
		m.mu.Lock()
		if m.works = len(m.waiting) > 0; !m.works {
			m.mu.Unlock()
			return
		}
		jobs, lines := m.waiting, m.unwritten
		m.waiting, m.unwritten = nil, nil
		m.mu.Unlock()
		err := m.write(lines)
		if err != nil { // for the next ones: a line must not be left out
			m.mu.Lock()
			m.unwritten = append(lines, m.unwritten...)
			m.mu.Unlock()
		}
		for _, j := range jobs {
			j.err = err
			close(j.done)
		}
	}
}

// write adds lines to all files and makes them durable in the first.
func (m *marker) write(lines []mark.Line) (err error) {
	for _, f := range m.files {
		err = errors.Join(err, m.add(f, lines))
	}
	if err == nil {
		err = m.files[0].Sync()
	}
	select {
	case m.written <- struct{}{}:
	default:
	}
	return err
}

// syncLater makes durable what is in the other files. At the first error it
// leaves that to the system, which closing the marker tells of.
func (m *marker) syncLater() {
	var err error
	for range m.written {
		for _, f := range m.files[1:] {
			err = errors.Join(err, f.Sync())
		}
		if err != nil {
			break
		}
		select {
		case <-time.After(later):
		case <-m.closing:
		}
	}
	m.synced <- err
}

// close waits until all lines are durable.
func (m *marker) close() (err error) {
	if m == nil {
		return nil
	}
	m.busy.Wait()
	if m.synced != nil {
		close(m.closing)
		close(m.written)
		err = <-m.synced
	}
	for _, f := range m.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// maxSenders is how many processes of one host may send from one ledger.
const maxSenders = 64

// lockMark finds a mark of this host that no other process adds to, and keeps
// the others from it. On SQLite there is one.
func lockMark(ctx context.Context, l *Ledger, o OutboxOptions) (name string, unlock func() error, err error) {
	id, err := identity(ctx, l.r)
	if err != nil {
		return "", nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return "", nil, err
	}
	dir := o.Marks.Folders[len(o.Marks.Folders)-1]
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	senders := maxSenders
	if l.path != "" {
		senders = 1
	}
	for n := range senders {
		name = markName(id, o.Campaign, fmt.Sprintf("%s-%d", host, os.Getuid()), n+1)
		unlock, err = lockFile(ctx, filepath.Join(dir, name+".lock"))
		if !errors.Is(err, ErrSending) {
			break
		}
	}
	return name, unlock, err
}

// markName names the mark of one sender of a host and user.
func markName(ledger, campaign, host string, sender int) string {
	host = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, strings.ToLower(host))
	return fmt.Sprintf("%s.%s.%s.%d", ledger, campaign, host, sender)
}

// identity returns who the ledger is, also when it is copied or put back.
func identity(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (id string, err error) {
	err = q.QueryRowContext(ctx, "SELECT id FROM identity").Scan(&id)
	return id, err
}
