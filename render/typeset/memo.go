package typeset

import (
	"encoding/binary"
	"math"
	"sync"
)

// memo remembers set paragraphs: letters of one campaign are alike but for a
// few values.
type memo struct {
	mu    sync.Mutex
	lines map[memoKey][]Line
}

type memoKey struct {
	para  string
	width float64
}

// Limits of what is remembered.
const (
	memoParas  = 4096 // then all are forgotten
	memoLength = 2000 // bytes of a paragraph
)

// get returns the lines as Set would make them: also from what was set with
// no limit, if that is clearly narrower than this one.
func (m *memo) get(para string, width float64) ([]Line, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ls, ok := m.lines[memoKey{para, width}]; ok {
		return ls, true
	}
	ls, ok := m.lines[memoKey{para, 0}]
	for _, l := range ls {
		ok = ok && l.Width < width-0.1
	}
	return ls, ok
}

func (m *memo) put(para string, width float64, lines []Line) {
	if len(para) > memoLength {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lines == nil || len(m.lines) >= memoParas {
		m.lines = map[memoKey][]Line{}
	}
	m.lines[memoKey{para, width}] = lines
}

// key is all that decides how a paragraph is set, but for the width.
func (p Para) key() string {
	size := len(p.Lang) + 10
	for _, r := range p.Runs {
		size += 6 + len(r.Text)
	}
	b := make([]byte, 0, size)
	b = append(b, p.Lang...)
	b = append(b, 0)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(p.Size))
	b = append(b, bits(p.RTL))
	for _, r := range p.Runs {
		b = append(b, bits(r.Bold, r.Italic, r.Mono, r.Value, r.LTR, r.Break), r.Part)
		b = binary.BigEndian.AppendUint32(b, uint32(len(r.Text)))
		b = append(b, r.Text...)
	}
	return string(b)
}

func bits(flags ...bool) (out byte) {
	for i, f := range flags {
		if f {
			out |= 1 << i
		}
	}
	return out
}
