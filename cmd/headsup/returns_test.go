package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/campaign"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/usage"
	"headsup/letter"
	"headsup/mailer/postfixtest"
)

// TestLettersThatComeBackMoveOn takes a campaign through real servers:
// Postgrey refuses each letter at first, Postfix sends bounces for unknown
// users, Dovecot serves these over IMAP, and the letters go to the next
// contact. Whatever arrives arrives once.
func TestLettersThatComeBackMoveOn(t *testing.T) {
	needs(t, "python3", "qpdf")
	unknown := []string{"abuse@carrier.example", "abuse@maple-dc.example", "abuse@beispielnetz.example"}
	server := postfixtest.Start(t, postfixtest.Options{Greylist: true, Unknown: unknown,
		Returns: []string{"ocn.example.org", "bnetz.example.org", "arsn.example.org", "tsushin.example.org"}})
	c := newRealCampaign(t, server)
	file, err := os.OpenFile(filepath.Join(c.dir, settings.File), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	more, err := toml.Marshal(map[string]any{"imap": map[string]any{"host": server.IMAP.Host, "port": server.IMAP.Port,
		"ca_file": server.IMAP.CAFile, "user": server.IMAP.User, "password_file": server.IMAP.PasswordFile}})
	must(t, err)
	_, err = file.Write(more)
	must(t, err)
	must(t, file.Close())

	first := c.states(t)[letter.Approved]
	c.sendGreylisted(t, first)
	server.Wait(first - len(unknown))

	bounced := 0
	for tries := 0; bounced < len(unknown); tries++ {
		if tries == 50 {
			t.Fatalf("%d bounces came back, want %d\n%s", bounced, len(unknown), server.Log())
		}
		for line := range strings.Lines(c.run(t, usage.Done, "inbox", "--json")) {
			var b campaign.Incoming
			must(t, json.Unmarshal([]byte(line), &b))
			if b.Kind != letter.Delivery || b.State != letter.Bounced || b.Status != "5.1.1" || b.Result != campaign.Recorded {
				t.Errorf("came back: %s", line)
			}
			bounced++
		}
		<-time.After(100 * time.Millisecond)
	}
	if out := c.run(t, usage.Done, "inbox"); out != "" {
		t.Errorf("read twice:\n%s", out)
	}
	if got := c.states(t); got[letter.Bounced] != len(unknown) || got[letter.Sent] != first-len(unknown) {
		t.Errorf("states %v", got)
	}

	c.run(t, usage.Left, "draft") // a look-up of the demo fails
	second := c.states(t)[letter.Drafted]
	if second == 0 {
		t.Fatal("no letter went to a next contact")
	}
	c.run(t, usage.Done, "approve", "--all")
	c.sendGreylisted(t, second)
	arrived := first - len(unknown) + second
	checkMailbox(t, server.Wait(arrived), arrived)
	t.Logf("%d letters, %d bounced, %d to the next contact, %d arrived, none twice", first, bounced, second, arrived)
}

// sendGreylisted sends n letters, each of which is refused at first.
func (c realCampaign) sendGreylisted(t *testing.T, n int) {
	t.Helper()
	c.run(t, usage.Left, "send", "--wait", "1s")
	if got := c.states(t)[letter.Deferred]; got != n {
		t.Errorf("%d letters were refused at first, want %d", got, n)
	}
	<-time.After(2 * time.Second) // Postgrey's delay
	db, err := sql.Open("sqlite", filepath.Join(c.dir, "headsup.db"))
	must(t, err)
	defer db.Close()
	for _, q := range []string{"UPDATE letters SET due_at = 1 WHERE state = 'deferred'", "UPDATE queues SET next_at = 1 WHERE next_at IS NOT NULL"} {
		_, err := db.Exec(q)
		must(t, err)
	}
	c.run(t, usage.Done, "send", "--wait", "1s")
}

// states counts the letters by state.
func (c realCampaign) states(t *testing.T) map[letter.State]int {
	t.Helper()
	var sum letter.Sum
	must(t, json.Unmarshal([]byte(c.run(t, usage.Done, "status", "--json")), &sum))
	return sum.States
}
