package main

import (
	"cmp"
	"context"
	"crypto/subtle"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/web"
)

// listenHere listens on a loopback address such as "127.0.0.1:9090": what is
// served there is for this machine, and for a reverse proxy on it.
func listenHere(ctx context.Context, flag, addr string) (net.Listener, error) {
	a, err := netip.ParseAddrPort(addr)
	if err != nil || !a.Addr().IsLoopback() {
		return nil, usageError{fmt.Errorf("--%s %q is not an address of this machine alone, such as 127.0.0.1:9090", flag, addr)}
	}
	return new(net.ListenConfig).Listen(ctx, "tcp", addr)
}

// serveOptOuts answers what comes to the campaign's opt_out address, until stop.
func (h *house) serveOptOuts(ctx context.Context, addr string, log journal) (stop func(), err error) {
	if len(h.campaign.CodeKey) == 0 {
		return nil, settings.ErrNoCodeKey
	}
	listener, err := listenHere(ctx, "listen", addr)
	if err != nil {
		return nil, err
	}
	honour := func(ctx context.Context, token string) (bool, error) {
		ok, err := h.optOut(ctx, token, log)
		if err != nil {
			h.p.say("opt-out by one click: %v", err)
		}
		return ok, err
	}
	server := &http.Server{Handler: web.OneClick{Honour: honour, Say: h.say}, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	go server.Serve(listener)
	h.p.say("opt-outs are honoured on http://%s", listener.Addr())
	return func() { server.Shutdown(context.WithoutCancel(ctx)) }, nil
}

// say words an answer of the page of opt-outs as a letter would be: in the
// first language that a browser names and that there is, else in the
// campaign's, with English below. It does not ask in which language the letter
// was, which would tell a letter's link from one that somebody made up.
func (h *house) say(answer, accept string) (notices []web.Notice) {
	words := h.renderer.Notices()
	c := h.campaign
	c.Translations = slices.Collect(maps.Keys(words))
	for _, lang := range c.Languages(letter.Agency{}, lookup.Contact{}, []lookup.Network{{Languages: accepted(accept)}}) {
		notices = append(notices, web.Notice(words[lang][answer]))
	}
	return notices
}

// maxAccept is the size of an Accept-Language header. What is longer is no
// browser's.
const maxAccept = 1000

// accepted lists the languages of an Accept-Language header (RFC 9110
// §12.5.4), the best first; none if it is not one.
func accepted(header string) (langs []string) {
	if len(header) > maxAccept {
		return nil
	}
	tags, _, _ := language.ParseAcceptLanguage(header)
	for _, tag := range tags {
		langs = append(langs, tag.String())
	}
	return langs
}

// optOut suppresses the address of the letter that a token names: its
// reference and its code, as in render.OptOutURL.
func (h *house) optOut(ctx context.Context, token string, log journal) (bool, error) {
	at := len(token) - len("-0000-0000")
	if at < 1 || subtle.ConstantTimeCompare([]byte(token[at:]), []byte("-"+h.campaign.Code(token[:at]))) != 1 {
		return false, nil
	}
	e, ok, err := h.letterOf(ctx, []string{token[:at]})
	if err != nil || !ok || e.ID != token[:at] {
		return false, err
	}
	s := letter.Suppression{Scope: letter.ByAddress, Value: strings.ToLower(e.To), Reason: "opt-out by one click"}
	if _, err := h.ledger.Suppress(ctx, s, oneClick); err != nil {
		return false, err
	}
	means, _ := letter.Return{Kind: letter.OptOut}.Means(e.State, e.To) // of a letter that is being sent: nothing
	b := returned{Letter: e.ID, To: e.To, Kind: letter.OptOut, State: cmp.Or(means.State, e.State), Result: noted, Source: oneClick}
	added, err := h.ledger.Note(ctx, ledger.Event{Letter: e.ID, Kind: means.History, State: means.State, By: oneClick, Ref: oneClick})
	if err != nil || !added {
		return err == nil, err
	}
	log.returned(e.Campaign, means.History, b)
	return true, h.p.printReturned(b)
}

const oneClick = "one click"
