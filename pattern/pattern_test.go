package pattern

import (
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"testing"
)

func TestAPatternDoesWhatItsExpressionDoes(t *testing.T) {
	const text, in = `(a)(b+)?`, "xab abb a"
	ours, want := New(text), regexp.MustCompile(text)
	if ours.String() != text {
		t.Errorf("it says %q", ours.String())
	}
	mine, theirs := reflect.ValueOf(ours), reflect.ValueOf(want)
	argument := map[reflect.Type]any{reflect.TypeFor[string](): in, reflect.TypeFor[[]byte](): []byte(in), reflect.TypeFor[int](): 2,
		reflect.TypeFor[func(string) string](): func(s string) string { return "<" + s + ">" },
		reflect.TypeFor[func([]byte) []byte](): func(b []byte) []byte { return append([]byte{'<'}, b...) }}
	for i := range mine.NumMethod() {
		name := mine.Type().Method(i).Name
		method := theirs.MethodByName(name)
		var in []reflect.Value
		for n := range method.Type().NumIn() {
			in = append(in, reflect.ValueOf(argument[method.Type().In(n)]))
		}
		got, want := mine.MethodByName(name).Call(in)[0].Interface(), method.Call(in)[0].Interface()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestAnExpressionIsCompiledAtItsFirstUse(t *testing.T) {
	defer func(was bool) { tested = was }(tested)
	tested = false
	p := New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression is used")
		}
	}()
	if p.re != nil {
		t.Error("it is compiled before it is used")
	}
	p.MatchString("")
}

func TestTestsSeeAWrongExpression(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression waits for its first use")
		}
	}()
	New(`(`)
}

func TestATextWithoutWhatAnExpressionNeedsIsNotMatched(t *testing.T) {
	for _, c := range []struct {
		text  string
		needs []string // nil: nothing
	}{
		{`\b(?:police|court order)\b`, []string{"police", "court order"}},
		{`(?i)police`, nil},
		{`(?:police)?`, nil},
		{`(?:police)+ \d`, []string{"police"}},
		{`(?:police){0,3}x`, nil},
		{`(?:police|\d+)`, nil},
		{`a|b`, nil},
		{`x(\d+ (?:seen|listed))y`, []string{" seen", " listed"}},
		{`(?:edge|exim|exchange) (?:v\.?)?$`, []string{"edge ", "edge v", "edge v.", "exim ", "exim v", "exim v.", "exchange ", "exchange v", "exchange v."}},
		{`\bpolic[ií]a\b`, []string{"policia", "policía"}},
		{`a(?:b|c)d?`, nil},
		{`\d(?:court)? order`, []string{" order", "court order"}},
		{`[^\p{L}](?:полиц|警察)`, []string{"полиц", "警察"}},
	} {
		re, err := syntax.Parse(c.text, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := literals(re.Simplify()); !slices.Equal(got, c.needs) {
			t.Errorf("%s needs %q, want %q", c.text, got, c.needs)
		}
		for _, in := range []string{"", "the police ", "a court order", "polic", "xx 3 seeny", " полиция", "警察", "POLICE", "b", "police 7", "exim v", "edge", "exchange v.", "policía", "policiaa", "3 order", "3court order", "abd"} {
			if got, want := New(c.text).MatchString(in), regexp.MustCompile(c.text).MatchString(in); got != want {
				t.Errorf("%s in %q: %v, want %v", c.text, in, got, want)
			}
		}
	}
}

func TestWordsAreFoundTogether(t *testing.T) {
	w := NewWords("port", "порт", "埠")
	for text, want := range map[string]bool{"": false, "p": false, "sport": true, "pot por": false, "к порту": true, "連接埠": true, "連接": false} {
		if w.In(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
