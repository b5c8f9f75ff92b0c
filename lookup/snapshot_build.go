package lookup

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A SnapshotBuilder makes a [Snapshot] of registry dumps, plain or gzipped, in
// any order: RPSL objects (inetnum, inet6num, aut-num, organisation, role, irt;
// ripe.db.*.gz, apnic.db.*.gz, afrinic.db.gz, lacnic.db.gz), ARIN's Bulk Whois
// in XML, and delegated-extended statistics. Its zero value is ready.
type SnapshotBuilder struct {
	snap                 Snapshot
	text                 strings.Builder
	starts               []uint32             // of each string, in the text
	interned             map[string]uint32    // their numbers, which stand for them until all is read
	addrRefs, numberRefs []nodeRefs           // of each node
	boxes                map[uint32]mailbox   // of a role, team or point of contact, by handle
	orgs                 map[uint32]orgObject // by handle
	contacts             []mailbox
	index                map[mailbox]uint32 // of contacts, from 1
	doubted              map[mailbox]bool
}

type mailbox struct{ mail, handle uint32 }

// nodeRefs are the handles that a network names.
type nodeRefs struct{ abuse, irt, org uint32 }

type orgObject struct {
	name, abuse uint32
	country     [2]byte
}

// A SnapshotSum says what was read of a file. Numbers are ranges of AS numbers;
// skipped are objects that cannot be understood though they should.
type SnapshotSum struct{ Networks, Numbers, Contacts, Skipped int }

const (
	maxDumpLine = 64 << 10
	maxText     = 1<<32 - 1<<20
	maxFiles    = 256
)

var (
	errDump = errors.New("neither RPSL objects, nor ARIN's Bulk Whois in XML, nor delegated statistics")
	errZip  = errors.New("a zip archive: unpack it first")
	errText = errors.New("too much text")
)

// Add reads a dump; a file without one object of a registry is none. name and at are what answers name as their server and time.
// An error names the line; a file that breaks off wraps [io.ErrUnexpectedEOF].
func (b *SnapshotBuilder) Add(r io.Reader, name string, at time.Time) (SnapshotSum, error) {
	if b.interned == nil {
		b.interned, b.boxes, b.orgs, b.index, b.doubted = map[string]uint32{}, map[uint32]mailbox{}, map[uint32]orgObject{}, map[mailbox]uint32{}, map[mailbox]bool{}
		b.intern(nil) // the empty string is 0
	}
	if len(b.snap.files) == maxFiles {
		return SnapshotSum{}, fmt.Errorf("%s: more than %d dumps", name, maxFiles)
	}
	in := bufio.NewReaderSize(r, maxDumpLine)
	switch magic, _ := in.Peek(4); {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return SnapshotSum{}, fmt.Errorf("%s: %w", name, err)
		}
		in = bufio.NewReaderSize(z, maxDumpLine)
	case bytes.Equal(magic, []byte("PK\x03\x04")):
		return SnapshotSum{}, fmt.Errorf("%s: %w", name, errZip)
	}
	b.snap.files = append(b.snap.files, dumpFile{name, at.UTC()})
	d := dump{b: b, file: uint8(len(b.snap.files) - 1)}
	read := d.lines
	if isXML(in) {
		read = (&bulkDump{dump: &d}).read
	}
	before := len(b.orgs) + len(b.boxes)
	if err := read(in); err != nil {
		return d.sum, fmt.Errorf("%s:%d: %w", name, d.line, err)
	}
	if d.sum == (SnapshotSum{}) && !d.known && len(b.orgs)+len(b.boxes) == before {
		return d.sum, fmt.Errorf("%s: %w", name, errDump)
	}
	return d.sum, nil
}

