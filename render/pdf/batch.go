package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/klauspost/compress/zlib"

	"headsup/pattern"
)

// ErrForeign means that a file is not one that [Writer.Write] wrote.
var ErrForeign = errors.New("not a letter of headsup")

// A Batch is one file made of the pages of others, for a printer. Its pages
// are those of the letters, byte for byte, without the structure that is there
// for other readers; what several of them have in common, such as fonts and a
// logo, it holds once. It writes as it goes, so that memory
// does not grow with the letters.
type Batch struct {
	*file
	w         io.Writer
	about     Letter
	tree      ref
	pages     []ref
	box       string // of the last page
	contained map[[sha256.Size]byte]ref
}

// NewBatch begins a file on w that says of itself the ID, Title, Author, Date
// and Lang of about.
func NewBatch(w io.Writer, about Letter) *Batch {
	b := &Batch{file: newFile(), w: w, about: about, contained: map[[sha256.Size]byte]ref{}}
	b.tree = b.promise()
	return b
}

// Add puts the pages of a letter behind those before.
func (b *Batch) Add(letter []byte) error {
	o, err := readObjects(letter)
	if err != nil {
		return err
	}
	copied := map[ref]ref{o.tree: b.tree}
	for _, page := range o.pages {
		r, err := b.copy(o, page, copied, 0)
		if err != nil {
			return err
		}
		b.pages = append(b.pages, r)
		if box := boxOf.FindSubmatch(o.body[page]); box != nil {
			b.box = string(box[1])
		}
	}
	return b.flush(b.w)
}

// Blank adds an empty page of the size of the last one: behind a letter of an odd
// number of pages, it has the next one begin on a new sheet.
func (b *Batch) Blank() {
	if b.box != "" {
		b.pages = append(b.pages, b.add("<</Type /Page /Parent %v /MediaBox %s /Resources <<>>>>", b.tree, b.box))
	}
}

// Pages returns how many pages a letter has.
func Pages(letter []byte) (int, error) {
	o, err := readObjects(letter)
	return len(o.pages), err
}

// Addressed reports whether a letter was written with an address in its window,
// and not with what stands there Instead.
func Addressed(letter []byte) (bool, error) {
	o, err := readObjects(letter)
	for _, body := range o.body {
		if bytes.HasPrefix(body, []byte("<</Title ")) && bytes.HasSuffix(body, []byte(notForThePost)) {
			return false, err
		}
	}
	return err == nil, err
}

// Close writes what all pages share. It does not close the writer below.
func (b *Batch) Close() error {
	var kids bytes.Buffer
	for _, p := range b.pages {
		fmt.Fprintf(&kids, " %v", p)
	}
	b.put(b.tree, "<</Type /Pages /Count %d /Kids [%s]>>", len(b.pages), kids.Bytes())
	b.finish(b.tree, b.intent(), about(b.about), "")
	return b.flush(b.w)
}

// depth is how far an object of ours is from its page at most.
const depth = 8

// copy writes an object of another file with all that it refers to.
func (b *Batch) copy(o objects, from ref, copied map[ref]ref, level int) (ref, error) {
	if to, ok := copied[from]; ok {
		return to, nil
	}
	body, ok := o.body[from]
	if !ok || level > depth {
		return 0, ErrForeign
	}
	dict, stream := body, []byte(nil)
	if i := bytes.Index(body, []byte("\nstream\n")); i >= 0 {
		dict, stream = body[:i], body[i:]
	}
	if level == 0 {
		dict = structure.ReplaceAll(dict, []byte(">>"))
	}
	var failed error
	dict = reference.ReplaceAllFunc(dict, func(m []byte) []byte {
		to, err := b.copy(o, refOf(m), copied, level+1)
		failed = errors.Join(failed, err)
		return []byte(to.String())
	})
	if failed != nil {
		return 0, failed
	}
	hash := sha256.New()
	hash.Write(dict)
	hash.Write(stream)
	sum := [sha256.Size]byte(hash.Sum(nil))
	to, ok := b.contained[sum]
	if !ok || level == 0 { // a page stands in the file once for each letter
		to = b.add("%s%s", dict, stream)
		b.contained[sum] = to
	}
	copied[from] = to
	return to, nil
}

// objects are those of a file.
type objects struct {
	body  map[ref][]byte
	tree  ref
	pages []ref
}

var (
	boxOf     = pattern.New(`/MediaBox (\[[0-9. ]{1,60}\])`)
	reference = pattern.New(`\b\d{1,9} 0 R\b`)
	entry     = pattern.New(`(?m)^(\d{10}) 00000 n $`)
	treeOf    = pattern.New(`^<</Type /Catalog /Pages (\d{1,9} 0 R) `)
	kidsOf    = pattern.New(`^<</Type /Pages /Count \d+ /Kids \[([^\]]*)\]>>$`)
	// What a page says of the structure of its letter, which is not in a batch.
	structure    = pattern.New(` /Tabs /S /StructParents \d+ /Annots \[[^\]]*\]>>$`)
	packedEnding = pattern.New(`\nstartxref\n(\d{1,12})\n%%EOF\n$`)
	tableOf      = pattern.New(`^\d{1,9} 0 obj\n<</Type /XRef /Size \d{1,9} /W \[1 5 2\] /Root (\d{1,9} 0 R) [^\n]*>>\nstream\n`)
	ending       = pattern.New(`trailer\n<</Size \d+ /Root (\d{1,9} 0 R) [^\n]*>>\nstartxref\n(\d{1,12})\n%%EOF\n$`)
)

