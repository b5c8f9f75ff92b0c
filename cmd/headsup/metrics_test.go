package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer"
)

func TestMetricsCountWhatIsSent(t *testing.T) {
	h, _ := newFilesHouse(t)
	m, err := h.newMetrics(t.Context(), "127.0.0.1:0")
	must(t, err)
	defer m.Close()
	scrape := func() string {
		r, err := http.Get("http://" + m.listener.Addr().String() + "/metrics")
		must(t, err)
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		must(t, err)
		return string(text)
	}
	has := func(lines ...string) {
		t.Helper()
		text := scrape()
		for _, line := range lines {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("no line %s in\n%s", line, text)
			}
		}
	}
	has(`headsup_letters{campaign="demo26",state="approved"} 1`, `headsup_letters{campaign="demo26",state="sent"} 0`,
		`headsup_letters_on_the_wire{campaign="demo26"} 0`)
	box, err := h.ledger.Outbox(t.Context(), ledger.OutboxOptions{})
	must(t, err)
	defer box.Close(t.Context())
	post := transportFunc(func(_ context.Context, _ letter.Envelope, mark func() error) letter.Outcome {
		must(t, mark())
		has(`headsup_letters_on_the_wire{campaign="demo26"} 1`, `headsup_letters{campaign="demo26",state="sending"} 1`)
		return letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, At: time.Now()}
	})
	must(t, mailer.Run(t.Context(), newWatched(box, m), post, mailer.Options{Drain: true}))
	has(`headsup_letters{campaign="demo26",state="sent"} 1`, `headsup_letters_on_the_wire{campaign="demo26"} 0`,
		`headsup_attempts_total{campaign="demo26",state="sent"} 1`, `headsup_attempt_seconds_count{campaign="demo26"} 1`)
}

type transportFunc func(context.Context, letter.Envelope, func() error) letter.Outcome

func (f transportFunc) Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	return f(ctx, e, mark)
}
