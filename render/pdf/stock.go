package pdf

import (
	"fmt"
	"hash"
	"sync"

	"headsup/render/typeset"
)

// A Stock tells what a letter has in common with many others: fonts are cut
// and compressed once to the characters of its samples, and copied. Characters
// that a letter has beside those stand in small fonts of its own.
//
// A letter says all of this itself, so that it has the same bytes whatever is
// written before it. The zero Stock has no samples.
type Stock struct {
	Key     string          // equal for stocks with the same samples
	Samples func() []Letter // called once for each key, or nil
}

// mostStocks is how many stocks a writer remembers: more than a campaign has
// languages.
const mostStocks = 128

// A common is the beginning that the files of a stock share.
type common struct {
	bytes     []byte // of the file
	at        []place
	sum       hash.Cloner
	tree      ref // promised: of the pages
	resources ref // promised
	intent    ref
	cuts      []*typeset.Cut
	number    map[*typeset.Font]int // index of cuts
	fonts     []byte                // entries for resources
	parts     parts
	sketches  *sketches
}

// commons remembers the beginnings of the files of each stock.
type commons struct {
	mu  sync.Mutex
	all map[string]func() *common
}

// of returns the beginning for a stock. It is made once, and others wait for it.
func (cs *commons) of(key string, make func() *common) *common {
	cs.mu.Lock()
	once, ok := cs.all[key]
	if !ok {
		if len(cs.all) >= mostStocks {
			clear(cs.all)
		}
		once = sync.OnceValue(make)
		cs.all[key] = once
	}
	cs.mu.Unlock()
	return once()
}

// common returns the beginning of a letter's file.
func (wr *Writer) common(s Stock) *common {
	return wr.commons.of(s.Key, func() *common {
		cuts := []*typeset.Cut{}
		number := map[*typeset.Font]int{}
		take := func(lines ...typeset.Line) bool {
			for _, l := range lines {
				for _, p := range l.Pieces {
					n, ok := number[p.Font]
					if !ok {
						n = len(cuts)
						number[p.Font], cuts = n, append(cuts, p.Font.Cut())
					}
					for _, g := range p.Glyphs {
						if _, err := cuts[n].Code(g); err != nil {
							return false // the rest stands in the letter's own
						}
					}
				}
			}
			return true
		}
		if s.Samples != nil {
			for _, l := range s.Samples() {
				wr.sample(l, take)
			}
		}
		return newCommon(cuts, number)
	})
}

// repertoire is what differs from letter to letter by style: names and
// addresses; of what is bold, IP addresses; of what is typed into a machine,
// these and what banners have around them. Figures that stand alone may have
// other shapes than those among letters.
var repertoire = []typeset.Run{
	{Text: printable() + "·…–“”’", Value: true},
	{Text: "0123456789", Value: true},
	{Text: "0123456789abcdef:.()+", Value: true, Bold: true},
	{Text: "0123456789", Value: true, Bold: true},
	{Text: printable(), Value: true, Mono: true},
}

func printable() string {
	var b []byte
	for c := byte(' '); c <= '~'; c++ {
		b = append(b, c)
	}
	return string(b)
}

// sample takes what a sample of a stock is set in. What cannot be set is no
// part of the stock: the letter itself says why.
func (wr *Writer) sample(l Letter, take func(...typeset.Line) bool) {
	langs := []string{l.Lang}
	for _, d := range l.Parts {
		langs = append(langs, d.Lang)
	}
	for _, lang := range langs {
		for _, r := range repertoire {
			lines, err := wr.fonts.Set(typeset.Para{Lang: lang, Size: bodySize, Runs: []typeset.Run{r}}, 0)
			if err != nil || !take(lines...) {
				return
			}
		}
	}
	form, ok := Forms[l.Form]
	if !ok {
		return
	}
	pages, _, err := wr.layout(l, form)
	if err != nil {
		return
	}
	for _, p := range pages {
		for _, it := range p {
			if !take(it.line) {
				return
			}
		}
	}
}

func newCommon(cuts []*typeset.Cut, number map[*typeset.Font]int) *common {
	f := newFile()
	c := &common{cuts: cuts, number: number, sketches: &sketches{}}
	c.tree, c.resources = f.promise(), f.promise()
	c.intent = f.intent()
	for i, cut := range cuts {
		c.fonts = fmt.Appendf(appendFontName(append(c.fonts, ' '), i), " %v", f.font(cut, best))
	}
	c.bytes, c.at = f.Bytes(), f.at
	f.sum.Write(c.bytes)
	c.sum = f.sum.(hash.Cloner)
	return c
}
