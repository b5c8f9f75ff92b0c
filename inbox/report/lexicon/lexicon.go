// Package lexicon holds the words of reports of abuse, by language and by what
// they say, and finds them in a text.
//
// The words are data: a file for each language in the folder words, with lists
// under headings such as [kind spam]. What a list is worth, and what follows
// from it, is for the caller.
package lexicon

import (
	"embed"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed words/*.txt
var files embed.FS

// A Found is which words stand in a text: of each, in which lists it is.
type Found []lists

// lists is a set of lists, a bit for each.
type lists uint64

// In finds the words of all lists in a text in small letters.
//
// A word in the Latin script begins where a word of the text begins; one of up
// to four letters is a whole word, a longer one may go on. Words in other
// scripts stand anywhere. The end of a line is a blank.
func In(low string) (found Found) {
	all := all()
	low = strings.ReplaceAll(low, "\n", " ")
	known := make([]uint64, (len(all.words)+63)/64)
	for i := 0; i+1 < len(low); i++ {
		if !all.may(low[i], low[i+1]) || low[i] < utf8.RuneSelf && i > 0 && inWord(low[:i]) {
			continue
		}
		for _, part := range all.beginningWith(low[i:]) {
			for id := part.from; id < part.to; id++ {
				if w := &all.words[id]; known[id/64]>>(id%64)&1 == 0 && w.begins(low[i:]) {
					known[id/64] |= 1 << (id % 64)
					found = append(found, w.lists)
				}
			}
		}
	}
	return found
}

// Count returns how many words of a list were found, but no more than most.
func (f Found) Count(list string, most int) (n int) {
	in := all().lists[list]
	for _, word := range f {
		if word&in != 0 {
			n++
		}
	}
	return min(n, most)
}

// Has reports whether a word of one of these lists was found.
func (f Found) Has(names ...string) bool {
	in := lists(0)
	for _, name := range names {
		in |= all().lists[name]
	}
	return slices.ContainsFunc(f, func(word lists) bool { return word&in != 0 })
}

// Lists returns the names of all lists.
func Lists() (names []string) {
	for name := range all().lists {
		names = append(names, name)
	}
	return names
}

// A word may have to stand alone. Some have a second half, which follows in the
// same sentence: "your request … was closed".
type word struct {
	text, second string
	lists        lists
	whole        bool
}

// apart is how many bytes may stand between the halves of a word.
const apart = 80

// begins reports whether a text begins with the word.
func (w word) begins(s string) bool {
	if !strings.HasPrefix(s, w.text) || w.whole && goesOn(s[len(w.text):]) {
		return false
	}
	if w.second == "" {
		return true
	}
	s = s[len(w.text):]
	i := strings.Index(s[:min(len(s), apart+len(w.second))], w.second)
	return i >= 0 && !strings.Contains(s[:i], ". ")
}

// A book is all words, in the order of how they begin.
type book struct {
	words []word
	pairs [1 << 16 / 64]uint64 // the first two bytes of all words, a bit each
	short map[uint32]stretch   // words of two and three bytes, by the first two
	long  map[uint32]stretch   // the others, by the first four
	lists map[string]lists
}

// A stretch is words that begin alike, by their numbers.
type stretch struct{ from, to int }

// may reports whether a word begins with two bytes.
func (b *book) may(first, second byte) bool {
	k := uint(first)<<8 | uint(second)
	return b.pairs[k/64]>>(k%64)&1 == 1
}

// beginningWith returns the words that begin as a text does.
func (b *book) beginningWith(s string) (found [2]stretch) {
	found[0] = b.short[letters(s[:2])]
	if len(s) >= 4 {
		found[1] = b.long[letters(s[:4])]
	}
	return found
}

// letters are some bytes as one number.
func letters(s string) (n uint32) {
	for i := range len(s) {
		n = n<<8 | uint32(s[i])
	}
	return n
}

// all is read when it is first asked for: most runs of the program need no word.
var all = sync.OnceValue(load)

// joiners are the signs that part letters of Persian and Bengali: a report comes without them.
var joiners = strings.NewReplacer("\u200c", "", "\u200d", "")

// load reads the files: a heading in brackets, then a word or words on each
// line; "#" begins a remark.
func load() *book {
	b := &book{short: map[uint32]stretch{}, long: map[uint32]stretch{}, lists: map[string]lists{}}
	of := map[string][]string{}
	names, err := files.ReadDir("words")
	if err != nil {
		panic("lexicon: " + err.Error()) // embedded: it is there
	}
	for _, n := range names {
		text, err := files.ReadFile(path.Join("words", n.Name()))
		if err != nil {
			panic("lexicon: " + err.Error())
		}
		list := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(joiners.Replace(line))
			switch {
			case line == "", line[0] == '#':
				continue
			case line[0] == '[':
				list = strings.Trim(line, "[]")
				continue
			}
			of[list] = append(of[list], line)
		}
	}
	in := map[string]lists{} // by word
	for _, list := range slices.Sorted(maps.Keys(of)) {
		b.lists[list] = 1 << len(b.lists)
		for _, w := range of[list] {
			in[w] |= 0
		}
		for _, w := range counted(list, of[list]) {
			in[w] |= b.lists[list]
		}
	}
	if len(b.lists) > 64 {
		panic("lexicon: more than 64 lists")
	}
	var words []word
	for line, lists := range in {
		text, second, _ := strings.Cut(line, " … ")
		words = append(words, word{text, second, lists, len(text) <= 4 && text[0] < utf8.RuneSelf})
	}
	slices.SortFunc(words, func(x, y word) int { return strings.Compare(x.text, y.text) })
	for _, short := range []bool{true, false} {
		for _, w := range words {
			if isShort(w.text) == short {
				b.add(w)
			}
		}
	}
	return b
}

func isShort(w string) bool { return len(w) < 4 }

// counted leaves out the words of a kind that begin with another of the list,
// which one language shares with the next: a place in a text shall count once.
func counted(list string, words []string) (out []string) {
	if !strings.HasPrefix(list, "kind ") {
		return words
	}
	of := map[string]bool{}
	for _, w := range words {
		of[w] = true
	}
	for _, w := range words {
		short := false
		for i := range w {
			short = short || i > 0 && of[w[:i]] && (i > 4 || w[0] >= utf8.RuneSelf) && !strings.Contains(w, " … ")
		}
		if !short {
			out = append(out, w)
		}
	}
	return out
}

// add takes the next word in their order.
func (b *book) add(w word) {
	k := uint(w.text[0])<<8 | uint(w.text[1])
	b.pairs[k/64] |= 1 << (k % 64)
	n := len(b.words)
	b.words = append(b.words, w)
	if isShort(w.text) {
		at := letters(w.text[:2])
		b.short[at] = b.short[at].with(n)
		return
	}
	at := letters(w.text[:4])
	b.long[at] = b.long[at].with(n)
}

// with goes on to a word.
func (s stretch) with(n int) stretch {
	if s.to == 0 {
		s.from = n
	}
	return stretch{s.from, n + 1}
}

// inWord reports whether a text, which is not empty, ends within a word. Scripts without blanks
// between words have no such place.
func inWord(s string) bool {
	if c := s[len(s)-1]; c < utf8.RuneSelf {
		return c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return joins(r)
}

// goesOn reports whether the word goes on at the beginning of a text.
func goesOn(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return joins(r)
}

func joins(r rune) bool { return unicode.IsLetter(r) && r < 0x2e80 }