// isXML reports whether markup is the first that stands in a file.
func isXML(in *bufio.Reader) bool {
	head, _ := in.Peek(512)
	return bytes.HasPrefix(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"), []byte("<"))
}

func (b *SnapshotBuilder) intern(s []byte) uint32 {
	if id, ok := b.interned[string(s)]; ok {
		return id
	}
	id := uint32(len(b.starts))
	b.starts = append(b.starts, uint32(b.text.Len()))
	b.text.Write(binary.AppendUvarint(nil, uint64(len(s))))
	b.text.Write(s)
	b.interned[string(s)] = id
	return id
}

func (b *SnapshotBuilder) add(n node, refs nodeRefs) {
	if n.flags&isNumber != 0 {
		b.snap.numbers.nodes, b.numberRefs = append(b.snap.numbers.nodes, n), append(b.numberRefs, refs)
	} else {
		b.snap.addrs.nodes, b.addrRefs = append(b.snap.addrs.nodes, n), append(b.addrRefs, refs)
	}
}

// Snapshot sorts what was added, links each network to the one around it and
// to its contact, and ends the building.
func (b *SnapshotBuilder) Snapshot() *Snapshot {
	b.snap.text = b.text.String()
	for i := range b.addrRefs {
		b.resolve(&b.snap.addrs.nodes[i], b.addrRefs[i])
	}
	for i := range b.numberRefs {
		b.resolve(&b.snap.numbers.nodes[i], b.numberRefs[i])
	}
	s := &Snapshot{addrs: b.snap.addrs, numbers: b.snap.numbers, files: b.snap.files, text: b.snap.text}
	contacts, starts := b.contacts, b.starts
	*b = SnapshotBuilder{}
	s.addrs.sort()
	s.numbers.sort()
	s.arrange(contacts, starts)
	return s
}

// arrange lays out the text anew: only what answers need, first what many
// share, and then names in the order of the networks, so that little of it is
// far from what was read last.
func (s *Snapshot) arrange(contacts []mailbox, starts []uint32) {
	var text strings.Builder
	text.Grow(len(s.text))
	write := func(id uint32) (to uint32) {
		to = uint32(text.Len())
		_, end := s.span(starts[id])
		text.WriteString(s.text[starts[id]:end])
		return to
	}
	write(0) // the empty string stays 0
	pairs := make([]uint32, len(contacts)+1)
	for i, m := range contacts {
		pairs[i+1] = write(m.mail)
		write(m.handle)
	}
	moved := make([]uint32, len(starts))
	move := func(id *uint32) {
		if *id != 0 && moved[*id] == 0 {
			moved[*id] = write(*id)
		}
		*id = moved[*id]
	}
	for _, nodes := range [][]node{s.addrs.nodes, s.numbers.nodes} {
		for i := range nodes {
			nodes[i].contact = pairs[nodes[i].contact]
			move(&nodes[i].org)
		}
	}
	for _, nodes := range [][]node{s.addrs.nodes, s.numbers.nodes} {
		for i := range nodes {
			move(&nodes[i].name)
		}
	}
	s.text = strings.Clone(text.String())
}

// resolve finds the contact as the registries do: the network's own abuse-c
// (at APNIC its mnt-irt, at ARIN its abuse point of contact), then its
// organisation's; what encloses it is left to Lookup. A contact that is named
// and not in the dumps is not passed over for another.
func (b *SnapshotBuilder) resolve(n *node, r nodeRefs) {
	org, known := b.orgs[r.org]
	n.org = cmp.Or(org.name, n.org)
	if n.country[0] == 0 {
		n.country = org.country
	}
	for i, handle := range []uint32{r.abuse, r.irt, org.abuse} {
		if handle == 0 {
			continue
		}
		m, ok := b.boxes[handle]
		if !ok {
			n.flags |= isLost
			return
		}
		if i == 2 {
			n.flags |= isOrgs
		}
		b.contact(n, m)
		return
	}
	if r.org != 0 && !known {
		n.flags |= isLost
	}
}

func (b *SnapshotBuilder) contact(n *node, m mailbox) {
	if b.index[m] == 0 {
		b.contacts = append(b.contacts, m)
		b.index[m] = uint32(len(b.contacts))
		b.doubted[m] = registryOf(Contact{Email: b.snap.string(b.starts[m.mail]), Handle: b.snap.string(b.starts[m.handle])}) != nil
	}
	n.contact = b.index[m]
	if b.doubted[m] {
		n.flags |= isDoubted
	}
}

// handle interns a handle in upper case, without its comment.
func (b *SnapshotBuilder) handle(h []byte) uint32 {
	if i := bytes.IndexByte(h, '#'); i >= 0 {
		h = h[:i]
	}
	h = bytes.TrimSpace(h)
	for _, c := range h {
		if c <= ' ' || c > '~' {
			return 0
		}
		if 'a' <= c && c <= 'z' {
			h = bytes.ToUpper(h)
			break
		}
	}
	return b.intern(h)
}

// clean interns text as one printable line.
func (b *SnapshotBuilder) clean(text []byte, n int) uint32 {
	plain := len(text) <= n && !bytes.Contains(text, []byte("  "))
	for _, c := range text {
		plain = plain && c >= ' ' && c <= '~'
	}
	if !plain {
		text = []byte(clean(decodeText(text), n))
	}
	return b.intern(text)
}

// country2 returns the code of a country that a registry names, or zeros.
func country2(s []byte) (code [2]byte) {
	copy(code[:], CountryCode(string(s)))
	return code
}
