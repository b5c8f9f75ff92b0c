package typeset

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/math/fixed"

	"headsup/render/hyphen"
)

// Text is flush left, so a word is parted only where its line would be shorter
// than that part of the width, and not in too many lines running.
const (
	shortLine   = 0.85
	mostRunning = 2
)

// Letters of a word that is parted, of each of its parts, at least.
const (
	leastWord = 7
	leastPart = 3
)

// softHyphen is what the hyphen of a parted word stands for: readers of the file
// leave it out where they put the word together (ISO 32000-1, 14.8.2.2.3).
var softHyphen = []rune{'\u00AD'}

// patternsFor returns the patterns of a language, or nil if there are none on this machine.
func patternsFor(f *Fonts, lang string) (*hyphen.Patterns, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.patterns[lang]; ok {
		return p, nil
	}
	for _, name := range hyphen.Names(lang) {
		path, ok := f.files[name]
		if !ok {
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("hyphenation: %w", err)
		}
		defer file.Close()
		p, err := hyphen.Read(file)
		if err != nil {
			return nil, fmt.Errorf("hyphenation: %q: %w", path, err)
		}
		p.Except(lang)
		f.patterns[lang] = p
		return p, nil
	}
	f.patterns[lang] = nil
	return nil, nil
}

// parted breaks lines again with the words parted that leave one short. What
// stands in the lines above a hyphen stays as it is.
func (s *setter) parted(p Para, t *text, lines []wrapped, limit fixed.Int26_6) ([]wrapped, error) {
	patterns, err := patternsFor(s.fonts, p.Lang)
	if err != nil || patterns == nil {
		return lines, err
	}
	running := 0
	for i := 0; i < len(lines)-1; i++ {
		if running == mostRunning || float64(lines[i].seen()) >= shortLine*float64(limit) {
			running = 0
			continue
		}
		more, ok, err := s.part(p, t, lines, i, limit, patterns)
		if err != nil {
			return nil, err
		}
		lines = more
		if running++; !ok {
			running = 0
		}
	}
	return lines, nil
}

// part parts the word that follows a line, as late as the line has room. It
// reports false if there is no such place.
func (s *setter) part(p Para, t *text, lines []wrapped, line int, limit fixed.Int26_6, patterns *hyphen.Patterns) ([]wrapped, bool, error) {
	begin := lines[line].end
	for begin < len(t.runes) && unicode.In(t.runes[begin], unicode.Ps, unicode.Pi) {
		begin++
	}
	end, ok := wordAt(*t, begin, p.Lang)
	if !ok {
		return lines, false, nil
	}
	room, tried := limit-lines[line].seen(), false
	for _, at := range slices.Backward(patterns.Points(t.runes[begin:end])) {
		if at < leastPart || end-begin-at < leastPart {
			continue
		}
		if wide, err := s.about(p, *t, begin, begin+at); err != nil || wide > room {
			if err != nil {
				return nil, false, err
			}
			continue
		}
		t.insert(begin + at)
		more, err := s.lay(p, t, limit)
		if err != nil {
			return nil, false, err
		}
		if len(more) > line && more[line].end == begin+at+1 {
			return more, true, nil
		}
		t.remove(begin + at)
		tried = true
	}
	if !tried {
		return lines, false, nil
	}
	lines, err := s.lay(p, t, limit) // the last ones lie where others were tried
	return lines, false, err
}

// about is how wide a blank, a part of the text and a hyphen are, without kerning.
func (s *setter) about(p Para, t text, from, to int) (width fixed.Int26_6, err error) {
	stack := s.stack(p.Lang, t.looks[from].style)
	for _, c := range append([]rune(" -"), t.runes[from:to]...) {
		face, err := s.find(c, stack)
		if err != nil || face == nil {
			return 0, err
		}
		if id, ok := face.NominalGlyph(c); ok {
			width += fixed.Int26_6(s.advance(face.Font, id) * em * 64)
		}
	}
	return width - em*64/20, nil
}

// wordAt returns the end of a word that may be parted: one of our own, of
// letters alone, that is no name and not the last of its text. German writes its
// nouns as others write their names.
func wordAt(t text, begin int, lang string) (end int, ok bool) {
	end = begin
	for end < len(t.runes) && unicode.IsLetter(t.runes[end]) {
		if !t.prose[end] || end > begin && unicode.IsUpper(t.runes[end]) || t.looks[end] != t.looks[begin] {
			return 0, false
		}
		end++
	}
	if end-begin < leastWord || end == len(t.runes) || unicode.IsUpper(t.runes[begin]) && !strings.HasPrefix(lang, "de") {
		return 0, false
	}
	if unicode.IsDigit(t.runes[end]) || unicode.IsMark(t.runes[end]) || strings.ContainsRune("-/@_\\.:", t.runes[end]) &&
		end+1 < len(t.runes) && !unicode.IsSpace(t.runes[end+1]) {
		return 0, false
	}
	return end, slices.ContainsFunc(t.runes[end:], unicode.IsLetter)
}

// insert puts a hyphen before a character, and remove takes it away.
func (t *text) insert(at int) {
	t.runes, t.breaks = slices.Insert(t.runes, at, '-'), slices.Insert(t.breaks, at, '\u00AD')
	t.looks, t.prose = slices.Insert(t.looks, at, t.looks[at-1]), slices.Insert(t.prose, at, true)
	t.soft = append(t.soft, at)
}

func (t *text) remove(at int) {
	t.runes, t.breaks = slices.Delete(t.runes, at, at+1), slices.Delete(t.breaks, at, at+1)
	t.looks, t.prose = slices.Delete(t.looks, at, at+1), slices.Delete(t.prose, at, at+1)
	t.soft = t.soft[:len(t.soft)-1]
}
