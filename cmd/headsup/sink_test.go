package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"headsup/ledger"
	"headsup/ledger/postgrestest"
	"headsup/letter"
	"headsup/lookup"
	"headsup/mailer"
	"headsup/wire"
)

// BenchmarkSink sends letters from a ledger on SQLite or PostgreSQL, with all its
// durable writes, over one connection or ten to Postfix's smtp-sink, which keeps
// nothing; and beside it, turn by turn, the same without a mark beside the ledger,
// and as many of the same size with smtp-source, which reads nothing from a disk
// and writes nothing to it. "marks" leaves out of the time what is done before a
// letter is on the wire and after it is off: claims and outcomes. "kept" is what is
// left of the rate with the mark.
func BenchmarkSink(b *testing.B) {
	source, err := exec.LookPath("smtp-source")
	if err != nil {
		b.Skip(err)
	}
	sink := startSink(b)
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, connections := range []int{1, 10} {
			for _, size := range []int{6_000, 60_000} {
				for _, part := range []string{"whole", "marks"} {
					b.Run(fmt.Sprintf("%s/%d/%dKB/%s", engine, connections, size/1000, part), func(b *testing.B) {
						s := sinking{dsn: filepath.Join(b.TempDir(), "headsup.db"), sink: sink, connections: connections,
							letters: min(3000, 60_000_000/size), // more than the log of SQLite holds before it begins anew
							marks:   part == "marks"}
						if connections == 1 {
							s.letters = 1000
						}
						if engine == "postgres" {
							s.dsn = postgrestest.Start(b, "fsync=on").Database(b, "template1")
						}
						benchmarkSink(b, source, s, size)
					})
				}
			}
		}
	}
}

// A sinking is what is sent from where.
type sinking struct {
	dsn                  string
	sink                 *net.TCPAddr
	letters, connections int
	marks                bool // nothing but the marks is timed
}

