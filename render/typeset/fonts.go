// Package typeset turns text into lines of placed glyphs, in any script the
// fonts at hand can write, and cuts small fonts that hold just those glyphs.
//
// It chooses fonts, direction, shapes and line breaks. It knows nothing of
// pages or of PDF, and it never sets a glyph that is not there: text of our
// own that cannot be written is a [*MissingGlyph]; a value from outside has
// the character replaced where everyone can see it.
package typeset

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"

	"headsup/render/hyphen"
)

// SystemDirs are the places where operating systems keep fonts, and patterns of
// hyphenation.
var SystemDirs = []string{hyphen.SystemDir, "/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts"}

// Fonts are the fonts a letter may be set in: those built in,
// and what was found in directories. Font files are read when first needed.
// Fonts may be used from many goroutines.
type Fonts struct {
	files map[string]string // base name to path

	mu     sync.Mutex
	loaded map[fontKey]*Font // nil: there is none

	patterns map[string]*hyphen.Patterns // by language; nil: there are none

	idle                    []*setter // guarded by mu
	words, values           memo
	wordStrips, valueStrips strips
}

type fontKey struct {
	name  string
	style style
}

type style uint8

const (
	regular style = iota
	bold
	italic
	mono
)

// suffix is what a style adds to the name of a font.
var suffix = [...]string{"", "-Bold", "-Italic", ""}

// A source is a font family: built in, or in files of a package that an
// operator can install.
type source struct {
	name    string // PostScript name without spaces
	builtin [4][]byte
	files   [2]string // regular, bold
	family  string    // of a collection: the member wanted
	like    *source   // another member of the collection, with the same shapes
	scripts []*unicode.RangeTable
}

var (
	liberation = &source{name: "LiberationSans", builtin: [4][]byte{
		liberationsansregular.TTF, liberationsansbold.TTF, liberationsansitalic.TTF, nil}}
	liberationMono = &source{name: "LiberationMono", builtin: [4][]byte{mono: liberationmonoregular.TTF}}
	dejavu         = &source{name: "DejaVuSans", builtin: [4][]byte{regular: dejavusans.TTF, bold: dejavusansbold.TTF}}
)

// One face of the same collection for each way of writing the Han characters.
var (
	cjkJP = cjk("JP", nil)
	cjkKR = cjk("KR", cjkJP)
	cjkSC = cjk("SC", cjkJP)
	cjkTC = cjk("TC", cjkJP)
)

// What letters in Arabic script are set in where it is installed.
var (
	nastaliq = &source{name: "NotoNastaliqUrdu", files: [2]string{"NotoNastaliqUrdu-Regular.ttf", "NotoNastaliqUrdu-Bold.ttf"}, scripts: arabic}
	naskh    = &source{name: "NotoNaskhArabic", files: [2]string{"NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-Bold.ttf"}, scripts: arabic}
	bengali  = notoSans("Bengali", unicode.Bengali, dandas)
)

// ownFonts are those in which a language stands before those built in: those
// have Arabic letters, whose bold is far too wide and whose forms are not those
// of print; and two scripts share the dandas, each with its own.
var ownFonts = map[string][]*source{"ar": {naskh}, "fa": {naskh}, "ur": {nastaliq, naskh}, "bn": {bengali}}

// arabic are the letters, marks and stops of Arabic script, but for its figures.
var arabic = []*unicode.RangeTable{{R16: []unicode.Range16{
	{Lo: 0x0600, Hi: 0x065F, Stride: 1}, {Lo: 0x066A, Hi: 0x06EF, Stride: 1}, {Lo: 0x06FA, Hi: 0x06FF, Stride: 1},
	{Lo: 0x0750, Hi: 0x077F, Stride: 1}, {Lo: 0x0870, Hi: 0x08FF, Stride: 1}, {Lo: 0xFB50, Hi: 0xFDFF, Stride: 1}, {Lo: 0xFE70, Hi: 0xFEFE, Stride: 1},
}}}

var noto = []*source{
	notoSans("Arabic", unicode.Arabic),
	notoSans("Armenian", unicode.Armenian),
	notoSans("Bengali", unicode.Bengali),
	notoSans("Devanagari", unicode.Devanagari, dandas),
	notoSans("Ethiopic", unicode.Ethiopic),
	notoSans("Georgian", unicode.Georgian),
	notoSans("Gujarati", unicode.Gujarati),
	notoSans("Gurmukhi", unicode.Gurmukhi),
	notoSans("Hebrew", unicode.Hebrew),
	notoSans("Kannada", unicode.Kannada),
	notoSans("Khmer", unicode.Khmer),
	notoSans("Lao", unicode.Lao),
	notoSans("Malayalam", unicode.Malayalam),
	notoSans("Myanmar", unicode.Myanmar),
	notoSans("Sinhala", unicode.Sinhala),
	notoSans("Tamil", unicode.Tamil),
	notoSans("Telugu", unicode.Telugu),
	notoSans("Thai", unicode.Thai),
}

