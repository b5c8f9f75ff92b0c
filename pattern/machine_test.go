package pattern

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// expressions have all that those of this program have: words, classes, counts,
// letters of either case, and what stands between letters.
var expressions = []string{
	`a`, `^a`, `a$`, `^$`, ``, `(?m)^b$`, `\ba`, `a\b`, `\Ba`, `a\B`, `(?i)straße|k`, `(?i:K)elvin`, `.`, `(?s).`, `[^a]`, `x*`, `(a|ab)(c|bcd)$`,
	`^[\s>|]*(?:traceroute|ping)\b|^[\s>|]*\d{1,2}[\s.]+(?:.*\d+(?:\.\d+)? ?ms\b|\*)`, `\p{Han}|\p{L}{3,5}$`, `(?:^|[^\p{L}])(?:un|ein)e?\s`,
	`[^\p{L}\p{N}](?:ip|addr\p{L}*)[:：=]`, `^\s*on .{6,9} wrote`, `[\x{fffd}a]`, `é`, `\n\s*\n|[。！？]`, `a{2,4}b?c{0,3}$`, `^(?:a|^b|\Ac)`, `(?:$|z)y?`,
	`[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?i)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}`,
}

var textsOf = []string{
	"", "a", "b", "ab", "abcd", "xabcd", "a\n", "\nb\n", "A b", "STRASSE", "STRASSE", "straße", "K elvin", "Kelvin", "aé b", "é", "e\u0301", "\xff", "a\xc3", "\xe6\xbc",
	"漢字。かな", "> 12  192.0.2.1 3.4 ms", "|ping x", "pingx", "on a day of 3 wrote", "on aday wrote", "x ip: 1", "x addrs：", "aaaabccc", "zy", "y", "une ", "une", " a  \n\n", "2001:db8::1", "192.0.2.300", "_a", "a_", "ſtraße",
}

func TestAMachineMatchesWhatItsExpressionDoes(t *testing.T) {
	for _, e := range expressions {
		p, want := New(e), regexp.MustCompile(e)
		for _, text := range textsOf {
			for range 2 { // states are made at first, and then are there
				if got := p.MatchString(text); got != want.MatchString(text) {
					t.Errorf("%s in %q: %v", e, text, got)
				}
			}
		}
	}
}

func TestAMachineThatMeetsTooManyStatesAsksItsExpression(t *testing.T) {
	const e = `a[^z]{30}z` // each text of a and b has a state of its own
	p, want := New(e), regexp.MustCompile(e)
	var text strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		text.WriteByte('a' + byte(r.IntN(2)))
		if i%5000 == 4999 {
			if s := text.String(); p.MatchString(s) || !p.MatchString(s+"z") != !want.MatchString(s+"z") {
				t.Fatalf("it does not match as its expression does, after %d letters", i)
			}
		}
	}
	if !p.machine.over.Load() {
		t.Errorf("%d states are remembered", len(p.machine.states))
	}
}

func TestGoroutinesShareAMachine(t *testing.T) {
	p := New(expressions[17])
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, text := range textsOf {
				if got := p.MatchString(text); got != p.re.MatchString(text) {
					t.Errorf("%q: %v", text, got)
				}
			}
		})
	}
	all.Wait()
}

func FuzzMachine(f *testing.F) {
	for i, e := range expressions {
		f.Add(e, textsOf[i%len(textsOf)])
	}
	f.Fuzz(func(t *testing.T, e, text string) {
		want, err := regexp.Compile(e)
		if err != nil || len(e) > 200 {
			t.Skip()
		}
		p := New(e)
		p.MatchString("")
		if got, certain := p.machine.matches(text); certain && got != want.MatchString(text) {
			t.Errorf("%s in %q: %v", e, text, got)
		}
	})
}
