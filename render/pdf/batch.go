package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"

	"headsup/pattern"
)

// ErrForeign means that a file is not one that [Writer.Write] wrote.
var ErrForeign = errors.New("not a letter of headsup")

// A Batch is one file made of the pages of others, for a printer. Its pages
// are those of the letters, byte for byte; what several of them have in
// common, such as a logo, it holds once. It writes as it goes, so that memory
// does not grow with the letters.
type Batch struct {
	*file
	w         io.Writer
	about     Letter
	tree      ref
	pages     []ref
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
	}
	return b.flush(b.w)
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
	b.finish(b.tree, about(b.about))
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
	reference = pattern.New(`\b\d{1,9} 0 R\b`)
	entry     = pattern.New(`(?m)^(\d{10}) 00000 n $`)
	treeOf    = pattern.New(`^<</Type /Catalog /Pages (\d{1,9} 0 R) `)
	kidsOf    = pattern.New(`^<</Type /Pages /Count \d+ /Kids \[([^\]]*)\]>>$`)
	ending    = pattern.New(`trailer\n<</Size \d+ /Root (\d{1,9} 0 R) [^\n]*>>\nstartxref\n(\d{1,12})\n%%EOF\n$`)
)

// refOf reads "12 0 R".
func refOf(s []byte) ref {
	n, err := strconv.Atoi(string(s[:bytes.IndexByte(s, ' ')]))
	if err != nil {
		return 0 // no file has an object of this number
	}
	return ref(n)
}

// readObjects takes apart a file of the form that file writes.
func readObjects(pdf []byte) (objects, error) {
	o := objects{body: map[ref][]byte{}}
	m := ending.FindSubmatch(pdf)
	if !bytes.HasPrefix(pdf, []byte(header)) || m == nil {
		return o, ErrForeign
	}
	table, err := strconv.Atoi(string(m[2]))
	if err != nil || table > len(pdf) {
		return o, ErrForeign
	}
	for i, e := range entry.FindAllSubmatch(pdf[table:], -1) {
		at, err := strconv.Atoi(string(e[1]))
		if err != nil || at > table {
			return o, ErrForeign
		}
		body, ok := bytes.CutPrefix(pdf[at:table], fmt.Appendf(nil, "%d 0 obj\n", i+1))
		end := objectEnd(body)
		if !ok || end < 0 {
			return o, ErrForeign
		}
		o.body[ref(i+1)] = body[:end]
	}
	root := treeOf.FindSubmatch(o.body[refOf(m[1])])
	if root == nil {
		return o, ErrForeign
	}
	o.tree = refOf(root[1])
	kids := kidsOf.FindSubmatch(o.body[o.tree])
	if kids == nil {
		return o, ErrForeign
	}
	for _, kid := range reference.FindAll(kids[1], -1) {
		o.pages = append(o.pages, refOf(kid))
	}
	return o, nil
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
