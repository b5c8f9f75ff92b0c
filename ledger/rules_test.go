package ledger

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/letter"
	"headsup/lookup"
)

// draftIn stores a letter of a campaign to one contact.
func draftIn(t *testing.T, l *Ledger, campaign, email string) Draft {
	t.Helper()
	d := draftTo(email, "hello")
	d.Letter.Campaign, d.Letter.ID = campaign, letter.Reference(campaign, email, 1)
	d.Rendered = rendered(d.Letter.ID, "hello")
	_, err := l.Draft(t.Context(), d)
	must(t, err)
	return d
}

func TestAnApprovalNamesWhatWasRead(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d, other := draftIn(t, l, "relay26", "a@isp.example"), draftIn(t, l, "relay26", "b@isp.example")
		for _, tt := range []struct {
			name, id, hash string
			want           error
			text           string
		}{
			{"no hash", d.Letter.ID, "", ErrChanged, fmt.Sprintf("%v: %q: approved without the hash of what was read", ErrChanged, d.Letter.ID)},
			{"another letter's hash", d.Letter.ID, Hash(other.Rendered), ErrChanged, fmt.Sprintf("%v: %q", ErrChanged, d.Letter.ID)},
			{"a letter that is not there", "relay26-xxxxxxxxxx", Hash(d.Rendered), ErrNotFound, fmt.Sprintf("%v: %q", ErrNotFound, "relay26-xxxxxxxxxx")},
		} {
			if err := l.Approve(t.Context(), tt.id, tt.hash, "tester"); !errors.Is(err, tt.want) || err.Error() != tt.text {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.text)
			}
		}
		if s := stateOf(t, l, d.Letter.ID); s != letter.Drafted {
			t.Errorf("the letter is %s", s)
		}
		for range 2 {
			must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		}
		history, err := l.History(t.Context(), d.Letter.ID)
		must(t, err)
		approvals := 0
		for _, e := range history {
			if e.Kind == "approved" {
				approvals++
			}
		}
		if s := stateOf(t, l, d.Letter.ID); s != letter.Approved || approvals != 1 {
			t.Errorf("the letter is %s, approved %d times", s, approvals)
		}
	})
}

// Two campaigns share a ledger; what is asked of one says nothing of the other.
func TestCampaignsAreCountedApart(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		spring := draftIn(t, l, "relay26", "a@isp.example")
		draftIn(t, l, "relay26", "b@isp.example")
		autumn := draftIn(t, l, "relay27", "a@isp.example")
		must(t, l.Approve(t.Context(), autumn.Letter.ID, Hash(autumn.Rendered), "tester"))
		for campaign, want := range map[string]map[letter.State]int{
			"relay26": {letter.Drafted: 2}, "relay27": {letter.Approved: 1}, "relay28": {}, "": {letter.Drafted: 2, letter.Approved: 1},
		} {
			all := 0
			for _, n := range want {
				all += n
			}
			sum, err := l.Sum(t.Context(), campaign)
			must(t, err)
			counts, err := l.Counts(t.Context(), campaign)
			must(t, err)
			if !maps.Equal(sum.States, want) || !maps.Equal(counts.States, want) || sum.Letters != all || counts.Letters != all {
				t.Errorf("%q: %v and %v, want %v", campaign, sum.States, counts.States, want)
			}
		}
		for _, id := range []string{spring.Letter.ID, autumn.Letter.ID} {
			for range 2 { // two events of one kind are one letter
				_, err := l.Note(t.Context(), HistoryEntry{Letter: id, Kind: "complaint"})
				must(t, err)
			}
		}
		for campaign, want := range map[string]int{"relay26": 1, "relay27": 1, "relay28": 0} {
			n, err := l.Reported(t.Context(), campaign, "complaint")
			must(t, err)
			if none, err := l.Reported(t.Context(), campaign, "answer"); n != want || none != 0 || err != nil {
				t.Errorf("%s: %d complaints, %d answers, %v", campaign, n, none, err)
			}
		}
	})
}

func TestASuppressionOfOneCampaignSilencesNoOther(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		for _, tt := range []struct{ campaign, spring, autumn string }{
			{"relay27", "drafted", "suppressed"}, {"relay26", "suppressed", "suppressed"},
		} {
			if tt.campaign == "relay27" {
				draftIn(t, l, "relay26", "a@isp.example")
				draftIn(t, l, "relay27", "a@isp.example")
			}
			_, err := l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: "a@isp.example", Campaign: tt.campaign}, "tester")
			must(t, err)
			spring, autumn := stateOf(t, l, letter.Reference("relay26", "a@isp.example", 1)), stateOf(t, l, letter.Reference("relay27", "a@isp.example", 1))
			if string(spring) != tt.spring || string(autumn) != tt.autumn {
				t.Errorf("suppressed in %s: %s and %s", tt.campaign, spring, autumn)
			}
		}
	})
}

