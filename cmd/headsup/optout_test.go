package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"headsup/letter"
)

func TestOneClickSuppressesOnlyByItsToken(t *testing.T) {
	h, out := newFilesHouse(t)
	h.campaign.CodeKey = []byte("0123456789abcdef")
	const id = "demo26-ftst90tjrk"
	stop, err := h.serveOptOuts(t.Context(), "127.0.0.1:0", journal{slog.New(slog.DiscardHandler)})
	must(t, err)
	defer stop()
	_, base, _ := strings.Cut(strings.TrimSpace(h.p.stderr.(*bytes.Buffer).String()), " on ")
	post := func(token string) int {
		t.Helper()
		r, err := http.PostForm(base+"/"+token, url.Values{"List-Unsubscribe": {"One-Click"}})
		must(t, err)
		r.Body.Close()
		return r.StatusCode
	}
	suppressed := func() int {
		t.Helper()
		list, err := h.ledger.Suppressions(t.Context())
		must(t, err)
		return len(list)
	}
	other := letter.Campaign{CodeKey: []byte("another key of 16")}
	for _, token := range []string{id, id + "-0000-0000", id + "-" + other.Code(id), "-" + h.campaign.Code(""), h.campaign.Code(id),
		"demo26-0000000000-" + h.campaign.Code("demo26-0000000000")} {
		if got := post(token); got != http.StatusNotFound || suppressed() != 0 {
			t.Errorf("%s: %d, %d suppressed", token, got, suppressed())
		}
	}
	r, err := http.Get(base + "/" + id + "-" + h.campaign.Code(id))
	must(t, err)
	r.Body.Close()
	if r.StatusCode != http.StatusOK || suppressed() != 0 {
		t.Errorf("a GET: %d, %d suppressed", r.StatusCode, suppressed())
	}
	for range 2 { // the same wish twice is one, and is honoured again once it was lifted
		if got := post(id + "-" + h.campaign.Code(id)); got != http.StatusOK || suppressed() != 1 {
			t.Errorf("the letter's own token: %d, %d suppressed", got, suppressed())
		}
		_, err := h.ledger.Unsuppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: "abuse@carrier.example"})
		must(t, err)
	}
	if got := strings.Count(out.String(), "\topt-out\t"); got != 1 {
		t.Errorf("%d lines:\n%s", got, out)
	}
	e, err := h.ledger.Letter(t.Context(), id)
	must(t, err)
	if e.State != letter.Suppressed {
		t.Errorf("the letter that waited is %s", e.State)
	}
}

func TestOptOutsAreHonouredUntilStopped(t *testing.T) {
	h, _ := newFilesHouse(t)
	h.campaign.CodeKey = nil
	if err := h.comesBack(t.Context(), nil, inboxOptions{listen: "127.0.0.1:0"}, journal{}); err != errNoCodeKey {
		t.Errorf("without a key: %v", err)
	}
	h.campaign.CodeKey = []byte("0123456789abcdef")
	if err := h.comesBack(t.Context(), nil, inboxOptions{listen: "192.0.2.1:80"}, journal{}); err == nil {
		t.Error("it listens to the world")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := h.comesBack(ctx, nil, inboxOptions{listen: "127.0.0.1:0"}, journal{}); err != nil {
		t.Errorf("stopped: %v", err)
	}
}
