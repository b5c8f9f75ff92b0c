package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"hash/adler32"
	"io"
	"strconv"
	"sync"
	"unicode"
	"unicode/utf16"

	"github.com/klauspost/compress/zlib"
)

// A file is a PDF being written (ISO 32000-1, 7.5): objects, then where each
// of them is.
type file struct {
	bytes.Buffer
	at      []place // of each object, 0 if it is only promised
	flushed int     // bytes that are written and gone
	sum     hash.Hash
	summed  int // bytes of the buffer that sum has
	held    held
}

// A place is where an object is: in the file, or the how manieth it is of
// those that are packed together.
type place struct {
	at int
	in ref
}

// held are small objects to be packed together (ISO 32000-1, 7.5.7).
type held struct {
	refs  []ref
	at    []int
	bytes []byte
}

// A ref is the number of an object.
type ref int

func (r ref) String() string { return string(appendRef(nil, r)) }

func appendRef(b []byte, r ref) []byte { return append(strconv.AppendInt(b, int64(r), 10), " 0 R"...) }

func newFile() *file {
	f := &file{at: make([]place, 1), sum: sha256.New()}
	f.Grow(1 << 15)
	f.WriteString(header)
	return f
}

const header = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"

// flush writes what there is so far.
func (f *file) flush(w io.Writer) error {
	f.flushed += f.Len()
	f.addSum()
	f.summed = 0
	_, err := f.WriteTo(w)
	return err
}

func (f *file) addSum() {
	f.sum.Write(f.Bytes()[f.summed:])
	f.summed = f.Len()
}

// promise returns the number of an object to be written later.
func (f *file) promise() ref {
	f.at = append(f.at, place{})
	return ref(len(f.at) - 1)
}

// put writes an object that was promised.
func (f *file) put(r ref, format string, args ...any) {
	f.at[r].at = f.flushed + f.Len()
	fmt.Fprintf(f, "%d 0 obj\n", int(r))
	fmt.Fprintf(f, format, args...)
	f.WriteString("\nendobj\n")
}

// add writes an object.
func (f *file) add(format string, args ...any) ref {
	r := f.promise()
	f.put(r, format, args...)
	return r
}

// hold returns memory to which an object is appended that was promised, and
// that is written with others. It is given back to held.
func (f *file) hold(r ref) []byte {
	f.held.refs, f.held.at = append(f.held.refs, r), append(f.held.at, len(f.held.bytes))
	return f.held.bytes
}

// keep takes what hold returned, with an object behind it.
func (f *file) keep(b []byte) { f.held.bytes = append(b, '\n') }

// release writes the objects that are held.
func (f *file) release() {
	if len(f.held.refs) == 0 {
		return
	}
	in := f.promise()
	var b []byte
	for i, r := range f.held.refs {
		f.at[r] = place{i, in}
		b = append(strconv.AppendInt(b, int64(r), 10), ' ')
		b = append(strconv.AppendInt(b, int64(f.held.at[i]), 10), ' ')
	}
	dict := fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(f.held.refs), len(b))
	f.putSqueezed(in, dict, append(b, f.held.bytes...))
	f.held = held{}
}

// stream writes data as an object with more entries in its dictionary.
func (f *file) stream(dict string, data []byte) ref {
	r := f.promise()
	f.putStream(r, dict, data)
	return r
}

func (f *file) putStream(r ref, dict string, data []byte) {
	f.at[r].at = f.flushed + f.Len()
	f.Grow(len(dict) + len(data) + 1<<6)
	fmt.Fprintf(f, "%d 0 obj\n<<%s /Length %d>>\nstream\n", int(r), dict, len(data))
	f.Write(data)
	f.WriteString("\nendstream\nendobj\n")
}

// packed writes data compressed, at a level of zlib.
func (f *file) packed(dict string, data []byte, level int) ref {
	r := f.promise()
	f.putPacked(r, dict, data, level)
	return r
}

func (f *file) putPacked(r ref, dict string, data []byte, level int) {
	p := packers[level].Get().(*packer)
	defer packers[level].Put(p)
	f.putStream(r, dict+" /Filter /FlateDecode", p.pack(data))
}

