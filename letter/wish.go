package letter

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"headsup/pattern"
	"headsup/templates"
)

// A Wish says whether a message asks for no more letters.
type Wish string

const (
	NoWish       Wish = ""         // it does not
	PossibleWish Wish = "possible" // it may: a person should read it
	ClearWish    Wish = "clear"    // it does, and says nothing else
)

// A Wording is what somebody wrote back, as far as a wish may stand in it.
type Wording struct {
	Subject string // as it came
	Text    string // without quotes, signature and our letter: see Own
	From    string // the field, or an address
	Mailbox string // that the letter went to; empty if nobody knows
}

// Wishes understands, in every language that there are phrases for, who asks
// for no more letters. It may be used from many goroutines.
type Wishes struct {
	phrases, fillers phrasebook
	words            map[string]int32 // numbers
	all              uint64           // bits of the languages
}

// NewWishes makes the phrases ready. There are 64 languages at most.
func NewWishes(files []*templates.WishFile) (*Wishes, error) {
	w := &Wishes{phrases: phrasebook{starts: map[int32][]*phrase{}}, fillers: phrasebook{starts: map[int32][]*phrase{}}}
	if len(files) > 64 {
		return nil, fmt.Errorf("wishes in %d languages, and not 64 at most", len(files))
	}
	c := &compiler{words: map[string]int32{}}
	for i, f := range files {
		langs := uint64(1) << i
		w.all |= langs
		if f.Lang == "en" {
			langs = ^uint64(0)
		}
		if err := c.define(f); err != nil {
			return nil, err
		}
		for _, p := range f.Phrases {
			to := &w.phrases
			if p.Kind == templates.Filler {
				to = &w.fillers
			}
			if err := c.add(to, p.Parts, &phrase{kind: p.Kind, langs: langs}); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", f.Path, p.Line, err)
			}
		}
	}
	w.words = c.words
	return w, nil
}

// mailto is the subject that a mail program writes for List-Unsubscribe.
var mailto = pattern.New(`(?i)^\s*unsubscribe(\s+\[?[a-z][a-z0-9]{1,15}-[0-9a-hjkmnp-tv-z]{10}(-\d{1,3})?(-` + keyedPart + `)?\]?)?\s*$`)

// Read says whether a message is a wish. It is a clear one where nothing else
// is said: its subject is "unsubscribe", or the subject (if the text says
// nothing) or all of the text is made of phrases of one language and of
// English, among them a wish, but for a salutation and the lines in which a
// sender names himself. What is in doubt is a possible wish at most: a wrong
// wish would silence a desk for ever.
func (w *Wishes) Read(r Wording) Wish {
	if IsMailto(r.Subject) {
		return ClearWish
	}
	text, subject := w.read(r, r.Text), w.read(r, subjectOf(r.Subject))
	says, wishes := text.covered()
	_, titled := subject.covered()
	switch {
	case wishes, titled && says:
		return ClearWish
	case titled, text.perhaps(), subject.perhaps():
		return PossibleWish
	}
	return NoWish
}

// IsMailto reports whether a subject is the one that a mail program writes when
// its reader presses "unsubscribe". The text below is the program's own.
func IsMailto(subject string) bool { return mailto.MatchString(subject) }

// before are what mail programs put before a subject.
var before = pattern.New(`(?i)^(\s*(\[[^\]]{0,80}\]|\p{L}{1,8}(\[\d+\]|\(\d+\))? ?[:：]))+`)

// subjectOf is what the sender may have written of a subject.
func subjectOf(s string) string {
	s = s[:min(len(s), 500)]
	return strings.TrimSpace(s[len(before.FindString(s)):])
}

// A reading is one text with the phrases that stand in it.
type reading struct {
	w       *Wishes
	tokens  []token
	matches [][]match // by the token with which they begin
	domain  string    // of the sender
}

func (w *Wishes) read(r Wording, text string) *reading {
	from := r.From
	if a, err := mail.ParseAddress(r.From[:min(len(r.From), 500)]); err == nil {
		from = a.Name + " " + a.Address
	}
	s := scanner{mailbox: strings.ToLower(r.Mailbox), names: nameWords(from)}
	_, domain, _ := strings.Cut(from, "@")
	rd := &reading{w: w, tokens: s.tokens(text[:min(len(text), maxOwn)]), domain: strings.ToLower(strings.TrimRight(domain, "> "))}
	ids := make([]int32, len(rd.tokens))
	for i, t := range rd.tokens {
		id, ok := w.words[t.text]
		if !ok || t.sort != plainWord {
			id = -1
		}
		ids[i] = id
	}
	find := &finder{phrasebook: &w.fillers, tokens: rd.tokens, ids: ids, known: map[where][]int{}}
	fillers := make([][]match, len(rd.tokens))
	for i := range rd.tokens {
		fillers[i] = find.matches(i)
	}
	find = &finder{phrasebook: &w.phrases, tokens: rd.tokens, ids: ids, known: map[where][]int{}, fillers: fillers}
	rd.matches = make([][]match, len(rd.tokens))
	for i := range rd.tokens {
		rd.matches[i] = append(find.matches(i), fillers[i]...)
	}
	return rd
}

