package recipient_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/answers"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/loopback"
	"headsup/web/recipient"
)

// A house is a campaign whose letters have left, and its site.
type house struct {
	t    testing.TB
	c    *campaign.Campaign
	site http.Handler
	host string
}

func open(t testing.TB, letters int) house {
	t.Helper()
	c := campaigntest.Open(t, campaigntest.Many(t, letters, loopback.Options{}), nil)
	_, err := c.Send(t.Context(), campaign.SendOptions{})
	campaigntest.Must(t, err)
	s, err := recipient.New(c, nil)
	campaigntest.Must(t, err)
	u, err := url.Parse(s.URL)
	campaigntest.Must(t, err)
	return house{t, c, s.Handler(nil), u.Host}
}

// first is one of the letters, and the path of its page.
func (h house) first() (letter.Letter, string) {
	h.t.Helper()
	for e, err := range h.c.Letters(h.t.Context(), ledger.Filter{States: []letter.State{letter.Sent}}) {
		campaigntest.Must(h.t, err)
		r, err := campaign.Within(h.c).Ledger.Letter(h.t.Context(), e.ID)
		campaigntest.Must(h.t, err)
		return r.Letter, "/verify/" + r.Letter.ID + "-" + r.Letter.Code + "/"
	}
	h.t.Fatal("no letter was sent")
	return letter.Letter{}, ""
}

// ask asks for a path; what stands in form is posted.
func (h house) ask(path string, form url.Values, header ...string) (int, string) {
	h.t.Helper()
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	r.Host, r.RemoteAddr = h.host, "127.0.0.1:40000"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.site.ServeHTTP(w, r)
	if len(w.Result().Cookies()) > 0 || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		h.t.Errorf("%s: %v", path, w.Header())
	}
	return w.Code, w.Body.String()
}

func (h house) answers() (all []ledger.Answer) {
	h.t.Helper()
	all, _, err := ledger.Answers(h.t.Context(), campaign.Within(h.c).Ledger, ledger.AnswerQuery{Campaign: h.c.ID()})
	campaigntest.Must(h.t, err)
	return all
}

func TestAPageConfirmsItsLetterAndNoOther(t *testing.T) {
	h := open(t, 2)
	l, page := h.first()
	status, text := h.ask(page, nil)
	if status != http.StatusOK || !strings.Contains(text, "This letter is from us") || !strings.Contains(text, "<dt>Number of systems</dt><dd><bdi>1</bdi></dd>") {
		t.Errorf("%d %s", status, text)
	}
	if strings.Contains(text, l.To.Email) || strings.Contains(text, l.Findings[0].Addr.String()) {
		t.Error("the page gives its recipient away")
	}
	other := strings.NewReplacer("0", "1", "1", "2", "7", "8").Replace(l.Code)
	_, unknown := h.ask("/verify/"+h.c.ID()+"-0000000000-0000-0000/", nil)
	for _, path := range []string{"/verify/" + l.ID + "-" + other + "x/", "/verify/" + l.ID + "/", "/verify/-/", "/verify/x", "/verify/" + l.ID + "-/", "/nothing", "/verify/../../../etc/passwd", "/404.html"} {
		if status, text := h.ask(path, nil); status != http.StatusNotFound || text != unknown {
			t.Errorf("%s: %d", path, status)
		}
	}
	if len(h.answers()) > 0 {
		t.Error("a page that was read is an answer")
	}
	if status, _ := h.ask(page, nil, "Sec-Purpose", "prefetch"); status != http.StatusServiceUnavailable {
		t.Errorf("prefetched: %d", status)
	}
}

