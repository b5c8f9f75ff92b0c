package cases_test

import (
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
	"headsup/letter"
)

// TestAFirmerLetterComesOnceForAnEvent writes to one customer five times.
func TestAFirmerLetterComesOnceForAnEvent(t *testing.T) {
	d, told := desk(t, "interval = \"1ms\"\nauto = \"earned\"\nearn = 1\n[isp.escalation]\nfirm_sources = 2\nexempt = [\"0815\"]\n")
	d.Settings.ISP.Reporter = append(d.Settings.ISP.Reporter, "cert.example")
	ctx, n := t.Context(), 0
	about := func(from, addr string) []byte {
		n++
		return message(from, "SSH brute force", inUTC+failed(addr, hour(3-float64(n)/10), 44000+n), "")
	}
	for _, step := range []struct {
		name    string
		mails   [][]byte
		firmer  bool
		by      bool // the rule approves it
		compose int
	}{
		{"two sources at once, and nothing was told before", [][]byte{about("soc@reporter.example", "192.0.2.10"), about("soc@cert.example", "192.0.2.10")}, false, false, 1},
		{"one source more", [][]byte{about("soc@reporter.example", "192.0.2.10")}, true, false, 2},
		{"what made a letter firmer makes no other one so", [][]byte{about("soc@reporter.example", "192.0.2.10")}, false, true, 1},
		{"who is not proven is no source", [][]byte{about("a@stranger.example", "192.0.2.10")}, false, false, 1},
		{"two sources since", [][]byte{about("soc@cert.example", "192.0.2.10")}, true, false, 1},
	} {
		take(t, d, step.mails...)
		*told = nil
		for range step.compose {
			must(t, d.Compose(ctx, time.Now()))
		}
		last, err := d.Cases.Last(ctx, letter.CustomerPile("4711"))
		must(t, err)
		r, err := d.Ledger.Letter(ctx, last.ID)
		must(t, err)
		if got := strings.Contains(decoded(t, r.Rendered.Mail), "Bitte handeln Sie"); got != step.firmer || (r.Letter.Firm == letter.Firmer) != step.firmer {
			t.Errorf("%s: firmer: %v", step.name, got)
		}
		warned := 0
		for _, e := range *told {
			if w, ok := e.(cases.Warning); ok && strings.Contains(w.Text, "a firmer letter: 2 independent reporters") {
				warned++
			}
		}
		if (warned > 0) != step.firmer {
			t.Errorf("%s: who reviews it is told %d times", step.name, warned)
		}
		if (last.State == letter.Approved) != step.by {
			t.Errorf("%s: it is %s", step.name, last.State)
		}
		send(t, d)
	}
	take(t, d, about("soc@reporter.example", "192.0.2.11"))
	must(t, d.Compose(ctx, time.Now()))
	send(t, d)
	take(t, d, about("soc@cert.example", "192.0.2.11"))
	must(t, d.Compose(ctx, time.Now()))
	for e, err := range d.Ledger.Letters(ctx, ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		r, err := d.Ledger.Letter(ctx, e.ID)
		must(t, err)
		if r.Letter.Customer == "0815" && r.Letter.Firm != "" {
			t.Errorf("%s is firmer, to somebody exempt", e.ID)
		}
	}
}

func TestAFirmerLetterSaysWhatMayFollowOnlyWhereSomethingMay(t *testing.T) {
	for hook, want := range map[string]letter.Firmness{"": letter.Firmer, "hook = [\"true\"]\nsources = 9\n": letter.Last} {
		d, _ := desk(t, "interval = \"1ms\"\n[isp.escalation]\nfirm_sources = 1\n"+hook)
		for n := range 2 {
			take(t, d, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2-float64(n)/10), 44022+n), ""))
			must(t, d.Compose(t.Context(), time.Now()))
			if n == 0 {
				send(t, d)
			}
		}
		last, err := d.Cases.Last(t.Context(), letter.CustomerPile("4711"))
		must(t, err)
		r, err := d.Ledger.Letter(t.Context(), last.ID)
		must(t, err)
		if said := strings.Contains(decoded(t, r.Rendered.Mail), "Anschluss vielleicht einschränken"); r.Letter.Firm != want || said != (want == letter.Last) {
			t.Errorf("with %q: %q, and that the connection may be limited is said: %v", hook, r.Letter.Firm, said)
		}
	}
}
