package cases_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/campaign/settings"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup/lease"
	"headsup/render"
	"headsup/templates"
)

const folderSettings = `rehearsal = true
[campaign]
id = "%s"
code_key = "code.key"
[[agency]]
id = "isp"
name = "Example Net"
from = "abuse@%[1]s.example"
address = ["Example Net", "1 Example Street", "10115 Berlin", "Germany"]
form = "din-5008-b"
[inbox]
trusted = ["mx.isp.example"]
[isp]
customers = "customers.csv"
reporters = ["reporter.example"]
%[2]s
`

const folderCustomers = `customer,name,prefix,login,email,language,zone,contract,names,address
,,192.0.2.0/24,,,,,pool,,
4711,Anna Muster,,02:00:00:00:00:01,anna@kunde.example,de,Europe/Berlin,access,,
0815,Bob Sample,,02:00:00:00:00:02,bob@client.example,en,UTC,access,,
77,Shop GmbH,198.51.100.7/32,,admin@mail-of-shop.example,fr,Europe/Paris,hosting,shop.example,
78,Mute Ltd,198.51.100.8/32,,,en,,hosting,mute.example,1 Quiet Street
79,Twin A,198.51.100.9/32,,a@twins.example,en,,hosting,,
80,Twin B,198.51.100.10/32,,a@twins.example,en,,hosting,,
`

// hour is a time on the day of the test, so many hours ago.
func hour(ago float64) time.Time {
	return time.Now().UTC().Add(-time.Duration(ago * float64(time.Hour))).Truncate(time.Second)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// folder makes a provider's folder with logs of the last ten hours: 192.0.2.10
// was Anna's, 192.0.2.11 Bob's, and 192.0.2.12 went from one to the other five
// hours ago.
func folder(t testing.TB, dir, id, more string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, settings.File), fmt.Appendf(nil, folderSettings, id, more), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "code.key"), []byte("0123456789abcdef0123"+id), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "customers.csv"), []byte(folderCustomers), 0o600))
	base, err := base()
	must(t, err)
	must(t, os.CopyFS(dir, os.DirFS(base)))
}

var made string // what base made, to be removed

// base is a folder with the index of leases and an empty ledger: both are made once
// for all tests.
var base = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "cases")
	if err != nil {
		return "", err
	}
	made = dir
	var log strings.Builder
	renew := func(ago float64, addr string, who int) {
		fmt.Fprintf(&log, "%s UTC Address: %s has been renewed for 2 hrs 0 mins 0 secs to a device with hardware address: hwtype=1 02:00:00:00:00:%02d\n",
			hour(ago).Format(time.DateTime), addr, who)
	}
	for ago := 10.0; ago >= 0; ago-- {
		renew(ago, "192.0.2.10", 1)
		renew(ago, "192.0.2.11", 2)
		if ago > 5 {
			renew(ago, "192.0.2.12", 1)
		} else {
			renew(ago, "192.0.2.12", 2)
		}
	}
	files := []lease.File{{Path: "kea.txt", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(log.String())), nil }}}
	_, err = lease.Import(context.Background(), filepath.Join(dir, "leases"), files, lease.Options{Now: time.Now()}, func(lease.FileSum) {}, func(*lease.RowError) {})
	if err != nil {
		return "", err
	}
	l, err := ledger.Open(context.Background(), filepath.Join(dir, "headsup.db"))
	if err != nil {
		return "", err
	}
	return dir, l.Close()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if made != "" {
		os.RemoveAll(made)
	}
	os.Exit(code)
}

// words are read once for all tests.
var words = func() func() (*templates.Set, *render.Renderer, error) {
	var r *render.Renderer
	load := sync.OnceValues(func() (*templates.Set, error) {
		set, err := templates.Load(templates.Builtin)
		if err == nil {
			r, err = render.New(render.Options{Templates: set})
		}
		return set, err
	})
	return func() (*templates.Set, *render.Renderer, error) {
		set, err := load()
		return set, r, err
	}
}()

// open opens the desk of a folder until the test ends; events are appended to told.
func open(t testing.TB, dir string, told *[]cases.Event) *cases.Desk {
	t.Helper()
	s, err := settings.Load(dir)
	must(t, err)
	words, r, err := words()
	must(t, err)
	rules, err := s.Decisions(words.ReportLanguages())
	must(t, err)
	l, err := ledger.Open(t.Context(), s.LedgerName())
	must(t, err)
	d, err := cases.New(s, rules, l, r, func(e cases.Event) {
		if told != nil {
			*told = append(*told, e)
		}
	})
	must(t, err)
	t.Cleanup(func() { must(t, errors.Join(d.Close(), l.Close())) })
	return d
}

