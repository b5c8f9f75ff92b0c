// Package lexicon holds the words of reports of abuse, by language and by what
// they say, and finds them in a text.
//
// The words are data: a file for each language in the folder words, with lists
// under headings such as [kind spam]. What a list is worth, and what follows
// from it, is for the caller.
package lexicon

import (
	"embed"
	"math/bits"
	"path"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed words/*.txt
var files embed.FS

// A Found is which words stand in a text.
type Found []uint64 // a bit for each word

// In finds the words of all lists in a text in small letters.
//
// A word in the Latin script begins where a word of the text begins; one of up
// to four letters is a whole word, a longer one may go on. Words in other
// scripts stand anywhere. The end of a line is a blank.
func In(low string) Found {
	all := all()
	f := make(Found, all.size)
	low = strings.ReplaceAll(low, "\n", " ")
	for i := 0; i+1 < len(low); i++ {
		if !all.first[low[i]] {
			continue
		}
		words := all.words[low[i:i+2]]
		if len(words) == 0 || low[i] < utf8.RuneSelf && i > 0 && inWord(low[:i]) {
			continue
		}
		for _, w := range words {
			if w.begins(low[i:]) {
				f[w.id/64] |= 1 << (w.id % 64)
			}
		}
	}
	return f
}

// Count returns how many words of a list were found, but no more than most.
func (f Found) Count(list string, most int) (n int) {
	for i, set := range all().lists[list] {
		n += bits.OnesCount64(f[i] & set)
	}
	return min(n, most)
}

// Has reports whether a word of one of these lists was found.
func (f Found) Has(lists ...string) bool {
	for _, l := range lists {
		if f.Count(l, 1) > 0 {
			return true
		}
	}
	return false
}

// Lists returns the names of all lists.
func Lists() (names []string) {
	for name := range all().lists {
		names = append(names, name)
	}
	return names
}

// A word has a number and may have to stand alone. Some have a second half,
// which follows in the same sentence: "your request … was closed".
type word struct {
	text, second string
	id           int
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

// A book is all words by their first two bytes, and the lists as sets of
// numbers of words.
type book struct {
	words map[string][]word
	first [256]bool // bytes with which words begin
	lists map[string][]uint64
	size  int // of a set
}

// all is read when it is first asked for: most runs of the program need no word.
var all = sync.OnceValue(load)

// joiners are the signs that part letters of Persian and Bengali: a report comes without them.
var joiners = strings.NewReplacer("\u200c", "", "\u200d", "")

// load reads the files: a heading in brackets, then a word or words on each
// line; "#" begins a remark.
func load() *book {
	b := &book{words: map[string][]word{}, lists: map[string][]uint64{}}
	ids, of := map[string]int{}, map[string][]int{}
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
			if _, known := ids[line]; !known {
				ids[line] = len(ids)
				text, second, _ := strings.Cut(line, " … ")
				b.add(word{text, second, ids[line], len(text) <= 4 && text[0] < utf8.RuneSelf})
			}
			of[list] = append(of[list], ids[line])
		}
	}
	b.size = (len(ids) + 63) / 64
	for list, words := range of {
		if strings.HasPrefix(list, "kind ") {
			words = apartFrom(words, ids)
		}
		set := make([]uint64, b.size)
		for _, id := range words {
			set[id/64] |= 1 << (id % 64)
		}
		b.lists[list] = set
	}
	return b
}

// apartFrom leaves out the words that begin with another of the list, which one
// language shares with the next: a place in a text shall count once.
func apartFrom(words []int, ids map[string]int) (out []int) {
	text := make(map[int]string, len(words))
	for w, id := range ids {
		text[id] = w
	}
	of := map[string]bool{}
	for _, id := range words {
		of[text[id]] = true
	}
	for _, id := range words {
		w, short := text[id], false
		for i := range w {
			short = short || i > 0 && of[w[:i]] && (i > 4 || w[0] >= utf8.RuneSelf) && !strings.Contains(w, " … ")
		}
		if !short {
			out = append(out, id)
		}
	}
	return out
}

func (b *book) add(w word) {
	b.first[w.text[0]] = true
	b.words[w.text[:2]] = append(b.words[w.text[:2]], w)
}

// inWord reports whether a text ends within a word. Scripts without blanks
// between words have no such place.
func inWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return joins(r)
}

// goesOn reports whether the word goes on at the beginning of a text.
func goesOn(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return joins(r)
}

func joins(r rune) bool { return unicode.IsLetter(r) && r < 0x2e80 }
