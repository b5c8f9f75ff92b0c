package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// provider loads the example's settings with those of a provider, and with lines
// in front of all sections.
func provider(t *testing.T, isp, before string) (*Settings, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{File: before + "\n" + string(Example) + "\n[isp]\n" + isp + "\n", CodeKeyFile: "sixteen bytes and more"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(dir)
}

func TestSettingsOfAProviderThatCannotBeMeant(t *testing.T) {
	const file = "customers = \"customers.csv\"\n"
	for isp, want := range map[string]string{
		"":                                                 "isp.customers: who are the customers?",
		file + `auto = "always"`:                           `isp.auto: neither "shadow" nor "earned": "always"`,
		file + `answer = "yes"`:                            `isp.answer: neither "none", "draft" nor "send": "yes"`,
		file + `resolved = "yes"`:                          `isp.resolved: neither "none", "customer" nor "person": "yes"`,
		file + `earn = -1`:                                 "not less than nothing",
		file + `answers = -1`:                              "not less than nothing",
		file + `soon = "-1h"`:                              "isp.soon: less than nothing",
		file + `country = "CAN"`:                           `isp.country: not a country such as "CA": "CAN"`,
		file + `mail_room = "p"`:                           `isp.mail_room: not a mailbox: "p"`,
		file + `keeps = { x = "1d" }`:                      `isp.keeps: no kind of report: "x"`,
		file + `intervals = { secret = "1d" }`:             `isp.intervals: no kind of report: "secret"`,
		file + `keeps = { spam = "-1h" }`:                  "less than nothing",
		file + "[isp.tell]\nsecret = \"duty\"":             `isp.tell.secret: not a mailbox: "duty"`,
		file + "[isp.tell]\nrestricted = \"@a.example\"":   `isp.tell.restricted: not a mailbox: "@a.example"`,
		file + "[isp.tell]\na_day = -1":                    "isp.tell.a_day: less than nothing: -1",
		file + "[isp.escalation]\nsources = -1":            "isp.escalation: nothing is less than nothing",
		file + "[isp.escalation]\ndays = -1":               "isp.escalation: nothing is less than nothing",
		file + "[isp.escalation]\nfirm_sources = -1":       "isp.escalation: nothing is less than nothing",
		file + "[isp.escalation]\nfirm_days = -1":          "isp.escalation: nothing is less than nothing",
		file + "[isp.escalation]\na_day = -1":              "isp.escalation: nothing is less than nothing",
		file + "[isp.escalation]\ntimeout = \"-1s\"":       "isp.escalation: nothing is less than nothing",
		file + "[isp.escalation]\nwithin = \"-1s\"":        "isp.escalation: nothing is less than nothing",
		file + "[isp.escalation]\nhook = [\"x\"]":          "isp.escalation.hook: when does it run?",
		file + "[isp.escalation]\ndays = 1\nhook = [\"\"]": "the command has no name",
		file + "surprise = true":                           "surprise",
	} {
		if _, err := provider(t, isp, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", isp, err, want)
		}
	}
	if _, err := provider(t, file+"mail_room = \"post@isp.example\"", ""); err != nil {
		t.Error(err)
	}
}

func TestDefaultsOfAProviderAreCareful(t *testing.T) {
	s, err := provider(t, `customers = "customers.csv"`, "")
	if err != nil {
		t.Fatal(err)
	}
	i := s.ISP
	if i.Answering() != NoAnswers || i.Resolved != "" || i.Country != "" || i.MailRoom != "" || i.Tell.Secret != "" || i.Escalation.Firms() || i.ShowReporter {
		t.Errorf("%+v", i)
	}
	for what, got := range map[string][2]any{
		"age": {i.Age(), 7 * 24 * time.Hour}, "earn": {i.Earns(), 50}, "answers": {i.AnswersADay(), 200}, "soon": {i.Shortly(), 24 * time.Hour},
		"alerts": {i.Tell.Most(), 50}, "measures": {i.Escalation.Most(), 10}, "time": {i.Escalation.Limit(), 30 * time.Second}, "span": {i.Escalation.Span(), 30 * 24 * time.Hour},
		"interval": {i.Every("spam"), 24 * time.Hour}, "kept": {i.KeptFor("", "spam"), 90 * 24 * time.Hour},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %v, want %v", what, got[0], got[1])
		}
	}
}

func TestTheShortestIntervalAndTheKindsOwnTime(t *testing.T) {
	s, err := provider(t, "customers = \"customers.csv\"\ninterval = \"12h\"\nintervals = { phishing = \"1h\", spam = \"48h\" }\nkeep = \"10d\"\nkeeps = { copyright = \"180d\", secret = \"30d\" }", "")
	if err != nil {
		t.Fatal(err)
	}
	for want, kinds := range map[time.Duration][]string{12 * time.Hour: {"spam"}, time.Hour: {"spam", "phishing"}} {
		if got := s.ISP.Every(kinds...); got != want {
			t.Errorf("%v: %s, want %s", kinds, got, want)
		}
	}
	for _, tt := range []struct {
		queue, kind string
		days        int
	}{{"", "spam", 10}, {"", "copyright", 180}, {"secret", "copyright", 30}, {"restricted", "copyright", 180}, {"restricted", "other", 10}, {"", "", 10}} {
		if got := s.ISP.KeptFor(tt.queue, tt.kind); got != time.Duration(tt.days)*24*time.Hour {
			t.Errorf("%q %q: %s, want %d days", tt.queue, tt.kind, got, tt.days)
		}
	}
}