func benchmarkSink(b *testing.B, source string, s sinking, size int) {
	fillLedger(b, s.dsn, s.letters, size)
	var ours, unmarked, theirs, busy time.Duration
	for b.Loop() {
		wall, _ := s.sendAll(b, ledger.Marks{})
		unmarked += wall
		dir := b.TempDir()
		wall, cpu := s.sendAll(b, ledger.Marks{Folders: []string{filepath.Join(dir, "folder"), filepath.Join(dir, "state")}})
		ours, busy = ours+wall, busy+cpu
		start := time.Now()
		out, err := exec.Command(source, "-d", "-s", strconv.Itoa(s.connections), "-m", strconv.Itoa(s.letters), "-l", strconv.Itoa(size),
			"-M", "client.example", "-f", "a@example.org", "-t", "b@example.net", "inet:"+s.sink.String()).CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		theirs += time.Since(start)
	}
	n := float64(b.N * s.letters)
	b.ReportMetric(n/ours.Seconds(), "letters/s")
	b.ReportMetric(unmarked.Seconds()/ours.Seconds(), "kept")
	b.ReportMetric(n/theirs.Seconds(), "smtp-source/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(busy.Seconds()*1e6/n, "cpu-µs/letter")
}

// startSink starts smtp-sink on a free port until the benchmark ends.
func startSink(b *testing.B) *net.TCPAddr {
	sink, err := exec.LookPath("smtp-sink")
	if err != nil {
		b.Skip(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	server := exec.Command(sink, "-u", "nobody", addr.String(), "100")
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Process.Kill(); server.Wait() })
	for range 100 {
		if c, err := net.Dial("tcp", addr.String()); err == nil {
			c.Close()
			return addr
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatal("smtp-sink does not listen")
	return nil
}

// fillLedger approves letters of a size to 100 mail domains.
func fillLedger(b *testing.B, path string, letters, size int) {
	l, err := ledger.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	pad := bytes.Repeat([]byte("Each line of the letter is about as long as this one is, or so.\r\n"), size/65)
	for i := range letters {
		to := lookup.Contact{Email: fmt.Sprintf("abuse%d@d%d.example", i, i%100)}
		id := letter.Reference("relay26", to.Email, 1)
		mail := fmt.Appendf(nil, "From: notices@example.org\r\nTo: %s\r\nSubject: [%s] open relay\r\nMessage-ID: <%s@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n%s", to.Email, id, id, pad)
		d := ledger.Draft{Letter: letter.Letter{ID: id, Campaign: "relay26", Round: 1, To: to, Languages: []string{"en"}, Agency: letter.Agency{ID: "oca", From: "notices@example.org"}},
			Rendered: letter.Rendered{Subject: "[" + id + "] open relay", Mail: mail}, From: "notices+" + id + "@example.org",
			Lanes: []string{"campaign:relay26", "hours:UTC", strings.Replace(to.Email[strings.IndexByte(to.Email, '@'):], "@", "domain:", 1)}}
		if _, err := l.Draft(b.Context(), d); err != nil {
			b.Fatal(err)
		}
		if err := l.Approve(b.Context(), id, ledger.Hash(d.Rendered), "tester"); err != nil {
			b.Fatal(err)
		}
	}
}

// approveAgain makes a ledger forget that it was sent.
func approveAgain(b *testing.B, dsn string) {
	driver, queries := "sqlite", []string{"DELETE FROM attempts", "UPDATE letters SET state = 'approved', attempt = 0, due_at = 0", "UPDATE queues SET next_at = 0"}
	if strings.HasPrefix(dsn, "postgres:") {
		driver = "pgx"
		queries = append(queries, "VACUUM ANALYZE")
	} else {
		queries = append(queries, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			b.Fatal(err)
		}
	}
}

// sendAll does what headsup send does, as fast as it can. All letters are
// approved again before, which is not timed.
func (s sinking) sendAll(b *testing.B, kept ledger.Marks) (took, cpu time.Duration) {
	b.StopTimer()
	defer b.StartTimer()
	approveAgain(b, s.dsn)
	l, err := ledger.Open(b.Context(), s.dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	post, err := mailer.NewSMTP(mailer.Server{Server: wire.Server{Host: "127.0.0.1", Port: s.sink.Port, TLS: "none"}, Helo: "client.example", PerConnection: 1 << 20})
	if err != nil {
		b.Fatal(err)
	}
	defer post.Close()
	box, err := l.Outbox(b.Context(), ledger.OutboxOptions{Apart: 24 * time.Hour, Marks: kept})
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close(context.Background())
	var out mailer.Outbox = box
	if s.marks {
		on := &onTheWire{Outbox: box}
		if on.ready, _, err = box.Claim(b.Context(), s.letters); err != nil {
			b.Fatal(err)
		}
		defer on.settle(b)
		out = on
	}
	sent := 0
	start, before := time.Now(), processTime()
	err = mailer.Run(b.Context(), out, post, mailer.Options{Connections: s.connections, Drain: true, Notify: func(_ letter.Envelope, o letter.Outcome) {
		if o.State == letter.Sent {
			sent++
		}
	}})
	took, cpu = time.Since(start), processTime()-before
	if err != nil || sent != s.letters {
		b.Fatalf("%d of %d sent: %v", sent, s.letters, err)
	}
	return took, cpu
}

// onTheWire has claimed all letters before, and records their outcomes afterwards.
type onTheWire struct {
	*ledger.Outbox
	ready []letter.Envelope
	mu    sync.Mutex
	sent  []letter.Envelope
	what  []letter.Outcome
}

func (o *onTheWire) Claim(_ context.Context, most int) ([]letter.Envelope, time.Time, error) {
	es := o.ready[:min(most, len(o.ready))]
	o.ready = o.ready[len(es):]
	return es, time.Time{}, nil
}

func (o *onTheWire) Settle(_ context.Context, e letter.Envelope, out letter.Outcome) (recorded func() error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent, o.what = append(o.sent, e), append(o.what, out)
	return func() error { return nil }
}

func (o *onTheWire) settle(b *testing.B) {
	for i, e := range o.sent {
		if err := o.Outbox.Settle(context.Background(), e, o.what[i])(); err != nil {
			b.Fatal(err)
		}
	}
}

// processTime is the time that the processors have spent for this process.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
