package pdf

import (
	"hash/adler32"
	"math"
	"sync"

	"headsup/render/typeset"
)

// Words of the templates are drawn and compressed once for each stock, and
// copied into each page that has them: deflate (RFC 1951) is made of blocks
// that stand for themselves. What is shared is drawn from its own origin.

// A part is content that is shared, with its checksum.
type part struct {
	deflated []byte // blocks that end at a byte, none of them the last
	length   int    // as it was
	sum      uint32 // Adler-32
}

// A drawing is what is known of a paragraph as it stands on a page: its first
// piece, its lines, and how far the second one is from the first.
type drawing struct {
	first  *typeset.Piece
	lines  int
	dx, dy float64
}

// parts remembers the drawings of a stock.
type parts struct {
	mu  sync.Mutex
	all map[drawing]*part
}

// mostParts is how many drawings of a stock are remembered: more than its
// letters have paragraphs.
const mostParts = 1 << 10

func (ps *parts) get(d drawing) (*part, bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p, ok := ps.all[d]
	return p, ok
}

// put remembers a drawing, or, with nil, that there is none.
func (ps *parts) put(d drawing, p *part) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.all == nil || len(ps.all) >= mostParts {
		ps.all = map[drawing]*part{}
	}
	ps.all[d] = p
}

// shared draws a whole element if letters of the stock have it in common. It
// reports false if they do not.
func (d *draft) shared(c *canvas, p page, n *node) bool {
	if len(n.kids) > 0 || len(d.common.cuts) == 0 {
		return false
	}
	it := p[n.first]
	k := drawing{lines: 1}
	for i := n.first; ; i = p[i].next {
		if !p[i].line.Words || len(p[i].line.Pieces) == 0 || p[i].grey != it.grey {
			return false
		}
		if i == n.last {
			break
		}
		k.lines++
	}
	k.first = &it.line.Pieces[0]
	if k.lines > 1 {
		second := p[it.next]
		k.dx, k.dy = distance(it, second)
	}
	part, ok := d.common.parts.get(k)
	if !ok {
		part = d.part(p, n)
		d.common.parts.put(k, part)
	}
	if part == nil {
		return false
	}
	c.shade(it.grey)
	d.begin(c, n)
	c.b = append(c.b, "BT "...)
	c.op("Td", it.x, c.height-it.y)
	c.insert(part)
	return true
}

// distance is how far one item is from another, whatever their place on the
// page: there the same distance comes out a little different, which may decide
// to which side a hundredth is rounded.
func distance(one, other item) (dx, dy float64) {
	const fine = 1e6
	return math.Round((other.x-one.x)*fine) / fine, math.Round((other.y-one.y)*fine) / fine
}

// least is the length of content that is worth a block of its own.
const least = 160

// part draws an element from the place of its first line on, to its end. It
// returns nil if the element is too short, or has a glyph that is in no font of
// the stock.
func (d *draft) part(p page, n *node) *part {
	var c canvas
	var x, y float64 // where the text is, as it was written
	first := p[n.first]
	for i := n.first; ; i = p[i].next {
		for _, piece := range p[i].line.Pieces {
			if err := d.encode(piece); err != nil {
				return nil
			}
			for _, code := range d.codes {
				if code.font >= len(d.common.cuts) {
					return nil
				}
			}
			right, down := distance(first, p[i])
			dx, dy := rounded(right+piece.X-x), rounded(piece.Y-down-y)
			if x, y = x+dx, y+dy; len(c.b) > 0 || dx != 0 || dy != 0 {
				c.op("Td", dx, dy) // by 0 too: text moves on with what is set
			}
			c.row(piece, d.codes)
		}
		if i == n.last {
			break
		}
	}
	c.b = append(c.b, "ET\nEMC\n"...)
	if len(c.b) < least {
		return nil
	}
	packer := packers[best].Get().(*packer)
	defer packers[best].Put(packer)
	return &part{deflated: append([]byte(nil), packer.blocks(c.b)...), length: len(c.b), sum: adler32.Checksum(c.b)}
}

// An insert is a part and where it stands in the content of a page.
type insert struct {
	at int
	*part
}

func (c *canvas) insert(p *part) { c.parts = append(c.parts, insert{len(c.b), p}) }

// packedPage compresses the content of a page: what is shared is compressed already.
func (f *file) packedPage(c *canvas) ref {
	s := squeezers.Get().(*squeezer)
	defer squeezers.Put(s)
	s.begin()
	sum, at, shift := uint32(1), 0, 0
	for i := 0; i <= len(c.parts); i++ {
		to := len(c.b)
		if i < len(c.parts) {
			to = c.parts[i].at
		}
		s.add(c.b, at, to, shift)
		sum, at = joinSums(sum, adler32.Checksum(c.b[at:to]), to-at), to
		if i < len(c.parts) {
			in := c.parts[i]
			s.out = append(s.out, in.deflated...)
			sum, shift = joinSums(sum, in.sum, in.length), shift+in.length
		}
	}
	return f.stream(" /Filter /FlateDecode", s.end(sum))
}

// appendStored appends a block that is not compressed (RFC 1951, 3.2.4).
func appendStored(out, b []byte) []byte {
	if len(b) == 0 {
		return out
	}
	n := uint16(len(b))
	return append(append(out, 0, byte(n), byte(n>>8), byte(^n), byte(^n>>8)), b...)
}

// joinSums returns the checksum of two texts one behind the other, the second
// of which has a length (RFC 1950, 9).
func joinSums(a, b uint32, length int) uint32 {
	const mod = 65521
	low := (a&0xFFFF + b&0xFFFF + mod - 1) % mod
	high := (a>>16 + b>>16 + uint32(length%mod)*((a&0xFFFF+mod-1)%mod)%mod) % mod
	return high<<16 | low
}
