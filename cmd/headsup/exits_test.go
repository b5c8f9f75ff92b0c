package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/cmd/headsup/usage"
)

// TestExitCodes runs each verb to each of its ends, one after the other in one
// campaign folder with an approved letter.
func TestExitCodes(t *testing.T) {
	alone(t)
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
		{usage.Done, []string{"check", good}},
		{usage.Left, []string{"check", bad}},
		{usage.Failed, []string{"check", nothing}},
		{usage.Failed, []string{"check", bad, cut}}, // what is worse decides
		{usage.Failed, []string{"check", cut, bad}},
		{usage.Usage, []string{"check"}},
		{usage.Usage, []string{"check", "--kind", "open-window", good}},
		{usage.Done, []string{"lookup", "198.51.100.1"}},
		{usage.Left, []string{"lookup", "198.51.100.1", failingAddr}},
		{usage.Left, []string{"lookup", "no such thing"}},
		{usage.Usage, []string{"lookup", "--server", "rdap.example", "198.51.100.1"}},
		{usage.Failed, []string{"lookup", "--from", nothing}},
		{usage.Done, []string{"leases"}},
		{usage.Usage, []string{"leases", "--keep", "long"}},
		{usage.Failed, []string{"leases", bad}},
		{usage.Usage, []string{"who", "192.0.2.7"}},
		{usage.Failed, []string{"who", "192.0.2.7", "--time", "2026-03-01T10:00:00Z"}}, // no customers
		{usage.Usage, []string{"approve"}},
		{usage.Failed, []string{"approve", "demo26-nothing"}},
		{usage.Left, []string{"approve", campaigntest.Letter + "@of-other-bytes"}},
		{usage.Done, []string{"approve", "--all"}},
		{usage.Usage, []string{"hold"}},
		{usage.Left, []string{"hold", "demo26-nothing"}},
		{usage.Done, []string{"hold", campaigntest.Letter}},
		{usage.Left, []string{"approve", campaigntest.Letter}}, // somebody said no
		{usage.Done, []string{"hold", "--release", campaigntest.Letter}},
		{usage.Done, []string{"approve", campaigntest.Letter}},
		{usage.Done, []string{"export", to, campaigntest.Letter}},
		{usage.Failed, []string{"export", to, "demo26-nothing"}},
		{usage.Failed, []string{"export", "--print", to, campaigntest.Letter, "demo26-nothing"}},
		{usage.Failed, []string{"export", "--site", to, "demo26-nothing"}},
		{usage.Usage, []string{"export", "--state", "lost", to}},
		{usage.Usage, []string{"export", "--site", "--print", to}},
		{usage.Done, []string{"send", "--dry-run"}},
		{usage.Done, []string{"send", "--plan"}},
		{usage.Usage, []string{"send", "now"}},
		{usage.Done, []string{"send"}},
		{usage.Usage, []string{"inbox"}}, // no [imap]
		{usage.Usage, []string{"inbox", "--watch", note}},
		{usage.Usage, []string{"inbox", "--dry-run", "--listen", "127.0.0.1:0", note}},
		{usage.Failed, []string{"inbox", nothing}},
		{usage.Failed, []string{"inbox", note, nothing}},
		{usage.Left, []string{"inbox", note}},
		{usage.Done, []string{"inbox", answer}},
		{usage.Usage, []string{"resolve", "lost", campaigntest.Letter}},
		{usage.Left, []string{"resolve", "sent", campaigntest.Letter}}, // it is not unknown
		{usage.Done, []string{"resolve", "--log", empty}},
		{usage.Failed, []string{"resolve", "--log", nothing}},
		{usage.Usage, []string{"suppress"}},
		{usage.Usage, []string{"suppress", "@@"}},
		{usage.Usage, []string{"suppress", "--until", "soon", "a@example.org"}},
		{usage.Failed, []string{"suppress", "--lift", "a@example.org"}},
		{usage.Failed, []string{"suppress", "AS64500"}}, // nobody says which AS it is
		{usage.Done, []string{"suppress", "a@example.org"}},
		{usage.Failed, []string{"suppress", "--import", nothing}},
		{usage.Done, []string{"status"}},
		{usage.Done, []string{"status", campaigntest.Letter}},
		{usage.Failed, []string{"status", "demo26-nothing"}},
		{usage.Usage, []string{"status", "--state", "lost"}},
		{usage.Usage, []string{"draft", "--date", "soon", good}},
		{usage.Failed, []string{"draft", nothing}},
		{usage.Done, []string{"draft", good}},
		{usage.Left, []string{"draft", failing}},
		{usage.Left, []string{"draft"}}, // the look-up fails again
		{usage.Failed, []string{"draft", bad, cut}},
		{usage.Failed, []string{"init", dir}},
		{usage.Usage, []string{"init"}},
		{usage.Usage, []string{"templates", "preview", to, "tlh"}},
		{usage.Usage, []string{"ledger", "copy", "one"}},
		{usage.Failed, []string{"ledger", "copy", nothing, to}},
		{usage.Done, []string{"bootstrap"}},
		{usage.Failed, []string{"bootstrap", good}},
		{usage.Usage, []string{"bootstrap", "--url", "http://127.0.0.1:1/", good}},
		{usage.Failed, []string{"snapshot", nothing}},
		{usage.Usage, []string{"snapshot"}},
		{usage.Usage, []string{"forget"}},
	} {
		if code, said := runIn(t, dir, tt.args...); code != tt.want {
			t.Errorf("headsup %s: exit %d, want %d\n%s", fmt.Sprint(tt.args), code, tt.want, said)
		}
	}
}
