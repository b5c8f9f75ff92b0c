package letter_test

import (
	"strings"
	"testing"

	"headsup/letter"
	"headsup/templates"
)

// jane is what Jane wrote, whose desk got the letter at abuse@example.net.
func jane(text string) letter.Wording {
	return letter.Wording{Text: text, From: "Jane Example <jane@example.net>", Mailbox: "abuse@example.net"}
}

func TestWhatMayStandBesideAWish(t *testing.T) {
	w := understood(t)
	const clear, possible = letter.ClearWish, letter.PossibleWish
	for _, c := range []struct {
		name, text string
		want       letter.Wish
	}{
		{"a salutation with a name", "Dear Mr Smith,\nplease unsubscribe us.", clear},
		{"a salutation that says something", "Hello relay closed,\nplease unsubscribe us.", possible},
		{"a name after thanks", "Please unsubscribe us.\nThanks, Jane", clear},
		{"a stranger's name after regards", "Please unsubscribe us.\n\nBest regards\nMax Mustermann\nTeam Lead\nPhone +49 30 1234", clear},
		{"a name above", "Jane Example\nExample Ltd\n\nPlease stop sending us these mails.", clear},
		{"a name below, as in From", "Please unsubscribe us.\n\nJane", clear},
		{"a name below, not in From", "Please unsubscribe us.\n\nMax Mustermann", clear},
		{"an office below", "Please unsubscribe us.\n\nMax Mustermann, Postmaster", clear},
		{"the sender's own address below", "Please unsubscribe us.\n\nRegards\njane@example.net", clear},
		{"another mail address below", "Please unsubscribe us.\n\nRegards\nJane\nnoc@example.org", possible},
		{"a page below", "Please unsubscribe us.\n\nRegards\nJane\nhttps://abuse.example.net/form", possible},
		{"a fact below", "Please unsubscribe us.\n\nRelay Closed", possible},
		{"a fact in one word", "Please unsubscribe us.\n\nFixed", possible},
		{"a fact after thanks", "Please unsubscribe us. Thanks, relay closed yesterday", possible},
		{"a sentence below regards", "Please unsubscribe us.\n\nRegards\nJane\nwe will answer about the other one tomorrow", possible},
		{"an IP address below", "Please unsubscribe us.\n\nRegards\n192.0.2.65", possible},
		{"a postscript", "Please unsubscribe us.\n\nRegards\nJane\nPS the port", possible},
		{"a telephone's boast", "Unsubscribe\n\nSent from my iPhone", clear},
		{"the letter's reference", "Please unsubscribe us, reference demo26-n2rc7sgfne.", clear},
		{"a name in Japanese", "メールを送らないでください。\n\nよろしくお願いします。\n山田太郎", clear},
		{"a fact in Japanese", "メールを送らないでください。\n\nよろしくお願いします。\n対応済み", possible},
		{"two languages", "Bitte abmelden. Please unsubscribe us.", clear},
		{"two languages, neither of them English", "Bitte abmelden. Désinscription.", possible},
		{"four fillers", "Remove also just again hereby us from your list.", clear},
		{"five fillers", "Remove also just again hereby promptly us from your list.", letter.NoWish},
		{"capitals", "PLEASE UNSUBSCRIBE US", clear},
		{"words that nobody sees", "Un\u00adsub\u200bscribe us", clear},
		{"full width", "ｕｎｓｕｂｓｃｒｉｂｅ", clear},
		{"half width", "ﾒｰﾙを送らないでください", clear},
		{"no accents", "Desinscription", clear},
		{"ue for ü", "Wir wuenschen keine weiteren Mails.", clear},
		{"vowel marks in Arabic", "إِلْغَاءُ الاِشْتِرَاكِ", clear},
		{"vowel points in Hebrew", "הֲסָרָה", clear},
		{"a Turkish I without its dot", "ABONELIKTEN CIK", clear},
		{"a filler of one language that denies in another", "Vă rugăm să nu ne ștergeți din lista dumneavoastră.", possible},
		{"the same without it", "Vă rugăm să ne ștergeți din lista dumneavoastră.", clear},
		{"a wish over two lines", "Please remove us\nfrom your mailing list", clear},
		{"a question that is a request", "Could you please unsubscribe us?", clear},
		{"a question that is none", "Unsubscribe us?", possible},
		{"the recipient's address", "Please remove abuse@example.net from your list.", clear},
		{"the recipient's address in capitals", "Please remove ABUSE@Example.Net from your list.", clear},
		{"all addresses of its domain", "Please remove *@example.net from your list.", clear},
		{"another address of its domain", "Please remove noc@example.net from your list.", letter.NoWish},
		{"an address of another domain", "Please remove abuse@example.org from your list.", letter.NoWish},
		{"an IP address", "Please remove 192.0.2.65 from your list.", letter.NoWish},
		{"an IP address behind a wish", "Please remove this address from your list: 192.0.2.65.", letter.NoWish},
		{"an IPv6 prefix behind a wish", "Please remove this address from your list: 2001:db8::/32", letter.NoWish},
		{"a wish in quotation marks, and a question", "What does \"please unsubscribe us\" mean?", possible},
		{"a list of something else", "Remove us from your list of open proxies.", letter.NoWish},
		{"another contact", "Please do not send abuse reports to this mailbox. Use abuse@example.org instead.", possible},
		{"nothing", "", letter.NoWish},
		{"courtesies", "Dear all,\nthank you very much.\nKind regards\nJane", letter.NoWish},
		{"punctuation", "…!?", letter.NoWish},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := w.Read(jane(c.text)); got != c.want {
				t.Errorf("%q, want %q: %s", got, c.want, c.text)
			}
		})
	}
}

