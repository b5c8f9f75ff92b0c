package campaign_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/loopback"
)

// mails counts what a mail server was given, by recipient, and keeps its log.
type mails struct {
	mu  sync.Mutex
	got map[string]int
}

func (m *mails) answer(to string, _ int) loopback.Reply {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got[to]++
	return loopback.Reply{}
}

// logOf is what Postfix writes of the letters that were sent, in their order.
func logOf(t *testing.T, dir string) []string {
	t.Helper()
	c, err := campaign.Open(t.Context(), dir, nil)
	must(t, err)
	defer func() { must(t, c.Close()) }()
	type sent struct{ at, lines string }
	var all []sent
	for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Sent}}) {
		must(t, err)
		history, err := c.History(t.Context(), e.ID)
		must(t, err)
		at := ""
		for _, h := range history {
			if h.Kind == "dot" {
				at = h.At.Format("2006-01-02T15:04:05.000Z")
			}
		}
		all = append(all, sent{at + e.ID, fmt.Sprintf("%s mail postfix/cleanup[2]: 4F%s: message-id=<%s>\n%s mail postfix/qmgr[3]: 4F%[2]s: from=<%[5]s>, size=6123, nrcpt=1 (queue active)\n",
			at, strings.TrimPrefix(e.ID, "demo26-"), e.MessageID, at, e.From)})
	}
	slices.SortFunc(all, func(a, b sent) int { return strings.Compare(a.at, b.at) })
	var lines []string
	for _, s := range all {
		lines = append(lines, s.lines)
	}
	return lines
}

func read(lines ...string) []campaign.Source {
	return []campaign.Source{campaign.Stream("mail.log", strings.NewReader(strings.Join(lines, "")))}
}

// copyFolder does what cp -r does.
func copyFolder(t *testing.T, from string) (to string) {
	t.Helper()
	to = filepath.Join(t.TempDir(), "copy")
	must(t, os.CopyFS(to, os.DirFS(from)))
	return to
}

func send(t *testing.T, dir string) (campaign.Sent, error) {
	t.Helper()
	c, err := campaign.Open(t.Context(), dir, nil)
	must(t, err)
	defer func() { must(t, c.Close()) }()
	return c.Send(t.Context(), campaign.SendOptions{Patience: -1})
}

// draftAgain fills a new ledger from the same scan.
func draftAgain(t *testing.T, dir string, n int) {
	t.Helper()
	var addresses []string
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("198.51.100.%d", i))
	}
	must(t, campaigntest.Approve(dir, addresses...))
}

// TestNothingThatIsPutBackWritesTwice puts back a ledger, or a folder, in each
// way that people do. Then nothing is sent until the log of the mail server has
// shown what left, or a person has answered for it; and then the rest.
func TestNothingThatIsPutBackWritesTwice(t *testing.T) {
	alone(t)
	t.Parallel()
	const before, all = 4, 10
	ways := map[string]func(t *testing.T, dir, old, live string) string{
		"older copy of the ledger": func(t *testing.T, dir, old, _ string) string {
			must(t, os.Rename(filepath.Join(old, "headsup.db"), filepath.Join(dir, "headsup.db")))
			return dir
		},
		"no ledger": func(t *testing.T, dir, _, _ string) string {
			must(t, os.Remove(filepath.Join(dir, "headsup.db")))
			draftAgain(t, dir, all)
			return dir
		},
		"no ledger, and no marks in the folder": func(t *testing.T, dir, _, _ string) string {
			must(t, errors.Join(os.Remove(filepath.Join(dir, "headsup.db")), os.RemoveAll(filepath.Join(dir, "marks"))))
			draftAgain(t, dir, all)
			return dir
		},
		"another name of the ledger in the settings": func(t *testing.T, dir, _, _ string) string {
			name := filepath.Join(dir, "headsup.toml")
			text, err := os.ReadFile(name)
			must(t, err)
			must(t, os.WriteFile(name, append([]byte("ledger = \"headsupp.db\"\n"), text...), 0o600))
			draftAgain(t, dir, all)
			return dir
		},
		"an empty ledger": func(t *testing.T, dir, _, _ string) string {
			must(t, os.Truncate(filepath.Join(dir, "headsup.db"), 0))
			draftAgain(t, dir, all)
			return dir
		},
		"a copy without its write-ahead log": func(t *testing.T, dir, _, live string) string {
			must(t, os.Rename(filepath.Join(live, "headsup.db"), filepath.Join(dir, "headsup.db")))
			return dir
		},
		"the whole folder": func(_ *testing.T, _, old, _ string) string { return old },
	}
	for i, way := range slices.Sorted(maps.Keys(ways)) {
		for j, by := range []string{"log", "person"} {
			if !whole && i%2 != j {
				continue
			}
			t.Run(way+", covered by "+by, func(t *testing.T) {
				m := &mails{got: map[string]int{}}
				dir := campaigntest.Many(t, all, loopback.Options{Answer: m.answer})
				old, live := sendPart(t, dir, before, func() {})
				log := logOf(t, dir)
				dir = ways[way](t, dir, old, live)
				cover(t, dir, by, log)
				sendRest(t, dir, m, all)
			})
		}
	}
}

