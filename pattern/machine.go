package pattern

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// A machine says whether an expression matches anywhere in a text: a
// deterministic automaton, of which each state is made when it is first met. It
// reads a text once, at a step for each letter, where regexp tries one place
// after the other. It is safe for use by several goroutines.
type machine struct {
	prog     *syntax.Prog
	anchored bool // no match begins behind the beginning of the text
	letters

	start  atomic.Pointer[state]
	mu     sync.Mutex
	states map[string]*state
	filled int         // how often there were too many
	over   atomic.Bool // it met too many states: the expression itself has to be asked
}

// A state is where all ways through the expression have come to. Those that
// lead nowhere are dead, and those that are through have matched.
type state struct {
	pcs  []uint32 // instructions, in order, before what stands between two letters
	last rune     // a letter like the one before; -1 at the beginning
	next []atomic.Pointer[state]
}

var dead, matched = &state{}, &state{}

const (
	mostEdges  = 1 << 16 // of all states of a machine: some 500 KB
	mostFilled = 4
)

func newMachine(prog *syntax.Prog) *machine {
	m := &machine{prog: prog, letters: lettersOf(prog)}
	m.anchored = len(m.closure([]uint32{uint32(prog.Start)}, ^syntax.EmptyBeginText)) == 0
	m.empty()
	return m
}

// empty forgets all states.
func (m *machine) empty() {
	m.states = map[string]*state{}
	m.start.Store(m.state([]uint32{uint32(m.prog.Start)}, -1))
}

// matches reports whether a text matches; certain says whether that is known.
func (m *machine) matches(s string) (is, certain bool) {
	if m.over.Load() {
		return true, false
	}
	at := m.start.Load()
	for i := 0; i < len(s); {
		var c uint16
		if b := s[i]; b < utf8.RuneSelf {
			c = m.ascii[b]
			i++
		} else {
			r, n := utf8.DecodeRuneInString(s[i:])
			c = m.class(r)
			i += n
		}
		next := at.next[c].Load()
		if next == nil {
			next = m.step(at, c)
		}
		switch next {
		case matched:
			return true, true
		case dead:
			return false, true
		}
		at = next
	}
	end := &at.next[len(m.like)]
	if end.Load() == nil {
		m.step(at, uint16(len(m.like)))
	}
	return end.Load() == matched, true
}

// step finds the state behind a letter of a class, or behind the end of the text.
func (m *machine) step(from *state, c uint16) *state {
	next, like := dead, rune(-1)
	if int(c) < len(m.like) {
		like = m.like[c]
	}
	pcs := m.closure(from.pcs, syntax.EmptyOpContext(from.last, like))
	var seeds []uint32
	for _, pc := range pcs {
		switch i := &m.prog.Inst[pc]; {
		case i.Op == syntax.InstMatch:
			from.next[c].Store(matched)
			return matched
		case like >= 0 && i.MatchRune(like):
			seeds = append(seeds, i.Out)
		}
	}
	if like >= 0 && !m.anchored {
		seeds = append(seeds, uint32(m.prog.Start))
	}
	if len(seeds) > 0 {
		slices.Sort(seeds)
		m.mu.Lock()
		defer m.mu.Unlock()
		if len(m.states)*(len(m.like)+1) > mostEdges {
			m.empty()
			if m.filled++; m.filled > mostFilled {
				m.over.Store(true)
			}
		}
		next = m.state(slices.Compact(seeds), kind(like))
	}
	from.next[c].Store(next)
	return next
}

// state returns the one state that has these instructions and this letter behind it.
func (m *machine) state(pcs []uint32, last rune) *state {
	key := binary.AppendVarint(make([]byte, 0, 4*len(pcs)+4), int64(last))
	for _, pc := range pcs {
		key = binary.AppendUvarint(key, uint64(pc))
	}
	s := m.states[string(key)]
	if s == nil {
		s = &state{pcs: pcs, last: last, next: make([]atomic.Pointer[state], len(m.like)+1)}
		m.states[string(key)] = s
	}
	return s
}

// closure returns the instructions that read a letter, or match, and that are
// reached without one, where these conditions are met.
func (m *machine) closure(pcs []uint32, met syntax.EmptyOp) (out []uint32) {
	seen := make([]bool, len(m.prog.Inst))
	stack := slices.Clone(pcs)
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch i := &m.prog.Inst[pc]; i.Op {
		case syntax.InstFail:
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, i.Out, i.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, i.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(i.Arg)&^met == 0 {
				stack = append(stack, i.Out)
			}
		default:
			out = append(out, pc)
		}
	}
	return out
}

// kind is one letter for all after which the same conditions are met.
func kind(r rune) rune {
	switch {
	case r == '\n':
		return '\n'
	case syntax.IsWordChar(r):
		return 'a'
	}
	return ' '
}

// letters are classes of letters that an expression does not tell apart.
type letters struct {
	ascii  [utf8.RuneSelf]uint16
	bounds []rune   // where stretches of letters begin
	of     []uint16 // and of which class they are
	like   []rune   // one letter of each class
}

// class is that of a letter beyond ASCII.
func (l *letters) class(r rune) uint16 {
	i, found := slices.BinarySearch(l.bounds, r)
	if !found {
		i--
	}
	return l.of[i]
}

// lettersOf cuts the letters into stretches that each instruction reads as a
// whole or not at all, and joins those that all of them read alike.
func lettersOf(prog *syntax.Prog) (l letters) {
	sets := map[string][]rune{}
	bounds := map[rune]bool{0: true}
	add := func(set []rune) {
		var key []byte
		for i, r := range set {
			key = binary.AppendVarint(key, int64(r))
			bounds[r+rune(i%2)] = true
		}
		sets[string(key)] = set
	}
	add([]rune{'\n', '\n'})
	add([]rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'})
	for i := range prog.Inst {
		if op := prog.Inst[i].Op; op == syntax.InstRune || op == syntax.InstRune1 {
			add(read(&prog.Inst[i]))
		}
	}
	for r := range bounds {
		l.bounds = append(l.bounds, r)
	}
	slices.Sort(l.bounds)
	by := make([][]byte, len(l.bounds)) // by stretch: the sets that hold it
	n := uint64(0)
	for _, set := range sets {
		for i := 0; i < len(set); i += 2 {
			at, _ := slices.BinarySearch(l.bounds, set[i])
			for ; at < len(l.bounds) && l.bounds[at] <= set[i+1]; at++ {
				by[at] = binary.AppendUvarint(by[at], n)
			}
		}
		n++
	}
	known := map[string]uint16{}
	for i, first := range l.bounds {
		c, ok := known[string(by[i])]
		if !ok {
			c = uint16(len(l.like))
			known[string(by[i])] = c
			l.like = append(l.like, first)
		}
		l.of = append(l.of, c)
	}
	for b := range l.ascii {
		l.ascii[b] = l.class(rune(b))
	}
	return l
}

// read returns the letters that an instruction reads, as stretches.
func read(i *syntax.Inst) (set []rune) {
	if len(i.Rune) != 1 {
		return i.Rune
	}
	r := i.Rune[0]
	set = []rune{r, r}
	if syntax.Flags(i.Arg)&syntax.FoldCase == 0 || i.Op == syntax.InstRune1 {
		return set
	}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		set = append(set, f, f)
	}
	return set
}
