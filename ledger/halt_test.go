package ledger

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

func TestNothingIsClaimedOfWhatIsStopped(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		for _, campaign := range []string{"relay26", "proxy26"} {
			d := draftIn(t, l, campaign, "abuse@isp.example")
			must(t, l.Approve(ctx, d.Letter.ID, Hash(d.Rendered), "tester"))
		}
		for _, tt := range []struct {
			name, sends string
			halts       []string
			want        string // the campaigns of the letters that are claimed, or "stopped"
		}{
			{"its campaign", "relay26", []string{"relay26"}, "stopped"},
			{"all campaigns", "relay26", []string{""}, "stopped"},
			{"both", "relay26", []string{"", "relay26"}, "stopped"},
			{"another campaign", "relay26", []string{"proxy26"}, "relay26"},
			{"one of those that it sends", "", []string{"proxy26"}, "relay26"},
			{"all that it sends", "", []string{""}, "stopped"},
			{"none", "", nil, "proxy26 relay26"},
		} {
			for _, h := range tt.halts {
				_, err := Halt(ctx, l, letter.Halt{Campaign: h, By: "ann", Reason: "wrong template"})
				must(t, err)
			}
			o, err := l.Outbox(ctx, OutboxOptions{Campaign: tt.sends})
			must(t, err)
			es, _, err := o.Claim(ctx, 5)
			got := "stopped"
			if !errors.Is(err, ErrHalted) {
				must(t, err)
				var campaigns []string
				for _, e := range es {
					campaigns = append(campaigns, e.Campaign)
					must(t, o.Settle(ctx, e, letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Stopped: true})())
				}
				got = strings.Join(campaigns, " ")
			} else if !strings.Contains(err.Error(), "by ann at 20") || !strings.HasSuffix(err.Error(), ": wrong template") {
				t.Errorf("%s: %v", tt.name, err)
			}
			if got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
			must(t, o.Close(ctx))
			for _, h := range tt.halts {
				ended, err := Resume(ctx, l, h, "ann", "mended", 1)
				if err != nil || len(ended) != 1 || ended[0].EndedBy != "ann" || ended[0].EndedWhy != "mended" || ended[0].Ended.IsZero() {
					t.Errorf("%s: %+v, %v", tt.name, ended, err)
				}
			}
		}
		all, err := Halts(ctx, l)
		if err != nil || len(all) != 7 || all[0].Holds("relay26") || all[0].By != "ann" || all[0].Ended.IsZero() {
			t.Errorf("%d halts, %v: %+v", len(all), err, all)
		}
	})
}

func TestWhoGoesOnIsAnother(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		if _, err := Resume(ctx, l, "relay26", "ben", "", 2); !errors.Is(err, ErrNotHalted) {
			t.Errorf("resumed what is not stopped: %v", err)
		}
		_, err := Halt(ctx, l, letter.Halt{Campaign: "relay26", By: "ann", Reason: "listed"})
		must(t, err)
		if ended, err := Resume(ctx, l, "relay26", "ann", "", 2); !errors.Is(err, letter.ErrSamePerson) || ended != nil {
			t.Errorf("resumed by who stopped it: %v, %v", ended, err)
		}
		if _, err := Resume(ctx, l, "", "ben", "", 2); !errors.Is(err, ErrNotHalted) {
			t.Errorf("resumed under another name: %v", err)
		}
		if err := Going(ctx, l, "relay26"); !errors.Is(err, ErrHalted) {
			t.Errorf("it goes on: %v", err)
		}
		_, err = Resume(ctx, l, "relay26", "ben", "", 2)
		must(t, err)
		must(t, Going(ctx, l, "relay26"))
	})
}

