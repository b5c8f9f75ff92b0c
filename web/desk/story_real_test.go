// Driving Chromium takes sixty packages, which the race detector would compile
// for a test that it does not run.

//go:build !race

package desk

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

// A hand is how somebody uses a page.
type hand string

const (
	byMouse    hand = "by mouse"
	byKeyboard hand = "by keyboard alone"
	noScript   hand = "without script"
)

// A browser is Chromium with somebody before it.
type browser struct {
	t    *testing.T
	ctx  context.Context
	hand hand
	base string

	mu       sync.Mutex
	breaches []string // of the content security policy
}

// browse opens a tab, in which the hand is used.
func browse(t *testing.T, chromium context.Context, base string, h hand) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, hand: h, base: base}
	campaigntest.Must(t, chromedp.Listen(ctx, func(e any) {
		if e, ok := e.(*log.EventEntryAdded); ok && strings.Contains(e.Entry.Text, "Content Security Policy") {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.breaches = append(b.breaches, e.Entry.Text)
		}
	}))
	b.do(chromedp.EmulateViewport(1280, 900))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	campaigntest.Must(t, err)
	if h == noScript {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		campaigntest.Must(t, err)
	}
	return b
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v\n%s", b.hand, err, b.text())
	}
}

// text is what the page shows.
func (b *browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		return err.Error()
	}
	return text
}

// open goes to a page by its address, as a link in a mail would.
func (b *browser) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitReady(chromedp.CSS("main")))
}

// has counts the elements of a selector.
func (b *browser) has(sel string) int {
	b.t.Helper()
	all, err := chromedp.Run(b.ctx, chromedp.Nodes(chromedp.CSSAll(sel), chromedp.AtLeast(0)))
	campaigntest.Must(b.t, err)
	return len(all)
}

// reach puts the focus on an element as a keyboard does, with Tab.
func (b *browser) reach(sel string) {
	b.t.Helper()
	for range 250 {
		there, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement !== null && document.activeElement.matches(%q)", sel)))
		campaigntest.Must(b.t, err)
		if there {
			return
		}
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	b.t.Fatalf("Tab does not reach %s\n%s", sel, b.text())
}

// press uses a link or a button, and waits for the page that it leads to.
func (b *browser) press(sel string) {
	b.t.Helper()
	if b.has(sel) == 0 {
		b.t.Fatalf("%s: there is no %s\n%s", b.hand, sel, b.text())
	}
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	act := chromedp.Click(chromedp.CSS(sel))
	if b.hand == byKeyboard {
		b.reach(sel)
		act = chromedp.KeyEvent(kb.Enter)
	}
	if _, err := chromedp.RunResponse(ctx, act); err != nil {
		b.t.Fatalf("%s: %s: %v\n%s", b.hand, sel, err, b.text())
	}
	b.do(chromedp.WaitReady(chromedp.CSS("main")))
}

// toggle uses what leads to no other page.
func (b *browser) toggle(sel string) {
	b.t.Helper()
	if b.hand == byKeyboard {
		b.reach(sel)
		b.do(chromedp.KeyEvent(kb.Enter))
		return
	}
	b.do(chromedp.Click(chromedp.CSS(sel)))
}

// key presses a single key of the desk, or what it stands for where keys are not used.
func (b *browser) key(key, sel string) {
	b.t.Helper()
	if b.hand != byKeyboard {
		b.press(sel)
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(key)); err != nil {
		b.t.Fatalf("key %s: %v\n%s", key, err, b.text())
	}
	b.do(chromedp.WaitReady(chromedp.CSS("main")))
}

// fill writes into a field.
func (b *browser) fill(sel, text string) {
	b.t.Helper()
	if b.hand == byKeyboard {
		b.reach(sel)
		b.do(chromedp.KeyEvent(text))
		return
	}
	b.do(chromedp.SendKeys(chromedp.CSS(sel), text))
}

// says fails the test for each part that the page does not show.
func (b *browser) says(parts ...string) {
	b.t.Helper()
	text := b.text()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			b.t.Errorf("%s: no %q in\n%s", b.hand, p, text)
		}
	}
}

// TestAStoryInChromium has a campaign read, approved, sent and settled in a
// browser: with a mouse, by keyboard alone, and where no script runs.
func TestAStoryInChromium(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes chromium: HEADSUP_REAL=1")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.ExecPath("/usr/bin/chromium"))
	start, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	chromium, end := chromedp.NewContext(start)
	t.Cleanup(end)
	campaigntest.Must(t, chromedp.Do(chromium))
	for _, h := range []hand{byMouse, byKeyboard, noScript} {
		t.Run(string(h), func(t *testing.T) { story(t, chromium, h) })
	}
}

func story(t *testing.T, chromium context.Context, h hand) {
	c := drafted(t, 12) // by a first person, in a shell
	d, base := serve(t, c)
	all := ids(t, c)
	b := browse(t, chromium, base, h)
	b.open(d.Link("ben"))
	b.says("12 letters await review")

	findAndHold(b, all[3])
	batch := approveBySample(b, c)
	b.says("Letters drawn at random")
	if n := count(t, c, letter.Approved); n != 11 {
		t.Fatalf("%d letters are approved by batch %d", n, batch)
	}
	changed := all[5]
	e, err := c.Entry(t.Context(), changed)
	campaigntest.Must(t, err)
	b.open("/suppressions")
	b.fill("#value", e.To)
	b.fill("#reason", "asked on the telephone")
	b.press(`main form[action="/suppressions"] button`)
	b.says("They are not written to any more")
	if s := stateOf(t, c, changed); s != letter.Suppressed {
		t.Errorf("a letter that may not leave any more is %s", s)
	}
	unknown := lost(t, c, 1)[0]
	sendAndWatch(b, c)
	settleWhatCameBack(b, c, unknown)

	b.open("/report")
	d.work.Wait()
	b.open("/report")
	b.says("What the letters came to", "Letters that left", "From rows to fixed findings")
	if n := b.has(`form[action="/report.html"] button`); n != 1 {
		t.Errorf("%d ways to take the report away", n)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.breaches) > 0 {
		t.Errorf("%d breaches of the policy: %q", len(b.breaches), b.breaches)
	}
}

