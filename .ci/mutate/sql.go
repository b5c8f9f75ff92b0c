package main

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// Rules also stand in SQL, as texts in capitals.
var (
	sqlWords   = regexp.MustCompile(`\b(SELECT|UPDATE|INSERT INTO|DELETE FROM|WHERE|ORDER BY|GROUP BY|CASE WHEN)\b| (AND|OR) `)
	sqlCompare = regexp.MustCompile(`<>|<=|>=| = | < | > `)
	sqlQuoted  = regexp.MustCompile(`'[a-z-]*'`)
	sqlNumber  = regexp.MustCompile(`[( ]([0-9]+)\b`)
	sqlTerm    = regexp.MustCompile(`\bAND ([a-z_.]+ (=|<>|<|>|<=|>=|IS|IS NOT) (\$?[0-9]+|'[a-z-]*'|NULL|[a-z_.]+)( [+-] [0-9]+)?)`)
	sqlJoin    = regexp.MustCompile(` (AND|OR) `)
)

func isQuery(literal string) bool { return sqlWords.MatchString(literal) }

// query returns the texts of a sum of strings of which one is SQL.
func (w *walk) query(e *ast.BinaryExpr) (texts []*ast.BasicLit, ok bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.FuncLit:
			return false
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				texts = append(texts, n)
				ok = ok || isQuery(n.Value)
			}
		}
		return true
	})
	return texts, ok
}

// inspectOthers looks at the parts of a sum that are not texts.
func (w *walk) inspectOthers(e *ast.BinaryExpr, around *ast.FuncType) {
	for _, part := range []ast.Expr{e.X, e.Y} {
		switch part := part.(type) {
		case *ast.BasicLit:
		case *ast.BinaryExpr:
			w.inspectOthers(part, around)
		default:
			w.inspect(part, around)
		}
	}
}

var sqlNeighbour = map[string]string{" = ": " <> ", "<>": "=", " < ": " <= ", "<=": "<", " > ": " >= ", ">=": ">"}

// queries changes the texts as Go's comparisons, conditions and constants are.
// The texts of a query are left alone where they name columns and tables.
func (w *walk) queries(texts []*ast.BasicLit) {
	for _, t := range texts {
		at, s := w.tok.Offset(t.Pos()), t.Value
		for _, m := range sqlCompare.FindAllStringIndex(s, -1) {
			if !assigned(s[:m[0]]) {
				w.addBytes(comparison, at+m[0], at+m[1], sqlNeighbour[s[m[0]:m[1]]])
			}
		}
		for _, m := range sqlQuoted.FindAllStringIndex(s, -1) {
			w.addBytes(constant, at+m[0], at+m[1], "'"+shorter(s[m[0]+1:m[1]-1])+"'")
		}
		for _, m := range sqlNumber.FindAllStringSubmatchIndex(s, -1) {
			w.addBytes(constant, at+m[2], at+m[3], s[m[2]:m[3]]+" + 1")
		}
		for _, m := range sqlTerm.FindAllStringSubmatchIndex(s, -1) {
			w.addBytes(condition, at+m[2], at+m[3], "("+s[m[2]:m[3]]+" OR TRUE)")
		}
		for _, m := range sqlJoin.FindAllStringSubmatchIndex(s, -1) {
			other := map[string]string{"AND": "OR", "OR": "AND"}[s[m[2]:m[3]]]
			w.addBytes(condition, at+m[2], at+m[3], other)
		}
	}
}

// assigned reports whether the "=" after before is that of UPDATE … SET.
func assigned(before string) bool {
	set := strings.LastIndex(before, "SET ")
	return set >= 0 && !regexp.MustCompile(`\b(WHERE|CASE|FROM|ON)\b`).MatchString(before[set:])
}
