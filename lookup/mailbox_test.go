package lookup

import (
	"slices"
	"strings"
	"testing"
)

func TestAddrSpec(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"the domain is lower-cased, the local part is the holder's", "Abuse@EXAMPLE.Net", "Abuse@example.net"},
		{"a URI is one", "MAILTO:abuse@example.net", "abuse@example.net"},
		{"so is a path", "<abuse@example.net>", "abuse@example.net"},
		{"the root's dot goes", "abuse@example.net.", "abuse@example.net"},
		{"a domain in another script becomes ASCII", "abuse@bücher.example", "abuse@xn--bcher-kva.example"},
		{"plus and hyphen are ordinary", "abuse+net-1@example.net", "abuse+net-1@example.net"},
		{"a quoted local part is not", `"abuse"@example.net`, ""},
		{"two at signs are not", `"a@b"@example.net`, ""},
		{"a line end is not", "abuse@example.net\r\nBcc: x@example.org", ""},
		{"a null is not", "abuse@example.net\x00", ""},
		{"a space inside is not", "abuse @example.net", ""},
		{"a dot at the end is not", "abuse.@example.net", ""},
		{"two dots are not", "ab..use@example.net", ""},
		{"another script before the at sign is not", "аbuse@example.net", ""},
		{"a literal is not", "abuse@[192.0.2.1]", ""},
		{"an address is no domain", "abuse@192.0.2.1", ""},
		{"one label is no domain", "abuse@example", ""},
		{"nor is the loopback", "root@localhost", ""},
		{"nor a name of a home", "root@printer.local", ""},
		{"nor a reverse zone", "abuse@2.0.192.in-addr.arpa", ""},
		{"an underscore is not of a host", "abuse@a_b.example.net", ""},
		{"a route is not", "abuse%example.org@example.net", ""},
		{"a path of bangs is not", "example.org!abuse@example.net", ""},
		{"an option is not", "-froot@example.net", ""},
		{"direction marks are not", "abuse@example\u202e.net", ""},
		{"nothing is not", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := addrSpec(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%q: %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

// What stands where a mail address should.
func TestMailboxes(t *testing.T) {
	for _, c := range []struct {
		name, in        string
		mails, stranger string
	}{
		{"a mailbox alone", "abuse@example.net", "abuse@example.net", ""},
		{"a name beside it", "Abuse Desk <abuse@example.net>", "abuse@example.net", ""},
		{"a quoted name with an at sign and a comma", `"Desk, ops@night" <abuse@example.net>`, "abuse@example.net", ""},
		{"a name that is another mailbox is a name", "noc@example.org <abuse@example.net>", "abuse@example.net", ""},
		{"a remark in brackets behind it", "abuse@example.net (Abuse Desk)", "abuse@example.net", ""},
		{"a remark before it", "Abuse Desk (abuse@example.net)", "abuse@example.net", ""},
		{"a URI", "mailto:abuse@example.net", "abuse@example.net", ""},
		{"a URI with a subject", "mailto:abuse@example.net?subject=spam%20from%20x@example.org", "abuse@example.net", ""},
		{"a URI in escapes", "mailto:abuse%40example.net", "abuse@example.net", ""},
		{"a URI behind a name", "Desk <mailto:abuse@example.net>", "abuse@example.net", ""},
		{"a label without a space", "E-Mail:abuse@example.net", "abuse@example.net", ""},
		{"a label with a space", "e-mail : abuse@example.net", "abuse@example.net", ""},
		{"quotes around it", "'abuse@example.net'", "abuse@example.net", ""},
		{"an apostrophe in it", "o'neil@example.net", "o'neil@example.net", ""},
		{"a dot behind it", "abuse@example.net.", "abuse@example.net", ""},
		{"a full stop behind a sentence", "Write to abuse@example.net.", "abuse@example.net", ""},
		{"a colon behind it", "abuse@example.net:", "abuse@example.net", ""},
		{"spaces around the sign", "abuse @ example.net", "abuse@example.net", ""},
		{"spaces around every sign", "abuse @ example . net", "abuse@example.net", ""},
		{"a tab before it", "abuse@\texample.net", "abuse@example.net", ""},
		{"words for the signs", "abuse at example dot net", "abuse@example.net", ""},
		{"brackets for the signs", "abuse(at)example[dot]net", "abuse@example.net", ""},
		{"an entity for the sign", "abuse&#64;example.net", "abuse@example.net", ""},
		{"wide signs", "abuse＠example．net", "abuse@example.net", ""},
		{"a domain of another script", "Desk <abuse@bücher.example>", "abuse@xn--bcher-kva.example", ""},
		{"a list with commas", "abuse@example.net, noc@EXAMPLE.net;", "abuse@example.net noc@example.net", ""},
		{"a list with a slash", "abuse@example.net / noc@example.net", "abuse@example.net noc@example.net", ""},
		{"a list with a slash alone", "abuse@example.net/noc@example.net", "abuse@example.net noc@example.net", ""},
		{"a list with a word", "abuse@example.net or noc@example.net", "abuse@example.net noc@example.net", ""},
		{"a list with spaces", "abuse@example.net noc@example.net", "abuse@example.net noc@example.net", ""},
		{"a list with line ends", "abuse@example.net\nnoc@example.net", "abuse@example.net noc@example.net", ""},
		{"a list with bars", "abuse@example.net|noc@example.net", "abuse@example.net noc@example.net", ""},
		{"a list with names", "Desk <abuse@example.net>, Noc <noc@example.net>", "abuse@example.net noc@example.net", ""},
		{"a stranger in a list", "abuse@example.net,victim@example.org", "abuse@example.net", "victim@example.org"},
		{"a stranger between two", "a@example.net victim@example.org b@example.net", "a@example.net b@example.net", "victim@example.org"},
		{"a form behind it", "abuse@example.net; https://example.org/x@example.org", "abuse@example.net", ""},
		{"a name without brackets beside one called abuse", "Example Desk abuse@example.net", "abuse@example.net", ""},
		{"half a mailbox, for all that shows", "peter paul@example.net", "", ""},
		{"words that lead to it", "Please write to noc@example.net", "noc@example.net", ""},
		{"a slash in it", "abuse/noc@example.net", "abuse/noc@example.net", ""},
		{"a form", "https://www.example.net/abuse", "", ""},
		{"a form whose address holds a mailbox", "https://example.net/?to=abuse@example.net", "", ""},
		{"a user of a web server", "https://abuse@example.net/", "", ""},
		{"an unknown kind of address with two slashes", "desk://abuse@example.net", "", ""},
		{"a telephone over the net", "sip:abuse@example.net", "", ""},
		{"a chat", "xmpp:abuse@example.net", "", ""},
		{"a domain", "example.net", "", ""},
		{"two at signs", `"a@b"@example.net`, "", ""},
		{"two at signs, each with a domain", `"a@example.org"@example.net`, "", ""},
		{"brackets without a mailbox", "abuse@example.net <desk>", "abuse@example.net", ""},
		{"brackets with half a mailbox", "abuse@example.net <desk@>", "", ""},
		{"a word", "none", "", ""},
		{"commas", ",;", "", ""},
		{"nothing", "", "", ""},
		{"more than is read", strings.Repeat("long ", 300) + "abuse@example.net", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			mails, strangers, err := mailboxes(c.in)
			if strings.Join(mails, " ") != c.mails || strings.Join(strangers, " ") != c.stranger || (err == nil) != (c.mails != "") {
				t.Errorf("%q: %q, strangers %q, %v", c.in, mails, strangers, err)
			}
		})
	}
}

func FuzzMailboxes(f *testing.F) {
	for _, s := range []string{"Abuse <abuse@example.net>", "mailto:a@example.net?cc=b@example.org", "a (at) example.net / b@example.org", "a @ example . net"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mails, strangers, err := mailboxes(s)
		if (err == nil) != (len(mails) > 0) {
			t.Errorf("%q, %v", mails, err)
		}
		for _, m := range slices.Concat(mails, strangers) {
			if again, err := addrSpec(m); err != nil || again != m {
				t.Errorf("%q: %q, %v", m, again, err)
			}
		}
		for _, m := range mails {
			if mailDomain(m) != mailDomain(mails[0]) || slices.Contains(strangers, m) {
				t.Errorf("%q and %q", mails, strangers)
			}
		}
	})
}
