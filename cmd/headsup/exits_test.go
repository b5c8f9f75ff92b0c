package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"headsup/campaign/campaigntest"
)

// TestExitCodes runs each verb to each of its ends, one after the other in one
// campaign folder with an approved letter.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	dir := campaigntest.Approved(t)
	const failingAddr = "192.0.2.145" // a registry that answers 500
	const head = "ip,port,proto,kind,service,seen\n"
	const row = "192.0.2.7,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n"
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		must(t, os.WriteFile(name, []byte(text), 0o644))
		return name
	}
	good, bad := file("good.csv", head+row), file("bad.csv", head+"nowhere,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n"+row)
	failing := file("failing.csv", head+failingAddr+",25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n")
	cut := file("cut.xml", "<?xml version=\"1.0\"?><nmaprun scanner=\"nmap\"><host><address addr=\"192.0.2.9\" addrtype=\"ipv4\"/>")
	note := file("note.eml", "From: somebody@example.org\nTo: us@example.org\nSubject: hello\nMessage-ID: <1@example.org>\n\nAbout nothing.\n")
	answer := file("answer.eml", "From: desk@carrier.example\nTo: "+campaigntest.Sender+"\nSubject: Re\nMessage-ID: <2@carrier.example>\n\nDone.\n")
	empty := file("empty.log", "")
	nothing, to := filepath.Join(dir, "nothing"), filepath.Join(dir, "out")
	for _, tt := range []struct {
		want int
		args []string
	}{
		{exitDone, []string{"check", good}},
		{exitLeftOver, []string{"check", bad}},
		{exitError, []string{"check", nothing}},
		{exitError, []string{"check", bad, cut}}, // what is worse decides
		{exitError, []string{"check", cut, bad}},
		{exitUsage, []string{"check"}},
		{exitUsage, []string{"check", "--kind", "open-window", good}},
		{exitDone, []string{"lookup", "198.51.100.1"}},
		{exitLeftOver, []string{"lookup", "198.51.100.1", failingAddr}},
		{exitLeftOver, []string{"lookup", "no such thing"}},
		{exitUsage, []string{"lookup", "--server", "rdap.example", "198.51.100.1"}},
		{exitError, []string{"lookup", "--from", nothing}},
		{exitDone, []string{"leases"}},
		{exitUsage, []string{"leases", "--keep", "long"}},
		{exitError, []string{"leases", bad}},
		{exitUsage, []string{"who", "192.0.2.7"}},
		{exitError, []string{"who", "192.0.2.7", "--time", "2026-03-01T10:00:00Z"}}, // no customers
		{exitUsage, []string{"approve"}},
		{exitError, []string{"approve", "demo26-nothing"}},
		{exitLeftOver, []string{"approve", campaigntest.Letter + "@of-other-bytes"}},
		{exitDone, []string{"approve", "--all"}},
		{exitUsage, []string{"hold"}},
		{exitLeftOver, []string{"hold", "demo26-nothing"}},
		{exitDone, []string{"hold", campaigntest.Letter}},
		{exitLeftOver, []string{"approve", campaigntest.Letter}}, // somebody said no
		{exitDone, []string{"hold", "--release", campaigntest.Letter}},
		{exitDone, []string{"approve", campaigntest.Letter}},
		{exitDone, []string{"export", to, campaigntest.Letter}},
		{exitError, []string{"export", to, "demo26-nothing"}},
		{exitError, []string{"export", "--print", to, campaigntest.Letter, "demo26-nothing"}},
		{exitError, []string{"export", "--site", to, "demo26-nothing"}},
		{exitUsage, []string{"export", "--state", "lost", to}},
		{exitUsage, []string{"export", "--site", "--print", to}},
		{exitDone, []string{"send", "--dry-run"}},
		{exitDone, []string{"send", "--plan"}},
		{exitUsage, []string{"send", "now"}},
		{exitDone, []string{"send"}},
		{exitUsage, []string{"inbox"}}, // no [imap]
		{exitUsage, []string{"inbox", "--watch", note}},
		{exitUsage, []string{"inbox", "--dry-run", "--listen", "127.0.0.1:0", note}},
		{exitError, []string{"inbox", nothing}},
		{exitError, []string{"inbox", note, nothing}},
		{exitLeftOver, []string{"inbox", note}},
		{exitDone, []string{"inbox", answer}},
		{exitUsage, []string{"resolve", "lost", campaigntest.Letter}},
		{exitLeftOver, []string{"resolve", "sent", campaigntest.Letter}}, // it is not unknown
		{exitDone, []string{"resolve", "--log", empty}},
		{exitError, []string{"resolve", "--log", nothing}},
		{exitUsage, []string{"suppress"}},
		{exitUsage, []string{"suppress", "@@"}},
		{exitUsage, []string{"suppress", "--until", "soon", "a@example.org"}},
		{exitError, []string{"suppress", "--lift", "a@example.org"}},
		{exitError, []string{"suppress", "AS64500"}}, // nobody says which AS it is
		{exitDone, []string{"suppress", "a@example.org"}},
		{exitError, []string{"suppress", "--import", nothing}},
		{exitDone, []string{"status"}},
		{exitDone, []string{"status", campaigntest.Letter}},
		{exitError, []string{"status", "demo26-nothing"}},
		{exitUsage, []string{"status", "--state", "lost"}},
		{exitUsage, []string{"draft", "--date", "soon", good}},
		{exitError, []string{"draft", nothing}},
		{exitDone, []string{"draft", good}},
		{exitLeftOver, []string{"draft", failing}},
		{exitLeftOver, []string{"draft"}}, // the look-up fails again
		{exitError, []string{"draft", bad, cut}},
		{exitError, []string{"init", dir}},
		{exitUsage, []string{"init"}},
		{exitUsage, []string{"templates", "preview", to, "tlh"}},
		{exitUsage, []string{"ledger", "copy", "one"}},
		{exitError, []string{"ledger", "copy", nothing, to}},
		{exitDone, []string{"bootstrap"}},
		{exitError, []string{"bootstrap", good}},
		{exitUsage, []string{"bootstrap", "--url", "http://127.0.0.1:1/", good}},
		{exitError, []string{"snapshot", nothing}},
		{exitUsage, []string{"snapshot"}},
		{exitUsage, []string{"forget"}},
	} {
		if code, said := runIn(t, dir, tt.args...); code != tt.want {
			t.Errorf("headsup %s: exit %d, want %d\n%s", fmt.Sprint(tt.args), code, tt.want, said)
		}
	}
}
