package escalate

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/lookup/lease"
)

func TestWhenAMeasureIsDue(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	told := func(day float64, reporters ...string) ledger.Persistence {
		return ledger.Persistence{Customer: "1", At: noon.Add(time.Duration(day * float64(24*time.Hour))), Told: noon.Add(24 * time.Hour), Reporters: reporters}
	}
	for _, tt := range []struct {
		name string
		e    settings.Escalation
		all  []ledger.Persistence
		want string
	}{
		{"nothing happened", settings.Escalation{Sources: 1, Days: 1}, nil, ""},
		{"one source", settings.Escalation{Sources: 2}, []ledger.Persistence{told(0, "a@one.example"), told(1, "a@one.example")}, ""},
		{"two mailboxes of one house are one source", settings.Escalation{Sources: 2}, []ledger.Persistence{told(0, "a@one.example", "b@one.example")}, ""},
		{"two sources of one event", settings.Escalation{Sources: 2}, []ledger.Persistence{told(0, "a@one.example", "a@two.example")}, "2 independent reporters"},
		{"two sources of two events", settings.Escalation{Sources: 2}, []ledger.Persistence{told(0, "a@one.example"), told(1, "a@two.example")}, "2 independent reporters"},
		{"their number is no reason", settings.Escalation{Days: 5}, []ledger.Persistence{told(0, "a@one.example", "a@two.example")}, ""},
		{"it goes on, for a day too few", settings.Escalation{Days: 5}, []ledger.Persistence{told(0, "a@one.example"), told(5.9, "a@one.example")}, ""},
		{"it goes on", settings.Escalation{Days: 5}, []ledger.Persistence{told(0, "a@one.example"), told(6, "a@one.example")}, "it goes on 5 days after the first letter"},
		{"neither is a reason", settings.Escalation{}, []ledger.Persistence{told(0, "a@one.example"), told(60, "a@two.example")}, ""},
	} {
		if got := Due(tt.e, tt.all, time.Time{}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestWhenALetterIsFirmer has events of days 0 and on; a letter told some of them
// on a day, and the rest waits.
func TestWhenALetterIsFirmer(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	day := func(d float64) time.Time { return noon.Add(time.Duration(d * float64(24*time.Hour))) }
	waits := func(at float64, reporters ...string) ledger.Persistence {
		return ledger.Persistence{Customer: "1", At: day(at), Reporters: reporters}
	}
	told := func(at, on float64, reporters ...string) ledger.Persistence {
		p := waits(at, reporters...)
		p.Told = day(on)
		return p
	}
	two, week := settings.Escalation{FirmSources: 2, Sources: 1}, settings.Escalation{FirmDays: 7, Days: 1}
	for _, tt := range []struct {
		name string
		e    settings.Escalation
		all  []ledger.Persistence
		want string
	}{
		{"nothing happened", two, nil, ""},
		{"nothing was told yet, however many report it", two, []ledger.Persistence{waits(0, "a@one.example", "b@two.example", "c@three.example")}, ""},
		{"it is told, by one source", two, []ledger.Persistence{told(0, 1, "a@one.example"), waits(2, "b@one.example")}, ""},
		{"what waits has another source", two, []ledger.Persistence{told(0, 1, "a@one.example"), waits(2, "b@two.example")}, "2 independent reporters"},
		{"the settings have no firmer letters", settings.Escalation{Sources: 1, Days: 1}, []ledger.Persistence{told(0, 1, "a@one.example"), waits(9, "b@two.example")}, ""},
		{"it goes on a day too few after the letter", week, []ledger.Persistence{told(0, 1, "a@one.example"), waits(7.9, "a@one.example")}, ""},
		{"it goes on a week after the letter", week, []ledger.Persistence{told(0, 1, "a@one.example"), waits(8, "a@one.example")}, "it goes on 7 days after the first letter"},
		{"after the first of several letters", week, []ledger.Persistence{told(5, 6, "a@one.example"), told(0, 1, "a@one.example"), waits(8, "a@one.example")}, "it goes on 7 days after the first letter"},
	} {
		if got := Firm(tt.e, tt.all); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	both := settings.Escalation{FirmSources: 2, Sources: 2, Days: 5}
	for _, tt := range []struct {
		name   string
		firmed time.Time
		all    []ledger.Persistence
		want   string
	}{
		{"no firmer letter has left", time.Time{}, []ledger.Persistence{told(0, 1, "a@one.example", "b@two.example"), told(9, 10, "a@one.example")}, ""},
		{"all was before the firmer letter", day(2), []ledger.Persistence{told(0, 1, "a@one.example"), told(2, 2.5, "b@two.example")}, ""},
		{"one source since", day(2), []ledger.Persistence{told(0, 1, "a@one.example", "b@two.example"), told(3, 4, "a@one.example")}, ""},
		{"two sources since", day(2), []ledger.Persistence{told(3, 4, "a@one.example"), told(4, 5, "b@two.example")}, "2 independent reporters"},
		{"it goes on five days after the firmer letter", day(2), []ledger.Persistence{told(0, 1, "a@one.example"), told(7, 8, "a@one.example")}, "it goes on 5 days after the firmer letter"},
		{"and a day too few", day(2), []ledger.Persistence{told(0, 1, "a@one.example"), told(6.9, 8, "a@one.example")}, ""},
	} {
		if got := Due(both, tt.all, tt.firmed); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func customers(t *testing.T) *lease.Customers {
	t.Helper()
	c, err := lease.ReadCustomers(strings.NewReader("customer,prefix,contract,class\n1,192.0.2.1/32,,private\n2,192.0.2.2/32,hosting,business\n3,192.0.2.3/32,,\n"), "customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhoIsExempt(t *testing.T) {
	for _, tt := range []struct {
		customer string
		exempt   []string
		want     bool
	}{
		{"1", nil, false}, {"1", []string{"business"}, false}, {"2", []string{"business"}, true}, {"2", []string{"hosting"}, true},
		{"1", []string{"access"}, true}, {"3", []string{"3"}, true}, {"3", []string{""}, false}, {"gone", nil, true},
	} {
		if got := (House{Escalation: settings.Escalation{Exempt: tt.exempt}, Customers: customers(t)}).exempt(tt.customer); got != tt.want {
			t.Errorf("customer %q with %q: %v", tt.customer, tt.exempt, got)
		}
	}
}

// TestCommand runs this test as the command, with a word that says what to do.
func TestCommand(t *testing.T) {
	if flag.NArg() > 0 {
		act(flag.Arg(0))
	}
	t.Setenv("HEADSUP_SECRET", "x")
	m := ledger.Measure{ID: 7, Customer: "2", Why: "2 independent reporters", Events: []ledger.Incident{
		{Addr: netip.MustParseAddr("192.0.2.2"), Port: 44022, At: time.Date(2026, 3, 1, 10, 15, 2, 0, time.UTC), Kind: "bruteforce", Evidence: "hidden"}}}
	for _, tt := range []struct{ word, said, err string }{
		{"echo", `{"measure":7,"action":"act","customer":"2","contract":"hosting","class":"business","why":"2 independent reporters","events":[{"addr":"192.0.2.2","port":44022,"seen":"2026-03-01T10:15:02Z","kind":"bruteforce"}]}`, ""},
		{"args; echo $HOME", "args; echo $HOME", ""},
		{"environment", `secret ""`, ""},
		{"fail", "no such customer", "exit status 3"},
		{"hang", "begun", "did not end within 300ms"},
		{"child", "begun", "did not end within 300ms"},
		{"much", strings.Repeat("x", saidAtMost), ""},
		{"deaf", "", ""},
	} {
		h := House{Customers: customers(t), Escalation: settings.Escalation{Hook: []string{os.Args[0], "-test.run=^TestCommand$", "--", tt.word}}}
		if tt.word == "hang" || tt.word == "child" {
			h.Escalation.Timeout = settings.Duration{Duration: 300 * time.Millisecond}
		}
		begun := time.Now()
		said, err := h.command(t.Context(), "act", m)
		if tt.word == "child" && said == "begunbegun" { // the child of a child may have begun too
			said = "begun"
		}
		if strings.TrimSpace(said) != tt.said && !(tt.err != "" && said == "") || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %q, %v", tt.word, said, err)
		}
		if d := time.Since(begun); d > 20*time.Second {
			t.Errorf("%s: it took %s", tt.word, d)
		}
	}
	h := House{Customers: customers(t), Escalation: settings.Escalation{Hook: []string{"/nowhere/hook"}}}
	if _, err := h.command(t.Context(), "act", m); err == nil || !strings.Contains(err.Error(), "/nowhere/hook") {
		t.Errorf("no command: %v", err)
	}
}

// act is the command.
func act(word string) {
	switch word {
	case "echo":
		io.Copy(os.Stdout, os.Stdin)
	case "environment":
		fmt.Printf("secret %q", os.Getenv("HEADSUP_SECRET"))
	case "fail":
		fmt.Print("no such customer")
		os.Exit(3)
	case "hang":
		fmt.Print("begun")
		time.Sleep(time.Minute)
	case "child": // which keeps its output open
		fmt.Print("begun")
		child := exec.Command(os.Args[0], "-test.run=^TestCommand$", "--", "hang")
		child.Stdout = os.Stdout
		child.Run()
	case "much":
		fmt.Print(strings.Repeat("x", 100*saidAtMost))
	case "deaf":
	default:
		fmt.Print(word)
	}
	os.Exit(0)
}
