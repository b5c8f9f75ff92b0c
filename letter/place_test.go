package letter_test

import (
	"net/netip"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

func TestSameService(t *testing.T) {
	base := relay("192.0.2.7", "scan:1", finding.Observed)
	for _, c := range []struct {
		name   string
		change func(*finding.Finding)
		want   bool
	}{
		{"the same", func(*finding.Finding) {}, true},
		{"another address", func(f *finding.Finding) { f.Addr = netip.MustParseAddr("192.0.2.8") }, false},
		{"another port", func(f *finding.Finding) { f.Port = 587 }, false},
		{"another protocol: 53/tcp and 53/udp are two", func(f *finding.Finding) { f.Proto = "udp" }, false},
		{"another kind", func(f *finding.Finding) { f.Kind = finding.OpenProxy }, false},
		{"another name for it", func(f *finding.Finding) { f.Service = "submission" }, true},
		{"another word for it, elsewhere and later", func(f *finding.Finding) { f.Strength, f.Source, f.Seen = finding.Weak, "scan:2", day.Add(1) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			other := base
			c.change(&other)
			if letter.SameService(base, other) != c.want || letter.SameService(other, base) != c.want {
				t.Errorf("are the same: %v", !c.want)
			}
		})
	}
}

func TestPlaceFindsWhyNot(t *testing.T) {
	desk := lookup.Contact{Email: "abuse@isp.example"}
	known, nobody := network("192.0.2.0", "192.0.2.255", desk), network("192.0.2.0", "192.0.2.255")
	nameless := &lookup.Network{}
	asked, err := letter.ParseSuppression("abuse@isp.example")
	if err != nil {
		t.Fatal(err)
	}
	stop := letter.NewSuppressions([]letter.Suppression{asked})
	good := func(change func(*finding.Finding)) finding.Finding {
		f := relay("192.0.2.7", "scan:1", finding.Observed)
		if change != nil {
			change(&f)
		}
		return f
	}
	strength := func(s finding.Strength) finding.Finding { return good(func(f *finding.Finding) { f.Strength = s }) }
	for _, c := range []struct {
		name   string
		row    letter.Row
		stop   *letter.Suppressions
		want   letter.Fate
		reason string
	}{
		{"what a scanner used is written about", letter.Row{Finding: strength(finding.Verified), Network: known}, nil, letter.FateLettered, ""},
		{"what it observed, too", letter.Row{Finding: strength(finding.Observed), Network: known}, nil, letter.FateLettered, ""},
		{"what is weak is held", letter.Row{Finding: strength(finding.Weak), Network: known}, nil, letter.FateHeld, "because"},
		{"so is what its scanner contradicts", letter.Row{Finding: strength(finding.Contradicted), Network: known}, nil, letter.FateHeld, "because"},
		{"a clock may be a day ahead", letter.Row{Finding: seen(good(nil), day.Add(24*time.Hour)), Network: known}, nil, letter.FateLettered, ""},
		{"and not a second more", letter.Row{Finding: seen(good(nil), day.Add(24*time.Hour+time.Second)), Network: known}, nil, letter.FateHeld,
			"seen at 2026-03-03T15:04:06Z, which is yet to come: is the scanner's clock right?"},
		{"a letter past review stays, whatever is found later", letter.Row{Finding: strength(finding.Weak), Letter: "relay26-k3v9xq2m7d", Special: "x", Network: known}, stop, letter.FateLettered, ""},
		{"what was taken back stays so", letter.Row{Finding: good(nil), Network: known, Fate: letter.FateWithdrawn}, nil, letter.FateWithdrawn, ""},
		{"special space before weak evidence", letter.Row{Finding: strength(finding.Weak), Special: "private"}, nil, letter.FateSpecial, "private"},
		{"nobody has asked yet", letter.Row{Finding: good(nil)}, nil, letter.FateFailed, "not looked up yet"},
		{"an old answer serves where the new look-up failed", letter.Row{Finding: good(nil), Network: known, Failure: "timeout"}, nil, letter.FateLettered, ""},
		{"nobody is registered", letter.Row{Finding: good(nil), Network: nobody}, nil, letter.FateNoContact, "rdap.example names nobody for NET-192.0.2.0"},
		{"nor where nothing has a name", letter.Row{Finding: good(nil), Network: nameless}, nil, letter.FateNoContact, "the registry names nobody for 192.0.2.7"},
		{"nobody is left", letter.Row{Finding: good(nil), Network: nobody, Unreached: "mail came back"}, nil, letter.FateNoContact, "mail came back"},
		{"somebody is left", letter.Row{Finding: good(nil), Network: known, Unreached: "mail came back"}, nil, letter.FateLettered, ""},
		{"who asked to be left alone is", letter.Row{Finding: good(nil), Network: known}, stop, letter.FateSuppressed, "abuse@isp.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.stop == nil {
				c.stop = letter.NewSuppressions(nil)
			}
			c.row.ID = 7
			got := letter.Place([]letter.Row{c.row}, "relay26", c.stop, day)
			want := letter.Placement{Row: 7, Fate: c.want, Reason: c.reason, Letter: c.row.Letter}
			if len(got) != 1 || got[0] != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestPlaceTellsNothingOfWhatWasTakenBack(t *testing.T) {
	known := network("192.0.2.0", "192.0.2.255", lookup.Contact{Email: "abuse@isp.example"})
	rows := []letter.Row{
		{Finding: relay("192.0.2.7", "new:1", finding.Verified), Network: known},
		{Finding: relay("192.0.2.7", "old:1", finding.Observed), Network: known, Fate: letter.FateWithdrawn},
		{Finding: relay("192.0.2.7", "told:1", finding.Observed), Network: known, Letter: "relay26-k3v9xq2m7d"},
	}
	for i, want := range []letter.Fate{letter.FateDuplicate, letter.FateWithdrawn, letter.FateDuplicate} {
		if got := letter.Place(rows, "relay26", letter.NewSuppressions(nil), day)[i]; got.Fate != want {
			t.Errorf("%s: %+v", rows[i].Finding.Source, got)
		}
	}
}

func TestPlaceChoosesOneOfTheSame(t *testing.T) {
	known := network("192.0.2.0", "192.0.2.255", lookup.Contact{Email: "abuse@isp.example"})
	row := func(source string, s finding.Strength, at time.Duration, in string) letter.Row {
		return letter.Row{Finding: seen(relay("192.0.2.7", source, s), day.Add(at)), Network: known, Letter: in}
	}
	old := func(r letter.Row) letter.Row { r.Old = true; return r }
	for _, c := range []struct {
		name string
		rows []letter.Row
		best int
	}{
		{"one that is not too old, though it tells less", []letter.Row{old(row("a:1", finding.Verified, -time.Hour, "")), row("b:1", finding.Observed, 0, "")}, 1},
		{"and when it comes first", []letter.Row{row("b:1", finding.Observed, 0, ""), old(row("a:1", finding.Verified, -time.Hour, ""))}, 0},
		{"one that is too old before one that is worth no letter", []letter.Row{row("a:1", finding.Weak, 0, ""), old(row("b:1", finding.Observed, -time.Hour, ""))}, 1},
		{"the newer of two that are too old", []letter.Row{old(row("a:1", finding.Observed, -time.Hour, "")), old(row("b:1", finding.Observed, 0, ""))}, 1},
		{"the one that stands in a letter, however old", []letter.Row{row("a:1", finding.Verified, 0, ""), old(row("b:1", finding.Verified, 0, "relay26-k3v9xq2m7d"))}, 1},
		{"the stronger", []letter.Row{row("a:1", finding.Observed, 0, ""), row("b:1", finding.Verified, -time.Hour, "")}, 1},
		{"the newer of equal ones", []letter.Row{row("a:1", finding.Observed, -time.Hour, ""), row("b:1", finding.Observed, 0, "")}, 1},
		{"the first of what says the same", []letter.Row{row("a:1", finding.Observed, 0, ""), row("a:1", finding.Observed, 0, "")}, 0},
		{"by source where nothing else differs", []letter.Row{row("b:1", finding.Observed, 0, ""), row("a:1", finding.Observed, 0, "")}, 1},
		{"the one that stands in a letter, however weak", []letter.Row{row("a:1", finding.Verified, 0, ""), row("b:1", finding.Weak, 0, "relay26-k3v9xq2m7d")}, 1},
		{"also when it comes first", []letter.Row{row("b:1", finding.Weak, 0, "relay26-k3v9xq2m7d"), row("a:1", finding.Verified, 0, "")}, 0},
		{"of two letters the one that tells more", []letter.Row{row("a:1", finding.Observed, 0, "relay26-k3v9xq2m7d"), row("b:1", finding.Verified, 0, "relay26-xxxxxxxxxx")}, 1},
		{"also when that one comes first", []letter.Row{row("a:1", finding.Verified, 0, "relay26-k3v9xq2m7d"), row("b:1", finding.Observed, 0, "relay26-xxxxxxxxxx")}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, p := range letter.Place(c.rows, "relay26", letter.NewSuppressions(nil), day) {
				want := letter.Placement{Fate: letter.FateDuplicate, Reason: "the same as " + c.rows[c.best].Finding.Source}
				if i == c.best {
					want = letter.Placement{Fate: letter.FateLettered, Letter: c.rows[i].Letter}
				}
				if p != want {
					t.Errorf("row %d: %+v, want %+v", i, p, want)
				}
			}
		})
	}
}

func TestSumOfEachFate(t *testing.T) {
	for fate, of := range map[letter.Fate]func(letter.Sum) int{
		letter.FateLettered:   func(s letter.Sum) int { return s.Lettered },
		letter.FateHeld:       func(s letter.Sum) int { return s.Held },
		letter.FateSuppressed: func(s letter.Sum) int { return s.Suppressed },
		letter.FateNoContact:  func(s letter.Sum) int { return s.NoContact },
		letter.FateFailed:     func(s letter.Sum) int { return s.Failed },
		letter.FateSpecial:    func(s letter.Sum) int { return s.Special },
		letter.FateDuplicate:  func(s letter.Sum) int { return s.Duplicate },
		letter.FateRejected:   func(s letter.Sum) int { return s.Rejected },
	} {
		var s letter.Sum
		s.Add(fate, 3)
		s.Add(fate, 2)
		if of(s) != 5 || s.Rows != 5 || s.Check() != nil {
			t.Errorf("%s: %+v, %v", fate, s, s.Check())
		}
	}
	if err := (letter.Sum{Rows: 3, Findings: 3}).Check(); err != nil {
		t.Errorf("rows that have no fate yet are accounted for: %v", err)
	}
	if (letter.Sum{Lettered: 1}).Check() == nil {
		t.Error("a row that nobody read is not noticed")
	}
}

// TestLife names each step that a letter may take; there is no other.
func TestLife(t *testing.T) {
	may := map[letter.State][]letter.State{
		letter.Drafted:    {letter.Approved, letter.Held, letter.Suppressed},
		letter.Approved:   {letter.Drafted, letter.Sending, letter.Held, letter.Suppressed},
		letter.Held:       {letter.Drafted, letter.Suppressed},
		letter.Sending:    {letter.Sent, letter.Deferred, letter.Failed, letter.Unknown},
		letter.Deferred:   {letter.Sending, letter.Failed, letter.Drafted, letter.Held, letter.Suppressed},
		letter.Sent:       {letter.Bounced},
		letter.Unknown:    {letter.Sent, letter.Bounced, letter.Failed, letter.Approved},
		letter.Suppressed: {letter.Drafted},
	}
	if len(letter.States) != 10 {
		t.Errorf("%d states", len(letter.States))
	}
	for _, from := range letter.States {
		for _, to := range letter.States {
			want := false
			for _, s := range may[from] {
				want = want || s == to
			}
			if from.May(to) != want {
				t.Errorf("a letter that is %s may become %s: %v", from, to, !want)
			}
		}
	}
}

// Whatever a suppression makes of a letter, its life allows it.
func TestASuppressionCutsLettersThatWait(t *testing.T) {
	waits := map[letter.State]bool{letter.Drafted: true, letter.Approved: true, letter.Held: true, letter.Deferred: true}
	for _, s := range letter.States {
		if s.Waits() != waits[s] {
			t.Errorf("a letter that is %s waits: %v", s, !waits[s])
		}
		for left, want := range map[int]letter.State{0: letter.Suppressed, 1: letter.Held, 2: letter.Held} {
			if to := letter.Cut(left); to != want || waits[s] && s != to && !s.May(to) {
				t.Errorf("a letter that is %s, of which %d findings are left, becomes %s", s, left, to)
			}
		}
	}
}

func TestLostLettersHaveAClass(t *testing.T) {
	for _, s := range letter.States {
		if want := s == letter.Failed || s == letter.Bounced; s.Lost() != want {
			t.Errorf("a letter that is %s is lost: %v", s, !want)
		}
	}
}