// nameWords are the words of a From field that may stand below a message: of
// the name, the local part and the domain. A run of characters of a script
// without spaces is one.
func nameWords(from string) []string {
	var names []string
	for _, word := range strings.FieldsFunc(visible(from), func(r rune) bool { return !isWord(r) }) {
		if word = Fold(word); len(names) < 30 && len(word) > 1 {
			names = append(names, word)
		}
	}
	return names
}

const (
	maxSaid   = 600 // tokens of a message that may be nothing but a wish
	maxBefore = 40  // of a phrase that means something else before the words of a wish in it
)

// A reach is which languages account for all that stands before a token:
// without a wish, with one, and with one and a closing right before.
type reach struct{ plain, wish, closed uint64 }

// covered reports whether the text says nothing but courtesies and wishes, and
// whether there is a wish among them.
func (rd *reading) covered() (nothingElse, wish bool) {
	n := len(rd.tokens)
	if n > maxSaid {
		return false, false
	}
	at := make([]reach, n+1)
	at[0].plain = rd.w.all
	for i := range n + 1 {
		if at[i].plain|at[i].wish == 0 {
			continue
		}
		if rd.ends(i, at[i].closed != 0) {
			nothingElse = true
			wish = wish || at[i].wish != 0
		}
		if i == n {
			break
		}
		if at[i].wish == 0 && rd.isHead(i) {
			for _, end := range rd.heads(i) {
				at[end].plain |= at[i].plain
			}
		}
		if rd.tokens[i].sort == refWord {
			at[i+1].plain |= at[i].plain
			at[i+1].wish |= at[i].wish
			at[i+1].closed |= at[i].closed
		}
		for _, m := range rd.matches[i] {
			if m.kind != templates.Wish || !rd.other(i, m) {
				at[m.end].add(at[i], m)
			}
		}
	}
	return nothingElse, wish
}

// add says what a phrase reaches that begins where all before is accounted for.
func (r *reach) add(from reach, m match) {
	plain, wish := from.plain&m.langs, from.wish&m.langs
	switch m.kind {
	case templates.Wish:
		r.wish |= plain | wish
	case templates.Greeting, templates.Courtesy, templates.Filler, templates.Closing:
		r.plain |= plain
		r.wish |= wish
		if m.kind == templates.Closing {
			r.closed |= plain | wish
		}
	}
}

// perhaps reports whether the text holds a wish besides other things, or words
// that make one likely. What stands within a longer wish is part of it.
func (rd *reading) perhaps() bool {
	done := 0
	for i, ms := range rd.matches {
		ms = slices.Clone(ms)
		slices.SortFunc(ms, func(a, b match) int { return b.end - a.end })
		for _, m := range ms {
			if m.kind != templates.Wish && m.kind != templates.Perhaps || m.end <= done {
				continue
			}
			if !rd.explained(i, m) {
				return true
			}
			if m.kind == templates.Wish {
				done = m.end
			}
		}
	}
	return false
}

// explained reports whether the words from token i on, which are those of a
// wish, mean something else: a single word that is no sentence, words beside an
// IP address, or part of a phrase that says so.
func (rd *reading) explained(i int, m match) bool {
	if m.kind == templates.Wish && rd.isShort(i, m.end) && !(rd.begins(i) && rd.tokens[m.end-1].stop) {
		return true
	}
	for j := max(0, i-2); j < min(len(rd.tokens), m.end+3); j++ {
		if rd.tokens[j].sort == hostWord && rd.tokens[j].line-rd.tokens[i].line < 2 && !rd.stopped(min(i, j), max(m.end-1, j)) {
			return true
		}
	}
	return rd.other(i, m)
}

// other reports whether a phrase that means something else holds the words
// from token i on.
func (rd *reading) other(i int, m match) bool {
	for j := max(0, i-maxBefore); j <= i; j++ {
		for _, o := range rd.matches[j] {
			if o.kind == templates.Else && o.end >= m.end {
				return true
			}
		}
	}
	return false
}

// isShort reports whether the tokens are a single word, or what may be one.
func (rd *reading) isShort(from, to int) bool {
	if isUnspaced(rd.tokens[from].text) {
		return to-from <= 4
	}
	return to-from == 1
}

// begins reports whether a sentence begins with the token.
func (rd *reading) begins(i int) bool { return i == 0 || rd.tokens[i-1].stop }

// stopped reports whether a sentence ends between two tokens.
func (rd *reading) stopped(from, to int) bool {
	return slices.ContainsFunc(rd.tokens[from:to], func(t token) bool { return t.stop && t.sort != questionMark })
}
