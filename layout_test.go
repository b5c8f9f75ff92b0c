package headsup

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// rows is the shape of this program. A package imports only from rows above;
// neighbours never import each other. A row may grow inside: what belongs to
// a package stands in a line of its own beside it.
var rows = [][]string{
	{"pattern"},
	{"sheet", "wire", "wire/command", "wire/mailtext", "disk"},
	{"wire/wiretest", "wire/dnstest", "wire/pagetest"},

	{"finding", "lookup", "templates", "outcome/stats"},
	{"lookup/loopback", "lookup/lease"},

	{"letter"},

	{"render/prose", "render/chart"},
	{"render/hyphen"},
	{"render/typeset", "render/svg"},
	{"render/pdf"},
	{"render", "inbox", "outcome"},
	{"inbox/report/lexicon"},
	{"inbox/report", "outcome/experiment", "outcome/figures"},
	{"render/report"},

	{"ledger/mark", "ledger/postgrestest"},
	{"mailer", "ledger"},
	{"mailer/loopback", "mailer/postfixtest"},

	{"campaign/settings"},
	{"campaign/demo", "campaign/doctor", "campaign/people", "campaign/escalate", "campaign/duties", "campaign/arms", "campaign/holder", "campaign/belt", "campaign/customers", "campaign/said", "campaign/tongue"},
	{"campaign/cases"},
	{"campaign"},
	{"campaign/campaigntest", "campaign/experiments", "campaign/answers", "campaign/post", "campaign/correct", "campaign/recipients", "campaign/keeping", "campaign/hooks", "campaign/tickets", "campaign/switchboard", "campaign/registries"},
	{"campaign/reports"},

	{"web", "web/api", "web/guard", "web/words"},
	{"web/desk", "web/recipient"},
	{"web/serve"},

	{"cmd/headsup/advice", "cmd/headsup/console"},
	{"cmd/headsup/show", "cmd/headsup/usage"},
	{"cmd/headsup/ends", "cmd/headsup/access"},
	{"cmd/headsup"},
}

// only says which folders may import what is not ours: nobody else needs to
// know it.
var only = map[string]string{
	"github.com/spf13/cobra":           "cmd",
	"github.com/vbauerster/mpb/v8":     "cmd",
	"database/sql":                     "ledger",
	"modernc.org/sqlite":               "ledger",
	"github.com/jackc/pgx/v5":          "ledger",
	"github.com/wneessen/go-mail/smtp": "mailer", // render writes headers with the package above it
	"github.com/emersion/go-imap/v2":   "inbox",
}

const module = "headsup/"

