package main

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

const source = `package p

import "errors"

const most = 3

var ports = map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}

type t struct {
	Name string ` + "`json:\"name\"`" + `
}

// Find is changed.
func (x *t) Find(n int, ok bool) (string, error) {
	if n < most && ok {
		return "", errors.New("too few")
	}
	rows := make([]int, 0, 7)
	switch {
	case !ok:
		return x.Name, check(rows)
	}
	return "rows", x.do("SELECT a FROM b WHERE c = $1 AND d <= 5")
}

func check([]int) error { return nil }

func (x *t) do(q string) error { return nil }
`

func TestChanges(t *testing.T) {
	all, err := changesIn("p/p.go", []byte(source), 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	ports := 0
	for _, c := range all {
		if c.fn == "-" && strings.HasPrefix(c.text, "var ports") {
			ports++
			continue
		}
		got = append(got, string(c.kind)+" "+c.fn+": "+c.what())
		changed := source[:c.from] + c.new + source[c.to:]
		if _, err := parser.ParseFile(token.NewFileSet(), "p.go", changed, 0); err != nil {
			t.Errorf("%s: %v", c.what(), err)
		}
	}
	if ports != perTable {
		t.Errorf("%d changes of a table, want %d", ports, perTable)
	}
	slices.Sort(got)
	want := []string{
		`comparison t.Find: < => <=`,
		`comparison t.Find: <= => <`,
		`comparison t.Find: = => <>`,
		`condition t.Find: !ok => (!ok) && false`,
		`condition t.Find: !ok => (!ok) || true`,
		`condition t.Find: !ok => ok`,
		`condition t.Find: AND => OR`,
		`condition t.Find: d <= 5 => (d <= 5 OR TRUE)`,
		`condition t.Find: n < most && ok => (n < most && ok) && false`,
		`condition t.Find: n < most && ok => (n < most && ok) || true`,
		`condition t.Find: n < most && ok => n < most`,
		`condition t.Find: n < most && ok => ok`,
		`constant -: 3 => 2`,
		`constant -: 3 => 4`,
		`constant t.Find: "" => "x"`,
		`constant t.Find: "rows" => "row"`,
		`constant t.Find: 0 => 1`,
		`constant t.Find: 5 => 5 + 1`,
		`error t.Find: check(rows) => func() error { _ = check(rows); return nil }()`,
		`error t.Find: errors.New("too few") => nil`,
		`error t.Find: x.do("SELECT a FROM b WHERE c = $1 AND d <= 5") => func() error { _ = x.do("SELECT a FROM b WHERE c = $1 AND d <= 5"); return nil }()`,
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name, events string
		want         result
	}{
		{"a test that fails", `{"Action":"run","Test":"TestA"}` + "\n" + `{"Action":"fail","Test":"TestA/b"}` + "\n" + `{"Action":"fail","Test":"TestA"}`, result{verdict: noticed, by: "p TestA/b"}},
		{"what cannot be built", `{"Action":"build-fail"}` + "\n" + `{"Action":"fail","FailedBuild":"p"}`, result{verdict: notBuilt}},
		{"tests that run too long", `{"Action":"output","Output":"panic: test timed out after 1m0s\n"}`, result{verdict: noticed, by: "p: time limit"}},
		{"tests that pass", `{"Action":"pass","Test":"TestA"}` + "\n" + `{"Action":"pass"}`, result{verdict: survived}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := judge(strings.NewReader(tt.events), "p"); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestTheListOfEquivalentsIsOfThisTree(t *testing.T) {
	if _, err := draw("../..", options{packages: rooms, seed: 1}); err != nil {
		t.Error(err)
	}
}
