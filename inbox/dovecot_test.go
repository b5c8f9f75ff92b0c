package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/letter"
	"headsup/mailer"
	"headsup/mailer/postfixtest"
)

// TestDovecotTellsOfNewMail has letters come in while the mailbox is watched.
func TestDovecotTellsOfNewMail(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{Returns: []string{"example.net"}})
	p, err := mailer.NewSMTP(server.Settings)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	next, _ := watching(t, server.IMAP)
	for n := 1; n <= 3; n++ { // the first may be there already, the others come in
		id := fmt.Sprintf("relay26-%04d@example.org", n)
		e := letter.Envelope{LetterID: "relay26", From: "notices@example.org", To: "abuse@example.net", MessageID: id, Mail: []byte(
			"From: <notices@example.org>\r\nTo: <abuse@example.net>\r\nSubject: Open relay\r\nMessage-ID: <" + id + ">\r\n" +
				"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n")}
		if o := p.Send(t.Context(), e, func() error { return nil }); o.State != letter.Sent {
			t.Fatalf("outcome %+v", o)
		}
		begun := time.Now()
		if g := next(); g.err != nil || !strings.Contains(g.text, "<"+id+">") {
			t.Errorf("%d: %+v", n, g)
		}
		if d := time.Since(begun); d > 10*time.Second {
			t.Errorf("%d: it took %v", n, d)
		}
	}
	if t.Failed() {
		t.Log(server.Log())
	}
}