// putSqueezed writes an object of text that no other letter has.
func (f *file) putSqueezed(r ref, dict string, data []byte) {
	s := squeezers.Get().(*squeezer)
	defer squeezers.Put(s)
	s.begin()
	s.add(data, 0, len(data), 0)
	f.putStream(r, dict+" /Filter /FlateDecode", s.end(adler32.Checksum(data)))
}

// Levels of compression: the fastest is for fonts of one letter, the best for
// what is made once and copied.
const (
	fast = zlib.BestSpeed
	best = zlib.BestCompression
)

// A packer compresses into memory of its own.
type packer struct {
	out bytes.Buffer
	z   *zlib.Writer
}

var packers = map[int]*sync.Pool{fast: newPackers(fast), best: newPackers(best)}

func newPackers(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		z, err := zlib.NewWriterLevel(nil, level)
		if err != nil {
			panic(err)
		}
		return &packer{z: z}
	}}
}

// pack returns data compressed, good until the next call.
func (p *packer) pack(data []byte) []byte {
	p.out.Reset()
	p.z.Reset(&p.out)
	p.z.Write(data) // to memory: cannot fail
	p.z.Close()
	return p.out.Bytes()
}

// blocks returns data compressed as blocks that end at a byte, none of them the
// last (RFC 1951), good until the next call.
func (p *packer) blocks(data []byte) []byte {
	p.out.Reset()
	p.z.Reset(&p.out)
	p.z.Write(data) // to memory: cannot fail
	p.z.Flush()
	return p.out.Bytes()[zlibHeader:]
}

// zlibHeader is how long the header of compressed data is (RFC 1950, 2.2).
const zlibHeader = 2

// finish writes what a file says of itself, with more entries in its catalog,
// and ends it.
func (f *file) finish(pages, intent ref, m meta, entries string) {
	root := f.add("<</Type /Catalog /Pages %v /Lang (%s) /Metadata %v /OutputIntents [%v] /ViewerPreferences <</DisplayDocTitle true>>%s>>",
		pages, m.lang, f.stream("/Type /Metadata /Subtype /XML", m.xmp()), intent, entries)
	f.end(root, f.add("%s", m.info()), m.id)
}

// intent says what the colours of a file mean.
func (f *file) intent() ref {
	return f.add("<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB) /DestOutputProfile %v>>",
		f.packed("/N 3", srgb(), best))
}

// end writes the table of objects (ISO 32000-1, 7.5.8). The file is known by
// an identifier and by what is in it.
func (f *file) end(root, info ref, id string) {
	f.release()
	f.addSum()
	first, second := sha256.Sum256([]byte(id)), f.sum.Sum(nil)
	table := f.promise()
	start := f.flushed + f.Len()
	f.at[table].at = start
	rows := make([]byte, 0, rowSize*len(f.at))
	for i, p := range f.at {
		switch {
		case i == 0:
			rows = append(rows, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF)
		case p.in != 0:
			rows = appendRow(rows, 2, int(p.in), p.at)
		default:
			rows = appendRow(rows, 1, p.at, 0)
		}
	}
	f.putSqueezed(table, fmt.Sprintf("/Type /XRef /Size %d /W [1 5 2] /Root %v /Info %v /ID [<%x> <%x>]",
		len(f.at), root, info, first[:16], second[:16]), rows)
	fmt.Fprintf(f, "startxref\n%d\n%%%%EOF\n", start)
}

// rowSize is how long a row of the table of objects is.
const rowSize = 1 + 5 + 2

func appendRow(b []byte, kind byte, at, index int) []byte {
	return append(b, kind, byte(at>>32), byte(at>>24), byte(at>>16), byte(at>>8), byte(at), byte(index>>8), byte(index))
}

// text writes a string as PDF holds text for people.
func text(s string) string { return string(appendText(nil, s)) }

func appendText(b []byte, s string) []byte {
	b = append(b, "<FEFF"...)
	for _, r := range s {
		if r1, r2 := utf16.EncodeRune(r); r1 != unicode.ReplacementChar {
			b = appendHex(appendHex(b, uint16(r1)), uint16(r2))
		} else {
			b = appendHex(b, uint16(r))
		}
	}
	return append(b, '>')
}