// sendPart sends so many letters, and returns copies of the folder: as it was
// before, when copied is called, too, and while the ledger was still open.
func sendPart(t *testing.T, dir string, letters int, copied func()) (old, live string) {
	t.Helper()
	c, err := campaign.Open(t.Context(), dir, nil)
	must(t, err)
	must(t, hold(t, c, letters))
	must(t, c.Close())
	copied()
	old = copyFolder(t, dir)
	c, err = campaign.Open(t.Context(), dir, nil)
	must(t, err)
	_, err = c.Send(t.Context(), campaign.SendOptions{Patience: -1})
	must(t, err)
	live = copyFolder(t, dir)
	must(t, c.Close())
	return old, live
}

// sendRest approves what was held back, sends it, and looks whether each of so
// many letters has left once.
func sendRest(t *testing.T, dir string, m *mails, all int) {
	t.Helper()
	c, err := campaign.Open(t.Context(), dir, nil)
	must(t, err)
	for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Held}}) {
		must(t, err)
		_, err = c.Release(t.Context(), []string{e.ID}, "tester")
		must(t, err)
	}
	_, err = c.ApproveAll(t.Context(), "tester")
	must(t, err)
	must(t, c.Close())
	if _, err = send(t, dir); err != nil {
		t.Errorf("it does not go on: %v", err)
	}
	if len(m.got) != all || slices.Max(slices.Collect(maps.Values(m.got))) != 1 {
		t.Errorf("the server was given %v", m.got)
	}
}

// hold keeps all but so many letters back.
func hold(t *testing.T, c *campaign.Campaign, but int) error {
	t.Helper()
	var ids []string
	for e, err := range c.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		ids = append(ids, e.ID)
	}
	_, err := c.Hold(t.Context(), ids[but:], "later", "tester")
	return err
}

