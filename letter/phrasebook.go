package letter

import (
	"fmt"
	"slices"
	"strings"

	"headsup/templates"
)

// A phrasebook is the phrases of some files, ready to be found in messages.
type phrasebook struct {
	starts map[int32][]*phrase // by the number of a word that they may begin with
	fields [nSorts][]*phrase   // or by what is no word
	named  []*phrase           // or that may begin with a name
}

// A phrase is a sequence of parts, and what its matches share.
type phrase struct {
	kind  templates.Kind
	langs uint64 // bit of its language; English counts in all
	parts []*part
}

// A part is what stands in one place of a phrase: a word, as the spelling of
// its first token and those behind it, or one of the sequences, or what is no
// word. What has a name in its file is one part, wherever it stands.
type part struct {
	words    map[int32][][]int32
	choice   [][]*part
	sort     sort
	name     bool // a word of the sender's name
	optional bool
	shared   *part // what has a name stands for
	id       int   // of what has a name
}

const nSorts = questionMark + 1

// A compiler makes the phrases of one file after the other ready.
type compiler struct {
	words map[string]int32 // numbers
	names int              // how many parts have one
	named map[string]*part // of the file
}

// define makes the words of a file ready that have a name.
func (c *compiler) define(f *templates.WishFile) error {
	c.named = map[string]*part{}
	for name := range f.Words {
		c.names++
		c.named[name] = &part{id: c.names}
	}
	for name, w := range f.Words {
		made, err := c.part(w)
		if err != nil {
			return fmt.Errorf("%s: {%s}: %w", f.Path, name, err)
		}
		c.named[name].shared = made
	}
	return nil
}

// add makes a phrase ready, and puts it into a phrasebook.
func (c *compiler) add(to *phrasebook, parts []templates.Part, ph *phrase) (err error) {
	if ph.parts, err = c.sequence(parts); err != nil {
		return err
	}
	first := first{words: map[int32]bool{}}
	first.sequence(ph.parts)
	for w := range first.words {
		to.starts[w] = append(to.starts[w], ph)
	}
	for sort, is := range first.sorts {
		if is {
			to.fields[sort] = append(to.fields[sort], ph)
		}
	}
	if first.name {
		to.named = append(to.named, ph)
	}
	return nil
}