func TestAdviceIsThereInEveryLanguage(t *testing.T) {
	h := open(t, 1)
	for path, want := range map[string]string{"/": "<html", "/de/": `lang="de"`, "/ar/verify/": `dir="rtl"`, "/style.css": ":root", "/robots.txt": "Disallow"} {
		if status, text := h.ask(path, nil); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := h.ask("/de", nil); status != http.StatusMovedPermanently {
		t.Errorf("without its slash: %d", status)
	}
	l, page := h.first()
	r := httptest.NewRequest(http.MethodGet, "/de/verify/?reference="+strings.ToUpper(l.ID)+"&code=+"+l.Code, nil)
	r.Host = h.host
	w := httptest.NewRecorder()
	if h.site.ServeHTTP(w, r); w.Code != http.StatusSeeOther || w.Header().Get("Location") != page {
		t.Errorf("the form without script leads to %d %s, want %s", w.Code, w.Header().Get("Location"), page)
	}
	if status, _ := h.ask("/de/", url.Values{}); status != http.StatusMethodNotAllowed {
		t.Errorf("posted to: %d", status)
	}
}

func TestAnAnswerIsAClaimThatWaitsForAPerson(t *testing.T) {
	h := open(t, 1)
	l, page := h.first()
	const hostile = `"><script>alert(1)</script>`
	for _, tt := range []struct {
		name, said, contact, note string
		status                    int
		want                      string // as a person reads it
	}{
		{"no answer is chosen", "", "", hostile, http.StatusUnprocessableEntity, ""},
		{"an answer that is none", "paid", "", "", http.StatusUnprocessableEntity, ""},
		{"a ruling that is a person's alone", "done", "", "", http.StatusUnprocessableEntity, ""},
		{"somebody else, and nobody named", "other", "", "", http.StatusUnprocessableEntity, ""},
		{"somebody else who is no mailbox", "other", hostile, "", http.StatusUnprocessableEntity, ""},
		{"a contact that belongs to no answer", "fixed", "noc@isp.example", "", http.StatusUnprocessableEntity, ""},
		{"fixed", "fixed", "", "closed\r\n yesterday" + hostile, http.StatusOK, "fixed: closed yesterday" + hostile},
		{"somebody else", "other", "NOC@isp.example", "", http.StatusOK, "other NOC@isp.example"},
		{"help", "help", "", "", http.StatusOK, "help"},
	} {
		before := len(h.answers())
		status, text := h.ask(page, url.Values{"said": {tt.said}, "contact": {tt.contact}, "note": {tt.note}}, "Origin", "https://"+h.host)
		if status != tt.status || strings.Contains(text, "<script>") || (tt.note != "" && status != http.StatusOK) != strings.Contains(text, "&lt;script&gt;") && tt.note != "" {
			t.Errorf("%s: %d\n%s", tt.name, status, text)
		}
		all := h.answers()
		switch {
		case tt.want == "" && len(all) != before:
			t.Errorf("%s: noted", tt.name)
		case tt.want != "" && (len(all) != before+1 || !all[before].Open || all[before].Letter != l.ID || all[before].Text != tt.want):
			t.Errorf("%s: %+v", tt.name, all)
		}
	}
	if status, _ := h.ask(page, url.Values{"said": {"fixed"}}, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	for range 4 {
		h.ask(page, url.Values{"said": {"fixed"}})
	}
	if n := len(h.answers()); n != 5 {
		t.Errorf("%d answers wait for a person", n)
	}
}

func TestWhatIsTakenBackIsSaidAtOnce(t *testing.T) {
	h := open(t, 1)
	l, page := h.first()
	_, before := h.ask(page, nil)
	h.ask(page, url.Values{"said": {"wrong"}})
	campaigntest.Must(t, answers.Rule(t.Context(), h.c, l.ID, ledger.Rule{Ruling: letter.RuledWrong, By: "tester", Note: "a honeypot"}, time.Now()))
	if _, after := h.ask(page, nil); len(after) <= len(before) || !strings.Contains(after, "taken back") {
		t.Errorf("%s", after)
	}
}

func TestCodesAreNotToBeGuessed(t *testing.T) {
	h := open(t, 1)
	_, page := h.first()
	for n := range 30 {
		if status, _ := h.ask(fmt.Sprintf("/verify/demo26-aaaaaaaaaa-0000-%04d/", n), nil, "X-Forwarded-For", "198.51.100.7, 203.0.113.5"); status != http.StatusNotFound {
			t.Fatalf("try %d: %d", n, status)
		}
	}
	for who, want := range map[string]int{"10.0.0.1, 203.0.113.5": http.StatusTooManyRequests, "203.0.113.5, 203.0.113.6": http.StatusOK} {
		if status, _ := h.ask(page, nil, "X-Forwarded-For", who); status != want {
			t.Errorf("%s: %d, want %d", who, status, want)
		}
	}
	for n := range 40 { // one network of IPv6 is one client
		status, _ := h.ask("/verify/x-y-z/", nil, "X-Forwarded-For", fmt.Sprintf("2001:db8::%x", n))
		if (status == http.StatusTooManyRequests) != (n >= 30) {
			t.Errorf("try %d: %d", n, status)
		}
	}
}

func TestOnlyTheSitesOwnNameIsServed(t *testing.T) {
	h := open(t, 1)
	h.host = "evil.example"
	if status, _ := h.ask("/", nil); status != http.StatusMisdirectedRequest {
		t.Errorf("%d", status)
	}
}

func FuzzPaths(f *testing.F) {
	for _, path := range []string{"/", "/verify/demo26-k3v9xq2m7d-7k3q-9xmd/", "/verify/--", "/de/verify/?reference=%ff&code=%00", "//verify//", "/verify/index.html"} {
		f.Add(path)
	}
	h := open(f, 1)
	f.Fuzz(func(t *testing.T, path string) {
		if u, err := url.ParseRequestURI(path); err != nil || u.Host != "" || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t\r\n") {
			return
		}
		h := h
		h.t = t
		if status, _ := h.ask(path, nil); status >= 500 {
			t.Errorf("%q: %d", path, status)
		}
	})
}
