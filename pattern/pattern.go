// Package pattern holds regular expressions that are compiled when they are
// first used. The rules of this program have some hundred and seventy; a verb
// needs a few of them, and all would make up nine tenths of its start.
package pattern

import (
	"os"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// A Pattern is a regular expression (RE2 syntax) with the methods of
// [regexp.Regexp]. It is safe for use by several goroutines.
type Pattern struct {
	text  string
	once  sync.Once
	re    *regexp.Regexp
	needs *needs // of every match; nil where any text may match

	ready   sync.Once
	machine *machine
}

// tested tells the binary of a test, in which a wrong expression must not wait
// for its first use.
var tested = strings.HasSuffix(os.Args[0], ".test")

// New takes an expression as it stands in the source. One that is wrong panics:
// in tests at once, else at its first use.
func New(text string) *Pattern {
	p := &Pattern{text: text}
	if tested {
		p.compiled()
	}
	return p
}

func (p *Pattern) compiled() *regexp.Regexp {
	p.once.Do(func() { p.re, p.needs = regexp.MustCompile(p.text), needsOf(p.text) })
	return p.re
}

// matches reports whether a text matches.
func (p *Pattern) matches(s string) bool {
	p.compiled()
	p.ready.Do(func() {
		if re, err := syntax.Parse(p.text, syntax.Perl); err == nil {
			if prog, err := syntax.Compile(re.Simplify()); err == nil {
				p.machine = newMachine(prog)
			}
		}
	})
	if p.needs != nil && !p.machine.anchored && !p.needs.in(s) {
		return false
	}
	is, certain := p.machine.matches(s)
	return is && (certain || p.re.MatchString(s))
}

// String returns the expression.
func (p *Pattern) String() string { return p.text }

// MatchString is [regexp.Regexp.MatchString].
func (p *Pattern) MatchString(s string) bool { return p.matches(s) }

// Match is [regexp.Regexp.Match].
func (p *Pattern) Match(b []byte) bool { return p.compiled().Match(b) }

// FindString is [regexp.Regexp.FindString].
func (p *Pattern) FindString(s string) string {
	if !p.matches(s) {
		return ""
	}
	return p.compiled().FindString(s)
}

// FindStringIndex is [regexp.Regexp.FindStringIndex].
func (p *Pattern) FindStringIndex(s string) []int {
	if !p.matches(s) {
		return nil
	}
	return p.compiled().FindStringIndex(s)
}

// FindStringSubmatch is [regexp.Regexp.FindStringSubmatch].
func (p *Pattern) FindStringSubmatch(s string) []string {
	if !p.matches(s) {
		return nil
	}
	return p.compiled().FindStringSubmatch(s)
}

// FindStringSubmatchIndex is [regexp.Regexp.FindStringSubmatchIndex].
func (p *Pattern) FindStringSubmatchIndex(s string) []int {
	if !p.matches(s) {
		return nil
	}
	return p.compiled().FindStringSubmatchIndex(s)
}

// FindAllString is [regexp.Regexp.FindAllString].
func (p *Pattern) FindAllString(s string, n int) []string {
	if !p.matches(s) {
		return nil
	}
	return p.compiled().FindAllString(s, n)
}

// FindAllStringIndex is [regexp.Regexp.FindAllStringIndex].
func (p *Pattern) FindAllStringIndex(s string, n int) [][]int {
	if !p.matches(s) {
		return nil
	}
	return p.compiled().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is [regexp.Regexp.FindAllStringSubmatch].
func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	if !p.matches(s) {
		return nil
	}
	return p.compiled().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is [regexp.Regexp.FindAllStringSubmatchIndex].
func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !p.matches(s) {
		return nil
	}
	return p.compiled().FindAllStringSubmatchIndex(s, n)
}

// FindIndex is [regexp.Regexp.FindIndex].
func (p *Pattern) FindIndex(b []byte) []int { return p.compiled().FindIndex(b) }

// FindAllIndex is [regexp.Regexp.FindAllIndex].
func (p *Pattern) FindAllIndex(b []byte, n int) [][]int { return p.compiled().FindAllIndex(b, n) }

// FindSubmatch is [regexp.Regexp.FindSubmatch].
func (p *Pattern) FindSubmatch(b []byte) [][]byte { return p.compiled().FindSubmatch(b) }

// ReplaceAll is [regexp.Regexp.ReplaceAll].
func (p *Pattern) ReplaceAll(src, repl []byte) []byte { return p.compiled().ReplaceAll(src, repl) }

// ReplaceAllString is [regexp.Regexp.ReplaceAllString].
func (p *Pattern) ReplaceAllString(src, repl string) string {
	return p.compiled().ReplaceAllString(src, repl)
}

// ReplaceAllLiteralString is [regexp.Regexp.ReplaceAllLiteralString].
func (p *Pattern) ReplaceAllLiteralString(src, repl string) string {
	return p.compiled().ReplaceAllLiteralString(src, repl)
}

// ReplaceAllStringFunc is [regexp.Regexp.ReplaceAllStringFunc].
func (p *Pattern) ReplaceAllStringFunc(src string, repl func(string) string) string {
	return p.compiled().ReplaceAllStringFunc(src, repl)
}

// Split is [regexp.Regexp.Split].
func (p *Pattern) Split(s string, n int) []string { return p.compiled().Split(s, n) }

// ReplaceAllFunc is [regexp.Regexp.ReplaceAllFunc].
func (p *Pattern) ReplaceAllFunc(src []byte, repl func([]byte) []byte) []byte {
	return p.compiled().ReplaceAllFunc(src, repl)
}

// FindAll is [regexp.Regexp.FindAll].
func (p *Pattern) FindAll(b []byte, n int) [][]byte { return p.compiled().FindAll(b, n) }

// FindAllSubmatch is [regexp.Regexp.FindAllSubmatch].
func (p *Pattern) FindAllSubmatch(b []byte, n int) [][][]byte {
	return p.compiled().FindAllSubmatch(b, n)
}