// cover has a ledger that was put back refuse, and then sees to it that it
// knows what left: by the log of the mail server, or a person's word.
func cover(t *testing.T, dir, by string, log []string) {
	t.Helper()
	c := campaigntest.Open(t, dir, nil)
	refuses := func(after string) {
		t.Helper()
		if err := campaign.Ready(t.Context(), c); !errors.Is(err, ledger.ErrBehind) {
			t.Errorf("ready after %s: %v", after, err)
		}
		if _, err := c.Send(t.Context(), campaign.SendOptions{}); !errors.Is(err, ledger.ErrBehind) {
			t.Fatalf("it sends after %s: %v", after, err)
		}
	}
	refuses("nothing")
	for _, tt := range []struct {
		what string
		log  []string
		want error
	}{
		{"a log of another server", []string{"Mar  2 09:00:01 mail postfix/cleanup[2]: 4F2A9C0: message-id=<x@example.org>\n"}, campaign.ErrOtherLog},
		{"a log that begins too late", log[len(log)-1:], campaign.ErrLateLog},
	} {
		r, err := c.ResolveByLog(t.Context(), read(tt.log...), "tester")
		if err != nil || !errors.Is(r.Behind, tt.want) || r.Covered != 0 {
			t.Errorf("%s: %+v, %v", tt.what, r, err)
		}
		refuses(tt.what)
	}
	if by == "log" {
		if r, err := c.ResolveByLog(t.Context(), read(log...), "tester"); err != nil || r.Behind != nil || r.Covered != len(log) {
			t.Errorf("the log of all that left: %+v, %v", r, err)
		}
		return
	}
	out, err := campaign.CoverGap(t.Context(), c, "tester", "the log is gone")
	if err != nil || out.Left != len(log) || out.Unknown != len(log)-1 {
		t.Errorf("a person's word: %+v, %v", out, err)
	}
	if _, err := campaign.CoverGap(t.Context(), c, "tester", "again"); !errors.Is(err, campaign.ErrNoGap) {
		t.Errorf("once more: %v", err)
	}
	for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Unknown}}) {
		must(t, err)
		history, err := c.History(t.Context(), e.ID)
		must(t, err)
		if last := history[len(history)-1]; last.By != "tester" || last.Text != "the log is gone" {
			t.Errorf("who said so is not kept: %+v", last)
		}
	}
}

// A copy of a folder is the same campaign: whichever sends second knows that
// the other one did.
func TestACopyOfAFolderSendsNothingASecondTime(t *testing.T) {
	alone(t)
	m := &mails{got: map[string]int{}}
	dir := campaigntest.Many(t, 5, loopback.Options{Answer: m.answer})
	copied := copyFolder(t, dir)
	if sent, err := send(t, copied); err != nil || sent.Letters != 5 {
		t.Fatalf("%+v, %v", sent, err)
	}
	if _, err := send(t, dir); !errors.Is(err, ledger.ErrBehind) {
		t.Errorf("the original sends: %v", err)
	}
	if _, err := send(t, copied); err != nil {
		t.Errorf("the copy: %v", err)
	}
	if len(m.got) != 5 || slices.Max(slices.Collect(maps.Values(m.got))) != 1 {
		t.Errorf("the server was given %v", m.got)
	}
}

// What is tried in a copy that writes files keeps nobody from sending.
func TestATrialInACopyDoesNotCount(t *testing.T) {
	m := &mails{got: map[string]int{}}
	dir := campaigntest.Many(t, 3, loopback.Options{Answer: m.answer})
	copied := copyFolder(t, dir)
	name := filepath.Join(copied, "headsup.toml")
	text, err := os.ReadFile(name)
	must(t, err)
	at := strings.Index(string(text), "[smtp]")
	end := at + strings.Index(string(text[at+1:]), "\n[") + 1
	if end <= at {
		end = len(text)
	}
	must(t, os.WriteFile(name, append(text[:at:at], text[end:]...), 0o600))
	if sent, err := send(t, copied); err != nil || sent.Letters != 3 || !sent.Files {
		t.Fatalf("the trial: %+v, %v", sent, err)
	}
	if sent, err := send(t, dir); err != nil || sent.Letters != 3 || len(m.got) != 3 {
		t.Errorf("in earnest: %+v, %v", sent, err)
	}
}

// Without a state folder there is one mark, and somebody is told of it.
func TestWithoutAStateFolderItIsTold(t *testing.T) {
	alone(t)
	m := &mails{got: map[string]int{}}
	dir := campaigntest.Many(t, 2, loopback.Options{Answer: m.answer})
	name := filepath.Join(dir, "headsup.toml")
	text, err := os.ReadFile(name)
	must(t, err)
	_, rest, _ := strings.Cut(string(text), "\n")
	must(t, os.WriteFile(name, []byte("state = \"headsup.toml\"\n"+rest), 0o600)) // which is a file
	told := 0
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if _, ok := e.(campaign.Noted); ok {
			told++
		}
	})
	if sent, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1}); err != nil || sent.Letters != 2 || told != 1 {
		t.Errorf("%+v, told %d times: %v", sent, told, err)
	}
}
