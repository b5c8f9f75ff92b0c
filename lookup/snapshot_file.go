package lookup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// The file of a snapshot: a mark, counts, then files, networks, AS
// numbers and text in little-endian order, and the SHA-256 of all that.
const (
	snapshotKind = "headsup snapshot "
	snapshotMark = snapshotKind + "2\n"
	nodeSize     = 32 + 4 + 3*4 + 4
)

var (
	// ErrSnapshot means that a file is no snapshot, or damaged.
	ErrSnapshot = errors.New("not a snapshot, or a damaged one")
	// ErrSnapshotVersion means that another version of headsup wrote it.
	ErrSnapshotVersion = errors.New("a snapshot of another version of headsup")
	// ErrInTheWay means that another file stands where a snapshot is to be.
	ErrInTheWay = errors.New("is no snapshot, and was left as it is")
)

// MayReplace reports, as an error, that a file is there which is neither empty
// nor a snapshot, of whatever version: nobody meant to lose it.
func MayReplace(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, len(snapshotKind))
	switch _, err := io.ReadFull(f, head); {
	case errors.Is(err, io.EOF), err == nil && string(head) == snapshotKind:
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return fmt.Errorf("%s %w", name, ErrInTheWay)
}

// WriteTo writes what [ReadSnapshot] reads.
func (s *Snapshot) WriteTo(w io.Writer) (int64, error) {
	le := binary.LittleEndian
	b := []byte(snapshotMark)
	for _, n := range []int{len(s.files), len(s.addrs.nodes), len(s.numbers.nodes), len(s.text)} {
		b = le.AppendUint64(b, uint64(n))
	}
	for _, f := range s.files {
		b = le.AppendUint64(b, uint64(f.at.Unix()))
		b = append(le.AppendUint32(b, uint32(len(f.name))), f.name...)
	}
	b = appendNodes(appendNodes(b, s.addrs.nodes), s.numbers.nodes)
	b = append(b, s.text...)
	sum := sha256.Sum256(b)
	n, err := w.Write(append(b, sum[:]...))
	return int64(n), err
}

func appendNodes(b []byte, nodes []node) []byte {
	le := binary.LittleEndian
	for i := range nodes {
		n := &nodes[i]
		for _, v := range []uint64{n.first.hi, n.first.lo, n.last.hi, n.last.lo} {
			b = le.AppendUint64(b, v)
		}
		for _, v := range []uint32{uint32(n.parent), n.name, n.org, n.contact} {
			b = le.AppendUint32(b, v)
		}
		b = append(b, n.country[0], n.country[1], n.flags, n.file)
	}
	return b
}

// ReadSnapshot reads a snapshot into memory. It refuses a file that was
// damaged or that says what cannot be.
func ReadSnapshot(r io.Reader) (*Snapshot, error) {
	b, err := io.ReadAll(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return nil, err
	}
	body, ok := bytes.CutPrefix(b, []byte(snapshotMark))
	switch {
	case !ok && otherVersion(b):
		return nil, ErrSnapshotVersion
	case !ok || len(body) < 4*8+sha256.Size:
		return nil, ErrSnapshot
	}
	end := len(b) - sha256.Size
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return nil, ErrSnapshot
	}
	return readSnapshot(b[len(snapshotMark):end])
}

// readSnapshot reads what stands between mark and sum.
func readSnapshot(body []byte) (*Snapshot, error) {
	in := &snapshotReader{b: body}
	s := in.snapshot()
	if in.bad || s.check() != nil {
		return nil, ErrSnapshot
	}
	s.addrs.step()
	s.numbers.step()
	return s, nil
}

// otherVersion reports whether a snapshot of any version begins like this.
func otherVersion(b []byte) bool {
	rest, ok := bytes.CutPrefix(b, []byte(snapshotKind))
	version, _, more := bytes.Cut(rest[:min(len(rest), 10)], []byte("\n"))
	n, err := strconv.Atoi(string(version))
	return ok && more && err == nil && n > 0
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
	files, addrs, numbers, text := r.u64(), r.u64(), r.u64(), r.u64()
	if left := uint64(len(r.b)); files > maxFiles || addrs > left/nodeSize || numbers > left/nodeSize || text > left {
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
	s.addrs.nodes, s.numbers.nodes = r.nodes(addrs), r.nodes(numbers)
	s.text = string(r.take(text))
	r.bad = r.bad || len(r.b) > 0
	return s
}

func (r *snapshotReader) nodes(n uint64) []node {
	nodes := make([]node, n)
	for i := range nodes {
		n := &nodes[i]
		n.first, n.last = key{r.u64(), r.u64()}, key{r.u64(), r.u64()}
		n.parent, n.name, n.org, n.contact = int32(r.u32()), r.u32(), r.u32(), r.u32()
		tail := r.take(4)
		n.country, n.flags, n.file = [2]byte{tail[0], tail[1]}, tail[2], tail[3]
	}
	return nodes
}

// check makes sure that no look-up can go astray: parents stand before their
// children, and every offset is that of a string.
func (s *Snapshot) check() error {
	for _, nodes := range [][]node{s.addrs.nodes, s.numbers.nodes} {
		for i, n := range nodes {
			if n.parent < -1 || int(n.parent) >= i || !s.holds(n.name) || !s.holds(n.org) || !s.holdsPair(n.contact) || int(n.file) >= len(s.files) ||
				!plausible(n.country) || n.last.less(n.first) || i > 0 && n.first.less(nodes[i-1].first) {
				return fmt.Errorf("range %d: %w", i, ErrSnapshot)
			}
		}
	}
	return nil
}

// holdsPair reports whether a contact begins at an offset of the text, or none.
func (s *Snapshot) holdsPair(at uint32) bool {
	if at == 0 || !s.holds(at) {
		return at == 0
	}
	_, handle := s.span(at)
	return s.holds(handle)
}

// holds reports whether a string begins at an offset of the text.
func (s *Snapshot) holds(at uint32) bool {
	if uint64(at) >= uint64(len(s.text)) {
		return false
	}
	n, w := textLength(s.text[at:])
	return w > 0 && n <= len(s.text)-int(at)-w
}

func plausible(country [2]byte) bool {
	return country == [2]byte{} || 'A' <= country[0] && country[0] <= 'Z' && 'A' <= country[1] && country[1] <= 'Z'
}
