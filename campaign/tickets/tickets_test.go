package tickets

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
)

const token = "geheim-token-4711"

var must = campaigntest.Must

// A house is a fake of both systems, with the forms that their documentation shows.
type house struct {
	mu      sync.Mutex
	subject []string // of ticket 1 and those after it
	text    []string
	state   map[int]string
	calls   []string
	die     bool   // the connection breaks off once a ticket is made
	raw     string // is said in place of an answer, if it is set
	status  int
	header  map[string]string
}

func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, r.Method+" "+r.URL.Path)
	rt := strings.HasPrefix(r.URL.Path, "/REST/2.0/")
	if a := r.Header.Get("Authorization"); a != map[bool]string{true: "token ", false: "Token token="}[rt]+token {
		http.Error(w, "who is "+a, http.StatusUnauthorized)
		return
	}
	for k, v := range h.header {
		w.Header().Set(k, v)
	}
	if h.status != 0 {
		w.WriteHeader(h.status)
	}
	if h.raw != "" {
		fmt.Fprint(w, h.raw)
		return
	}
	say := func(v any) { json.NewEncoder(w).Encode(v) }
	n, _ := strconv.Atoi(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
	switch {
	case r.Method == http.MethodPost:
		var in struct {
			Queue, Subject, Content string
			Title, Group, Customer  string
			Article                 struct{ Body string }
		}
		if json.NewDecoder(r.Body).Decode(&in) != nil || in.Queue+in.Group != "Abuse" || !rt && in.Customer == "" {
			http.Error(w, "bad", http.StatusUnprocessableEntity)
			return
		}
		h.subject, h.text = append(h.subject, in.Subject+in.Title), append(h.text, in.Content+in.Article.Body)
		if h.die {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusCreated)
		if rt {
			say(map[string]string{"id": strconv.Itoa(len(h.subject)), "type": "ticket"})
		} else {
			say(map[string]any{"id": len(h.subject), "title": in.Title, "state_id": 1})
		}
	case n > 0 && rt:
		say(map[string]any{"id": n, "Status": h.of(n)})
	case n > 0:
		say(map[string]any{"id": n, "title": h.subject[n-1], "state": h.of(n)})
	default: // a search, which finds too much rather than too little
		list := []map[string]any{}
		for i, s := range h.subject {
			if rt {
				list = append(list, map[string]any{"id": strconv.Itoa(i + 1), "type": "ticket", "Subject": s})
			} else {
				list = append(list, map[string]any{"id": i + 1, "title": s, "state": "open"})
			}
		}
		if rt {
			say(map[string]any{"items": list, "total": len(list)})
		} else {
			say(list)
		}
	}
}

func (h *house) of(n int) string {
	if s := h.state[n]; s != "" {
		return s
	}
	return "open"
}

func (h *house) close(n int, state string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state[n] = state
}

// at has a campaign with a letter that left or waits, and a system.
func at(t *testing.T, system string, sent bool) (h *house, c *campaign.Campaign) {
	t.Helper()
	h = &house{state: map[int]string{}}
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	dir := campaigntest.Approved(t)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	must(t, os.WriteFile(filepath.Join(dir, "house.pem"), ca, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "tickets.token"), []byte(token+"\n"), 0o600))
	campaigntest.Edit(t, dir, "[campaign]", fmt.Sprintf(`[tickets]
system = %q
url = "%s/"
queue = "Abuse"
customer = "headsup"
secret_file = "tickets.token"
ca_file = "house.pem"
desk = "https://desk.example.org/"
pace = "1ms"
every = "1ns"
[campaign]`, system, s.URL))
	c = campaigntest.Open(t, dir, nil)
	if sent {
		_, err := c.Send(t.Context(), campaign.SendOptions{})
		must(t, err)
	}
	return h, c
}

// pass makes and asks, and returns what was done.
func pass(t *testing.T, c *campaign.Campaign) (did string, err error) {
	t.Helper()
	err = Keeper{}.Pass(t.Context(), c, func(d Done) { did += fmt.Sprintf("%s %s %d;", d.What, d.Key, d.Number) })
	return did, err
}

func passes(t *testing.T, c *campaign.Campaign, want string) {
	t.Helper()
	if did, err := pass(t, c); did != want || err != nil {
		t.Errorf("did %q, want %q: %v", did, want, err)
	}
}

func eachSystem(t *testing.T, sent bool, test func(t *testing.T, h *house, c *campaign.Campaign, closed string)) {
	for system, closed := range map[string]string{settings.RT: "resolved", settings.Zammad: "closed"} {
		t.Run(system, func(t *testing.T) {
			h, c := at(t, system, sent)
			test(t, h, c, closed)
		})
	}
}

