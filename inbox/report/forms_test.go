package report

import (
	_ "embed"
	"net/netip"
	"strings"
	"testing"
	"time"
)

//go:embed testdata/forms.txt
var formFile string

// TestForms reads times as tools, tables and people write them.
func TestForms(t *testing.T) {
	base := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	for line := range strings.Lines(formFile) {
		text, want, ok := strings.Cut(strings.TrimRight(line, "\n"), " ⇒ ")
		if !ok || strings.HasPrefix(line, "# ") {
			continue
		}
		if got := firstMoment(tidy(unescape.Replace(text)), base); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// TestDaysAsSeenFromTheDayOfWriting reads times of a mail of Thursday, 26 November.
func TestDaysAsSeenFromTheDayOfWriting(t *testing.T) {
	for _, tt := range [][2]string{
		{"It began today at 6 am UTC.", "2026-11-26T06:00Z"},
		{"It began yesterday at 3pm UTC.", "2026-11-25T15:00Z"},
		{"Es begann gestern gegen 15 Uhr (MEZ).", "2026-11-25T14:00Z"},
		{"Cela a commencé avant-hier vers 15h (UTC).", "2026-11-24T15:00Z"},
		{"It began two days ago at 15:20 UTC.", "2026-11-24T15:20Z"},
		{"It began on Monday at 14:05 UTC.", "2026-11-23T14:05Z"},
		{"It began on Thursday at 04:05 UTC.", "2026-11-26T04:05Z"},
		{"It began on Thursday at 22:05 UTC.", "2026-11-19T22:05Z"},
		{"Ce fut hier, de 14 h 10 à 15 h 25 (UTC).", "2026-11-25T14:10Z"},
		{"Am Dienstag um 14:05 Uhr MEZ begann es.", "2026-11-24T13:05Z"},
		{"Reach us on Monday at 14:05.", ""},
		{"Reach us Monday 14:05 - 16:00 UTC.", ""},
		{"From Monday to Friday at 14:05 UTC.", ""},
	} {
		mail := "From: a@x.example\nDate: Thu, 26 Nov 2026 12:00:00 +0000\nSubject: spam from 192.0.2.1\n\nSpam from 192.0.2.1. " + tt[0] + "\n"
		r := Read([]byte(mail), Options{Special: true})
		if len(r.Events) != 1 {
			t.Fatalf("%q: %d events (%s)", tt[0], len(r.Events), r.Why)
		}
		got := head(r.Events[0].Seen.String(), 16)
		if at, ok := r.Events[0].Seen.At(); ok {
			got = at.UTC().Format("2006-01-02T15:04Z")
		}
		if got != tt[1] {
			t.Errorf("%q is %s, want %s", tt[0], got, tt[1])
		}
	}
}

// TestTheDayOfALogAboveIt reads a log whose lines state a time of day alone, below
// a day and its zone, in a text that states other days.
func TestTheDayOfALogAboveIt(t *testing.T) {
	mail := "From: a@x.example\nDate: Thu, 26 Nov 2026 12:00:00 +0000\nSubject: attack from 192.0.2.1\n\nMy host was up since 2026-09-09.\n\n" +
		"capture date: Wednesday 25 November 2026, offset -0700\n\n21:13:37.118204 IP 192.0.2.1.53 > 203.0.113.17.42566: 27083 22/0/1\n"
	r := Read([]byte(mail), Options{Special: true, Ours: func(a netip.Addr) bool { return a.String() == "192.0.2.1" }})
	if len(r.Events) != 1 || r.Events[0].Seen.String() != "2026-11-25T21:13:37-07:00" {
		t.Errorf("%+v", r.Events)
	}
}
