package templates

import (
	"fmt"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode"

	"headsup/pattern"
)

// functions are the words that a template may use besides fields, if, else,
// range, with, define, template and block.
var functions = template.FuncMap{
	"hosts":    func() string { return string(HostsMark) },
	"sections": func() string { return string(SectionsMark) },
}

// conditions may stand in an if, where nothing they return is printed.
var conditions = []string{"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge"}

// parseTemplate parses Text, and refuses what a letter has no use for.
func (f *File) parseTemplate() (*template.Template, error) {
	for i, line := range strings.Split(f.Text, "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Co, r) || r == '\uFFFD' }) {
			return nil, fmt.Errorf("%s:%d: a private-use character, or bytes that are not UTF-8", f.Path, i+1)
		}
	}
	t, err := template.New(f.Path).Option("missingkey=error").Funcs(functions).Parse(f.Text)
	if err != nil {
		return nil, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "template: "))
	}
	for _, t := range t.Templates() {
		if t.Tree == nil {
			continue
		}
		if err := checkNodes(t.Tree, t.Root); err != nil {
			return nil, err
		}
	}
	for _, name := range required[f.Part] {
		if t.Lookup(name) == nil {
			return nil, fmt.Errorf("%s:1: no {{define %q}}", f.Path, name)
		}
	}
	return t, nil
}

// required lists the blocks that headsup itself asks a part for.
var required = map[string][]string{
	Frame:      {"subject"},
	Customer:   {"subject", "open-relay", "open-proxy", "exposed-service"},
	Site:       {"advice", "open-relay", "open-proxy", "exposed-service", "products", "verify", "confirmed", "unknown"},
	Correction: {"subject", "correction", "withdrawal", "apology", "taken-back"},
	OptOut:     {"ask", "button", "noted", "unknown", "unclear", "failed"},
	Reported:   {"subject", "firm", "mail", "web", "copyright", "attack", "open", "account", "other", "other-topic"},
	Reporter:   {"subject", "received", "forwarded", "not-ours", "too-old", "unclear", "resolved"},
	Alert:      {"subject"},
}

// Blocks lists, sorted, what the file defines by name.
func (f *File) Blocks() []string {
	var names []string
	for _, t := range f.Template().Templates() {
		if t.Name() != f.Path && t.Tree != nil {
			names = append(names, t.Name())
		}
	}
	slices.Sort(names)
	return names
}

// checkNodes refuses what a translator need not know: a template may loop and
// choose; it may not compute.
func checkNodes(tree *parse.Tree, n parse.Node) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, c := range n.Nodes {
			if err := checkNodes(tree, c); err != nil {
				return err
			}
		}
	case *parse.ActionNode:
		return checkPipe(tree, n.Pipe, false)
	case *parse.IfNode:
		return checkBranch(tree, &n.BranchNode, true)
	case *parse.RangeNode:
		return checkBranch(tree, &n.BranchNode, false)
	case *parse.WithNode:
		return checkBranch(tree, &n.BranchNode, false)
	}
	return nil
}

func checkBranch(tree *parse.Tree, n *parse.BranchNode, condition bool) error {
	if err := checkPipe(tree, n.Pipe, condition); err != nil {
		return err
	}
	if err := checkNodes(tree, n.List); err != nil {
		return err
	}
	return checkNodes(tree, n.ElseList)
}

func checkPipe(tree *parse.Tree, p *parse.PipeNode, condition bool) error {
	refuse := func(n parse.Node) error {
		where, _ := tree.ErrorContext(n)
		return fmt.Errorf("%s: {{%s}}: only fields, if, range, with, blocks, hosts and sections", where, p)
	}
	for _, cmd := range p.Cmds {
		for _, arg := range cmd.Args {
			switch arg := arg.(type) {
			case *parse.IdentifierNode:
				if functions[arg.Ident] == nil && !(condition && slices.Contains(conditions, arg.Ident)) {
					return refuse(arg)
				}
			case *parse.PipeNode:
				if err := checkPipe(tree, arg, condition); err != nil {
					return err
				}
			case *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
				if !condition {
					return refuse(arg)
				}
			}
		}
	}
	return nil
}

var action = pattern.New(`(?s)\{\{-?\s*(.*?)\s*-?\}\}`)

// Outline returns the Markdown of the file with every branch of every choice
// in it, and value in place of each value. Its lines are those of the file.
func (f *File) Outline(value string) string {
	return action.ReplaceAllStringFunc(f.Text, func(s string) string {
		lines := strings.Repeat("\n", strings.Count(s, "\n"))
		switch inner := action.FindStringSubmatch(s)[1]; {
		case inner == "hosts":
			return string(HostsMark) + lines
		case inner == "sections":
			return string(SectionsMark) + lines
		case strings.HasPrefix(inner, ".") || strings.HasPrefix(inner, "$") && !strings.Contains(inner, "="):
			return value + lines
		default:
			return lines
		}
	})
}

// Fields lists, sorted and as often as the file asks for them, the fields and
// the functions: ".Agency", "hosts".
func (f *File) Fields() []string {
	var fields []string
	for _, m := range action.FindAllStringSubmatch(f.Text, -1) {
		fields = append(fields, word.FindAllString(quoted.ReplaceAllString(m[1], ""), -1)...)
	}
	slices.Sort(fields)
	return fields
}

var (
	word   = pattern.New(`\.[A-Z][A-Za-z]*|\bhosts\b|\bsections\b`)
	quoted = pattern.New(`"[^"]*"`)
)
