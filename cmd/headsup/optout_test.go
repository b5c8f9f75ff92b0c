package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"headsup/campaign/settings"
	"headsup/letter"
)

// listenForOptOuts serves the page until the test ends, and returns its address.
func listenForOptOuts(t *testing.T, h *house) (base string) {
	t.Helper()
	h.campaign.CodeKey = []byte("0123456789abcdef")
	stop, err := h.serveOptOuts(t.Context(), "127.0.0.1:0", journal{slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(stop)
	_, base, _ = strings.Cut(strings.TrimSpace(h.p.stderr.(*bytes.Buffer).String()), " on ")
	return base
}

func TestOneClickSuppressesOnlyByItsToken(t *testing.T) {
	h, out := newFilesHouse(t)
	base := listenForOptOuts(t, h)
	const id = "demo26-ftst90tjrk"
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

func TestThePageOfOptOutsSpeaksTheReadersLanguage(t *testing.T) {
	renderer, err := newRenderer(&settings.Settings{})
	must(t, err)
	for _, tt := range []struct{ name, campaign, accept, want string }{
		{"a browser's own", "en", "de-AT,de;q=0.9,en;q=0.8", "de en"},
		{"the best by weight, not by place", "en", "en;q=0.5, fr;q=0.7, fi;q=0.6", "fr en"},
		{"English once", "en", "en-GB,de;q=0.5", "en"},
		{"the next that there is", "en", "ga, eu;q=0.9, es-MX;q=0.8", "es en"},
		{"one that is not wanted", "en", "de;q=0, it", "it en"},
		{"Taiwan", "en", "zh-TW", "zh-Hant en"},
		{"Hong Kong", "en", "zh-HK,zh;q=0.9", "zh-Hant en"},
		{"China", "en", "zh-CN,zh-TW;q=0.9", "zh-Hans en"},
		{"Chinese of no country", "en", "zh", "zh-Hans en"},
		{"a script and a country", "en", "zh-Hant-MO", "zh-Hant en"},
		{"Brazil", "en", "pt-BR,pt;q=0.9", "pt-BR en"},
		{"Portugal", "en", "pt-PT", "pt-BR en"},
		{"Norwegian", "en", "no", "nb en"},
		{"Nynorsk", "en", "nn-NO,da;q=0.5", "nb en"},
		{"Serbian", "en", "sr", "sr-Cyrl en"},
		{"Serbian in Latin", "en", "sr-Latn-RS", "sr-Latn en"},
		{"Hebrew by its old name", "en", "iw", "he en"},
		{"a likeness", "en", "gl, be, nds", "en"},
		{"any", "fr", "*", "fr en"},
		{"none named", "fr", "", "fr en"},
		{"none that there is", "fr", "tlh", "fr en"},
		{"what is no header", "en", "de; q=zwei", "en"},
		{"what is no language", "en", "<script>,de", "en"},
		{"bytes that are no text", "en", "\xff\x00\r\n", "en"},
		{"a header of 10 KB", "en", strings.Repeat("ja,", 10<<10/3), "en"},
		{"a language of 10 KB", "en", "ja" + strings.Repeat("-x", 5<<10), "en"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := &house{renderer: renderer, campaign: letter.Campaign{Language: tt.campaign, English: true}}
			for _, answer := range []string{"ask", "noted", "unknown", "unclear", "failed"} {
				var langs []string
				for _, n := range h.say(answer, tt.accept) {
					langs = append(langs, n.Lang)
					if n.Title == "" || n.Text == "" {
						t.Errorf("%s in %s: %+v", answer, n.Lang, n)
					}
				}
				if got := strings.Join(langs, " "); got != tt.want {
					t.Errorf("%s: in %s, want %s", answer, got, tt.want)
				}
			}
		})
	}
}

func TestThePageOfOptOutsHasEnglishBelowWhereLettersDo(t *testing.T) {
	renderer, err := newRenderer(&settings.Settings{})
	must(t, err)
	h := &house{renderer: renderer, campaign: letter.Campaign{Language: "en"}}
	if n := h.say("ask", "de"); len(n) != 1 || n[0].Lang != "de" {
		t.Errorf("without English: %+v", n)
	}
}

// A link that somebody made up is not to be told from that of a letter.
func TestAGETDoesNotTellALetter(t *testing.T) {
	h, _ := newFilesHouse(t)
	base := listenForOptOuts(t, h)
	const id = "demo26-ftst90tjrk"
	for _, accept := range []string{"", "ar", "ja,en;q=0.5"} {
		page := func(token string) string {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), "GET", base+"/"+token, nil)
			must(t, err)
			r.Header.Set("Accept-Language", accept)
			w, err := http.DefaultClient.Do(r)
			must(t, err)
			defer w.Body.Close()
			w.Header.Del("Date")
			body, err := io.ReadAll(w.Body)
			must(t, err)
			return fmt.Sprint(w.Status, w.Header, string(body))
		}
		known := page(id + "-" + h.campaign.Code(id))
		if made := page("demo26-0000000000-0000-0000"); known != made || !strings.Contains(known, "<form") {
			t.Errorf("Accept-Language %q:\n%s\n%s", accept, known, made)
		}
	}
}

func TestOptOutsAreHonouredUntilStopped(t *testing.T) {
	h, _ := newFilesHouse(t)
	h.campaign.CodeKey = nil
	if err := h.comesBack(t.Context(), nil, inboxOptions{listen: "127.0.0.1:0"}, journal{}); err != settings.ErrNoCodeKey {
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
