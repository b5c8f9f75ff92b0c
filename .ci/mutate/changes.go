package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A kind of change. The draw takes one of each in turn.
type kind string

const (
	condition  kind = "condition"
	comparison kind = "comparison"
	constant   kind = "constant"
	errorLost  kind = "error"
)

var kinds = []kind{condition, comparison, constant, errorLost}

// A change replaces one stretch of one file.
type change struct {
	file     string // from the root of the module, with slashes
	line     int
	fn       string // the function or method around it, "Type.Method"; "-" outside of functions
	text     string // the line as it was, without indentation
	kind     kind
	from, to int // bytes of the file
	old, new string
	nth      int // among the same changes of the same text in the same function
}

// what is the change for people, on one line.
func (c change) what() string { return strings.TrimSpace(oneLine(c.old) + " => " + oneLine(c.new)) }

// key names the change as long as its line stays what it is.
func (c change) key() string {
	return strings.Join([]string{c.file, c.fn, c.text, c.what(), strconv.Itoa(c.nth)}, "\t")
}

// rank is the place of the change in the draw of a seed. Code that stays keeps
// its rank whatever is written beside it.
func (c change) rank(seed uint64) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\t%s", seed, c.key()))
	return sum[:]
}

// perTable is how many constants of a table of data are in the draw: a row
// more of country names is no more of a decision.
const perTable = 3

// changesOf lists the changes of the files of a package, without its tests.
func changesOf(root, pkg string, seed uint64) ([]change, error) {
	files, err := filepath.Glob(filepath.Join(root, pkg, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []change
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		some, err := changesIn(pkg+"/"+filepath.Base(name), src, seed)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func changesIn(file string, src []byte, seed uint64) ([]change, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	w := &walk{file: file, src: src, tok: fset.File(f.Pos()), lines: bytes.Split(src, []byte("\n"))}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			w.fn = nameOf(d)
			w.function(d.Type, d.Body)
		case *ast.GenDecl:
			w.fn = "-"
			w.declaration(d, seed)
		}
	}
	times := map[string]int{}
	for i, c := range w.found {
		key := c.key()
		w.found[i].nth = times[key]
		times[key]++
	}
	return w.found, nil
}

func nameOf(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	if g, ok := t.(*ast.IndexExpr); ok {
		t = g.X
	}
	return fmt.Sprint(t) + "." + d.Name.Name
}

// A walk collects the changes of one file.
type walk struct {
	file  string
	src   []byte
	tok   *token.File
	lines [][]byte
	fn    string
	found []change
}

func (w *walk) add(k kind, n ast.Node, replacement string) {
	from, to := w.tok.Offset(n.Pos()), w.tok.Offset(n.End())
	w.addBytes(k, from, to, replacement)
}

func (w *walk) addBytes(k kind, from, to int, replacement string) {
	line := w.tok.Line(w.tok.Pos(from))
	w.found = append(w.found, change{file: w.file, line: line, fn: w.fn, kind: k, from: from, to: to,
		text: strings.TrimSpace(string(w.lines[line-1])), old: string(w.src[from:to]), new: replacement})
}

func (w *walk) code(n ast.Node) string {
	return string(w.src[w.tok.Offset(n.Pos()):w.tok.Offset(n.End())])
}

// declaration takes constants and the rows of tables. Of a table, as many
// constants are kept as perTable says, chosen by the seed.
func (w *walk) declaration(d *ast.GenDecl, seed uint64) {
	if d.Tok == token.IMPORT || d.Tok == token.TYPE {
		return
	}
	for _, spec := range d.Specs {
		for _, v := range spec.(*ast.ValueSpec).Values {
			before := len(w.found)
			w.inspect(v, nil)
			if _, table := v.(*ast.CompositeLit); !table {
				continue
			}
			rows := slices.Clone(w.found[before:])
			w.found = w.found[:before]
			slices.SortFunc(rows, func(a, b change) int { return bytes.Compare(a.rank(seed), b.rank(seed)) })
			data := 0
			for _, c := range rows {
				if c.kind == constant {
					if data++; data > perTable {
						continue
					}
				}
				w.found = append(w.found, c)
			}
		}
	}
}

// function takes what stands in a body; its results say which of them is an error.
func (w *walk) function(t *ast.FuncType, body *ast.BlockStmt) {
	if body != nil {
		w.inspect(body, t)
	}
}

func (w *walk) inspect(root ast.Node, around *ast.FuncType) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			w.function(n.Type, n.Body)
			return false
		case *ast.GenDecl:
			return n.Tok != token.IMPORT
		case *ast.Field:
			return false // tags and types
		case *ast.ArrayType:
			return false
		case *ast.IfStmt:
			w.switched(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				w.add(condition, n.Cond, "("+w.code(n.Cond)+") && false")
			}
		case *ast.SwitchStmt:
			if n.Tag == nil {
				w.cases(n)
			}
		case *ast.BinaryExpr:
			return w.binary(n, around)
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				w.add(condition, n, w.code(n.X))
			}
		case *ast.Ident:
			w.boolean(n)
		case *ast.BasicLit:
			w.literal(n)
		case *ast.CallExpr:
			return w.call(n, around)
		case *ast.ReturnStmt:
			w.returned(n, around)
		}
		return true
	})
}