func TestWhatTheMailServerMayStillHold(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		approved(t, l, 5, 1)
		o := outbox(t, l, "me")
		now := soon()
		l.at(now)
		must(t, o.Beat(ctx))
		send := func(then letter.Outcome) letter.Envelope {
			e := claimOne(t, o)
			must(t, o.Mark(ctx, e))
			must(t, o.Settle(ctx, e, then)())
			return e
		}
		send(accepted)
		l.at(now.Add(30 * time.Minute))
		sent := send(accepted)
		l.at(now.Add(40 * time.Minute))
		doubtful := send(letter.Outcome{State: letter.Unknown, Phase: letter.Dot})
		l.at(now.Add(50 * time.Minute))
		send(letter.Outcome{State: letter.Failed, Phase: letter.Replied})
		flying := claimOne(t, o)
		l.at(now.Add(90 * time.Minute))
		hs, err := HandedOver(ctx, l, "relay26", time.Hour)
		must(t, err)
		var got []string
		for _, h := range hs {
			got = append(got, h.Letter+" "+string(h.State))
		}
		want := []string{flying.LetterID + " sending", doubtful.LetterID + " unknown", sent.LetterID + " sent"}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%q, want %q", got, want)
		}
		if h := hs[2]; h.MessageID != h.Letter+"@example.org" || h.To != sent.To || h.Campaign != "relay26" || !h.At.Equal(now.Add(30*time.Minute)) {
			t.Errorf("%+v", h)
		}
		if hs, err := HandedOver(ctx, l, "proxy26", time.Hour); len(hs) > 0 || err != nil {
			t.Errorf("of another campaign: %v, %v", hs, err)
		}
		if hs, err := HandedOver(ctx, l, "", 2*time.Hour); len(hs) != 4 || err != nil {
			t.Errorf("of all, for longer: %v, %v", hs, err)
		}
	})
}

// TestThreeSendersStop has three processes send from one PostgreSQL, stops the
// campaign, kills one of them and the server, and starts all of it again.
func TestThreeSendersStop(t *testing.T) {
	dsn := newDSN(t, "postgres")
	l := openLedger(t, dsn)
	ctx := t.Context()
	approved(t, l, 400, 40)
	must(t, l.Lane(ctx, "campaign:relay26", letter.Pace{Every: 20 * time.Millisecond}))
	sink := filepath.Join(t.TempDir(), "sink")
	must(t, os.WriteFile(sink, nil, 0o600))
	begin := func() (cmd *exec.Cmd, said *strings.Builder) {
		cmd, said = exec.CommandContext(ctx, os.Args[0]), new(strings.Builder)
		cmd.Env = append(os.Environ(), "HEADSUP_LEDGER_SENDER="+dsn, "HEADSUP_LEDGER_SINK="+sink, "HEADSUP_LEDGER_LEASE=1m")
		cmd.Stderr = said
		must(t, cmd.Start())
		return cmd, said
	}
	attempts := func() (n int) {
		must(t, l.r.QueryRowContext(ctx, "SELECT count(*) FROM attempts").Scan(&n))
		return n
	}
	var senders []*exec.Cmd
	var words []*strings.Builder
	for range 3 {
		cmd, said := begin()
		senders, words = append(senders, cmd), append(words, said)
	}
	owners := 0
	for limit := time.Now().Add(time.Minute); owners < 3 && time.Now().Before(limit); {
		must(t, l.r.QueryRowContext(ctx, "SELECT count(DISTINCT owner) FROM attempts").Scan(&owners))
	}
	h, err := Halt(ctx, l, letter.Halt{Campaign: "", By: "ann", Reason: "wrong template"})
	must(t, err)
	must(t, senders[0].Process.Kill())
	var all sync.WaitGroup
	for _, cmd := range senders {
		all.Go(func() { cmd.Wait() })
	}
	all.Wait()
	for i, said := range words[1:] {
		if !strings.Contains(said.String(), ErrHalted.Error()) {
			t.Errorf("sender %d ended with %q", i+1, said.String())
		}
	}
	before := attempts()
	var last int64
	must(t, l.r.QueryRowContext(ctx, "SELECT max(claimed_at) FROM attempts").Scan(&last))
	if late := timeOf(last).Sub(h.At); owners < 3 || before == 400 || late > 5*time.Second {
		t.Errorf("%d senders, %d letters claimed, the last one %v after the stop", owners, before, late)
	}
	t.Logf("%d of 400 letters by %d senders; the last claim %v after the stop", before, owners, timeOf(last).Sub(h.At))
	if server.Restart == nil {
		t.Skip("the server is not ours to be killed")
	}
	must(t, server.Restart())
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		if _, err = Halts(ctx, l); err == nil {
			break
		}
	}
	must(t, err)
	for range 3 {
		cmd, said := begin()
		if err := cmd.Wait(); err == nil || !strings.Contains(said.String(), ErrHalted.Error()) {
			t.Errorf("started again: %v, %q", err, said.String())
		}
	}
	if after := attempts(); after != before {
		t.Errorf("%d letters were claimed after all was started again", after-before)
	}
	_, err = Resume(ctx, l, "", "ben", "mended", 2)
	must(t, err)
	cmd, said := begin()
	if err := cmd.Wait(); err != nil {
		t.Errorf("after the resume: %v, %q", err, said.String())
	}
	if after := attempts(); after < 400 {
		t.Errorf("%d of 400 letters were claimed in the end", after)
	}
}