func desk(t testing.TB, more string) (*cases.Desk, *[]cases.Event) {
	t.Helper()
	dir, told := t.TempDir(), new([]cases.Event)
	folder(t, dir, "isp26", more)
	return open(t, dir, told), told
}

// message writes a mail; more is further header lines, each with its line end.
func message(from, subject, body, more string) []byte {
	return fmt.Appendf(nil, "%sFrom: %s\r\nTo: abuse@isp26.example\r\nSubject: %s\r\nMessage-ID: <%x@mail.example>\r\nDate: %s\r\n\r\n%s\r\n",
		more, from, subject, len(from+subject+body+more), sentAt.Format(time.RFC1123Z), strings.ReplaceAll(body, "\n", "\r\n"))
}

// sentAt is when every mail of a test was sent. A process that is killed writes
// the same mails again.
var sentAt = func() time.Time {
	if at, err := time.Parse(time.RFC3339, os.Getenv("HEADSUP_KILLED_AT")); err == nil {
		return at
	}
	return manyAt
}()

// failed is a line of a log about one address.
func failed(addr string, at time.Time, port int) string {
	return fmt.Sprintf("%s bastion sshd[2211]: Failed password for root from %s port %d ssh2\n", at.Format(time.DateTime), addr, port)
}

const inUTC = "All times are in UTC. Our server is 203.0.113.5.\n\n"

func take(t testing.TB, d *cases.Desk, mails ...[]byte) {
	t.Helper()
	must(t, d.Take(t.Context(), box(mails), cases.Batch, func(err error) { t.Error(err) }))
}

func box(mails [][]byte) iter.Seq2[inbox.Message, error] {
	return func(yield func(inbox.Message, error) bool) {
		for i, m := range mails {
			if !yield(inbox.Message{Name: fmt.Sprint("mail", i), Text: m}, nil) {
				return
			}
		}
	}
}

// letters returns what all letters say, decoded, by their contacts' piles.
func letters(t testing.TB, d *cases.Desk) map[string]string {
	t.Helper()
	all := map[string]string{}
	for e, err := range d.Ledger.Letters(t.Context(), ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		r, err := d.Ledger.Letter(t.Context(), e.ID)
		must(t, err)
		all[r.Letter.Pile()] += r.Rendered.Subject + "\n" + e.To + "\n" + decoded(t, r.Rendered.Mail)
	}
	return all
}

// decoded is a mail with all of its parts decoded.
func decoded(t testing.TB, raw []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	must(t, err)
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	out := string(head)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	must(t, err)
	out += subject
	var walk func(kind, encoding string, body io.Reader)
	walk = func(kind, encoding string, body io.Reader) {
		media, params, _ := mime.ParseMediaType(kind)
		switch {
		case strings.HasPrefix(media, "multipart/"):
			for mr := multipart.NewReader(body, params["boundary"]); ; {
				p, err := mr.NextRawPart()
				if err != nil {
					return
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
			}
		case encoding == "quoted-printable":
			body = quotedprintable.NewReader(body)
		case encoding == "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		text, err := io.ReadAll(body)
		must(t, err)
		out += "\n" + string(text)
	}
	walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return out
}

// send approves every draft, and records that it was sent.
func send(t testing.TB, d *cases.Desk) {
	t.Helper()
	for e, err := range d.Ledger.Letters(t.Context(), ledger.Filter{Campaign: d.Rules.ID, States: []letter.State{letter.Drafted}}) {
		must(t, err)
		must(t, d.Ledger.Approve(t.Context(), e.ID, e.Hash, "ann"))
	}
	o, err := d.Ledger.Outbox(t.Context(), ledger.OutboxOptions{Owner: "test"})
	must(t, err)
	defer o.Close(t.Context())
	for {
		es, _, err := o.Claim(t.Context(), 1)
		must(t, err)
		if len(es) == 0 {
			return
		}
		must(t, o.Mark(t.Context(), es[0]))
		must(t, o.Settle(t.Context(), es[0], letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, Text: "ok"})())
	}
}

func piles(all map[string]string) (keys []string) {
	for k := range all {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
