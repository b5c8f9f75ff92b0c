package typeset

import (
	"encoding/binary"
	"math"
	"sync"
	"unsafe"
)

// memo remembers set paragraphs: letters of one campaign are alike but for a
// few values. What was asked for lately stays: paragraphs are put into a new
// generation, and one that is found in the generation before moves there.
type memo struct {
	mu         sync.Mutex
	fresh, old map[string][]measured
	size, most int // bytes of a generation, about
}

// measured is a paragraph as it was set in a width.
type measured struct {
	width float64
	lines []Line
}

// Limits of what is remembered: of the words of the templates, which are in
// every letter, those of some fifty languages have room; values come and go.
const (
	memoWords  = 24 << 20
	memoValues = 3 << 20
	memoLength = 4000 // bytes of a paragraph
)

// get returns the lines as Set would make them: also from what was set with
// no limit, if that is clearly narrower than this one.
func (m *memo) get(para []byte, width float64) ([]Line, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.fresh[string(para)]
	if !ok {
		if known, ok = m.old[string(para)]; !ok {
			return nil, false
		}
		delete(m.old, string(para))
		m.keep(string(para), known)
	}
	for _, k := range known {
		if k.width == width || k.width == 0 && narrower(k.lines, width-0.1) {
			return k.lines, true
		}
	}
	return nil, false
}

func narrower(lines []Line, width float64) bool {
	for _, l := range lines {
		if l.Width >= width {
			return false
		}
	}
	return true
}

func (m *memo) put(para []byte, width float64, lines []Line) {
	const most = 8 // widths of a paragraph
	if len(para) > memoLength {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.fresh[string(para)]
	if len(known) == most {
		known = nil
	}
	m.keep(string(para), append(known[:len(known):len(known)], measured{width, lines}))
}

// keep puts a paragraph into the new generation, and begins another if that is full.
func (m *memo) keep(para string, known []measured) {
	size := weight(known)
	if m.fresh == nil || m.size+size > m.most {
		m.old, m.fresh, m.size = m.fresh, map[string][]measured{}, 0
	}
	m.fresh[para] = known
	m.size += size + len(para)
}

func weight(known []measured) (size int) {
	for _, k := range known {
		size += int(unsafe.Sizeof(k))
		for _, l := range k.lines {
			size += int(unsafe.Sizeof(l))
			for _, p := range l.Pieces {
				size += int(unsafe.Sizeof(p)) + len(p.Glyphs)*int(unsafe.Sizeof(Glyph{}))
			}
		}
	}
	return size
}

// appendKey appends all that decides how a paragraph is set, but for the width.
func (p Para) appendKey(b []byte) []byte {
	b = append(append(b, p.Lang...), 0)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(p.Size))
	b = append(b, bits(p.RTL, p.Joined, p.Parted))
	for _, r := range p.Runs {
		b = append(b, bits(r.Bold, r.Italic, r.Mono, r.Value, r.LTR, r.Break), r.Part)
		b = binary.BigEndian.AppendUint32(b, uint32(len(r.Text)))
		b = append(b, r.Text...)
	}
	return b
}

// values reports whether a part of the paragraph differs from letter to letter.
func (p Para) values() bool {
	for _, r := range p.Runs {
		if r.Value && !r.Known || r.Once {
			return true
		}
	}
	return false
}

func bits(flags ...bool) (out byte) {
	for i, f := range flags {
		if f {
			out |= 1 << i
		}
	}
	return out
}
