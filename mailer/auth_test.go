package mailer_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"testing"
	"testing/synctest"

	"headsup/letter"
	"headsup/mailer"
)

// challenge says something to the client and returns its answer.
func challenge(p *peer, text string) string {
	p.say("334 " + base64.StdEncoding.EncodeToString([]byte(text)))
	line, _ := p.r.ReadString('\n')
	return decoded(strings.TrimSpace(line))
}

func decoded(s string) string {
	text, _ := base64.StdEncoding.DecodeString(s)
	return string(text)
}

// initial returns what the client says with its AUTH command, or when it is asked.
func initial(p *peer, command string) string {
	if f := strings.Fields(command); len(f) > 2 {
		return decoded(f[2])
	}
	return challenge(p, "")
}

// scram is the server's side of RFC 5802, without channel binding.
func scram(h func() hash.Hash) func(p *peer, command string) bool {
	return func(p *peer, command string) bool {
		first, ok := strings.CutPrefix(initial(p, command), "n,,")
		if !ok || !strings.HasPrefix(first, "n=headsup,r=") {
			return false
		}
		server := "r=" + strings.TrimPrefix(first, "n=headsup,r=") + "3rfcNHYJY1ZVvWVs7j,s=" + base64.StdEncoding.EncodeToString([]byte("salt")) + ",i=4096"
		final := challenge(p, server)
		bare, proof, _ := strings.Cut(final, ",p=")
		salted, err := pbkdf2.Key(h, "geheim", []byte("salt"), 4096, h().Size())
		if err != nil {
			return false
		}
		mac := func(key []byte, text string) []byte {
			m := hmac.New(h, key)
			m.Write([]byte(text))
			return m.Sum(nil)
		}
		client := mac(salted, "Client Key")
		stored := h()
		stored.Write(client)
		all := first + "," + server + "," + bare
		want := mac(stored.Sum(nil), all)
		for i := range want {
			want[i] ^= client[i]
		}
		if decoded(proof) != string(want) {
			return false
		}
		challenge(p, "v="+base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), all)))
		return true
	}
}

func TestEveryWayToLogIn(t *testing.T) {
	for _, tt := range []struct {
		auth, offers string
		login        func(p *peer, command string) bool
	}{
		{"plain", "PLAIN", func(p *peer, c string) bool { return initial(p, c) == "\x00headsup\x00geheim" }},
		{"login", "LOGIN", func(p *peer, _ string) bool {
			return challenge(p, "Username:") == "headsup" && challenge(p, "Password:") == "geheim"
		}},
		{"cram-md5", "CRAM-MD5", func(p *peer, _ string) bool {
			m := hmac.New(md5.New, []byte("geheim"))
			m.Write([]byte("<1.2@mail.example>"))
			return challenge(p, "<1.2@mail.example>") == "headsup "+hex.EncodeToString(m.Sum(nil))
		}},
		{"scram-sha-1", "SCRAM-SHA-1", scram(sha1.New)},
		{"scram-sha-256", "SCRAM-SHA-256", scram(sha256.New)},
		{"xoauth2", "XOAUTH2", func(p *peer, c string) bool {
			return initial(p, c) == "user=headsup\x01auth=Bearer geheim\x01\x01"
		}},
		{"", "PLAIN LOGIN SCRAM-SHA-256", scram(sha256.New)}, // the best that is offered
	} {
		t.Run(tt.auth+" of "+tt.offers, func(t *testing.T) {
			server := settings(t)
			server.Auth = tt.auth
			synctest.Test(t, func(t *testing.T) {
				s := newScript("", 0, "")
				s.mechanisms = tt.offers
				used := ""
				s.login = func(p *peer, command string) bool { used = command; return tt.login(p, command) }
				p := post(t, s, server)
				box := newMemory(1)
				if err := mailer.Run(t.Context(), box, p, mailer.Options{Drain: true}); err != nil {
					t.Error(err)
				}
				p.Close()
				s.serving.Wait()
				if box.letters[0].state != letter.Sent || used == "" {
					t.Errorf("%s: the letter is %s", used, box.letters[0].state)
				}
			})
		})
	}
}

// A server that repeats what it was told does not put the password into the ledger.
func TestAServerThatRepeatsThePassword(t *testing.T) {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00headsup\x00geheim"))
	for _, tt := range []struct {
		name, step, reply string
		login             func(p *peer, command string) bool
	}{
		{"in a reply to AUTH", "", "", func(p *peer, command string) bool { return p.say("535 5.5.2 not understood: "+command) && false }},
		{"in a reply to a letter", "MAIL", "550 5.7.1 not after " + plain, nil},
		{"as it is", "MAIL", "450 4.7.1 geheim is no good password", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := settings(t)
			server.Auth = "plain"
			synctest.Test(t, func(t *testing.T) {
				s := newScript(tt.step, 1, tt.reply)
				s.mechanisms, s.login = "PLAIN", tt.login
				p := post(t, s, server)
				o := p.Send(t.Context(), envelope(1), func() error { return nil })
				p.Close()
				s.serving.Wait()
				said := fmt.Sprintf("%+v %v", o, o.Err)
				if strings.Contains(said, "geheim") || strings.Contains(said, plain) || !strings.Contains(o.Text, "[secret]") {
					t.Errorf("%s", said)
				}
			})
		})
	}
}
