package headsup

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// rows is the shape of this program. A package imports only from rows above.
var rows = [][]string{
	{"finding", "lookup", "templates"},
	{"lookup/loopback"},
	{"letter"},
	{"render/prose"},
	{"render/typeset"},
	{"render/pdf"},
	{"render", "ledger", "mailer", "web"},
	{"mailer/loopback", "mailer/postfixtest"},
	{"campaign/settings"},
	{"campaign"},
	{"cmd/headsup"},
}

// TestLayout reads the sources itself: with "go list" in a child process the
// test cache would not notice that a file changed.
func TestLayout(t *testing.T) {
	const module = "headsup/"
	row := map[string]int{}
	for i, r := range rows {
		for _, p := range r {
			row[p] = i
		}
	}
	documented := map[string]bool{}
	for _, pattern := range []string{"*/*.go", "*/*/*.go", "*/*/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			pkg := filepath.ToSlash(filepath.Dir(name))
			if _, ok := row[pkg]; !ok {
				t.Errorf("%s: package %s has no row in layout_test.go", name, pkg)
			}
			documented[pkg] = documented[pkg] || f.Doc != nil
			for _, imp := range f.Imports {
				dep, ours := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), module)
				if ours && row[dep] >= row[pkg] {
					t.Errorf("%s imports %s, which is not in a row above %s", name, dep, pkg)
				}
			}
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no doc comment", pkg)
		}
	}
}
