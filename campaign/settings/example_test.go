package settings

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"headsup/letter"
	"headsup/lookup"
)

// The examples say what the program reads.
func TestExamplesOfContacts(t *testing.T) {
	text, live := Rehearsing()
	if !bytes.Contains(text, []byte("\nrehearsal = true")) || !bytes.Contains(text, []byte("\noverrides = \"contacts.csv\"")) {
		t.Errorf("the settings of a rehearsal are\n%s", text)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load(dir)
	if err != nil || !s.Rehearsal || len(s.Allowed()) != 5 {
		t.Fatalf("%v, %v", s, err)
	}
	for name, file := range map[string][]byte{"as it is": ExampleContacts, "of a rehearsal": live} {
		o, err := lookup.ReadOverrides(bytes.NewReader(file), ContactsFile, time.Time{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, p := range documentation[:3] {
			if _, ok, _ := o.Lookup(t.Context(), p.Addr()); ok != (name != "as it is") {
				t.Errorf("%s: %s is found: %v", name, p, ok)
			}
		}
	}
}

func TestOnlyARehearsalUsesDocumentationAddresses(t *testing.T) {
	s := &Settings{Lookup: Lookup{AllowSpecial: documentation[:1]}}
	if got := s.Allowed(); len(got) != 1 {
		t.Errorf("%v", got)
	}
	s.Rehearsal = true
	if got := s.Allowed(); len(got) != 6 || len(s.Lookup.AllowSpecial) != 1 {
		t.Errorf("%v", got)
	}
}

// effects are what the program takes from a key of the example that is commented out.
var effects = map[string]func(*testing.T, *Settings) any{
	"ledger":                   func(_ *testing.T, s *Settings) any { return s.LedgerName() },
	"rehearsal":                func(_ *testing.T, s *Settings) any { return s.Rehearsal },
	"files":                    func(_ *testing.T, s *Settings) any { return s.Outbox() },
	"desk.codes":               func(_ *testing.T, s *Settings) any { return s.Desk.Asks(s.Campaign.People()) },
	"desk.header":              func(_ *testing.T, s *Settings) any { return s.Desk.Header },
	"desk.code_for":            func(_ *testing.T, s *Settings) any { return s.Desk.CodeLife() },
	"campaign.language":        decided,
	"campaign.english":         decided,
	"campaign.site":            decided,
	"campaign.co_sponsors":     decided,
	"campaign.co_sponsors_in":  decided,
	"campaign.retired_keys":    decided,
	"campaign.bounce_address":  decided,
	"campaign.plus_addressing": decided,
	"state":                    func(_ *testing.T, s *Settings) any { return s.StateFolder() },
	"campaign.opt_out":         func(_ *testing.T, s *Settings) any { return s.Campaign.OptOut },
	"campaign.pace":            paced,
	"campaign.domain_pace":     paced,
	"campaign.group_pace":      paced,
	"campaign.mx":              func(_ *testing.T, s *Settings) any { return s.Campaign.AsksMX() },
	"campaign.dns":             func(_ *testing.T, s *Settings) any { return s.Campaign.DNS },
	"campaign.address_pace":    func(_ *testing.T, s *Settings) any { return s.Campaign.Apart() },
	"campaign.warm_up":         paced,
	"campaign.hours":           timed,
	"campaign.weekends":        timed,
	"campaign.max_bounces":     func(_ *testing.T, s *Settings) any { return s.Campaign.MostBounces() },
	"campaign.max_ours":        func(_ *testing.T, s *Settings) any { return s.Campaign.MostOurs() },
	"campaign.max_complaints":  func(_ *testing.T, s *Settings) any { return s.Campaign.MostComplaints() },
	"campaign.finding_max_age": aged,
	"campaign.dynamic_max_age": aged,
	"campaign.dynamic_pools":   aged,
	"campaign.released_by":     func(_ *testing.T, s *Settings) any { return len(s.Campaign.ReleasedBy) },
	"campaign.stages":          func(_ *testing.T, s *Settings) any { return s.Campaign.StageSizes() },
	"campaign.approvals":       func(_ *testing.T, s *Settings) any { return s.Campaign.People() },
	"campaign.assume_sent":     func(_ *testing.T, s *Settings) any { return s.Campaign.AssumeSent.Duration },
	"agency.names":             decided,
	"agency.addresses":         decided,
	"agency.signatories":       decided,
	"agency.mandate":           decided,
	"agency.method":            decided,
	"agency.answers":           decided,
	"agency.prevails":          decided,
	"agency.enclosures":        decided,
	"agency.countries":         decided,
	"agency.languages":         decided,
	"agency.bounce_address":    decided,
	"agency.plus_addressing":   decided,
	"agency.reply_to":          decided,
	"agency.logo":              decided,
	"agency.key":               decided,
	"agency.mail_server":       func(_ *testing.T, s *Settings) any { return s.Agencies[0].MailServer },
	"letters.attachments":      attached,
	"letters.pdf":              func(_ *testing.T, s *Settings) any { return s.Letters.Printed() },
	"letters.mail_without_pdf": func(_ *testing.T, s *Settings) any {
		return s.Letters.MailWithoutPDF
	},
	"campaign.remind_after":  func(_ *testing.T, s *Settings) any { return s.Campaign.Reminders() },
	"campaign.rounds":        func(_ *testing.T, s *Settings) any { return s.Campaign.Reminders() },
	"campaign.silent_apart":  looked,
	"campaign.answers_ahead": func(_ *testing.T, s *Settings) any { return s.Campaign.Ahead() },
	"letters.templates":      func(_ *testing.T, s *Settings) any { return s.Letters.Templates },
	"post.private_homes":     func(_ *testing.T, s *Settings) any { return s.Post.PrivateHomes },
	"post.duplex":            posted,
	"post.sheet_grams":       posted,
	"post.envelope_grams":    posted,
	"post.currency":          func(_ *testing.T, s *Settings) any { return s.Post.Currency },
	"letters.fonts":          func(_ *testing.T, s *Settings) any { return s.FontFolders() },
	"lookup.overrides":       func(_ *testing.T, s *Settings) any { return s.Lookup.Overrides },
	"lookup.allow_special":   func(_ *testing.T, s *Settings) any { return s.Allowed() },
	"lookup.snapshot":        func(_ *testing.T, s *Settings) any { return s.Lookup.Snapshot },
	"lookup.bootstrap":       func(_ *testing.T, s *Settings) any { return s.Lookup.Tables() },
	"lookup.cymru":           func(_ *testing.T, s *Settings) any { return s.Lookup.Cymru },
	"lookup.abusix":          func(_ *testing.T, s *Settings) any { return s.Lookup.Abusix },
	"lookup.abuse_net":       func(_ *testing.T, s *Settings) any { return s.Lookup.AbuseNet },
	"lookup.security_txt":    func(_ *testing.T, s *Settings) any { return s.Lookup.SecurityTxt },
	"lookup.csirt":           func(_ *testing.T, s *Settings) any { return s.Lookup.CSIRT },
	"lookup.max_age":         func(_ *testing.T, s *Settings) any { return s.Lookup.Since(time.UnixMilli(0)) },
}

// attached is what comes with a letter to whoever has no wish of its own.
func attached(t *testing.T, s *Settings) any {
	l := letter.Letter{Attachments: decided(t, s).(letter.Campaign).Attachments}
	return []bool{l.Attaches(lookup.CSV), l.Attaches(lookup.XARF), l.Attaches(lookup.PDF)}
}

func posted(_ *testing.T, s *Settings) any {
	p := s.Post.Postage()
	p.Tariffs = nil
	return p
}

func looked(t *testing.T, s *Settings) any {
	r, err := s.Campaign.Looks()
	if err != nil {
		t.Error(err)
	}
	return r
}

func aged(t *testing.T, s *Settings) any {
	a, err := s.Campaign.Ages()
	if err != nil {
		t.Error(err)
	}
	return a
}

func decided(t *testing.T, s *Settings) any {
	c, err := s.Decisions([]string{"en"})
	if err != nil {
		t.Error(err)
	}
	return c
}

// paced are the paces of each kind of lane, a year after the first letter and on its day.
func paced(_ *testing.T, s *Settings) any {
	var all []letter.Pace
	for _, lane := range []string{"campaign", "group:google.com", "domain:example.org", "mx:example.org"} {
		for _, started := range []time.Time{time.UnixMilli(0), time.UnixMilli(0).AddDate(-1, 0, 0)} {
			pace, _ := s.Campaign.LanePace(lane, started, time.UnixMilli(0))
			all = append(all, pace)
		}
	}
	return all
}

// timed is when a letter leaves on a Sunday night.
func timed(t *testing.T, s *Settings) any {
	h, err := s.Campaign.SendingHours()
	if err != nil {
		t.Error(err)
	}
	return h.Next(time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC), time.UTC)
}

// What the example shows of a key that is commented out is what the program
// does without it.
func TestTheExampleShowsTheDefaults(t *testing.T) {
	dir := t.TempDir()
	load := func(text []byte) *Settings {
		for name, text := range map[string][]byte{File: text, CodeKeyFile: []byte("sixteen bytes and more")} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	plain := load(Example)
	section, shown := "", map[string]bool{}
	for line := range strings.Lines(string(Example)) {
		if m := regexp.MustCompile(`^(#?)\[+([a-z._]+)\]`).FindStringSubmatch(line); m != nil {
			section = m[1] + m[2] + "."
		}
		m := regexp.MustCompile(`^#([a-z_]+) = `).FindStringSubmatch(line)
		if m == nil || strings.HasPrefix(section, "#") {
			continue
		}
		key := section + m[1]
		effect := effects[key]
		if effect == nil {
			t.Errorf("%s: nobody knows what the program does without it", key)
			continue
		}
		shown[key] = true
		with := load(bytes.Replace(Example, []byte("\n"+line), []byte("\n"+line[1:]), 1))
		if got, want := fmt.Sprintf("%+v", effect(t, with)), fmt.Sprintf("%+v", effect(t, plain)); got != want {
			t.Errorf("%s: as shown it is %v, without it %v", key, got, want)
		}
	}
	for key := range effects {
		if !shown[key] {
			t.Errorf("the example does not show %s", key)
		}
	}
}
