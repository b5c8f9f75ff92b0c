// Package hooks tells a program of the house what happens to letters: each event
// as JSON, signed, in order, again until it is taken.
//
// How far it has come is in the ledger. An event may reach the program twice,
// when a connection breaks off after it was taken; its ID is the same then.
package hooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"headsup/campaign"
	"headsup/ledger"
)

// What every message has besides its body.
const (
	IDField        = "Headsup-Event"     // the event's number; the same however often it is told
	TimeField      = "Headsup-Time"      // when this was said, seconds since 1970
	SignatureField = "Headsup-Signature" // "sha256=" and what [Sign] makes
)

// Sign makes the signature of a message: HMAC-SHA256 of the time, a dot and the
// body, in hexadecimal. Who takes messages makes the same, compares both in
// constant time, and refuses a time that is minutes old.
func Sign(secret []byte, at int64, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%d.", at)
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// A Teller says when events are told.
type Teller struct {
	Settled time.Duration // how old they are by then
	Lease   time.Duration // for how long no other process tells one; longer than a program may take
	Most    time.Duration // the longest pause after a failure
}

// Usual is the teller of a house.
var Usual = Teller{Settled: time.Minute, Lease: time.Minute, Most: time.Hour}

// patience is how long a program may take for an event.
const patience = 10 * time.Second

// errRefused means that a program did not take an event.
var errRefused = errors.New("the webhook did not take an event")

// client follows nobody elsewhere: what is signed is for one address.
var client = &http.Client{
	Timeout:       patience,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Next tells the next event, and reports whether there was one that was taken.
// Where the settings name no webhook there is none.
func (t Teller) Next(ctx context.Context, c *campaign.Campaign, now time.Time) (told bool, err error) {
	in := campaign.Within(c)
	hook := in.Settings.Webhook
	if hook == nil {
		return false, nil
	}
	secret, err := hook.Secret(in.Settings)
	if err != nil {
		return false, err
	}
	e, found, err := ledger.NextTold(ctx, in.Ledger, in.Rules.ID, t.Settled, t.Lease)
	if err != nil || !found {
		return false, err
	}
	if err := say(ctx, hook.URL, secret, e, now); err != nil {
		n, lerr := ledger.WasNotTold(context.WithoutCancel(ctx), in.Ledger, in.Rules.ID, t.Most)
		return false, errors.Join(fmt.Errorf("event %d, %d times: %w", e.ID, n, err), lerr)
	}
	return true, ledger.WasTold(context.WithoutCancel(ctx), in.Ledger, in.Rules.ID, e.ID)
}

// say hands one event over.
func say(ctx context.Context, url string, secret []byte, e ledger.Hooked, now time.Time) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(IDField, strconv.FormatInt(e.ID, 10))
	r.Header.Set(TimeField, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(SignatureField, "sha256="+Sign(secret, now.Unix(), body))
	got, err := client.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	io.CopyN(io.Discard, got.Body, 64<<10) // so that the connection can be used again
	if got.StatusCode/100 != 2 {
		return fmt.Errorf("%w: status %d", errRefused, got.StatusCode)
	}
	return nil
}

// pause is how long a run waits where nothing is to be told.
const pause = 5 * time.Second

// Run tells events until ctx ends. trouble hears of what went wrong, once while
// it is the same.
func (t Teller) Run(ctx context.Context, c *campaign.Campaign, trouble func(error)) {
	bad := false
	for ctx.Err() == nil {
		told, err := t.Next(ctx, c, time.Now())
		if err != nil && ctx.Err() == nil && !bad {
			trouble(err)
		}
		bad = err != nil
		if told {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}
