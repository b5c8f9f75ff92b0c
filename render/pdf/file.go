package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"sync"
	"unicode/utf16"

	"github.com/klauspost/compress/zlib"
)

// A file is a PDF being written (ISO 32000-1, 7.5): objects, then where each
// of them is.
type file struct {
	bytes.Buffer
	at      []int // of each object, 0 if it is only promised
	flushed int   // bytes that are written and gone
	sum     hash.Hash
}

// A ref is the number of an object.
type ref int

func (r ref) String() string { return fmt.Sprintf("%d 0 R", int(r)) }

func newFile() *file {
	f := &file{at: make([]int, 1), sum: sha256.New()}
	f.Grow(1 << 15)
	f.WriteString(header)
	return f
}

const header = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"

// flush writes what there is so far.
func (f *file) flush(w io.Writer) error {
	f.flushed += f.Len()
	f.sum.Write(f.Bytes())
	_, err := f.WriteTo(w)
	return err
}

// promise returns the number of an object to be written later.
func (f *file) promise() ref {
	f.at = append(f.at, 0)
	return ref(len(f.at) - 1)
}

// put writes an object that was promised.
func (f *file) put(r ref, format string, args ...any) {
	f.at[r] = f.flushed + f.Len()
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

// stream writes data as an object with more entries in its dictionary.
func (f *file) stream(dict string, data []byte) ref {
	r := f.promise()
	f.at[r] = f.flushed + f.Len()
	f.Grow(len(dict) + len(data) + 1<<6)
	fmt.Fprintf(f, "%d 0 obj\n<<%s /Length %d>>\nstream\n", int(r), dict, len(data))
	f.Write(data)
	f.WriteString("\nendstream\nendobj\n")
	return r
}

// packed writes data compressed.
func (f *file) packed(dict string, data []byte) ref {
	p := packers.Get().(*packer)
	defer packers.Put(p)
	return f.stream(dict+" /Filter /FlateDecode", p.pack(data))
}

// A packer compresses into memory of its own. The fastest level makes a page
// 4 % larger than the usual one, in half of its time.
type packer struct {
	out bytes.Buffer
	z   *zlib.Writer
}

var packers = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(nil, zlib.BestSpeed)
	if err != nil {
		panic(err)
	}
	return &packer{z: z}
}}

// pack returns data compressed, good until the next call.
func (p *packer) pack(data []byte) []byte {
	p.out.Reset()
	p.z.Reset(&p.out)
	p.z.Write(data) // to memory: cannot fail
	p.z.Close()
	return p.out.Bytes()
}

// finish writes what a file says of itself, and ends it.
func (f *file) finish(pages ref, m meta) {
	intent := f.add("<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB) /DestOutputProfile %v>>",
		f.packed("/N 3", srgb()))
	root := f.add("<</Type /Catalog /Pages %v /Lang (%s) /Metadata %v /OutputIntents [%v] /ViewerPreferences <</DisplayDocTitle true>>>>",
		pages, m.lang, f.stream("/Type /Metadata /Subtype /XML", m.xmp()), intent)
	f.end(root, f.add("%s", m.info()), m.id)
}

// end writes the table of objects and the trailer. The file is known by an
// identifier and by what is in it.
func (f *file) end(root, info ref, id string) {
	f.sum.Write(f.Bytes())
	first, second := sha256.Sum256([]byte(id)), f.sum.Sum(nil)
	start := f.flushed + f.Len()
	fmt.Fprintf(f, "xref\n0 %d\n0000000000 65535 f \n", len(f.at))
	for _, at := range f.at[1:] {
		fmt.Fprintf(f, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(f, "trailer\n<</Size %d /Root %v /Info %v /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.at), root, info, first[:16], second[:16], start)
}

// text writes a string as PDF holds text for people.
func text(s string) string {
	var b bytes.Buffer
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}
