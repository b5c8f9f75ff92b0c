package pdf

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

// Content that differs from letter to letter is deflated (RFC 1951) with a code
// made beforehand for all of it: to make a code for each page takes longer than
// to write it. The bytes depend on nothing but the content.

// A squeezer deflates the stretches of one text that others stand between,
// which are deflated already.
type squeezer struct {
	out     []byte
	acc     uint64 // bits that are not yet a byte
	n       uint
	matches [1 << hashBits]match
	ends    []stretch
}

// A match is where four bytes were seen: behind the place, and in which stretch.
type match struct{ behind, stretch int32 }

// A stretch is where one ends, and how many bytes of others stand before it.
type stretch struct{ end, shift int }

const (
	hashBits     = 12
	leastMatch   = 4
	longestMatch = 258
	window       = 1 << 15
)

var squeezers = sync.Pool{New: func() any { return new(squeezer) }}

// begin starts a text.
func (s *squeezer) begin() {
	s.out = append(s.out[:0], 0x78, 0x01) // a window of 32 KB, the fastest level (RFC 1950, 2.2)
	s.acc, s.n, s.ends = 0, 0, s.ends[:0]
	clear(s.matches[:])
}

// add appends a stretch of a text, which ends at a byte. Before it stand shift
// bytes that are not in the text.
func (s *squeezer) add(text []byte, from, to, shift int) {
	if to-from < least {
		s.out = appendStored(s.out, text[from:to])
		return
	}
	s.ends = append(s.ends, stretch{to, shift})
	s.out, s.acc, s.n = append(s.out, heading.bytes...), heading.acc, heading.n
	b := text[:to]
	i := from
	for i+leastMatch <= to {
		four := binary.LittleEndian.Uint32(b[i:])
		slot := &s.matches[four*0x9E3779B1>>(32-hashBits)]
		seen := *slot
		*slot = match{int32(i + 1), int32(len(s.ends) - 1)}
		if seen.behind > 0 {
			at, in := int(seen.behind-1), s.ends[seen.stretch]
			distance := i + shift - at - in.shift
			if distance <= window && binary.LittleEndian.Uint32(b[at:]) == four && at+leastMatch <= in.end {
				n := same(b[at:min(in.end, at+longestMatch)], b[i:])
				s.copied(n, distance)
				i += n
				continue
			}
		}
		s.put(literals[b[i]])
		i++
	}
	for ; i < to; i++ {
		s.put(literals[b[i]])
	}
	s.put(literals[endOfBlock])
	s.align()
}

// end ends the text with its checksum (RFC 1950), and returns all, which is good
// until the next text.
func (s *squeezer) end(sum uint32) []byte {
	s.out = append(s.out, 0x03, 0x00) // the last block: empty
	return binary.BigEndian.AppendUint32(s.out, sum)
}

// same is how long the beginning is that two texts share.
func same(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// copied says that what comes next was there before.
func (s *squeezer) copied(length, distance int) {
	s.put(lengths[length])
	d := uint32(distance - 1)
	if d < 4 {
		s.put(distances[d])
		return
	}
	extra := uint(bits.Len32(d)) - 2
	c := distances[2*(extra+1)+uint(d>>extra&1)]
	s.put(c)
	s.put(bitString{d & (1<<extra - 1), extra})
}

// put appends bits, the lowest first.
func (s *squeezer) put(b bitString) {
	s.acc |= uint64(b.bits) << s.n
	if s.n += b.n; s.n >= 32 {
		s.out = binary.LittleEndian.AppendUint32(s.out, uint32(s.acc))
		s.acc, s.n = s.acc>>32, s.n-32
	}
}

// align ends at a byte, by a block of nothing that is stored.
func (s *squeezer) align() {
	s.put(bitString{0, 3})
	for ; s.n > 0; s.n -= min(8, s.n) {
		s.out = append(s.out, byte(s.acc))
		s.acc >>= 8
	}
	s.out = append(s.out, 0, 0, 0xFF, 0xFF)
}

// A bitString is what stands for something in deflated data.
type bitString struct {
	bits uint32
	n    uint
}

const endOfBlock = 256

// The code: how many bits each byte, the end of a block, each length and each
// distance has, as a letter of the alphabet. They were counted in letters of
// three kinds in ten languages. The end of a block has as many as any: poppler
// reads ahead as far as the longest code, and forgets what it has read where a
// block is stored.
const (
	bitsOfLiterals = "jjkkkkkkkkhkkkkkkkkkkkkkkkkkkkkkdmmmmmmmkkmmmjfgddeeeeeeeekmhmgmlhghhhhjjjkijikkiljihkmmlllimjmm" +
		"mijijhjililkiiiijkhjhikkkjmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm" +
		"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmlllllllooceedffgefghffhhhjjjkjkkknmll"
	bitsOfDistances = "jkkgjdfeeedededddddddeeeefefhj"
	bitsOfBits      = "ddeeeddddddddddeeed" // of the bits of a code, and of "again"
)

var (
	literals  = canonical(bitsOfLiterals)
	distances = canonical(bitsOfDistances)
	lengths   = lengthCodes()
	heading   = blockHeading()
)

// canonical makes the codes of lengths (RFC 1951, 3.2.2).
func canonical(lengths string) []bitString {
	var count, next [16]uint32
	for _, l := range lengths {
		count[l-'`']++
	}
	count[0] = 0
	for n := 1; n < len(next); n++ {
		next[n] = (next[n-1] + count[n-1]) << 1
	}
	codes := make([]bitString, len(lengths))
	for i, l := range lengths {
		n := uint(l - '`')
		codes[i] = bitString{bits.Reverse32(next[n]) >> (32 - n), n}
		next[n]++
	}
	return codes
}

// lengthCodes are the codes of lengths with the bits that follow (RFC 1951, 3.2.5).
func lengthCodes() (codes [longestMatch + 1]bitString) {
	length := 3
	for symbol := endOfBlock + 1; symbol < 285; symbol++ {
		extra := uint(0)
		if symbol >= 265 {
			extra = uint(symbol-261) / 4
		}
		for more := range uint32(1) << extra {
			c := literals[symbol]
			codes[length] = bitString{c.bits | more<<c.n, c.n + extra}
			length++
		}
	}
	codes[longestMatch] = literals[285]
	return codes
}

// blockHeading says what code a block is written in (RFC 1951, 3.2.7).
func blockHeading() *headingBits {
	s := &squeezer{}
	s.put(bitString{2 << 1, 3}) // not the last block; its code is its own
	s.put(bitString{uint32(len(literals) - 257), 5})
	s.put(bitString{uint32(len(distances) - 1), 5})
	s.put(bitString{19 - 4, 4})
	const order = "\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f"
	for _, symbol := range order {
		s.put(bitString{uint32(bitsOfBits[symbol] - '`'), 3})
	}
	codes, all := canonical(bitsOfBits), bitsOfLiterals+bitsOfDistances
	for i := 0; i < len(all); {
		s.put(codes[all[i]-'`'])
		i++
		again := 0
		for again < 6 && i+again < len(all) && all[i+again] == all[i-1] {
			again++
		}
		if again >= 3 {
			s.put(codes[16])
			s.put(bitString{uint32(again - 3), 2})
			i += again
		}
	}
	return &headingBits{s.out, s.acc, s.n}
}

// headingBits are those of a block before its content.
type headingBits struct {
	bytes []byte
	acc   uint64
	n     uint
}
