package lexicon

import (
	"slices"
	"strings"
	"testing"
)

// TestIn finds words where they begin, and not within others.
func TestIn(t *testing.T) {
	for _, c := range []struct {
		name, text, list string
		want             bool
	}{
		{"a word stands alone", "this is spam.", "kind spam", true},
		{"a longer word goes on", "spamvertised", "kind spam", true},
		{"a word of four letters does not", "the spamo club", "kind spam", false},
		{"a word does not begin within another", "antimalwares", "kind malware", false},
		{"a letter with an accent is one of the word", "éspam", "kind spam", false},
		{"a script without blanks ends a word of another", "迷惑なspamです", "kind spam", true},
		{"a word of another script stands anywhere", "大量の迷惑メールが", "kind spam", true},
		{"two words stand with the blank between", "an open relay", "kind open-relay", true},
		{"two words stand with a line's end between", "an open\nrelay", "kind open-relay", true},
		{"the second half of a word follows", "they are removed as of today from the list", "none listing", true},
		{"the second half is of another sentence", "they are removed. look from the list", "none listing", false},
		{"a word stands without the sign that joins its halves", "دستگاه عضو باتنت است", "kind botnet", true},
		{"a word that is written with that sign is found without it", "این سرور آسیبپذیر است", "kind exposed-service", true},
		{"one list is not another", "this is spam", "kind scan", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := In(c.text).Has(c.list); got != c.want {
				t.Errorf("%q in %s: %v, want %v", c.text, c.list, got, c.want)
			}
		})
	}
}

// TestCount counts different words, once each, and a word of one language that
// begins as one of another does as one.
func TestCount(t *testing.T) {
	f := In("phishing and phishing, a scam, a fake site, a copycat")
	if n := f.Count("kind phishing", 9); n != 4 {
		t.Errorf("%d words, want 4", n)
	}
	if n := f.Count("kind phishing", 2); n != 2 {
		t.Errorf("%d words, want no more than 2", n)
	}
}

// TestListsAreKnown keeps a misspelt heading from hiding its words.
func TestListsAreKnown(t *testing.T) {
	known := []string{"report", "child", "terror", "label other", "label offender", "label source", "label network", "label plain", "kind scan weak", "kind exposed-service weak", "column", "time", "port"}
	for _, n := range []string{"away", "ticket", "closed", "listing", "bill", "recall", "news", "bait", "customer", "alarm", "notice", "bounce", "job", "contact"} {
		known = append(known, "none "+n)
	}
	for _, q := range []string{"police", "court", "data", "life", "subject", "lawyer", "mention"} {
		known = append(known, "restricted "+q)
	}
	for _, k := range []string{"copyright", "phishing", "malware", "botnet", "ddos", "bruteforce", "open-relay", "open-proxy", "exposed-service", "spam", "scan", "account"} {
		known = append(known, "kind "+k)
	}
	for _, l := range Lists() {
		if !slices.Contains(known, l) {
			t.Errorf("nobody asks for the list %q", l)
		}
	}
	for _, l := range known {
		if all().lists[l] == 0 && !strings.HasPrefix(l, "restricted") {
			t.Errorf("the list %q has no words", l)
		}
	}
}

// TestLanguagesHaveWords keeps a language from lacking the words of what must not
// be forwarded.
func TestLanguagesHaveWords(t *testing.T) {
	names, err := files.ReadDir("words")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := files.ReadFile("words/" + n.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range []string{"police", "court", "data", "life", "subject", "lawyer", "mention"} {
			if !strings.Contains(string(text), "[restricted "+list+"]\n") {
				t.Errorf("%s has no words of the list %q", n.Name(), "restricted "+list)
			}
		}
	}
}