// switched makes a branch be taken always, or never.
func (w *walk) switched(cond ast.Expr) {
	w.add(condition, cond, "("+w.code(cond)+") && false")
	w.add(condition, cond, "("+w.code(cond)+") || true")
}

func (w *walk) cases(s *ast.SwitchStmt) {
	for _, c := range s.Body.List {
		for _, cond := range c.(*ast.CaseClause).List {
			w.switched(cond)
		}
	}
}

var neighbour = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS,
	token.GTR: token.GEQ, token.GEQ: token.GTR,
}

// binary moves a comparison by one step, and leaves out a side of && and ||.
// It reports whether the parts are to be looked at one by one.
func (w *walk) binary(e *ast.BinaryExpr, around *ast.FuncType) bool {
	at := w.tok.Offset(e.OpPos)
	switch e.Op {
	case token.LAND, token.LOR:
		w.add(condition, e, w.code(e.X))
		w.add(condition, e, w.code(e.Y))
	case token.ADD:
		if text, ok := w.query(e); ok {
			w.inspectOthers(e, around)
			w.queries(text)
			return false
		}
	default:
		if to, ok := neighbour[e.Op]; ok {
			w.addBytes(comparison, at, at+len(e.Op.String()), to.String())
		}
	}
	return true
}

func (w *walk) boolean(n *ast.Ident) {
	switch n.Name {
	case "true":
		w.add(constant, n, "false")
	case "false":
		w.add(constant, n, "true")
	}
}

// literal moves a number by one and cuts a text by its last letter.
func (w *walk) literal(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		v, err := strconv.ParseInt(n.Value, 0, 64)
		if err != nil {
			return
		}
		w.add(constant, n, strconv.FormatInt(v+1, 10))
		if v > 0 {
			w.add(constant, n, strconv.FormatInt(v-1, 10))
		}
	case token.FLOAT:
		w.add(constant, n, "("+n.Value+"*1.1)")
		w.add(constant, n, "("+n.Value+"*0.9)")
	case token.CHAR:
		w.add(constant, n, "'\\x01'")
	case token.STRING:
		if isQuery(n.Value) {
			w.queries([]*ast.BasicLit{n})
			return
		}
		text, err := strconv.Unquote(n.Value)
		if err != nil {
			return
		}
		w.add(constant, n, strconv.Quote(shorter(text)))
	}
}

func shorter(s string) string {
	runes := []rune(s)
	switch len(runes) {
	case 0:
		return "x"
	case 1:
		return "\x01"
	}
	return string(runes[:len(runes)-1])
}

// call leaves out what decides nothing: the words of errors, and how much room
// is made beforehand. What an iterator yields as an error counts as returned.
func (w *walk) call(n *ast.CallExpr, around *ast.FuncType) bool {
	switch f := w.code(n.Fun); {
	case f == "fmt.Errorf" || f == "errors.New" || f == "panic" || strings.HasSuffix(f, ".Grow"):
		return false
	case f == "make":
		if len(n.Args) > 1 && isSlice(n.Args[0]) {
			w.inspect(n.Args[1], around)
		}
		return false
	case f == "yield" && len(n.Args) == 2 && isError(w.code(n.Args[1])):
		w.add(errorLost, n.Args[1], "nil")
	}
	return true
}

func isSlice(e ast.Expr) bool {
	a, ok := e.(*ast.ArrayType)
	return ok && a.Len == nil
}

func isError(code string) bool {
	return code == "err" || strings.HasPrefix(code, "fmt.Errorf(") || strings.HasPrefix(code, "errors.New(")
}

// returned loses the error of a return.
func (w *walk) returned(r *ast.ReturnStmt, around *ast.FuncType) {
	if around == nil || around.Results == nil || len(r.Results) == 0 {
		return
	}
	results := around.Results.List
	if t, ok := results[len(results)-1].Type.(*ast.Ident); !ok || t.Name != "error" {
		return
	}
	n := 0
	for _, f := range results {
		n += max(1, len(f.Names))
	}
	last := r.Results[len(r.Results)-1]
	code := w.code(last)
	switch _, called := last.(*ast.CallExpr); {
	case code == "nil" || n != len(r.Results):
	case called && !isError(code):
		w.add(errorLost, last, "func() error { _ = "+code+"; return nil }()")
	default:
		w.add(errorLost, last, "nil")
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
