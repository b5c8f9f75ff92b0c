package mailer_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"headsup/letter"
	"headsup/mailer"
	"headsup/mailer/loopback"
)

// copied is a letter of a box with a field Cc.
func copied(box *memory, i int, cc string) {
	e := &box.letters[i].e
	e.Mail = bytes.Replace(e.Mail, []byte("\r\nSubject:"), []byte("\r\nCc: "+cc+"\r\nSubject:"), 1)
}

func TestCopies(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	var order []string
	server, err := loopback.Start(dir, loopback.Options{Answer: func(to string, _ int) loopback.Reply {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, to)
		switch to {
		case "full@cert.example":
			return loopback.Reply{Code: 451, Status: "4.2.2", Text: "full"}
		case "abuse2@example.net":
			return loopback.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}
		}
		return loopback.Reply{}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	post, err := mailer.NewSMTP(server.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer post.Close()
	box := newMemory(4)
	copied(box, 0, "full@cert.example, <cert@cert.example>")
	copied(box, 1, "cert@cert.example") // its letter is refused
	copied(box, 2, "cert@cert.example")
	var failed []string
	err = mailer.Run(t.Context(), box, post, mailer.Options{Drain: true, NotCopied: func(e letter.Envelope, err error) {
		failed = append(failed, e.LetterID+": "+err.Error())
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := box.states(); got[0] != letter.Sent || got[1] != letter.Failed || got[2] != letter.Sent || got[3] != letter.Sent {
		t.Errorf("states are %v", got)
	}
	got := delivered(t, dir)
	if len(got["cert@cert.example"]) != 2 || len(got["full@cert.example"]) != 0 || len(got["abuse1@example.net"]) != 1 || len(got["abuse3@example.net"]) != 1 {
		t.Errorf("delivered %v in the order %v", got, order)
	}
	if len(failed) != 1 || !bytes.Contains([]byte(failed[0]), []byte("relay26-0001: copy to full@cert.example: ")) {
		t.Errorf("not copied: %q", failed)
	}
	tries := map[string]int{}
	for _, to := range order {
		tries[to]++
	}
	if tries["full@cert.example"] != 1 || order[0] != "abuse1@example.net" {
		t.Errorf("a copy went before its letter, or was tried again: %v", order)
	}
}

// A copy goes only after the letter is recorded as sent.
func TestNoCopyOfWhatIsNotRecorded(t *testing.T) {
	dir := t.TempDir()
	server, err := loopback.Start(dir, loopback.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	post, err := mailer.NewSMTP(server.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer post.Close()
	box := newMemory(1)
	copied(box, 0, "cert@cert.example")
	lost := errors.New("ledger lost")
	box.fail = func(what string, _ bool) error {
		if what == "settle" {
			return lost
		}
		return nil
	}
	if err := mailer.Run(t.Context(), box, post, mailer.Options{Drain: true}); !errors.Is(err, lost) {
		t.Errorf("error %v", err)
	}
	if got := delivered(t, dir); len(got["cert@cert.example"]) != 0 {
		t.Errorf("delivered %v", got)
	}
}