// refOf reads "12 0 R".
func refOf(s []byte) ref {
	n, err := strconv.Atoi(string(s[:bytes.IndexByte(s, ' ')]))
	if err != nil {
		return 0 // no file has an object of this number
	}
	return ref(n)
}

// readObjects takes apart a file of the form that file writes, or wrote when
// it held the table of its objects as text. Of objects that are packed together
// it knows nothing: they are about the structure of the letter.
func readObjects(pdf []byte) (objects, error) {
	o := objects{body: map[ref][]byte{}}
	if !bytes.HasPrefix(pdf, []byte(header)) {
		return o, ErrForeign
	}
	var places []int
	var root ref
	var table int
	var err error
	if m := ending.FindSubmatch(pdf); m != nil {
		root = refOf(m[1])
		places, table, err = readTable(pdf, m[2])
	} else if m := packedEnding.FindSubmatch(pdf); m != nil {
		places, root, table, err = readPackedTable(pdf, m[1])
	} else {
		err = ErrForeign
	}
	if err != nil {
		return o, err
	}
	for i, at := range places {
		if at < 0 {
			continue
		}
		if at > table {
			return o, ErrForeign
		}
		body, ok := bytes.CutPrefix(pdf[at:], fmt.Appendf(nil, "%d 0 obj\n", i+1))
		end := objectEnd(body)
		if !ok || end < 0 {
			return o, ErrForeign
		}
		o.body[ref(i+1)] = body[:end]
	}
	return o, o.findPages(root)
}

// findPages follows the tree of pages.
func (o *objects) findPages(root ref) error {
	catalog := treeOf.FindSubmatch(o.body[root])
	if catalog == nil {
		return ErrForeign
	}
	o.tree = refOf(catalog[1])
	kids := kidsOf.FindSubmatch(o.body[o.tree])
	if kids == nil {
		return ErrForeign
	}
	for _, kid := range reference.FindAll(kids[1], -1) {
		o.pages = append(o.pages, refOf(kid))
	}
	return nil
}

// readTable reads a table of objects in text: where each is, and the table itself.
func readTable(pdf, at []byte) (places []int, table int, err error) {
	table, err = strconv.Atoi(string(at))
	if err != nil || table > len(pdf) {
		return nil, 0, ErrForeign
	}
	for _, e := range entry.FindAllSubmatch(pdf[table:], -1) {
		at, err := strconv.Atoi(string(e[1]))
		if err != nil {
			return nil, 0, ErrForeign
		}
		places = append(places, at)
	}
	return places, table, nil
}

// readPackedTable reads a table of objects that is an object itself. Packed
// objects are at -1.
func readPackedTable(pdf, at []byte) (places []int, root ref, table int, err error) {
	const most = 1 << 24 // bytes of rows
	table, err = strconv.Atoi(string(at))
	if err != nil || table > len(pdf) {
		return nil, 0, 0, ErrForeign
	}
	m := tableOf.FindSubmatch(pdf[table:])
	if m == nil {
		return nil, 0, 0, ErrForeign
	}
	z, err := zlib.NewReader(bytes.NewReader(pdf[table+len(m[0]):]))
	if err != nil {
		return nil, 0, 0, ErrForeign
	}
	rows, err := io.ReadAll(io.LimitReader(z, most))
	if err != nil || len(rows) == 0 || len(rows)%rowSize != 0 {
		return nil, 0, 0, ErrForeign
	}
	for rows = rows[rowSize:]; len(rows) > 0; rows = rows[rowSize:] {
		at := -1
		if rows[0] == 1 {
			at = int(rows[1])<<32 | int(binary.BigEndian.Uint32(rows[2:]))
		}
		places = append(places, at)
	}
	return places, refOf(m[1]), table, nil
}

var length = pattern.New(`^<<[^\n]* /Length (\d{1,10})>>\nstream\n`)

// objectEnd is where an object ends: of a stream, by its length, because
// anything may be in it.
func objectEnd(b []byte) int {
	const end = "\nendobj\n"
	from := 0
	if m := length.FindSubmatch(b); m != nil {
		n, err := strconv.Atoi(string(m[1]))
		if from = len(m[0]) + n; err != nil || from > len(b) {
			return -1
		}
	}
	i := bytes.Index(b[from:], []byte(end))
	if i < 0 {
		return -1
	}
	return from + i
}
