package mailer_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os/exec"
	"sync"
	"testing"
	"time"

	"headsup/letter"
	"headsup/mailer"
)

// BenchmarkSink sends letters of 5 and 60 KB to Postfix's smtp-sink, which
// keeps nothing. Beside it: smtp-source -m 1000 -l 5000 -s 1 127.0.0.1:PORT
func BenchmarkSink(b *testing.B) {
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
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, size := range []int{5_000, 60_000} {
		for _, connections := range []int{1, 4} {
			b.Run(fmt.Sprintf("%dKB/%d", size/1000, connections), func(b *testing.B) {
				post, err := mailer.NewSMTP(mailer.Server{Host: "127.0.0.1", Port: addr.Port, TLS: "none", Helo: "client.example", PerConnection: 1 << 20})
				if err != nil {
					b.Fatal(err)
				}
				defer post.Close()
				box := &queue{n: b.N, pad: bytes.Repeat([]byte("line upon line of text\r\n"), size/24)}
				b.ResetTimer()
				if err := mailer.Run(b.Context(), box, post, mailer.Options{Connections: connections, Drain: true}); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
				if box.sent != b.N {
					b.Errorf("%d of %d sent", box.sent, b.N)
				}
			})
		}
	}
}

// queue is an Outbox of n letters that remembers only how many were sent.
type queue struct {
	mu      sync.Mutex
	n, sent int
	pad     []byte
}

func (q *queue) Claim(context.Context) (e letter.Envelope, ok bool, retry time.Time, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.n == 0 {
		return e, false, retry, nil
	}
	e = envelope(q.n)
	e.Mail = append(e.Mail, q.pad...)
	q.n--
	return e, true, retry, nil
}

func (q *queue) Mark(context.Context, letter.Envelope) error { return nil }

func (q *queue) Settle(_ context.Context, _ letter.Envelope, o letter.Outcome) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if o.State == letter.Sent {
		q.sent++
	}
	return nil
}