// findAndHold finds a letter, reads its page and holds it.
func findAndHold(b *browser, id string) {
	b.t.Helper()
	b.press(`a[href="/letters?state=drafted"]`)
	b.fill(`input[name=q]`, id[len(id)-10:])
	if b.hand == byKeyboard {
		_, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(kb.Enter))
		campaigntest.Must(b.t, err)
	} else {
		b.press(`form.filter > button`)
	}
	b.says("1 letter")
	b.press(fmt.Sprintf(`a[href*="/letters/%s"]`, id))
	b.says("What it says", "open mail relay", "Why this contact")
	b.toggle(`details.part > summary`)
	b.do(chromedp.WaitReady(chromedp.CSS("iframe")))
	b.fill("#reason", "ask the lawyer")
	b.press(`form.hold button`)
	b.says(id + " is held back")
}

// approveBySample makes a batch of what awaits review, reads it, and approves it.
func approveBySample(b *browser, c *campaign.Campaign) (id int64) {
	b.t.Helper()
	b.open("/letters?state=drafted")
	b.press(`form[action="/batches"] button`)
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	campaigntest.Must(b.t, err)
	id, err = strconv.ParseInt(at[strings.LastIndexByte(at, '/')+1:], 10, 64)
	campaigntest.Must(b.t, err)
	b.key("j", `a[data-key="j"]`)
	for range 40 {
		of, err := campaign.LotOf(b.t.Context(), c, id)
		campaigntest.Must(b.t, err)
		if of.Next == 0 {
			break
		}
		read, _, err := campaign.ToRead(b.t.Context(), c, id, of.Next)
		campaigntest.Must(b.t, err)
		if b.has(`button[value=right]`) == 0 { // a wrong one was found: the batch says so first
			b.key("j", `a[data-key="j"]`)
		}
		if read.Kind == ledger.ReadPlant {
			b.fill("#reason", "it does not fit")
			b.press(`button[value=wrong]`)
			b.says("you found it")
			continue
		}
		b.key("a", `button[value=right]`)
	}
	b.says("none wrong")
	b.key("a", `button[data-key="a"]`)
	for range 50 {
		if of, err := campaign.LotOf(b.t.Context(), c, id); err == nil && of.State == ledger.LotApproved {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.open(fmt.Sprint("/batches/", id))
	return id
}

// sendAndWatch sends what is approved, and sees on the first page how it goes on.
func sendAndWatch(b *browser, c *campaign.Campaign) {
	b.t.Helper()
	b.open("/")
	b.says("approved")
	_, err := c.Telling(nil).Send(b.t.Context(), campaign.SendOptions{Patience: -1})
	campaigntest.Must(b.t, err)
	if b.hand == noScript {
		b.open("/")
		b.says("sent")
	} else {
		_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](`document.querySelector('[data-state=approved]')?.textContent === "0"`, chromedp.WithPollingTimeout(10*time.Second)))
		campaigntest.Must(b.t, err)
	}
	if n := count(b.t, c, letter.Sent); n != 9 {
		b.t.Errorf("%d letters are sent", n)
	}
}

// settleWhatCameBack sees a bounce, settles an answer, and a letter that may have
// arrived.
func settleWhatCameBack(b *browser, c *campaign.Campaign, unknown string) {
	b.t.Helper()
	var sent []ledger.Entry
	for e, err := range c.Letters(b.t.Context(), ledger.Filter{States: []letter.State{letter.Sent}}) {
		campaigntest.Must(b.t, err)
		sent = append(sent, e)
	}
	slices.SortFunc(sent, func(x, y ledger.Entry) int { return strings.Compare(x.ID, y.ID) })
	bounced, answered := sent[0], sent[1]
	for name, text := range map[string]string{
		"bounce": "From: MAILER-DAEMON@mx.example\nTo: " + bounced.From + "\nMessage-ID: <b@mx.example>\nSubject: Undelivered\nContent-Type: message/delivery-status\n\n" +
			"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; " + bounced.To + "\nAction: failed\nStatus: 5.1.1\n",
		"answer": "From: " + answered.To + "\nTo: " + answered.From + "\nMessage-ID: <a@isp.example>\nSubject: Re\n\nThe relay is closed since today, thank you.\n",
	} {
		_, err := c.Take(b.t.Context(), inbox.Message{Name: name, Text: []byte(text)}, false)
		campaigntest.Must(b.t, err)
	}
	b.open("/")
	b.says("1 answer is open", "1 letter may or may not have arrived", "bounced")
	b.press(`a[href="/letters?state=bounced"]`)
	b.says(bounced.ID)
	b.open("/")
	b.press(`main a[href="/answers"]`)
	b.says("The relay is closed since today")
	b.fill(`input[name=note]`, "thanked")
	b.press(`form[action="/answers"] button`)
	b.says("The answer is settled", "No answer is open", "thanked")
	b.open("/")
	b.press(`a[href="/letters?state=unknown"]`)
	b.press(fmt.Sprintf(`a[href*="/letters/%s"]`, unknown))
	b.fill("#why", "the server's log has it")
	b.press(`button[value=sent]`)
	b.says(unknown + " is taken for sent")
	if s := stateOf(b.t, c, unknown); s != letter.Sent {
		b.t.Errorf("what may have arrived is %s", s)
	}
}
