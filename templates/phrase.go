package templates

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The grammar of a phrase, as a translator writes it:
//
//	phrases  = sequence { "|" sequence }
//	sequence = cluster { space cluster }
//	cluster  = piece { piece }              without space: one word
//	piece    = text | ( "(" phrases ")" | "{" name "}" ) [ "?" ]
type (
	sequence []cluster
	cluster  []piece
	piece    struct {
		text     string
		group    []sequence
		name     string
		optional bool
	}
)

const (
	maxSpellings = 3000 // of one word
	maxNesting   = 12
)

// A phraseParser knows the words that a file has defined so far.
type phraseParser struct {
	words map[string][]sequence
	rest  string
	depth int
}

// define reads a line of the section [words]: name = one | another.
func (p *phraseParser) define(line string) (name string, part Part, err error) {
	m := defineLine.FindStringSubmatch(line)
	if m == nil {
		return "", part, errors.New("expected name = one | another")
	}
	name = m[1]
	if slices.Contains(fieldNames, name) || p.words[name] != nil {
		return "", part, fmt.Errorf("{%s} is defined already", name)
	}
	alternatives, err := p.parse(m[2])
	if err != nil {
		return "", part, err
	}
	if part, err = p.choice(alternatives); err != nil {
		return "", part, err
	}
	if mayBeNothing(part) {
		return "", part, errNothing
	}
	p.words[name] = alternatives
	return name, part, nil
}

var errNothing = errors.New("all of it may be missing")

// phrases reads a line of any other section.
func (p *phraseParser) phrases(line string) ([][]Part, error) {
	alternatives, err := p.parse(line)
	if err != nil {
		return nil, err
	}
	var out [][]Part
	for _, s := range alternatives {
		parts, err := p.parts(s)
		if err != nil {
			return nil, err
		}
		if empty(parts) {
			return nil, errNothing
		}
		out = append(out, parts)
	}
	return out, nil
}

// empty reports whether all of a sequence may be missing. What has a name never is.
func empty(parts []Part) bool {
	return !slices.ContainsFunc(parts, func(part Part) bool { return !mayBeNothing(part) })
}

func mayBeNothing(part Part) bool { return part.Optional || slices.ContainsFunc(part.Choice, empty) }

func (p *phraseParser) parse(text string) ([]sequence, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("not UTF-8")
	}
	p.rest, p.depth = text, 0
	s, err := p.alternatives()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q closes nothing", p.rest[:1])
	}
	return s, err
}

func (p *phraseParser) alternatives() ([]sequence, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, errors.New("too many parentheses in each other")
	}
	defer func() { p.depth-- }()
	var out []sequence
	for {
		s, err := p.sequence()
		if err != nil {
			return nil, err
		}
		if len(s) == 0 {
			return nil, errors.New("nothing stands beside | or in parentheses: put a ? behind what may be missing")
		}
		out = append(out, s)
		rest, more := strings.CutPrefix(p.rest, "|")
		if !more {
			return out, nil
		}
		p.rest = rest
	}
}

func (p *phraseParser) sequence() (sequence, error) {
	var s sequence
	for {
		p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
		if p.rest == "" || p.rest[0] == '|' || p.rest[0] == ')' {
			return s, nil
		}
		c, err := p.cluster()
		if err != nil {
			return nil, err
		}
		s = append(s, c)
	}
}