// Note counts what comes back once, by letter, kind and what it rests on.
func TestWhatMakesAnEventTheSame(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		a, b := draftIn(t, l, "relay26", "a@isp.example").Letter.ID, draftIn(t, l, "relay26", "b@isp.example").Letter.ID
		for _, tt := range []struct {
			name string
			e    HistoryEntry
			want bool
		}{
			{"the first", HistoryEntry{Letter: a, Kind: "answer", Ref: "m1"}, true},
			{"the same", HistoryEntry{Letter: a, Kind: "answer", Ref: "m1", Text: "other words"}, false},
			{"another kind", HistoryEntry{Letter: a, Kind: "complaint", Ref: "m1"}, true},
			{"another message", HistoryEntry{Letter: a, Kind: "answer", Ref: "m2"}, true},
			{"another letter", HistoryEntry{Letter: b, Kind: "answer", Ref: "m1"}, true},
			{"what rests on nothing", HistoryEntry{Letter: a, Kind: "answer"}, true},
			{"and again", HistoryEntry{Letter: a, Kind: "answer"}, true},
		} {
			added, err := l.Note(t.Context(), tt.e)
			if added != tt.want || err != nil {
				t.Errorf("%s: %v, %v", tt.name, added, err)
			}
		}
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		_, err := l.Note(t.Context(), HistoryEntry{Letter: a, Kind: "answer", At: at, By: "jane", Text: "late"})
		must(t, err)
		history, err := l.History(t.Context(), a)
		must(t, err)
		if first := history[0]; !first.At.Equal(at) || first.By != "jane" || first.Text != "late" || first.Kind != "answer" {
			t.Errorf("%+v", first)
		}
	})
}

func TestASuppressionNeedsAValue(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		for _, s := range []letter.Suppression{{}, {Scope: letter.ByAddress}, {Scope: letter.ByPrefix, Value: "192.0.2"}} {
			if stopped, err := l.Suppress(t.Context(), s, "tester"); err == nil {
				t.Errorf("%+v stopped %v", s, stopped)
			}
		}
		list, err := l.Suppressions(t.Context())
		must(t, err)
		if len(list) != 0 {
			t.Errorf("kept %+v", list)
		}
		if _, ended, err := l.Unsuppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: "a@isp.example"}, "tester"); ended || err != nil {
			t.Errorf("ended %v, %v", ended, err)
		}
	})
}

func TestALetterAfterOneThatWasSentIsNoFirstTime(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		sent := draftIn(t, l, "relay26", "a@isp.example")
		must(t, l.Approve(t.Context(), sent.Letter.ID, Hash(sent.Rendered), "tester"))
		o := outbox(t, l, "me")
		must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
		other := draftIn(t, l, "relay27", "a@isp.example")
		reminder := draftTo("a@isp.example", "again")
		reminder.Letter.Round, reminder.Letter.ID = 2, letter.Reference("relay26", "a@isp.example", 2)
		_, err := l.Draft(t.Context(), reminder)
		must(t, err)
		stranger := draftIn(t, l, "relay27", "b@isp.example")
		for id, want := range map[string]bool{sent.Letter.ID: true, other.Letter.ID: false, reminder.Letter.ID: false, stranger.Letter.ID: true} {
			e, err := l.Entry(t.Context(), id)
			must(t, err)
			if e.FirstTime != want {
				t.Errorf("%s is for the first time: %v", id, !want)
			}
		}
	})
}

func TestAddressesComeOncePageByPage(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		const n = batch + 3
		add(t, l, scan(n))
		var got []netip.Addr
		for a, err := range l.Addresses(t.Context(), "relay26", time.Time{}) {
			must(t, err)
			if got = append(got, a); len(got) > n {
				break
			}
		}
		if len(got) != n || !slices.IsSortedFunc(got, netip.Addr.Compare) || len(slices.Compact(got)) != n {
			t.Errorf("%d addresses of %d", len(got), n)
		}
	})
}

func TestWhatNoPrefixCoversIsNotKept(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		c, err := l.Cache(t.Context(), time.Time{})
		must(t, err)
		if err := c.Put(t.Context(), netip.Prefix{}, lookup.Network{Handle: "NET"}); err == nil {
			t.Error("an answer about nothing was kept")
		}
	})
}

func TestALetterWithoutItsTextIsNotHandedOut(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		_, err := l.w.Exec("UPDATE bodies SET mail = $1 WHERE letter_id = $2", []byte{}, id)
		must(t, err)
		o := outbox(t, l, "me")
		if _, _, _, err := claimNext(t.Context(), o); err == nil || !strings.Contains(err.Error(), id) {
			t.Errorf("claimed: %v", err)
		}
	})
}

func TestAnOwnerIsForgottenAfterItsLease(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		l.at(now)
		o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me", Lease: time.Minute})
		must(t, err)
		for after, want := range map[time.Duration]int{0: 1, time.Minute: 1} {
			l.at(now.Add(after))
			_, _, err := l.Recover(t.Context())
			must(t, err)
			if n := numbersOf(t, l, "SELECT owner, count(*) FROM owners GROUP BY owner")["me"]; n != want {
				t.Errorf("%v later: %d owners", after, n)
			}
		}
		l.at(now.Add(time.Minute + time.Millisecond))
		_, _, err = l.Recover(t.Context())
		must(t, err)
		if n := numbersOf(t, l, "SELECT owner, count(*) FROM owners GROUP BY owner")["me"]; n != 0 {
			t.Error("an owner whose lease has run out is known")
		}
		must(t, o.Close(t.Context()))
	})
}