func TestASubjectMayBeTheWish(t *testing.T) {
	w := understood(t)
	for _, c := range []struct {
		subject, text string
		want          letter.Wish
	}{
		{"unsubscribe", "", letter.ClearWish},
		{"Unsubscribe demo26-n2rc7sgfne", "", letter.ClearWish},
		{"unsubscribe demo26-n2rc7sgfne-xw6sxlygb4z3jak7", "", letter.ClearWish},
		{"unsubscribe [demo26-n2rc7sgfne-2]", "This message was generated by a mail program.", letter.ClearWish},
		{"Please remove us from your mailing list", "", letter.ClearWish},
		{"Re: Please remove us from your mailing list", "Thanks\nJane", letter.ClearWish},
		{"Bitte abmelden", "", letter.ClearWish},
		{"退订", "谢谢", letter.ClearWish},
		{"Bitte abmelden", "Der Kunde ist informiert.", letter.PossibleWish},
		{"Unsubscribe link is broken", "Please mend it.", letter.NoWish},
		{"Re: [demo26-n2rc7sgfne] Please check 192.0.2.65 (+6)", "", letter.NoWish},
		{"Re: Stop the open proxy on 192.0.2.65", "The proxy is closed.", letter.NoWish},
		{"Re: 該当サーバ STOP 済み [demo26-n2rc7sgfne]", "対応しました。", letter.NoWish},
	} {
		if got := w.Read(letter.Wording{Subject: c.subject, Text: c.text, From: "jane@example.net"}); got != c.want {
			t.Errorf("%q with %q is %q, want %q", c.subject, c.text, got, c.want)
		}
	}
}

// TestOurOwnWordsAreNoWish: what headsup writes may come back as anybody's text.
func TestOurOwnWordsAreNoWish(t *testing.T) {
	set, err := templates.Load(templates.Builtin)
	if err != nil {
		t.Fatal(err)
	}
	w := understood(t)
	for _, f := range set.Files() {
		for paragraph := range strings.SplitSeq(f.Outline("192.0.2.65"), "\n\n") {
			if w.Read(jane(paragraph)) == letter.ClearWish && f.Part != templates.OptOut {
				t.Errorf("%s: a clear wish: %s", f.Path, paragraph)
			}
		}
	}
}