func (p *phraseParser) cluster() (cluster, error) {
	var c cluster
	for p.rest != "" {
		var one piece
		var err error
		switch r, _ := utf8.DecodeRuneInString(p.rest); {
		case unicode.IsSpace(r) || r == '|' || r == ')':
			return c, nil
		case r == '(':
			p.rest = p.rest[1:]
			if one.group, err = p.alternatives(); err != nil {
				return nil, err
			}
			if !strings.HasPrefix(p.rest, ")") {
				return nil, errors.New("a parenthesis does not close")
			}
			p.rest = p.rest[1:]
		case r == '{':
			name, rest, closed := strings.Cut(p.rest[1:], "}")
			if !closed || p.words[name] == nil && !slices.Contains(fieldNames, name) {
				return nil, fmt.Errorf("unknown {%s}", name)
			}
			one.name, p.rest = name, rest
		case r == '?' || r == '}':
			return nil, fmt.Errorf("%q stands alone: put what may be missing in parentheses", r)
		default:
			end := strings.IndexFunc(p.rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(){}|?", r) })
			if end < 0 {
				end = len(p.rest)
			}
			one.text, p.rest = p.rest[:end], p.rest[end:]
		}
		if one.text == "" {
			p.rest, one.optional = strings.CutPrefix(p.rest, "?")
		}
		c = append(c, one)
	}
	return c, nil
}

// parts says what a sequence means, place by place.
func (p *phraseParser) parts(s sequence) ([]Part, error) {
	var out []Part
	for _, c := range s {
		if len(c) > 1 && !p.unspaced(c) {
			spellings, err := p.spellings(c)
			if err != nil {
				return nil, err
			}
			if slices.Contains(spellings, "") {
				return nil, errors.New("all of a word may be missing")
			}
			out = append(out, Part{Words: spellings})
			continue
		}
		for _, one := range c {
			part, err := p.part(one)
			if err != nil {
				return nil, err
			}
			out = append(out, part)
		}
	}
	return out, nil
}

// part says what one piece means that is not only a part of a word.
func (p *phraseParser) part(one piece) (part Part, err error) {
	switch {
	case one.text != "":
		return Part{Words: []string{one.text}}, nil
	case one.name != "":
		return Part{Name: one.name, Optional: one.optional || one.name == QuestionField}, nil
	}
	part, err = p.choice(one.group)
	part.Optional = part.Optional || one.optional
	return part, err
}

// choice makes one part of alternatives: of words alone where it can.
func (p *phraseParser) choice(alternatives []sequence) (Part, error) {
	var words []string
	var others [][]Part
	for _, s := range alternatives {
		parts, err := p.parts(s)
		if err != nil {
			return Part{}, err
		}
		if len(parts) == 1 && len(parts[0].Words) > 0 && !parts[0].Optional {
			words = append(words, parts[0].Words...)
			continue
		}
		others = append(others, parts)
	}
	if len(others) == 0 {
		return Part{Words: words}, nil
	}
	if len(words) > 0 {
		others = append(others, []Part{{Words: words}})
	}
	return Part{Choice: others}, nil
}

// unspaced reports whether any text of a cluster is written without spaces.
func (p *phraseParser) unspaced(c cluster) bool {
	inside := func(alternatives []sequence) bool {
		return slices.ContainsFunc(alternatives, func(s sequence) bool { return slices.ContainsFunc(s, p.unspaced) })
	}
	return slices.ContainsFunc(c, func(one piece) bool {
		return strings.ContainsFunc(one.text, Unspaced) || inside(one.group) || inside(p.words[one.name])
	})
}

// spellings lists the words that a cluster of several pieces stands for.
func (p *phraseParser) spellings(c cluster) ([]string, error) {
	words := []string{""}
	for _, one := range c {
		var ends []string
		switch alternatives := one.group; {
		case one.text != "":
			ends = []string{one.text}
		case one.name != "" && p.words[one.name] == nil:
			return nil, fmt.Errorf("{%s} is no part of a word: put a space beside it", one.name)
		default:
			if one.name != "" {
				alternatives = p.words[one.name]
			}
			for _, s := range alternatives {
				if len(s) != 1 {
					return nil, errors.New("a space inside a word: put a space beside the parenthesis too")
				}
				more, err := p.spellings(s[0])
				if err != nil {
					return nil, err
				}
				ends = append(ends, more...)
			}
		}
		if one.optional {
			ends = append(ends, "")
		}
		if len(words)*len(ends) > maxSpellings {
			return nil, fmt.Errorf("a word with more than %d spellings", maxSpellings)
		}
		words = combine(words, ends)
	}
	return words, nil
}

func combine(begins, ends []string) []string {
	out := make([]string, 0, len(begins)*len(ends))
	for _, b := range begins {
		for _, e := range ends {
			out = append(out, b+e)
		}
	}
	return out
}
