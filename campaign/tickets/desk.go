package tickets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
	"headsup/wire"
)

const (
	mayTake = 30 * time.Second // a call, with its connection
	maySay  = 256 << 10        // bytes of an answer, with its certificates and fields
	hits    = 20               // tickets that a search may bring
	maxWord = 64               // bytes of a state that are looked at
	maxSaid = 200              // bytes of a refusal that are shown
)

// ErrAnswer means that the system did not do as it was asked, or said something of
// another form than is documented.
var ErrAnswer = errors.New("the ticket system gives no answer that can be used")

// subjects say why a letter needs somebody.
var subjects = map[ledger.Need]string{
	ledger.NeedHeld:     "A letter is held",
	ledger.NeedAnswered: "A letter was answered by a person",
	ledger.NeedBounced:  "A letter did not arrive, and there is no other address",
}

// A desk is the house's system.
type desk struct {
	settings *settings.Tickets
	place    string // its kind and URL: numbers of another one mean nothing to it
	host     string
	token    string
	client   *http.Client
	pace     *ledger.Pacer
}

func newDesk(in campaign.Inside) (*desk, error) {
	s := in.Settings.Tickets
	token, err := s.Token(in.Settings)
	if err != nil {
		return nil, err
	}
	server := s.Server(in.Settings)
	tls, err := server.TLSConfig()
	if err != nil {
		return nil, err
	}
	dial, err := server.Dialer()
	if err != nil {
		return nil, err
	}
	guarded := func(ctx context.Context, _, address string) (net.Conn, error) {
		c, err := wire.Open(ctx, dial, address)
		if err != nil {
			return nil, err
		}
		c.Allow(maySay, mayTake)
		return c, nil
	}
	return &desk{
		settings: s,
		place:    s.System + " " + strings.TrimRight(s.URL, "/"),
		host:     server.Host,
		token:    token,
		// A connection for each call: what one may say is what its call may be told.
		client: &http.Client{
			Timeout:       mayTake,
			Transport:     &http.Transport{DialContext: guarded, TLSClientConfig: tls, DisableKeepAlives: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		pace: in.Ledger.Pacer(func(string) (time.Duration, int) { return s.Gap(), 1 }),
	}, nil
}

// words are what a ticket says.
func (d *desk) words(t ledger.Ticket) string {
	text := fmt.Sprintf("%s: %s.\n", subjects[t.Reason], t.Letter)
	if d.settings.Desk != "" {
		text += strings.TrimRight(d.settings.Desk, "/") + "/letters/" + url.PathEscape(t.Letter) + "\n"
	}
	if t.Reason == ledger.NeedAnswered {
		return text + "Closing this ticket settles the answer.\n"
	}
	return text + "Closing this ticket leaves the letter as it is.\n"
}

// call asks the system, and reads its answer, one JSON value, into out.
func (d *desk) call(ctx context.Context, method, path string, in, out any) error {
	if err := d.pace.Wait(ctx, d.host); err != nil {
		return err
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(d.settings.URL, "/")+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", map[string]string{settings.RT: "token ", settings.Zammad: "Token token="}[d.settings.System]+d.token)
	got, err := d.client.Do(r)
	if err != nil {
		return wire.HideIn(wire.Cause(err), d.token)
	}
	defer got.Body.Close()
	said, err := io.ReadAll(io.LimitReader(got.Body, maySay+1))
	switch {
	case err != nil:
		return wire.HideIn(err, d.token)
	case len(said) > maySay:
		return fmt.Errorf("%w: it says too much", ErrAnswer)
	case got.StatusCode/100 != 2:
		d.rest(got)
		return fmt.Errorf("%w: status %d %s", ErrAnswer, got.StatusCode, finding.Clean(wire.Hide(string(said), d.token), maxSaid))
	}
	if err := json.Unmarshal(said, out); err != nil {
		return fmt.Errorf("%w: %s", ErrAnswer, finding.Clean(wire.Hide(err.Error(), d.token), maxSaid))
	}
	return nil
}

// rest heeds a system that asks for a rest.
func (d *desk) rest(got *http.Response) {
	if got.StatusCode != http.StatusTooManyRequests && got.StatusCode != http.StatusServiceUnavailable {
		return
	}
	if s, err := strconv.Atoi(got.Header.Get("Retry-After")); err == nil && s > 0 {
		d.pace.Slow(d.host, time.Duration(min(s, 3600))*time.Second)
	}
}

// A number is what a system calls a ticket, written as a number or as text.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(text), `"`), 10, 64)
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is no number of a ticket", finding.Clean(string(text), maxWord))
	}
	*n = number(v)
	return nil
}

// A record is a ticket as either system shows it.
type record struct {
	ID      number `json:"id"`
	Subject string `json:"Subject"` // RT
	Status  string `json:"Status"`
	Title   string `json:"title"` // Zammad, with expand=true
	State   string `json:"state"`
}

// find returns the number of the first ticket whose subject has our reference, or 0.
func (d *desk) find(ctx context.Context, key string) (int64, error) {
	var list []record
	if d.settings.System == settings.RT {
		var page struct {
			Items []record `json:"items"`
		}
		q := url.Values{"query": {"Subject LIKE '" + key + "'"}, "fields": {"Subject"}, "per_page": {strconv.Itoa(hits)}}
		if err := d.call(ctx, http.MethodGet, "/REST/2.0/tickets?"+q.Encode(), nil, &page); err != nil {
			return 0, err
		}
		list = page.Items
	} else {
		q := url.Values{"query": {key}, "expand": {"true"}, "limit": {strconv.Itoa(hits)}}
		if err := d.call(ctx, http.MethodGet, "/api/v1/tickets/search?"+q.Encode(), nil, &list); err != nil {
			return 0, err
		}
	}
	first := number(0)
	for _, r := range list {
		subject := r.Subject + r.Title
		if subject == "" { // whether it is ours cannot be told, and a second one must not be made
			return 0, fmt.Errorf("%w: ticket %d is found without its subject", ErrAnswer, r.ID)
		}
		if strings.Contains(subject, "["+key+"]") && r.ID > 0 && (first == 0 || r.ID < first) {
			first = r.ID
		}
	}
	return int64(first), nil
}

// create makes a ticket, and returns its number.
func (d *desk) create(ctx context.Context, subject, text string) (int64, error) {
	path, in := "/api/v1/tickets", any(map[string]any{
		"title":    subject,
		"group":    d.settings.Queue,
		"customer": d.settings.Customer,
		"article":  map[string]any{"subject": subject, "body": text, "type": "note", "content_type": "text/plain", "internal": true},
	})
	if d.settings.System == settings.RT {
		path, in = "/REST/2.0/ticket", map[string]string{"Queue": d.settings.Queue, "Subject": subject, "Content": text, "ContentType": "text/plain"}
	}
	var made record
	err := d.call(ctx, http.MethodPost, path, in, &made)
	if err == nil && made.ID == 0 {
		err = fmt.Errorf("%w: it names no number", ErrAnswer)
	}
	return int64(made.ID), err
}

// state returns the state of a ticket.
func (d *desk) state(ctx context.Context, n int64) (string, error) {
	path := fmt.Sprintf("/api/v1/tickets/%d?expand=true", n)
	if d.settings.System == settings.RT {
		path = fmt.Sprintf("/REST/2.0/ticket/%d", n)
	}
	var r record
	if err := d.call(ctx, http.MethodGet, path, nil, &r); err != nil {
		return "", err
	}
	state := finding.Clean(r.Status+r.State, maxWord)
	if state == "" {
		return "", fmt.Errorf("%w: ticket %d has no state", ErrAnswer, n)
	}
	return state, nil
}