func TestLongMessagesAreNoClearWish(t *testing.T) {
	w := understood(t)
	if got := w.Read(jane(strings.Repeat("Please unsubscribe us. ", 1000))); got != letter.PossibleWish {
		t.Errorf("%q", got)
	}
	if got := w.Read(jane(strings.Repeat("x ", 1<<20) + "unsubscribe us from these reports")); got != letter.NoWish {
		t.Errorf("what stands behind the cap was read: %q", got)
	}
}

// TestHostileTextCostsNoMore: twice as many of the words with which many
// phrases begin, or that may stand anywhere, are about twice the work.
func TestHostileTextCostsNoMore(t *testing.T) {
	w := understood(t)
	for _, s := range []string{"please ", "we do not want to receive any more mails from you to our address ", "請", "メール", "a@b ", "list your ", "\u0301", "ค", "не "} {
		work := func(times int) float64 {
			return testing.AllocsPerRun(1, func() { w.Read(jane(strings.Repeat(s, times))) })
		}
		if once, twice := work(1000), work(2000); twice > 2.5*once+1000 {
			t.Errorf("%q: %.0f allocations, and %.0f for twice as much", s, once, twice)
		}
	}
}

func TestPhrasesWithoutAWordNameTheirLine(t *testing.T) {
	for _, f := range []*templates.WishFile{
		{Path: "wishes/de.txt", Lang: "de", Phrases: []templates.Phrase{{Kind: templates.Wish, Line: 7, Parts: []templates.Part{{Words: []string{"!"}}}}}},
		{Path: "wishes/de.txt", Lang: "de", Phrases: []templates.Phrase{{Kind: templates.Wish, Line: 7, Parts: []templates.Part{{Name: "us"}}}}},
	} {
		if _, err := letter.NewWishes([]*templates.WishFile{f}); err == nil || !strings.HasPrefix(err.Error(), "wishes/de.txt:7: ") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := letter.NewWishes(make([]*templates.WishFile, 65)); err == nil {
		t.Error("65 languages pass")
	}
}

// FuzzWish: no text stops the reader, and words that no phrase has are never a clear wish.
func FuzzWish(f *testing.F) {
	w := understood(f)
	for _, s := range sentences(f, "wishes.tsv") {
		f.Add("", s.text, "Jane Example <jane@example.net>")
	}
	f.Add("unsubscribe", "", "")
	f.Add("\xff;؟\u037e", "@@ a@b *@c <1.2.3.4/33> :: x-0123456789", "\"")
	f.Fuzz(func(t *testing.T, subject, text, from string) {
		w.Read(letter.Wording{Subject: subject, Text: text, From: from, Mailbox: "abuse@example.net"})
		told := letter.Wording{Text: text + "\nthe qxzjk was qxzjked, and its qxzjker knows 192.0.2.65", From: "a@example.net"}
		if w.Read(told) == letter.ClearWish {
			t.Errorf("a clear wish: %q", told.Text)
		}
	})
}

func TestTheSubjectOfAMailProgramsButton(t *testing.T) {
	for subject, want := range map[string]bool{
		"unsubscribe": true, " Unsubscribe ": true, "unsubscribe demo26-n2rc7sgfne": true, "unsubscribe [demo26-n2rc7sgfne-2]": true,
		"unsubscribe demo26-n2rc7sgfne-gbypqopcd3cqd6lk": true, "UNSUBSCRIBE demo26-n2rc7sgfne-2-GBYPQOPCD3CQD6LK": true,
		"Re: unsubscribe": false, "unsubscribe us": false, "unsubscribe demo26-n2rc7sgfne-short": false, "please unsubscribe": false, "": false,
	} {
		if letter.IsMailto(subject) != want {
			t.Errorf("%q: %v", subject, !want)
		}
	}
}