func TestAHeldLetterHasOneTicketAndStaysHeldOnceItIsClosed(t *testing.T) {
	eachSystem(t, false, func(t *testing.T, h *house, c *campaign.Campaign, closed string) {
		passes(t, c, "")
		_, err := c.Hold(t.Context(), []string{campaigntest.Letter}, "Jane Doe called", "anna")
		must(t, err)
		plan, err := Plan(t.Context(), c)
		if err != nil || len(plan) != 1 || plan[0].What != Wanted || plan[0].Key != campaigntest.Letter+"-held" || len(h.calls) != 0 {
			t.Errorf("%+v %v, after %q", plan, err, h.calls)
		}
		passes(t, c, "made "+campaigntest.Letter+"-held 1;")
		passes(t, c, "")
		if want := "[" + campaigntest.Letter + "-held] A letter is held"; h.subject[0] != want {
			t.Errorf("%q, want %q", h.subject[0], want)
		}
		if want := "A letter is held: " + campaigntest.Letter + ".\nhttps://desk.example.org/letters/" + campaigntest.Letter + "\nClosing this ticket leaves the letter as it is.\n"; h.text[0] != want {
			t.Errorf("%q, want %q", h.text[0], want)
		}
		h.close(1, closed)
		passes(t, c, "closed "+campaigntest.Letter+"-held 1;")
		passes(t, c, "")
		if e, err := c.Entry(t.Context(), campaigntest.Letter); err != nil || e.State != letter.Held || len(h.subject) != 1 {
			t.Errorf("%+v %v, %q", e, err, h.subject)
		}
	})
}

func TestAClosedTicketSettlesItsAnswer(t *testing.T) {
	eachSystem(t, true, func(t *testing.T, h *house, c *campaign.Campaign, closed string) {
		in := campaign.Within(c)
		var ids []int64
		for _, words := range []string{"It is Jane's", "again"} {
			id, err := ledger.TellAnswer(t.Context(), in.Ledger, campaigntest.Letter, "jane@carrier.example", words)
			must(t, err)
			ids = append(ids, id)
		}
		key := func(i int) string { return fmt.Sprintf("%s-answered-%d", campaigntest.Letter, ids[i]) }
		passes(t, c, fmt.Sprintf("made %s 1;made %s 2;", key(0), key(1)))
		if all := strings.Join(append(h.text, h.subject...), ""); strings.Contains(all, "ane") || strings.Contains(all, "carrier") {
			t.Errorf("somebody is named: %q", all)
		}
		_, err := ledger.Settle(t.Context(), in.Ledger, in.Rules.ID, ids[1], ledger.Rule{Ruling: letter.RuledFixed, By: "anna"})
		must(t, err)
		h.close(1, strings.ToUpper(closed))
		h.close(2, closed)
		if did, err := pass(t, c); err != nil || strings.Count(did, "closed") != 2 {
			t.Errorf("%q %v", did, err)
		}
		for i, want := range []letter.Ruling{letter.RuledDone, letter.RuledFixed} {
			if a, err := ledger.FindAnswer(t.Context(), in.Ledger, in.Rules.ID, ids[i]); err != nil || a.Open || a.Ruling != want {
				t.Errorf("%+v %v, want %s", a, err, want)
			}
		}
	})
}

func TestALetterThatDidNotArriveHasATicketWhereThereIsNoOtherAddress(t *testing.T) {
	for class, want := range map[letter.Class]string{letter.ClassFull: "made " + campaigntest.Letter + "-bounced 1;", letter.ClassOurs: ""} {
		_, c := at(t, settings.RT, true)
		_, err := campaign.Within(c).Ledger.Note(t.Context(), ledger.HistoryEntry{Letter: campaigntest.Letter, Kind: "bounce", State: letter.Bounced, Class: class, Text: "552"})
		must(t, err)
		passes(t, c, want)
	}
}

// Mail does not reach the only contact: a ticket is made once a new draft found nobody.
func TestADeadMailboxHasATicketOnceNobodyElseIsFound(t *testing.T) {
	_, c := at(t, settings.RT, true)
	_, err := campaign.Within(c).Ledger.Note(t.Context(), ledger.HistoryEntry{Letter: campaigntest.Letter, Kind: "bounce", State: letter.Bounced, Class: letter.ClassMailbox, Text: "550 5.1.1"})
	must(t, err)
	passes(t, c, "")
	must(t, c.Compose(t.Context(), time.Now()))
	passes(t, c, "made "+campaigntest.Letter+"-bounced 1;")
}

// A process dies after the row and before the call, or after the call and before the
// number is written down.
func TestWhoeverDiesInBetweenLeavesNoSecondTicket(t *testing.T) {
	eachSystem(t, false, func(t *testing.T, h *house, c *campaign.Campaign, _ string) {
		in := campaign.Within(c)
		_, err := c.Hold(t.Context(), []string{campaigntest.Letter}, "why", "anna")
		must(t, err)
		d, err := newDesk(in)
		must(t, err)
		_, found, err := ledger.ClaimTicket(t.Context(), in.Ledger, in.Rules.ID, d.place, 0)
		if err != nil || !found {
			t.Fatalf("%v %v", found, err)
		}
		h.subject = []string{"[" + campaigntest.Letter + "-held-2] of another", campaigntest.Letter + "-held without its signs"}
		h.die = true
		if did, err := pass(t, c); did != "" || err == nil { // it is made, and nobody hears of it
			t.Errorf("%q %v", did, err)
		}
		passes(t, c, "found "+campaigntest.Letter+"-held 3;")
		passes(t, c, "")
		if len(h.subject) != 3 {
			t.Errorf("%q", h.subject)
		}
	})
}

