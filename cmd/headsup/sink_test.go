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
	"headsup/letter"
	"headsup/lookup"
	"headsup/mailer"
	"headsup/wire"
)

// BenchmarkSink sends letters from a ledger, with all its durable writes, over
// ten connections to Postfix's smtp-sink, which keeps nothing; and beside it,
// turn by turn, the same without a mark beside the ledger, and as many of the
// same size with smtp-source, which reads nothing from a disk and writes nothing
// to it. "marks" leaves out of the time what is done before a letter is on the
// wire and after it is off: claims and outcomes. "kept" is what is left of the
// rate with the mark.
func BenchmarkSink(b *testing.B) {
	source, err := exec.LookPath("smtp-source")
	if err != nil {
		b.Skip(err)
	}
	sink := startSink(b)
	for _, size := range []int{6_000, 60_000} {
		for _, part := range []string{"whole", "marks"} {
			b.Run(fmt.Sprintf("%dKB/%s", size/1000, part), func(b *testing.B) { benchmarkSink(b, source, sink, size, part == "marks") })
		}
	}
}

func benchmarkSink(b *testing.B, source string, sink *net.TCPAddr, size int, marks bool) {
	const connections = 10
	letters := min(3000, 60_000_000/size) // more than the log of the ledger holds before it begins anew
	path := filepath.Join(b.TempDir(), "headsup.db")
	fillLedger(b, path, letters, size)
	var ours, unmarked, theirs, busy time.Duration
	for b.Loop() {
		b.StopTimer()
		approveAgain(b, path)
		b.StartTimer()
		wall, _ := sendAll(b, path, sink, letters, connections, marks, ledger.Marks{})
		unmarked += wall
		b.StopTimer()
		approveAgain(b, path)
		b.StartTimer()
		dir := b.TempDir()
		wall, cpu := sendAll(b, path, sink, letters, connections, marks, ledger.Marks{Folders: []string{filepath.Join(dir, "folder"), filepath.Join(dir, "state")}})
		ours, busy = ours+wall, busy+cpu
		start := time.Now()
		out, err := exec.Command(source, "-d", "-s", strconv.Itoa(connections), "-m", strconv.Itoa(letters), "-l", strconv.Itoa(size),
			"-M", "client.example", "-f", "a@example.org", "-t", "b@example.net", "inet:"+sink.String()).CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		theirs += time.Since(start)
	}
	n := float64(b.N * letters)
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
func approveAgain(b *testing.B, path string) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{"DELETE FROM attempts", "UPDATE letters SET state = 'approved', attempt = 0, due_at = 0", "UPDATE queues SET next_at = 0", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.Exec(q); err != nil {
			b.Fatal(err)
		}
	}
}

// sendAll does what headsup send does, as fast as it can.
func sendAll(b *testing.B, path string, server *net.TCPAddr, letters, connections int, marks bool, kept ledger.Marks) (took, cpu time.Duration) {
	l, err := ledger.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	post, err := mailer.NewSMTP(mailer.Server{Server: wire.Server{Host: "127.0.0.1", Port: server.Port, TLS: "none"}, Helo: "client.example", PerConnection: 1 << 20})
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
	if marks {
		on := &onTheWire{Outbox: box}
		if on.ready, _, err = box.Claim(b.Context(), letters); err != nil {
			b.Fatal(err)
		}
		defer on.settle(b)
		out = on
	}
	sent := 0
	start, before := time.Now(), processTime()
	err = mailer.Run(b.Context(), out, post, mailer.Options{Connections: connections, Drain: true, Notify: func(_ letter.Envelope, o letter.Outcome) {
		if o.State == letter.Sent {
			sent++
		}
	}})
	took, cpu = time.Since(start), processTime()-before
	if err != nil || sent != letters {
		b.Fatalf("%d of %d sent: %v", sent, letters, err)
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