func (c *compiler) sequence(parts []templates.Part) ([]*part, error) {
	var out []*part
	for _, p := range parts {
		made, err := c.part(p)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

func (c *compiler) part(p templates.Part) (*part, error) {
	made := &part{optional: p.Optional}
	switch {
	case p.Name != "":
		return made, c.field(made, p.Name)
	case len(p.Words) > 0:
		made.words = map[int32][][]int32{}
		for _, w := range p.Words {
			for _, spelling := range spellings(w) {
				tokens := c.spelled(spelling)
				if len(tokens) == 0 {
					return nil, fmt.Errorf("%q holds no word", w)
				}
				made.words[tokens[0]] = append(made.words[tokens[0]], tokens[1:])
			}
		}
		return made, nil
	}
	for _, parts := range p.Choice {
		sequence, err := c.sequence(parts)
		if err != nil {
			return nil, err
		}
		made.choice = append(made.choice, sequence)
	}
	return made, nil
}

const maxName = 6 // words that {name} stands for

// field makes a part of a name.
func (c *compiler) field(made *part, name string) error {
	switch name {
	case templates.MailboxField:
		made.sort = mailboxWord
	case templates.ReferenceField:
		made.sort = refWord
	case templates.QuestionField:
		made.sort = questionMark
	case templates.NameField:
		word := []*part{{name: true}}
		for range maxName - 1 {
			word = append(word, &part{name: true, optional: true})
		}
		made.choice = [][]*part{word}
	default:
		if made.shared = c.named[name]; made.shared == nil {
			return fmt.Errorf("unknown {%s}", name)
		}
	}
	return nil
}

// spelled are the tokens that a message would show in a word's place.
func (c *compiler) spelled(w string) []int32 {
	s := scanner{}
	s.words(visible(w), 0)
	var tokens []int32
	for _, t := range s.out {
		n, ok := c.words[t.text]
		if !ok {
			n = int32(len(c.words))
			c.words[t.text] = n
		}
		tokens = append(tokens, n)
	}
	return tokens
}

// spellings are the ways in which people write a word who lack its letters.
// An accent that is only left out is overlooked by [Fold].
func spellings(w string) []string {
	if other := digraphs.Replace(w); other != w {
		return []string{w, other}
	}
	return []string{w}
}

var digraphs = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "Å", "Aa", "Ø", "Oe")

// first is what a phrase may begin with.
type first struct {
	words map[int32]bool
	sorts [nSorts]bool
	name  bool
}

// sequence adds what a sequence may begin with, and reports whether all of it
// may be missing.
func (f *first) sequence(parts []*part) (empty bool) {
	for _, p := range parts {
		if !f.part(p) {
			return false
		}
	}
	return true
}

func (f *first) part(p *part) (empty bool) {
	switch {
	case p.shared != nil:
		empty = f.part(p.shared)
	case p.words != nil:
		for w := range p.words {
			f.words[w] = true
		}
	case p.choice != nil:
		for _, parts := range p.choice {
			empty = f.sequence(parts) || empty
		}
	case p.name:
		f.name = true
	default:
		f.sorts[p.sort] = true
	}
	return empty || p.optional
}

// A match is a phrase that stands in a message, up to the token end.
type match struct {
	*phrase
	end int
}

// A finder finds the phrases of a phrasebook in one message.
type finder struct {
	*phrasebook
	tokens  []token
	ids     []int32   // numbers of the tokens, -1 for what no phrase has
	fillers [][]match // by the token with which they begin; nil while these are looked for
	known   map[where][]int
}

// where is a part that has a name, and a token.
type where struct{ id, at int }

// matches returns the phrases that begin at a token.
func (f *finder) matches(at int) []match {
	t := &f.tokens[at]
	begin := f.starts[f.ids[at]]
	if t.sort != plainWord {
		begin = f.fields[t.sort]
	}
	if t.name {
		begin = append(slices.Clone(begin), f.named...)
	}
	var out []match
	for _, ph := range begin {
		for _, end := range f.sequence(ph.parts, at, ph.langs) {
			if end > at && !slices.Contains(out, match{ph, end}) {
				out = append(out, match{ph, end})
			}
		}
	}
	return out
}

// sequence returns where a sequence may end that begins at a token, in order
// and each once. Between its parts there may be fillers of the same language.
func (f *finder) sequence(parts []*part, at int, langs uint64) []int {
	ends := []int{at}
	for _, p := range parts {
		var next []int
		for _, from := range ends {
			next = append(next, f.part(p, from, langs)...)
			if from == at || f.fillers == nil {
				continue
			}
			for _, m := range f.between(from, langs) {
				next = append(next, f.part(p, m, langs)...)
			}
		}
		slices.Sort(next)
		if ends = slices.Compact(next); len(ends) == 0 {
			return nil
		}
	}
	return ends
}

const maxFillers = 4 // one behind the other

// between returns the ends of the fillers that begin at a token, one behind the other.
func (f *finder) between(at int, langs uint64) []int {
	ends := []int{at}
	for from, n := 0, 0; n < maxFillers && from < len(ends); n++ {
		last := len(ends)
		for _, end := range ends[from:last] {
			if end == len(f.tokens) {
				continue
			}
			for _, m := range f.fillers[end] {
				if m.langs&langs != 0 && !slices.Contains(ends, m.end) {
					ends = append(ends, m.end)
				}
			}
		}
		from = last
	}
	return ends[1:]
}

// part returns where a part may end that begins at a token.
func (f *finder) part(p *part, at int, langs uint64) []int {
	var ends []int
	if p.optional {
		ends = append(ends, at)
	}
	if at == len(f.tokens) {
		return ends
	}
	t := &f.tokens[at]
	switch {
	case p.shared != nil:
		return append(ends, f.shared(p.shared, at, langs)...)
	case p.words != nil:
		for _, rest := range p.words[f.ids[at]] {
			if end := at + 1 + len(rest); end <= len(f.tokens) && slices.Equal(f.ids[at+1:end], rest) {
				ends = append(ends, end)
			}
		}
	case p.choice != nil:
		for _, parts := range p.choice {
			ends = append(ends, f.sequence(parts, at, langs)...)
		}
	case p.name && t.name, !p.name && p.sort != plainWord && p.sort == t.sort:
		ends = append(ends, at+1)
	}
	return ends
}

// shared is part for one that has a name, which is looked for once at each token.
func (f *finder) shared(p *part, at int, langs uint64) []int {
	key := where{p.id, at}
	ends, ok := f.known[key]
	if !ok {
		ends = f.part(p.shared, at, langs)
		slices.Sort(ends)
		ends = slices.Compact(ends)
		f.known[key] = ends
	}
	return ends
}
