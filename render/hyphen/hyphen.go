// Package hyphen says where a word may be parted at the end of a line.
//
// It reads the patterns of a language as hyphenation packages of Linux
// distributions install them, and applies them to single words. It knows
// nothing of lines: who sets them decides whether a word is parted at all.
package hyphen

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/language"
)

// SystemDir is where operating systems keep patterns.
const SystemDir = "/usr/share/hyphen"

// Patterns are the rules of one language. They may be used from many goroutines.
type Patterns struct {
	compounds level // where compounds are joined; may be empty
	words     level // within words, and within what compounds are made of

	excepted map[string][]int // words that the patterns part wrongly, in small letters, and their points

	left, right  int // letters before and behind a hyphen, at least
	first, final int // the same in the parts of a compound
}

// A level is a set of patterns (Franklin M. Liang: Word Hy-phen-a-tion by
// Com-put-er, 1983), sorted by their letters. The entry of a pattern is its
// letters, a zero, and its values, one before each letter and one at the end.
type level struct {
	entries string
	starts  []uint32 // of each entry, and the end of the last one
	longest int      // letters of a pattern
}

// respelt marks the value of a pattern that would spell the word otherwise:
// such a place is no place for a hyphen here.
const respelt = 0x80

// Limits of what is read. The largest file in Debian has some 100,000 lines.
const (
	mostBytes  = 16 << 20
	mostLetter = 63
	longestRow = 4 << 10
)

// Names lists the files in which patterns of a language (BCP 47) may be, the
// best first.
func Names(lang string) []string {
	tag := language.Make(lang)
	base, _ := tag.Base()
	script, _ := tag.Script()
	region, _ := tag.Region()
	name := base.String()
	if usual, _ := language.Make(name).Script(); usual != script {
		name += "-" + script.String()
	}
	return []string{"hyph_" + name + "_" + region.String() + ".dic", "hyph_" + name + ".dic"}
}

// Read reads a file of patterns in the format of libhyphen (its README.hyphen):
// the character set, then a pattern, a keyword or a comment on each line. What
// is none of these is passed over. It is an error if the character set is not
// known, or the file is larger than 16 MB.
func Read(r io.Reader) (*Patterns, error) {
	in := bufio.NewReaderSize(io.LimitReader(r, mostBytes+1), longestRow)
	head, err := in.ReadString('\n')
	if err != nil && err != io.EOF {
		return nil, err
	}
	name := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(head)), "microsoft-")
	set, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("patterns in an unknown character set: %.40q", strings.TrimSpace(head))
	}
	p := &Patterns{left: 2, right: 2, first: 2, final: 2}
	read := len(head)
	rows := bufio.NewScanner(set.NewDecoder().Reader(countTo{in, &read}))
	rows.Buffer(nil, longestRow)
	var patterns []string
	for rows.Scan() {
		word, number, _ := strings.Cut(strings.TrimSpace(rows.Text()), " ")
		switch {
		case word == "" || word[0] == '%' || word[0] == '#' || p.keyword(word, number):
		case word == "NEXTLEVEL":
			p.compounds, patterns = newLevel(patterns), nil
		default:
			patterns = append(patterns, word)
		}
	}
	if read > mostBytes {
		return nil, fmt.Errorf("patterns of more than %d bytes", mostBytes)
	}
	p.words = newLevel(patterns)
	return p, rows.Err()
}

// countTo counts what is read.
type countTo struct {
	io.Reader
	n *int
}

func (c countTo) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	*c.n += n
	return n, err
}

// keyword takes in what a keyword says, and reports whether it is one.
func (p *Patterns) keyword(word, number string) bool {
	least, ok := map[string]*int{"LEFTHYPHENMIN": &p.left, "RIGHTHYPHENMIN": &p.right,
		"COMPOUNDLEFTHYPHENMIN": &p.first, "COMPOUNDRIGHTHYPHENMIN": &p.final}[word]
	if n, err := strconv.Atoi(strings.TrimSpace(number)); ok && err == nil {
		*least = max(1, n)
	}
	return ok || word == "NOHYPHEN" // of characters that are in no word here
}