func TestWhatASystemSaysIsBoundedAndCleaned(t *testing.T) {
	h, c := at(t, settings.RT, false)
	_, err := c.Hold(t.Context(), []string{campaigntest.Letter}, "why", "anna")
	must(t, err)
	for name, tt := range map[string]struct {
		status int
		raw    string
		want   string
	}{
		"no JSON":              {0, "<html>\x1b[31m", "no answer that can be used"},
		"too much":             {0, "[" + strings.Repeat(" ", 2*maySay), ""},
		"a negative number":    {0, `{"items":[{"id":"-3","Subject":"x"}]}`, "no number"},
		"a number that is hex": {0, `{"items":[{"id":"0x10","Subject":"x"}]}`, "no number"},
		"a hit of no subject":  {0, `{"items":[{"id":"3"}]}`, "without its subject"},
		"it repeats the token": {403, "no \x1b[2J" + token + strings.Repeat("x", 999), "status 403 no"},
		"elsewhere":            {302, "go", "status 302"},
	} {
		h.status, h.raw, h.header = tt.status, tt.raw, map[string]string{"Location": "/REST/2.0/elsewhere"}
		did, err := pass(t, c)
		if err == nil || did != "" || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), token) || strings.ContainsRune(err.Error(), 0x1b) || len(err.Error()) > 500 {
			t.Errorf("%s: %q %v", name, did, err)
		}
	}
	for _, call := range h.calls {
		if call != "GET /REST/2.0/tickets" {
			t.Errorf("called %s", call)
		}
	}
	h.status, h.raw = 0, ""
	passes(t, c, "made "+campaigntest.Letter+"-held 1;")
	for _, raw := range []string{`{}`, `{"Status":["resolved"]}`, `{"Status":"\u202eresolved` + strings.Repeat("x", 999) + `"}`} {
		h.raw = raw
		if did, _ := pass(t, c); did != "" {
			t.Errorf("%s: %s", raw, did)
		}
	}
}

func TestASystemThatAsksForARestHasIt(t *testing.T) {
	h, c := at(t, settings.Zammad, false)
	_, err := c.Hold(t.Context(), []string{campaigntest.Letter}, "why", "anna")
	must(t, err)
	h.status, h.raw, h.header = 429, "slow", map[string]string{"Retry-After": "3000"}
	for _, want := range []string{"status 429", "asked for a rest"} {
		if _, err := pass(t, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if len(h.calls) != 1 {
		t.Errorf("%q", h.calls)
	}
}

func TestTicketsAreOffByDefaultAndNeedASystem(t *testing.T) {
	dir := campaigntest.Approved(t)
	c := campaigntest.Open(t, dir, nil)
	if _, err := Plan(t.Context(), c); err != ErrOff {
		t.Error(err)
	}
	if err := Usual.Pass(t.Context(), c, nil); err != ErrOff {
		t.Error(err)
	}
	Usual.Run(t.Context(), c, func(err error) { t.Error(err) }) // returns
	const rt = "system = \"rt\"\nqueue = \"q\"\nsecret_file = \"s\"\n"
	for text, ok := range map[string]bool{
		rt + "url = \"https://rt.example.org/rt\"":                                                 true,
		rt + "url = \"http://127.0.0.1:8080\"":                                                     true,
		rt + "url = \"http://rt.example.org\"":                                                     false,
		rt + "url = \"https://u:p@rt.example.org\"":                                                false,
		rt + "url = \"https://rt.example.org/?x=1\"":                                               false,
		rt + "url = \"https://rt.example.org\"\ndesk = \"http://desk.example.org\"":                false,
		rt + "url = \"https://rt.example.org\"\npace = \"-1s\"":                                    false,
		"system = \"otrs\"\nqueue = \"q\"\nsecret_file = \"s\"\nurl = \"https://rt.example.org\"":  false,
		"system = \"zammad\"\nqueue = \"q\"\nsecret_file = \"s\"\nurl = \"https://z.example.org\"": false,
		"system = \"rt\"\nsecret_file = \"s\"\nurl = \"https://rt.example.org\"":                   false,
		"system = \"rt\"\nqueue = \"q\"\nurl = \"https://rt.example.org\"":                         false,
	} {
		dir := campaigntest.Approved(t)
		campaigntest.Edit(t, dir, "[campaign]", "[tickets]\n"+text+"\n[campaign]")
		if _, err := settings.Load(dir); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzRecords(f *testing.F) {
	f.Add([]byte(`[{"id":"20","Subject":"x"},{"id":3,"title":"y","state":"closed"}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var list []record
		if json.Unmarshal(text, &list) != nil {
			return
		}
		for _, r := range list {
			if r.ID < 0 {
				t.Errorf("%q is ticket %d", text, r.ID)
			}
		}
	})
}
