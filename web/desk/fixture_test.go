package desk

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

// hostile is what strangers write into whatever they can.
const hostile = `"><script src=//evil.example></script><img src=x onerror=alert(1)>{{.}}`

// drafted makes a campaign with drafts to n contacts of its own list, whose
// organisations and scans have hostile names.
func drafted(t *testing.T, n int) *campaign.Campaign {
	t.Helper()
	dir := campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
	contacts, scan := "match,email,org,language\n", "ip,port,proto,kind,service,seen,evidence\n"
	for i := range n {
		contacts += fmt.Sprintf("198.51.100.%d/32,abuse%d@isp%d.example,\"%s\",%s\n", i, i, i, strings.ReplaceAll(hostile, `"`, `""`), []string{"en", "de"}[i%2])
		scan += fmt.Sprintf("198.51.100.%d,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z,\"%s\"\n", i, strings.ReplaceAll(hostile, `"`, `""`))
	}
	campaigntest.Must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(contacts), 0o644))
	c := campaigntest.Open(t, dir, nil)
	_, err := c.Draft(t.Context(), []campaign.Source{campaign.Stream("scan.csv", strings.NewReader(scan))}, finding.Options{}, campaign.AskOptions{}, time.Now())
	campaigntest.Must(t, err)
	return c
}

// A visitor is somebody with a browser.
type visitor struct {
	t      *testing.T
	base   string
	client *http.Client
}

// An answer is what a visitor got.
type answer struct {
	status int
	header http.Header
	body   string
	url    *url.URL // after redirects
}

// serve opens the desk of a campaign until the test ends.
func serve(t *testing.T, c *campaign.Campaign) (*Desk, string) {
	t.Helper()
	d, err := New(c, Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	campaigntest.Must(t, err)
	s := httptest.NewServer(d.Handler())
	t.Cleanup(func() { s.Close(); d.Close() })
	d.o.Hosts = []string{strings.TrimPrefix(s.URL, "http://")}
	s.Config.Handler = d.Handler()
	return d, s.URL
}

func visit(t *testing.T, base string) *visitor {
	jar, err := cookiejar.New(nil)
	campaigntest.Must(t, err)
	return &visitor{t, base, &http.Client{Jar: jar}}
}

// enter signs a person in.
func enter(t *testing.T, d *Desk, base, person string) *visitor {
	t.Helper()
	v := visit(t, base)
	if a := v.get(d.Link(person)); a.status != http.StatusOK || a.url.Path != "/" {
		t.Fatalf("entered to %v: %d\n%s", a.url, a.status, a.body)
	}
	return v
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	r, err := v.client.Get(v.base + path)
	return v.read(r, err)
}

func (v *visitor) post(path string, pairs ...string) answer {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := v.client.PostForm(v.base+path, form)
	return v.read(r, err)
}

func (v *visitor) read(r *http.Response, err error) answer {
	v.t.Helper()
	campaigntest.Must(v.t, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	campaigntest.Must(v.t, err)
	if len(r.Header.Values("Content-Security-Policy")) != 1 || r.Header.Get("X-Content-Type-Options") != "nosniff" {
		v.t.Errorf("%s: headers %v", r.Request.URL, r.Header)
	}
	return answer{r.StatusCode, r.Header, string(body), r.Request.URL}
}

// has fails the test for each part that the page has not.
func (a answer) has(t *testing.T, status int, parts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%v: %d, want %d\n%s", a.url, a.status, status, a.body)
	}
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			t.Errorf("%v: no %s in\n%s", a.url, p, a.body)
		}
	}
}

var hashField = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

func (a answer) hash(t *testing.T) string {
	t.Helper()
	m := hashField.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no hash in\n%s", a.body)
	}
	return m[1]
}

// stateOf is the state of a letter in the ledger.
func stateOf(t *testing.T, c *campaign.Campaign, id string) letter.State {
	t.Helper()
	e, err := c.Entry(t.Context(), id)
	campaigntest.Must(t, err)
	return e.State
}

// ids lists the letters of a campaign.
func ids(t *testing.T, c *campaign.Campaign) (all []string) {
	t.Helper()
	for e, err := range c.Letters(t.Context(), ledger.Filter{}) {
		campaigntest.Must(t, err)
		all = append(all, e.ID)
	}
	return all
}

// count is how many letters are in a state.
func count(t *testing.T, c *campaign.Campaign, s letter.State) int {
	t.Helper()
	sum, err := c.Sum(t.Context())
	campaigntest.Must(t, err)
	return sum.States[s]
}
