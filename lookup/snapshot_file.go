package lookup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// The file of a snapshot: a mark, counts, then files, contacts, nodes and text
// in little-endian order, and the SHA-256 of all that.
const snapshotMark = "headsup snapshot 1\n"

const nodeSize = 32 + 4 + 3*4 + 4

var errSnapshot = errors.New("not a snapshot, or a damaged one")

// WriteTo writes what [ReadSnapshot] reads.
func (s *Snapshot) WriteTo(w io.Writer) (int64, error) {
	le := binary.LittleEndian
	b := []byte(snapshotMark)
	for _, n := range []int{len(s.files), len(s.contacts), len(s.nodes), len(s.text)} {
		b = le.AppendUint64(b, uint64(n))
	}
	for _, f := range s.files {
		b = le.AppendUint64(b, uint64(f.at.Unix()))
		b = append(le.AppendUint32(b, uint32(len(f.name))), f.name...)
	}
	for _, c := range s.contacts {
		b = le.AppendUint32(le.AppendUint32(b, c.mail), c.handle)
	}
	for i := range s.nodes {
		n := &s.nodes[i]
		for _, v := range []uint64{n.first.hi, n.first.lo, n.last.hi, n.last.lo} {
			b = le.AppendUint64(b, v)
		}
		for _, v := range []uint32{uint32(n.parent), n.name, n.org, n.contact} {
			b = le.AppendUint32(b, v)
		}
		b = append(b, n.country[0], n.country[1], n.flags, n.file)
	}
	b = append(b, s.text...)
	sum := sha256.Sum256(b)
	n, err := w.Write(append(b, sum[:]...))
	return int64(n), err
}

// ReadSnapshot reads a snapshot into memory. It refuses a file that was
// damaged or that says what cannot be.
func ReadSnapshot(r io.Reader) (*Snapshot, error) {
	b, err := io.ReadAll(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return nil, err
	}
	body, ok := bytes.CutPrefix(b, []byte(snapshotMark))
	if !ok || len(body) < 4*8+sha256.Size {
		return nil, errSnapshot
	}
	end := len(b) - sha256.Size
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return nil, errSnapshot
	}
	in := &snapshotReader{b: b[len(snapshotMark):end]}
	s := in.snapshot()
	if in.bad || s.check() != nil {
		return nil, errSnapshot
	}
	return s, nil
}

type snapshotReader struct {
	b   []byte
	bad bool
}

func (r *snapshotReader) take(n uint64) []byte {
	if r.bad = r.bad || n > uint64(len(r.b)); r.bad {
		return make([]byte, min(n, 64))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *snapshotReader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *snapshotReader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

func (r *snapshotReader) snapshot() *Snapshot {
	s := &Snapshot{}
	files, contacts, nodes, text := r.u64(), r.u64(), r.u64(), r.u64()
	if left := uint64(len(r.b)); files > 256 || contacts > left/8 || nodes > left/nodeSize || text > left {
		r.bad = true
		return s
	}
	for range files {
		at := time.Unix(int64(r.u64()), 0).UTC()
		s.files = append(s.files, dumpFile{string(r.take(uint64(r.u32()))), at})
		if r.bad {
			return s
		}
	}
	s.contacts = make([]mailbox, contacts)
	for i := range s.contacts {
		s.contacts[i] = mailbox{r.u32(), r.u32()}
	}
	s.nodes = make([]node, nodes)
	for i := range s.nodes {
		n := &s.nodes[i]
		n.first, n.last = key{r.u64(), r.u64()}, key{r.u64(), r.u64()}
		n.parent, n.name, n.org, n.contact = int32(r.u32()), r.u32(), r.u32(), r.u32()
		tail := r.take(4)
		n.country, n.flags, n.file = [2]byte{tail[0], tail[1]}, tail[2], tail[3]
	}
	s.text = bytes.Clone(r.take(text))
	r.bad = r.bad || len(r.b) > 0
	return s
}

// check makes sure that no look-up can go astray: parents stand before their
// children, and every offset is that of a string.
func (s *Snapshot) check() error {
	text := func(at uint32) bool {
		if uint64(at) >= uint64(len(s.text)) {
			return false
		}
		n, w := binary.Uvarint(s.text[at:])
		return w > 0 && n <= uint64(len(s.text)-int(at)-w)
	}
	for i, n := range s.nodes {
		if n.parent < -1 || int(n.parent) >= i || !text(n.name) || !text(n.org) || int(n.contact) > len(s.contacts) || int(n.file) >= len(s.files) ||
			n.last.compare(n.first) < 0 || i > 0 && n.first.compare(s.nodes[i-1].first) < 0 {
			return fmt.Errorf("network %d: %w", i, errSnapshot)
		}
	}
	for _, c := range s.contacts {
		if !text(c.mail) || !text(c.handle) {
			return errSnapshot
		}
	}
	return nil
}
