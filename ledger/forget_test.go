package ledger

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/lookup"
)

// everything returns all that is stored in a ledger, as one text.
func everything(t *testing.T, l *Ledger) string {
	t.Helper()
	var b strings.Builder
	for _, table := range tables {
		rows, err := l.r.Query("SELECT * FROM " + table)
		must(t, err)
		names, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values, to := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				to[i] = &values[i]
			}
			must(t, rows.Scan(to...))
			for i, v := range values {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprintf(&b, "%s.%s=%v\n", table, names[i], v)
			}
		}
		must(t, rows.Close())
	}
	return b.String()
}

// stillNamed lists what still names somebody.
func stillNamed(t *testing.T, l *Ledger, who string) (lines []string) {
	for line := range strings.Lines(everything(t, l)) {
		if strings.Contains(strings.ToLower(line), who) {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestAPersonIsForgottenAndCountsStay(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		letters, _ := answeredLetters(t, l, 3) // abuse0, abuse1 and abuse2@isp.example
		const who = "abuse1@isp.example"
		jane := lookup.Contact{Email: "Abuse1@isp.example", Name: "Jane Doe", Address: []string{"1 Example Street"}}
		john := lookup.Contact{Email: "abuse2@isp.example", Name: "John Doe"}
		for i, contacts := range [][]lookup.Contact{{jane}, {john, jane}, {john}} {
			addr := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
			must(t, l.AddLookups(ctx, "relay26", []lookup.Result{{Addr: addr, Network: lookup.Network{First: addr, Last: addr, Handle: fmt.Sprint(i), Contacts: contacts}}}))
		}
		_, err := l.Suppress(ctx, letter.Suppression{Scope: letter.ByAddress, Value: who, Reason: "asked by " + who}, who)
		must(t, err)
		_, err = l.Note(ctx, HistoryEntry{Letter: letters[0], Kind: "answer", By: "Abuse1@isp.example", Text: "I am Jane Doe", Ref: "m9"})
		must(t, err)
		_, err = l.Note(ctx, HistoryEntry{Letter: letters[2], Kind: "answer", By: "noc@isp.example", Text: "ask xabuse1@isp.example or abuse1@isp.example", Ref: "m8"})
		must(t, err)
		must(t, NoteEnquiry(ctx, l, Enquiry{Campaign: "relay26", By: "ann", Text: "abuse1@isp.example"}))
		found, err := Persons(ctx, l, "jane doe")
		if err != nil || fmt.Sprint(found) != "["+who+"]" {
			t.Fatalf("a name stands for %v, %v", found, err)
		}
		before, err := l.Counts(ctx, "relay26")
		must(t, err)

		got, err := ForgetPerson(ctx, l, "Abuse1@ISP.example", "ann")
		if want := (Forgotten{Letters: 1, Answers: 2, Networks: 2, Wishes: 1, Mentions: 2}); err != nil || got != want {
			t.Errorf("%+v, want %+v: %v", got, want, err)
		}
		if left := stillNamed(t, l, "jane"); len(left) > 0 {
			t.Errorf("still named: %q", left)
		}
		if left := stillNamed(t, l, who); len(left) != 1 || !strings.Contains(left[0], "ask xabuse1@isp.example or (forgotten)") {
			t.Errorf("still named: %q", left)
		}
		after, err := l.Counts(ctx, "relay26")
		if err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("counted otherwise: %v, before %v: %v", after, before, err)
		}
		// The wish holds, in whatever case, and who did not wish may be written to.
		for to, want := range map[string]letter.State{"Abuse1@isp.example": letter.Suppressed, "abuse3@isp.example": letter.Sending} {
			d := draftTo(to, "hello")
			d.Letter.ID, d.Letter.Round = letter.Reference("relay26", to, 2), 2
			_, err := l.Draft(ctx, d)
			must(t, err)
			must(t, l.Approve(ctx, d.Letter.ID, Hash(d.Rendered), "tester"))
			o := outbox(t, l, "two")
			_, _, _, err = claimNext(ctx, o)
			must(t, err)
			must(t, o.Close(ctx))
			if s := stateOf(t, l, d.Letter.ID); s != want {
				t.Errorf("a letter to %s is %s, want %s", to, s, want)
			}
		}
		// Once more there is nothing of them, and the wish is still known.
		again, err := ForgetPerson(ctx, l, who, "ann")
		if !errors.Is(err, nil) && !errors.Is(err, ErrState) || again.Wishes+again.Networks > 0 {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

func TestAPersonIsNotForgottenWhileALetterWaits(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(1))
		_, err := l.Draft(t.Context(), draftTo("abuse@isp.example", "hello", rowsOf(t, l)...))
		must(t, err)
		_, err = l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: "abuse@isp.example", Campaign: "relay27"}, "ann")
		must(t, err)
		id := letter.Reference("relay26", "abuse@isp.example", 1)
		must(t, l.Hold(t.Context(), id, "wait", "ann"))
		if _, err := ForgetPerson(t.Context(), l, "abuse@isp.example", "ann"); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), id) {
			t.Errorf("%v", err)
		}
		if list, err := l.Suppressions(t.Context()); err != nil || len(list) != 1 || list[0].Value != "abuse@isp.example" {
			t.Errorf("what failed changed something: %+v, %v", list, err)
		}
	})
}