func cjk(region string, like *source) *source {
	return &source{
		name:   "NotoSansCJK" + strings.ToLower(region),
		files:  [2]string{"NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"},
		family: "Noto Sans CJK " + region,
		like:   like,
	}
}

func notoSans(script string, t ...*unicode.RangeTable) *source {
	f := "NotoSans" + script
	return &source{name: f, files: [2]string{f + "-Regular.ttf", f + "-Bold.ttf"}, scripts: t}
}

// dandas are the full stops that the scripts of India share.
var dandas = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x0964, Hi: 0x0965, Stride: 1}}}

// Load looks for font files, and for patterns of hyphenation as package hyphen
// names them, in dirs and what is below them. A directory that
// does not exist is passed over: the fonts built in are always there.
func Load(dirs ...string) (*Fonts, error) {
	f := &Fonts{files: map[string]string{}, loaded: map[fontKey]*Font{}, patterns: map[string]*hyphen.Patterns{}, words: memo{most: memoWords / 2}, values: memo{most: memoValues / 2},
		wordStrips: strips{most: mostWordGlyphs / 2}, valueStrips: strips{most: mostValueGlyphs / 2}}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if _, ok := f.files[d.Name()]; !d.IsDir() && !ok {
				f.files[d.Name()] = path
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("fonts: %w", err)
		}
	}
	return f, nil
}

// mostIdle is how many setters wait for work: each remembers a few megabytes.
const mostIdle = 4

// setter returns one that nobody uses.
func (f *Fonts) setter() *setter {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.idle); n > 0 {
		s := f.idle[n-1]
		f.idle = f.idle[:n-1]
		return s
	}
	return newSetter(f)
}

func (f *Fonts) release(s *setter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.idle) < mostIdle {
		f.idle = append(f.idle, s)
	}
}

// get returns the font of a source in a style, the regular one if the style
// is not to be had, or nil.
func (f *Fonts) get(s *source, st style) (*Font, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.load(s, st)
}

func (f *Fonts) load(s *source, st style) (*Font, error) {
	k := fontKey{s.name, st}
	if ft, ok := f.loaded[k]; ok {
		return ft, nil
	}
	ft, err := f.open(s, st)
	if err == nil && ft == nil && st != regular {
		ft, err = f.load(s, regular)
	}
	if err != nil {
		return nil, err
	}
	f.loaded[k] = ft
	return ft, nil
}

// stackFor lists the families in which to look for a character of a text in
// a language, the best first.
//
// Families built in come before those of the machine, so that a letter in a
// script they can write has the same bytes everywhere; but see [ownFonts]. Only Chinese, Japanese
// and Korean text is set in one face together with its Latin letters, except
// for what is typed into a machine.
func stackFor(lang string, st style) []*source {
	han := cjkFor(lang)
	builtin := []*source{liberation, dejavu}
	if st == mono {
		builtin = []*source{liberationMono, liberation, dejavu}
	}
	var s []*source
	switch {
	case han == nil:
		s = builtin
	case st == mono:
		s = append(builtin, han)
	default:
		s = append([]*source{han}, builtin...)
	}
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	s = slices.Concat(ownFonts[base], s, noto)
	for _, h := range []*source{cjkJP, cjkSC, cjkTC, cjkKR} {
		if h != han {
			s = append(s, h)
		}
	}
	return s
}

// Tall is how many times as high as others the lines of a language have to be:
// in Nastaliq, words begin high up and fall towards their end.
func Tall(f *Fonts, lang string) float64 {
	if base, _, _ := strings.Cut(lang, "-"); base != "ur" {
		return 1
	}
	if ft, err := f.get(nastaliq, regular); err != nil || ft == nil { // Set says what is wrong with a file
		return 1
	}
	return 1.7
}

// cjkFor returns the face for the Han characters as a language writes them,
// or nil if it does not.
func cjkFor(lang string) *source {
	l := strings.ToLower(lang)
	switch base, _, _ := strings.Cut(l, "-"); {
	case base == "ja":
		return cjkJP
	case base == "ko":
		return cjkKR
	case base == "zh" && traditional(l):
		return cjkTC
	case base == "zh":
		return cjkSC
	}
	return nil
}

func traditional(lang string) bool {
	for _, p := range strings.Split(lang, "-")[1:] {
		switch p {
		case "hant", "tw", "hk", "mo":
			return true
		case "hans":
			return false
		}
	}
	return false
}

// A MissingGlyph says that a text of our own has a character no font can
// write, and which Debian package would help.
type MissingGlyph struct {
	Rune    rune
	Lang    string
	Package string // empty if none is known to help
}

func (e *MissingGlyph) Error() string {
	s := fmt.Sprintf("no font for %q (%U) in %q", e.Rune, e.Rune, e.Lang)
	if e.Package != "" {
		s += ": install " + e.Package
	}
	return s
}

func packageFor(r rune) string {
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) ||
		r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF {
		return "fonts-noto-cjk"
	}
	if unicode.IsLetter(r) || unicode.IsMark(r) {
		return "fonts-noto-core"
	}
	return ""
}
