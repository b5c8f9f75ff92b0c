package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/html"
)

const (
	maxPage  = 1 << 20 // bytes that are read of a page
	pageTime = 30 * time.Second
)

// A Page is what a web server answered.
type Page struct {
	Status int
	Date   time.Time // by its clock, or zero
	Body   string
}

// Client returns what asks for pages as a recipient's program does. Redirects
// are answers: who posts an opt-out by one click does not follow them. roots are
// whose certificates it trusts; nil: the system's.
func Client(dns DNS, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout: pageTime,
		Transport: &http.Transport{
			DialContext:       dns.dial,
			TLSClientConfig:   &tls.Config{RootCAs: roots},
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// following is a client that follows redirects, as browsers do.
func following(client *http.Client) *http.Client {
	follows := *client
	follows.CheckRedirect = nil
	return &follows
}

func get(ctx context.Context, client *http.Client, url string) (p Page, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return p, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return p, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	p = Page{Status: answer.StatusCode, Body: string(body)}
	p.Date, _ = http.ParseTime(answer.Header.Get("Date"))
	return p, err
}

const behind = "let the web server pass that address on to headsup inbox --listen"

// OptOut says whether the page behind a letter's List-Unsubscribe answers with
// its button (RFC 8058). The address is of no letter: whatever the server makes
// of a GET, nobody is unsubscribed.
func OptOut(ctx context.Context, client *http.Client, url string) (Check, Page) {
	c := Check{Check: "opt-out page", About: url}
	page, err := get(ctx, client, url)
	switch {
	case err != nil:
		return c.unreached(err), page
	case page.Status >= 300 && page.Status < 400:
		return c.fault(behind+", without a redirect", "it leads elsewhere (%d), where a click in a mail program does not follow", page.Status), page
	case page.Status != http.StatusOK:
		return c.fault(behind, "it answers %d %s", page.Status, http.StatusText(page.Status)), page
	case !hasButton(page.Body):
		return c.fault(behind+"; a GET shows the button, and no more", "it shows another page than the one with the button"), page
	}
	return c.ok("it shows the button, and asks before it does anything"), page
}

// hasButton reports whether a page has a form that posts the wish.
func hasButton(page string) bool {
	form := false
	for t := html.NewTokenizer(strings.NewReader(page)); ; {
		switch t.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken:
			token := t.Token()
			attribute := map[string]string{}
			for _, a := range token.Attr {
				attribute[a.Key] = a.Val
			}
			switch token.Data {
			case "form":
				form = strings.EqualFold(attribute["method"], http.MethodPost)
			case "button", "input":
				if form && attribute["name"] == "List-Unsubscribe" && attribute["value"] == "One-Click" {
					return true
				}
			}
		}
	}
}

const upload = "put the files of headsup export --site on the web server"

// Site says whether a page of the site is there.
func Site(ctx context.Context, client *http.Client, url string) (Check, Page) {
	c := Check{Check: "site", About: url}
	page, err := get(ctx, following(client), url)
	switch {
	case err != nil:
		return c.unreached(err), page
	case page.Status != http.StatusOK:
		return c.fault(upload, "it answers %d %s", page.Status, http.StatusText(page.Status)), page
	}
	return c.ok("it is there"), page
}

// Verification says whether the site refuses to confirm a letter: url is of a
// code that was made up.
func Verification(ctx context.Context, client *http.Client, url string) (Check, Page) {
	c := Check{Check: "verification", About: url}
	page, err := get(ctx, following(client), url)
	switch says := fmt.Sprintf("%d %s", page.Status, http.StatusText(page.Status)); {
	case err != nil:
		return c.unreached(err), page
	case page.Status == http.StatusNotFound || page.Status == http.StatusGone:
		return c.ok("it confirms no code that was made up (%s)", says), page
	case page.Status >= 200 && page.Status < 400:
		return c.fault("let the web server answer with 404.html of the site, and status 404, where a file is missing",
			"it confirms a code that was made up (%s)", says), page
	default:
		return c.fault("repair the web server: it has to answer 404 where a file is missing", "it answers %s", says), page
	}
}

// unreached is what becomes of a page that does not answer.
func (c Check) unreached(err error) Check {
	if silent := errors.Unwrap(err); silent != nil {
		err = silent // without the method and URL
	}
	return c.fault("let the web server answer at that https address, with a certificate that browsers accept", "no answer: %v", err)
}