// TestLayout reads the sources itself: with "go list" in a child process the
// test cache would not notice that a file changed.
func TestLayout(t *testing.T) {
	row := map[string]int{}
	for i, r := range rows {
		for _, p := range r {
			row[p] = i
		}
	}
	documented := map[string]bool{}
	for name, f := range sources(t) {
		pkg := path.Dir(name)
		if _, ok := row[pkg]; !ok {
			t.Errorf("%s: package %s has no row in layout_test.go", name, pkg)
		}
		documented[pkg] = documented[pkg] || f.Doc != nil
		for _, imp := range f.Imports {
			whole := strings.Trim(imp.Path.Value, `"`)
			if dep, ours := strings.CutPrefix(whole, module); ours && row[dep] >= row[pkg] {
				t.Errorf("%s imports %s, which is not in a row above %s", name, dep, pkg)
			}
			for dep, where := range only {
				if within(whole, dep) && !within(pkg, where) {
					t.Errorf("%s imports %s, which is for %s alone", name, whole, where)
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

// TestOnlyTheCommandPrints finds whoever else writes to the terminal.
func TestOnlyTheCommandPrints(t *testing.T) {
	for name, f := range sources(t) {
		if within(name, "cmd") {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok {
				switch what := x.Name + "." + s.Sel.Name; what {
				case "os.Stdout", "os.Stderr", "fmt.Print", "fmt.Printf", "fmt.Println":
					t.Errorf("%s uses %s, which is for cmd alone", name, what)
				}
			}
			return true
		})
	}
}

// most is how many methods a type may have, those of what it embeds counted.
// What has more is several things.
const most = 40

// TestNoTypeDoesEverything counts the methods of types.
func TestNoTypeDoesEverything(t *testing.T) {
	methods, embeds := map[string]int{}, map[string][]string{} // by package and name
	for name, f := range sources(t) {
		pkg, imports := path.Dir(name), importsOf(f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					methods[typeName(pkg, imports, d.Recv.List[0].Type)]++
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok {
						it := pkg + "." + s.Name.Name
						embeds[it] = embedded(pkg, imports, s.Type)
						if i, ok := s.Type.(*ast.InterfaceType); ok {
							methods[it] = i.Methods.NumFields() - len(embeds[it])
						}
					}
				}
			}
		}
	}
	var all func(string) int
	all = func(name string) int {
		n := methods[name]
		for _, e := range embeds[name] {
			n += all(e)
		}
		return n
	}
	for name := range embeds {
		if n := all(name); n > most {
			t.Errorf("%s has %d methods", name, n)
		}
	}
}

// embedded lists the types that a struct or an interface embeds.
func embedded(pkg string, imports map[string]string, of ast.Expr) (names []string) {
	var fields *ast.FieldList
	switch of := of.(type) {
	case *ast.StructType:
		fields = of.Fields
	case *ast.InterfaceType:
		fields = of.Methods
	default:
		return nil
	}
	for _, f := range fields.List {
		if len(f.Names) == 0 {
			names = append(names, typeName(pkg, imports, f.Type))
		}
	}
	return names
}

// typeName is a type's package and name, whether it is a pointer or not.
func typeName(pkg string, imports map[string]string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(pkg, imports, e.X)
	case *ast.IndexExpr:
		return typeName(pkg, imports, e.X)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return imports[x.Name] + "." + e.Sel.Name
		}
	case *ast.Ident:
		return pkg + "." + e.Name
	}
	return ""
}

// importsOf are the packages of this program that a file imports, by their names in it.
func importsOf(f *ast.File) map[string]string {
	imports := map[string]string{}
	for _, i := range f.Imports {
		dep, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module)
		if !ours {
			continue
		}
		name := path.Base(dep)
		if i.Name != nil {
			name = i.Name.Name
		}
		imports[name] = dep
	}
	return imports
}

func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }

// sources parses the program, without its tests.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != "."):
			return fs.SkipDir
		case d.IsDir(), !strings.Contains(name, "/"), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestExpressionsAreCompiledWhenUsed finds the ones that would be compiled at
// each start of the program.
func TestExpressionsAreCompiledWhenUsed(t *testing.T) {
	for name, f := range sources(t) {
		if path.Dir(name) == "pattern" {
			continue
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			ast.Inspect(g, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "regexp" && strings.HasPrefix(s.Sel.Name, "MustCompile") {
					t.Errorf("%s compiles an expression before it is used: pattern.New does not", name)
				}
				return true
			})
		}
	}
}

// TestTheVerbsAreThin counts the lines of cmd/headsup: what a verb decides, shows
// or says at its end stands in the packages below it.
func TestTheVerbsAreThin(t *testing.T) {
	names, err := filepath.Glob("cmd/headsup/*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines += strings.Count(string(text), "\n")
	}
	if lines == 0 || lines >= 3000 {
		t.Errorf("cmd/headsup has %d lines", lines)
	}
}

// TestMigrationsHaveANumberEach finds two that came at the same time: with them no
// ledger opens.
func TestMigrationsHaveANumberEach(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		names, err := filepath.Glob("ledger/" + engine + "/*.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("%d migrations, %v", len(names), err)
		}
		known := map[string]string{}
		for _, name := range names {
			number, _, _ := strings.Cut(path.Base(name), "_")
			if known[number] != "" {
				t.Errorf("%s has the number of %s", name, known[number])
			}
			known[number] = name
		}
	}
}