// newLevel makes a level of patterns such as "hy3ph", or "omme1/m=m,3,2", whose
// hyphen adds a letter.
func newLevel(patterns []string) (l level) {
	entries := make([]string, 0, len(patterns))
	for _, pattern := range patterns {
		pattern, change, _ := strings.Cut(pattern, "/")
		from, to := changed(change, pattern)
		letters, values := make([]byte, 0, 2*len(pattern)), []byte{0}
		for _, c := range pattern {
			if c >= '0' && c <= '9' {
				at := len(values) - 1
				if values[at] = byte(c - '0'); at >= from && at <= to {
					values[at] |= respelt
				}
				continue
			}
			letters = append(letters, string(unicode.ToLower(c))...)
			values = append(values, 0)
		}
		if n := len(values) - 1; n > 0 && n <= mostLetter {
			entries, l.longest = append(entries, string(letters)+"\x00"+string(values)), max(l.longest, n)
		}
	}
	slices.Sort(entries)
	l.entries = strings.Join(entries, "")
	l.starts = make([]uint32, 1, len(entries)+1)
	for _, e := range entries {
		l.starts = append(l.starts, l.starts[len(l.starts)-1]+uint32(len(e)))
	}
	return l
}

// changed returns the first and the last place in a pattern that a change, such
// as "m=m,3,2", would spell otherwise: from the third letter on, two letters.
// Without numbers it is all of the pattern; without a change, none.
func changed(change, pattern string) (from, to int) {
	if change == "" {
		return 0, -1
	}
	fields := strings.Split(change, ",")
	if len(fields) < 3 {
		return 0, len(pattern)
	}
	first, err := strconv.Atoi(fields[len(fields)-2])
	cut, err2 := strconv.Atoi(fields[len(fields)-1])
	if err != nil || err2 != nil {
		return 0, len(pattern)
	}
	return first - 1, first - 1 + cut
}

// find returns the values of a pattern, and whether one begins with the letters.
func (l level) find(letters string) (values string, begins bool) {
	entry := func(i int) string { return l.entries[l.starts[i]:l.starts[i+1]] }
	n := len(l.starts) - 1
	i := sort.Search(n, func(i int) bool { return entry(i) >= letters })
	if i == n || !strings.HasPrefix(entry(i), letters) {
		return "", false
	}
	if values, ok := strings.CutPrefix(entry(i)[len(letters):], "\x00"); ok {
		return values, true
	}
	return "", true
}

// exceptions are words of letters that patterns part wrongly, mostly compounds
// with a word of another language: a language (BCP 47) and a word with its
// hyphens on each line.
//
//go:embed exceptions.txt
var exceptions string

// Except has words of a language parted as exceptions.txt says, whatever the
// patterns make of them.
func (p *Patterns) Except(lang string) {
	p.excepted = map[string][]int{}
	for line := range strings.Lines(exceptions) {
		word, ok := strings.CutPrefix(strings.TrimSpace(line), lang+" ")
		if !ok {
			continue
		}
		var points []int
		n := 0
		for part := range strings.SplitSeq(word, "-") {
			n += utf8.RuneCountInString(part)
			points = append(points, n)
		}
		p.excepted[strings.ReplaceAll(word, "-", "")] = points[:len(points)-1]
	}
}

// Points lists the places in a word before which a hyphen may stand: the
// numbers of the letters that would begin the next line.
func (p *Patterns) Points(word []rune) (points []int) {
	if points, ok := p.excepted[strings.ToLower(string(word))]; ok {
		return points
	}
	begin := 0
	for _, end := range append(p.compounds.points(word), len(word)) {
		left, right := p.left, p.right
		if begin > 0 {
			points, left = append(points, begin), p.first
		}
		if end < len(word) {
			right = p.final
		}
		for _, i := range p.words.points(word[begin:end]) {
			if i >= left && end-begin-i >= right {
				points = append(points, begin+i)
			}
		}
		begin = end
	}
	return slices.DeleteFunc(points, func(i int) bool { return i < p.left || len(word)-i < p.right })
}

// points applies the patterns of a level to a word: the highest value at a
// place wins, and odd ones part. Of all patterns that end at a place, and what
// others begin with, the longest counts alone, as in libhyphen, whose files are
// made for that.
func (l level) points(word []rune) (points []int) {
	if l.longest == 0 || len(word) < 2 {
		return nil
	}
	var text strings.Builder
	at := make([]int, 0, len(word)+3)
	for _, c := range slices.Concat([]rune{'.'}, word, []rune{'.'}) {
		at = append(at, text.Len())
		text.WriteRune(unicode.ToLower(c))
	}
	at = append(at, text.Len())
	highest := make([]byte, len(at))
	for end := 1; end < len(at); end++ {
		for i := max(0, end-l.longest); i < end; i++ {
			values, begins := l.find(text.String()[at[i]:at[end]])
			for k, v := range []byte(values) {
				if v&^respelt > highest[i+k]&^respelt {
					highest[i+k] = v
				}
			}
			if begins {
				break
			}
		}
	}
	for i := 1; i < len(word); i++ {
		if v := highest[i+1]; v%2 == 1 && v&respelt == 0 {
			points = append(points, i)
		}
	}
	return points
}
