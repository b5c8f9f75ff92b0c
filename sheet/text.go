package sheet

import (
	"bufio"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// An Encoding is how the bytes of a text stand for its characters.
type Encoding string

const (
	UTF8    Encoding = "UTF-8" // also plain ASCII
	UTF16   Encoding = "UTF-16"
	CP1252  Encoding = "Windows-1252"
	Latin1  Encoding = "ISO 8859-1"
	Western Encoding = "Windows-1252 or ISO 8859-1" // which are the same in this text
)

const window = 64 << 10 // bytes that are looked at before the first is decided on

// A Text is an input in UTF-8, whatever it was written in.
//
// A byte order mark decides; without one, zero bytes at every other place tell
// UTF-16. Any other text is UTF-8 as long as it can be. A first byte that cannot
// be UTF-8 tells that the text has one byte for each character; after characters
// that only UTF-8 has, such a byte is damage, and becomes "?".
type Text struct {
	*bufio.Reader
	wide     bool
	fallback *fallback
}

// NewText returns r in UTF-8. It reads ahead, and keeps nothing but a window. Of
// a file of another program nothing can be read but a [*NotTextError].
func NewText(r io.Reader) *Text {
	in := bufio.NewReaderSize(r, window)
	head, _ := in.Peek(1024)
	t := &Text{fallback: &fallback{}}
	if err := notText(head); err != nil {
		t.Reader = bufio.NewReaderSize(failed{err}, window)
		return t
	}
	switch order := byteOrder(head); {
	case order != nil:
		t.wide = true
		t.Reader = bufio.NewReaderSize(transform.NewReader(in, order.NewDecoder()), window)
	default:
		if len(head) > 2 && string(head[:3]) == "\xef\xbb\xbf" {
			in.Discard(3)
			t.fallback.sure = true
		}
		t.Reader = bufio.NewReaderSize(transform.NewReader(in, t.fallback), window)
	}
	return t
}

// Encoding returns what the text was written in, as far as it has been read.
func (t *Text) Encoding() Encoding {
	f := t.fallback
	switch {
	case t.wide:
		return UTF16
	case !f.single:
		return UTF8
	case f.control:
		return Latin1
	case f.windows:
		return CP1252
	}
	return Western
}

// byteOrder returns the UTF-16 that head is written in, or nil.
func byteOrder(head []byte) encoding.Encoding {
	little := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
	switch {
	case len(head) < 2:
		return nil
	case string(head[:2]) == "\xff\xfe":
		return little
	case string(head[:2]) == "\xfe\xff":
		return big
	case len(head) < 8:
		return nil
	}
	var zero [2]int
	for i, c := range head[:len(head)&^1] {
		if c == 0 {
			zero[i&1]++
		}
	}
	half := len(head) / 2
	switch {
	case zero[1] > half*3/4 && zero[0] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zero[0] > half*3/4 && zero[1] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// A fallback is the transformer that takes bytes which are not UTF-8 for
// characters of Windows-1252, and of ISO 8859-1 where that has none.
type fallback struct {
	sure    bool // it is UTF-8
	single  bool // it has one byte for each character
	windows bool // one of them only Windows-1252 has
	control bool // one of them Windows-1252 has not
}

// Reset implements [transform.Transformer]. What was learnt stays known.
func (f *fallback) Reset() {}

// Transform implements [transform.Transformer].
func (f *fallback) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if n := ascii(src[nSrc:]); n > 0 {
			n = copy(dst[nDst:], src[nSrc:nSrc+n])
			nDst, nSrc = nDst+n, nSrc+n
			if n == 0 {
				return nDst, nSrc, transform.ErrShortDst
			}
			continue
		}
		r, n := utf8.DecodeRune(src[nSrc:])
		switch {
		case r != utf8.RuneError || n > 1:
			f.sure = f.sure || !f.single
		case !atEOF && !utf8.FullRune(src[nSrc:]):
			return nDst, nSrc, transform.ErrShortSrc
		default:
			r = f.one(src[nSrc])
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += n
	}
	return nDst, nSrc, nil
}

// one returns the character that a byte stands for which is not UTF-8.
func (f *fallback) one(c byte) rune {
	if f.sure {
		return '?'
	}
	f.single = true
	r := charmap.Windows1252.DecodeByte(c)
	switch {
	case r == utf8.RuneError:
		f.control = true
		return rune(c)
	case c < 0xa0:
		f.windows = true
	}
	return r
}

// ascii returns how many bytes at the start of b are ASCII.
func ascii(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}
