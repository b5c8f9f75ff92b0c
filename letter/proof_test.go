package letter_test

import (
	"testing"

	"headsup/letter"
)

// TestHowAMessageProvesThatItKnowsItsLetter: the letter is id, to the desk.
func TestHowAMessageProvesThatItKnowsItsLetter(t *testing.T) {
	const other = "relay26-0000000000"
	c := letter.Campaign{CodeKey: []byte(key)}
	l := letter.Addressed{ID: id, To: desk, Key: part}
	about := func(kind letter.ReturnKind, recipients ...string) (r letter.Return) {
		r = letter.Return{Kind: kind, From: desk}
		for _, to := range recipients {
			r.Recipients = append(r.Recipients, letter.Recipient{Address: to, Action: letter.ActionFailed})
		}
		return r
	}
	on := func(r letter.Return, tokens ...letter.Token) letter.Return { // on the envelope, or in what it answers
		r.Tokens = tokens
		return r
	}
	in := func(r letter.Return, tokens ...letter.Token) letter.Return { // in the letter that was returned
		for _, token := range tokens {
			token.Within = true
			r.Tokens = append(r.Tokens, token)
		}
		return r
	}
	by := func(r letter.Return, server, from string) letter.Return {
		r.Verdict = letter.Verdict{Server: server, From: from}
		return r
	}
	good := letter.Token{ID: id, Key: part}
	for _, tt := range []struct {
		name string
		r    letter.Return
		want letter.Proof
	}{
		{"an answer with the keyed part", on(about(letter.Reply), good), letter.ByKey},
		{"one in capitals", on(about(letter.Reply), letter.Token{ID: id, Key: "BP4W32DIEOAIMJJX"}), letter.ByKey},
		{"the right one behind wrong ones", on(about(letter.Reply), letter.Token{ID: id, Key: "aaaaaaaaaaaaaaaa"}, letter.Token{ID: other, Key: part}, good), letter.ByKey},
		{"an answer with nothing", about(letter.Reply), letter.Unproven},
		{"with the reference alone", on(about(letter.Reply), letter.Token{ID: id}), letter.Unproven},
		{"with a part that somebody made up", on(about(letter.Reply), letter.Token{ID: id, Key: "aaaaaaaaaaaaaaaa"}), letter.Unproven},
		{"with another letter's part", on(about(letter.Reply), letter.Token{ID: other, Key: c.ReturnKey(other)}), letter.Unproven},
		{"with another letter's part as its own", on(about(letter.Reply), letter.Token{ID: id, Key: c.ReturnKey(other)}), letter.Unproven},
		{"with its part as another letter's", on(about(letter.Reply), letter.Token{ID: other, Key: part}), letter.Unproven},
		{"a wish", on(about(letter.OptOut), good), letter.ByKey},
		{"an automatic reply", on(about(letter.AutoReply), good), letter.ByKey},

		{"a report about the desk", on(about(letter.Delivery, desk), good), letter.ByKey},
		{"a report about the desk in capitals", on(about(letter.Delivery, "x@y.example", "ABUSE@Example.net"), good), letter.ByKey},
		{"a report about nobody by name", on(about(letter.Delivery, ""), good), letter.ByKey},
		{"a report about somebody else", on(about(letter.Delivery, "x@y.example"), good), letter.Unproven},
		{"a report about somebody else that returns the letter", in(about(letter.Delivery, "x@y.example"), good), letter.ByKey},
		{"a report with nothing", about(letter.Delivery, desk), letter.Unproven},
		{"a complaint that returns the letter", in(about(letter.Complaint, desk), good), letter.ByKey},
		{"a complaint that does not", on(about(letter.Complaint, desk), good), letter.Unproven},

		{"an answer of the desk that our server vouches for", by(about(letter.Reply), "mx.example.org", desk), letter.ByDMARC},
		{"of a colleague", by(about(letter.Reply), "MX.example.org", "jane@EXAMPLE.net"), letter.ByDMARC},
		{"of the desk's machine", by(about(letter.AutoReply), "mx.example.org", "ticket@example.net"), letter.ByDMARC},
		{"of somebody in a domain below", by(about(letter.Reply), "mx.example.org", "jane@customer.example.net"), letter.Unproven},
		{"of somebody else", by(about(letter.Reply), "mx.example.org", "jane@example.com"), letter.Unproven},
		{"by a server that nobody trusts", by(about(letter.Reply), "mx.attacker.example", desk), letter.Unproven},
		{"by a server without a name", by(about(letter.Reply), "", desk), letter.Unproven},
		{"by a server that does not vouch", by(about(letter.Reply), "mx.example.org", ""), letter.Unproven},
		{"a wish of the desk itself", by(about(letter.OptOut), "mx.example.org", "Abuse@example.net"), letter.ByDMARC},
		{"a wish of a colleague, for the desk", by(about(letter.OptOut), "mx.example.org", "jane@example.net"), letter.Unproven},
		{"a wish by a report", by(about(letter.OptOut, desk), "mx.example.org", desk), letter.Unproven},
		{"a report of the desk's own server", by(about(letter.Delivery, desk), "mx.example.org", "mailer-daemon@example.net"), letter.Unproven},
		{"a complaint of the desk", by(about(letter.Complaint, desk), "mx.example.org", desk), letter.Unproven},
		{"the key counts more", by(on(about(letter.Reply), good), "mx.example.org", desk), letter.ByKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.r.Proven(c, l, []string{"mx.example.org", "mx2.example.org"}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Letters of other campaigns and of before are held against what they were sent with.
func TestALetterIsProvenByWhatItWasSentWith(t *testing.T) {
	answer := letter.Return{Kind: letter.Reply, Tokens: []letter.Token{{ID: id, Key: part}}}
	for _, tt := range []struct {
		name string
		c    letter.Campaign
		sent string
		want letter.Proof
	}{
		{"a letter of another campaign, whose key is not at hand", letter.Campaign{CodeKey: []byte("another of sixteen")}, part, letter.ByKey},
		{"a letter that left before a key was there", letter.Campaign{}, "", letter.Unproven},
		{"a letter with another part", letter.Campaign{}, "aaaaaaaaaaaaaaaa", letter.Unproven},
		{"the key in use, whatever it was sent with", letter.Campaign{CodeKey: []byte(key)}, "", letter.ByKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := answer.Proven(tt.c, letter.Addressed{ID: id, To: desk, Key: tt.sent}, nil); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	empty := letter.Return{Kind: letter.Reply, Tokens: []letter.Token{{ID: id}}}
	if got := empty.Proven(letter.Campaign{}, letter.Addressed{ID: id, To: desk}, nil); got != letter.Unproven {
		t.Errorf("no part at all is %q", got)
	}
}

// A provider's domain is shared by strangers: there only the mailbox is the desk.
func TestASharedMailDomainVouchesForNobodyElse(t *testing.T) {
	for from, want := range map[string]letter.Proof{"desk@gmail.com": letter.ByDMARC, "stranger@gmail.com": letter.Unproven} {
		r := letter.Return{Kind: letter.Reply, Verdict: letter.Verdict{Server: "mx.example.org", From: from}}
		if got := r.Proven(letter.Campaign{}, letter.Addressed{ID: id, To: "desk@gmail.com"}, []string{"mx.example.org"}); got != want {
			t.Errorf("%s: got %q, want %q", from, got, want)
		}
	}
}
