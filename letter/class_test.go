package letter_test

import (
	"strings"
	"testing"

	"headsup/letter"
)

func TestWhyAServerDidNotTakeALetter(t *testing.T) {
	mailbox, domain, full, size := letter.Reason{Class: letter.ClassMailbox}, letter.Reason{Class: letter.ClassDomain}, letter.Reason{Class: letter.ClassFull}, letter.Reason{Class: letter.ClassSize}
	network, unclear := letter.Reason{Class: letter.ClassNetwork}, letter.Reason{Class: letter.ClassUnclear}
	ours := func(m letter.Mend) letter.Reason { return letter.Reason{Class: letter.ClassOurs, Mend: m} }
	for _, tt := range []struct {
		name, status, reply string
		want                letter.Reason
	}{
		// By exact codes.
		{"no such mailbox", "5.1.1", "550 5.1.1 sorry", mailbox},
		{"a code in the reply alone", "", "550 5.1.1 sorry", mailbox},
		{"a code at the end, as qmail writes it", "", "Sorry. (#5.1.1)", mailbox},
		{"an address that cannot be", "5.1.3", "", mailbox},
		{"a mailbox that moved", "5.1.6", "", mailbox},
		{"a mailbox that is off", "5.2.1", "550 5.2.1 not now", mailbox},
		{"a mailbox in other hands", "5.7.17", "", mailbox},
		{"Exchange Online knows no such recipient", "5.4.1", "550 5.4.1 <a@example.net>: Recipient address rejected: Access denied. AS(1)", mailbox},
		{"Exchange's own detail", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; a@example.net not found by SMTP address lookup", mailbox},
		{"Exchange Online passes on what another server said", "5.1.351", "550 5.1.351", mailbox},
		{"no such system", "5.1.2", "", domain},
		{"a domain with a null MX", "5.1.10", "556 5.1.10 null", domain},
		{"no way to go", "5.4.4", "", domain},
		{"Exchange Online finds no domain", "5.4.310", "", domain},
		{"a domain in other hands", "5.7.18", "", domain},
		{"a full mailbox", "5.2.2", "", full},
		{"one that was full for days", "4.2.2", "452 4.2.2 later", full},
		{"too large for the mailbox", "5.2.3", "", size},
		{"too large for the server", "5.3.4", "", size},
		{"a sender that cannot be", "5.1.7", "", ours(letter.MendSender)},
		{"a sender whose domain is not there", "5.1.8", "501 5.1.8 no", ours(letter.MendSender)},
		{"a form that is not taken", "5.6.0", "", ours(letter.MendWords)},
		{"any other of form", "5.6.9", "550 5.6.9 no", ours(letter.MendWords)},
		{"no reverse DNS", "5.7.25", "", ours(letter.MendDNS)},
		{"no proof of origin", "5.7.26", "", ours(letter.MendProof)},
		{"SPF", "5.7.23", "", ours(letter.MendProof)},
		{"too much mail", "5.7.28", "", ours(letter.MendPace)},
		{"any other of security", "5.7.0", "550 5.7.0 no", ours(letter.MendPolicy)},
		{"too many recipients", "5.5.3", "", ours(letter.MendPace)},
		{"no room on the server", "4.3.1", "", network},
		{"a server that takes nothing now", "5.3.2", "", network},
		{"a server set up wrongly", "5.3.5", "", network},
		{"no answer", "4.4.1", "", network},
		{"a loop", "5.4.6", "", network},

		// By words about us, whatever the code.
		{"a block list behind a code for dead mailboxes", "5.1.1", "550 5.1.1 Mail from 192.0.2.9 found on blocklist", ours(letter.MendListing)},
		{"a list by name", "5.7.1", "554 5.7.1 Client host [192.0.2.9] blocked using dnsbl.example; see https://dnsbl.example/q?ip=192.0.2.9", letter.Reason{Class: letter.ClassOurs, Mend: letter.MendListing, List: "dnsbl.example"}},
		{"a list by its link", "5.7.1", "550 Listed, see https://www.spamhaus.org/query/ip/192.0.2.9", letter.Reason{Class: letter.ClassOurs, Mend: letter.MendListing, List: "spamhaus.org"}},
		{"our bad name", "5.1.0", "550 5.1.0 poor reputation", ours(letter.MendListing)},
		{"a greeting that refuses us", "4.0.0", "host mx.example.net refused to talk to me: 554 no", ours(letter.MendListing)},
		{"a server that takes no mail for others", "5.7.1", "554 5.7.1 <a@example.net>: Relay access denied", ours(letter.MendRoute)},
		{"qmail takes no mail for others", "", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", ours(letter.MendRoute)},
		{"a provider of mobile phones takes no mail for others", "", "Due to the following SMTP relay error", ours(letter.MendRoute)},
		{"DMARC", "5.1.0", "550 the domain's DMARC policy", ours(letter.MendProof)},
		{"a reply that begins with the refusal", "", "550 5.7.1 Blocked, see our pages", ours(letter.MendListing)},
		{"mail that is not taken from us", "", "550 we accept no more, not accepting mail from your range", ours(letter.MendListing)},
		{"a look-up of our address", "", "554 access denied, IP name lookup failed", ours(letter.MendDNS)},
		{"a sender that leads nowhere", "", "550 unroutable sender address", ours(letter.MendSender)},
		{"a header that is not taken", "", "554 headers fail the syntax check", ours(letter.MendWords)},
		{"a reader's own choice", "", "550 refused due to recipient preferences", ours(letter.MendPolicy)},
		{"a list that is closed", "", "550 closed mailing list", ours(letter.MendPolicy)},
		{"no TLS", "5.0.0", "530 Must issue a STARTTLS command first", ours(letter.MendProof)},
		{"no name for our address", "", "550 no PTR record", ours(letter.MendDNS)},
		{"our greeting", "5.5.2", "504 <x>: Helo command rejected: need fully-qualified hostname", ours(letter.MendDNS)},
		{"the envelope sender, in the words for a recipient", "5.1.1", "550 5.1.1 <notices@example.org>: Sender address rejected: User unknown in virtual mailbox table", ours(letter.MendSender)},
		{"a refusal at MAIL, as Postfix tells it", "5.1.1", "550 5.1.1 unknown (in reply to MAIL FROM command)", ours(letter.MendSender)},
		{"a refusal at EHLO, as Exim tells it", "5.0.0", "550 Rejected after EHLO", ours(letter.MendDNS)},
		{"our own outcome of MAIL", "", "550 MAIL: no such user", ours(letter.MendSender)},
		{"too many connections", "4.3.2", "421 4.3.2 too many connections", ours(letter.MendPace)},
		{"too much in an hour", "5.1.1", "550 5.1.1 you have exceeded your hourly sending quota", ours(letter.MendPace)},
		{"spam", "5.0.0", "550 This message scored 9.1 spam points", ours(letter.MendWords)},
		{"a virus", "", "554 virus found", ours(letter.MendWords)},
		{"a rule of theirs", "", "550 rejected by organization policy", ours(letter.MendPolicy)},
		{"words in another language", "", "550 Nachricht abgelehnt", ours(letter.MendPolicy)},
		{"a refusal of the data", "5.0.0", "554 no (in reply to end of DATA command)", ours(letter.MendPolicy)},
		{"a group that one may not post to", "", "Mehr dazu: https://groups.google.com/support/", ours(letter.MendPolicy)},
		{"a login that our server asks for", "", "535 no", ours(letter.MendProof)},

		{"a user's filter", "5.0.0", "550 Unknown user a@example.net (in reply to end of DATA command)", ours(letter.MendPolicy)},

		// By words about them.
		{"no such user, by its code after the letter too", "5.1.1", "550 5.1.1 user unknown (in reply to end of DATA command)", mailbox},
		{"an unknown user", "5.0.0", "550 user unknown", mailbox},
		{"words against a code of policy", "5.7.1", "550 5.7.1 no such user here", mailbox},
		{"an address that is not found", "", "550 <a@example.net> not found", mailbox},
		{"a recipient that is not there", "", "550 recipient not OK", mailbox},
		{"a recipient that a server calls bad", "", "553 sorry, badrcptto", mailbox},
		{"no mailbox by that name", "", "550 no mail box available for a", mailbox},
		{"no valid user", "", "550 a is not an active address here", mailbox},
		{"an unknown virtual user", "", "550 invalid or unknown virtual user", mailbox},
		{"a user without a home", "", "550 user a: missing home directory", mailbox},
		{"a mailbox that was closed", "", "550 this is a deactivated mailbox", mailbox},
		{"a disabled account", "", "The account has been disabled", mailbox},
		{"somebody who left", "", "550 a@example.net no longer works here", mailbox},
		{"Amazon SES has no such mailbox", "", "No Email", mailbox},
		{"Amazon SES keeps it from us", "", "On Account Suppression List", mailbox},
		{"in German", "", "550 Empfänger unbekannt", mailbox},
		{"in French", "", "550 destinataire inconnu", mailbox},
		{"in Spanish", "", "550 el usuario no existe", mailbox},
		{"in Japanese", "", "宛先のユーザが見つかりません", mailbox},
		{"in Russian", "", "550 получатель не найден", mailbox},
		{"in Chinese", "", "550 收件人不存在", mailbox},
		{"a full mailbox behind a code for dead ones", "5.1.1", "552 mailbox over quota (#5.1.1)", full},
		{"a full mailbox that says inactive too", "5.2.2", "552 5.2.2 the inbox is out of storage space and inactive", full},
		{"full in German", "", "Das Postfach ist voll", full},
		{"a disk that is full", "4.3.0", "Disk quota exceeded", full},
		{"a mailbox whose size is reached, which is no size of a letter", "", "552 mailbox size limit exceeded", full},
		{"too many letters in it, which is no pace", "", "552 the user has too many messages on the server", full},
		{"a server that is full", "", "452 insufficient system storage", network},
		{"too large", "", "552 message size exceeds fixed limit", size},
		{"too large in German", "", "552 Nachricht zu groß", size},
		{"no such host", "", "Host or domain name not found. Name service error for name=example.net type=A: Host not found", domain},
		{"a domain that a provider of mobile phones does not find", "", "As the remote domain doesnt exist", domain},
		{"a domain that a server does not keep", "", "550 this domain is not hosted here", domain},
		{"a domain before the words for a mailbox", "", "550 mail domain mentioned in email address is unknown", domain},
		{"a null MX in words", "", "Domain example.net does not accept mail (nullMX)", domain},
		{"a DNS that does not answer", "5.4.4", "Host not found, try again", network},
		{"a DNS that does not answer now", "4.4.3", "Host not found, try again", network},
		{"a look-up that failed", "", "example.net: host name lookup failure", network},
		{"a server that timed out", "", "Connection timed out", network},
		{"a queue that gave up", "5.0.0", "retry timeout exceeded", network},
		{"a queue that tried for days", "", "could not be delivered for more than 5 days", network},
		{"a transaction that failed", "", "554 transaction failed", network},
		{"a server that refuses for now", "", "421 service refused, try later", network},

		// By the reply code alone.
		{"421", "", "421 bye", network},
		{"450", "", "450 no", network},
		{"551", "", "551 elsewhere", mailbox},
		{"552", "", "552 no", full},
		{"a host without mail", "", "521 no", domain},
		{"a domain without mail", "", "556 no", domain},
		{"an octet of an address is no code", "", "192.0.2.552 no", unclear},

		// A passing reply proves nobody dead.
		{"a user that is unknown for now", "4.1.1", "450 4.1.1 user unknown", network},
		{"a report that says for now, and a reply that does not", "4.0.0", "550 user unknown", mailbox},

		// Names that strangers chose.
		{"words in an address", "5.1.1", "550 5.1.1 <spam.filter@blacklist.example>: gone", mailbox},
		{"words in a link", "5.1.1", "550 5.1.1 gone, see https://mx.example/spam/blacklist", mailbox},
		{"nothing", "", "", unclear},
		{"a code that says nothing", "5.0.0", "550 no", unclear},
		{"a status that is none", "failed", "no", unclear},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := letter.ReasonOf(tt.status, tt.reply); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestWhatIsReadOfAReply(t *testing.T) {
	for _, tt := range []struct {
		name, status, reply string
		want                letter.Class
	}{
		{"up to its cap", "", "550 " + strings.Repeat("x", 4000-4-len(" user unknown")) + " user unknown", letter.ClassMailbox},
		{"nothing beyond", "", "550 " + strings.Repeat("x", 4000) + " user unknown", letter.ClassUnclear},
		{"over line ends", "", "550-5.7.0 no\r\n550 user\r\n unknown", letter.ClassMailbox},
		{"in capitals", "", "550 USER UNKNOWN", letter.ClassMailbox},
		{"with broken characters", "", "550 user\xff unknown", letter.ClassMailbox},
		{"a code in brackets", "", "no (#5.1.1)", letter.ClassMailbox},
		{"a code before a colon", "", "5.1.1: no", letter.ClassMailbox},
		{"a version is no code", "", "Exim 14.5.1.1 says no", letter.ClassUnclear},
		{"a longer code is another", "5.1.11", "no", letter.ClassUnclear},
		{"a code of success says nothing", "2.1.1", "no", letter.ClassUnclear},
		{"a reply code before a dash", "", "552-no", letter.ClassFull},
		{"a reply code in quotes", "", "said '552 no'", letter.ClassFull},
		{"a number in a word is none", "", "x552 no", letter.ClassUnclear},
		{"a reply code of three digits alone", "", "5521 no", letter.ClassUnclear},
		{"a passing reply and a passing code", "4.5.0", "450 no such user", letter.ClassNetwork},
		{"a passing reply to a domain", "", "450 domain not found", letter.ClassNetwork},
		{"what a passing reply has against us", "4.7.1", "450 4.7.1 blocked using dnsbl.example", letter.ClassOurs},
	} {
		if got := letter.ReasonOf(tt.status, tt.reply).Class; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTheNameOfABlockList(t *testing.T) {
	for reply, want := range map[string]string{
		"554 blocked using dnsbl.example":                                "dnsbl.example",
		"554 Blocked by the BL.Dnsbl.Example, sorry":                     "bl.dnsbl.example",
		"554 listed at https://www.dnsbl.example/query?ip=192.0.2.9":     "dnsbl.example",
		"554 rejected via zen.dnsbl.example; blacklisted":                "zen.dnsbl.example",
		"554 banned, write to postmaster at once":                        "",
		"554 found on a blocklist":                                       "",
		"554 blacklisted " + strings.Repeat("x", 4000) + " by a.example": "",
	} {
		if got := letter.ReasonOf("5.7.1", reply); got.Mend != letter.MendListing || got.List != want {
			t.Errorf("%.60q: %+v, want %q", reply, got, want)
		}
	}
	if got := letter.ReasonOf("", "550 spam, see https://mx.example/"); got.List != "" {
		t.Errorf("a link about something else: %+v", got)
	}
}

func TestWhichFailuresMoveOn(t *testing.T) {
	for _, c := range letter.Classes {
		if want := c == letter.ClassMailbox || c == letter.ClassDomain; c.Dead() != want {
			t.Errorf("%s: %v", c, c.Dead())
		}
		if want := c == letter.ClassOurs; c.MayAgain() != want {
			t.Errorf("%s may be sent once more: %v", c, c.MayAgain())
		}
	}
	for _, s := range letter.States {
		if want := s == letter.Failed || s == letter.Bounced; s.Lost() != want {
			t.Errorf("a letter that is %s did not arrive: %v", s, s.Lost())
		}
	}
}

// FuzzReasonOf: whatever a server says has a class, and what is passing kills nobody.
func FuzzReasonOf(f *testing.F) {
	f.Add("5.1.1", "550 5.1.1 <a@example.net>: no such user")
	f.Add("4.4.7", "451 spam \xff")
	f.Fuzz(func(t *testing.T, status, reply string) {
		r := letter.ReasonOf(status, reply)
		if r.Class == "" || (r.Mend != "") != (r.Class == letter.ClassOurs) || r.List != "" && r.Mend != letter.MendListing {
			t.Errorf("%+v", r)
		}
	})
}
