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
	"slices"
	"time"
)

// A SnapshotBuilder makes a [Snapshot] of registry dumps: RPSL objects
// (inetnum, inet6num, organisation, role, irt; ripe.db.*.gz, apnic.db.*.gz,
// afrinic.db.gz, lacnic.db.gz) and delegated-extended statistics, plain or
// gzipped, in any order. Its zero value is ready.
type SnapshotBuilder struct {
	snap     Snapshot
	interned map[string]uint32
	refs     []nodeRefs           // of each node
	boxes    map[uint32]mailbox   // of a role or team, by handle
	orgs     map[uint32]orgObject // by handle
	index    map[mailbox]uint32
	doubted  map[mailbox]bool
}

// nodeRefs are the handles that a network names.
type nodeRefs struct{ abuse, irt, org uint32 }

type orgObject struct{ name, abuse uint32 }

// A SnapshotSum says what was read of a file. Skipped are objects that are
// networks or statistics and cannot be understood.
type SnapshotSum struct{ Networks, Contacts, Skipped int }

const (
	maxDumpLine = 64 << 10
	maxText     = 1<<32 - 1<<20
)

var errDump = errors.New("neither RPSL objects nor delegated statistics")

// Add reads a dump. name and at are what answers name as their server and time.
func (b *SnapshotBuilder) Add(r io.Reader, name string, at time.Time) (SnapshotSum, error) {
	if b.interned == nil {
		b.interned, b.boxes, b.orgs, b.index, b.doubted = map[string]uint32{}, map[uint32]mailbox{}, map[uint32]orgObject{}, map[mailbox]uint32{}, map[mailbox]bool{}
		b.intern(nil) // the empty string is 0
	}
	if len(b.snap.files) > 255 {
		return SnapshotSum{}, errors.New("more than 256 dumps")
	}
	in := bufio.NewReaderSize(r, maxDumpLine)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return SnapshotSum{}, fmt.Errorf("%s: %w", name, err)
		}
		in = bufio.NewReaderSize(z, maxDumpLine)
	}
	b.snap.files = append(b.snap.files, dumpFile{name, at.UTC()})
	d := &dump{b: b, file: uint8(len(b.snap.files) - 1)}
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && err != io.EOF {
			return d.sum, fmt.Errorf("%s:%d: %w", name, d.line+1, err)
		}
		d.line++
		if err := d.read(bytes.TrimRight(line, "\r\n")); err != nil {
			return d.sum, fmt.Errorf("%s:%d: %w", name, d.line, err)
		}
		if len(b.snap.text) > maxText {
			return d.sum, fmt.Errorf("%s:%d: too much text", name, d.line)
		}
		if err == io.EOF {
			d.flush()
			return d.sum, nil
		}
	}
}

func (b *SnapshotBuilder) intern(s []byte) uint32 {
	if id, ok := b.interned[string(s)]; ok {
		return id
	}
	id := uint32(len(b.snap.text))
	b.snap.text = append(binary.AppendUvarint(b.snap.text, uint64(len(s))), s...)
	b.interned[string(s)] = id
	return id
}

// Snapshot sorts what was added, links each network to the one around it and
// to its contact, and ends the building.
func (b *SnapshotBuilder) Snapshot() *Snapshot {
	for i := range b.snap.nodes {
		b.resolve(&b.snap.nodes[i], b.refs[i])
	}
	snap := b.snap
	*b = SnapshotBuilder{}
	s := &snap
	slices.SortStableFunc(s.nodes, func(x, y node) int {
		if c := x.first.compare(y.first); c != 0 {
			return c
		}
		if c := y.last.compare(x.last); c != 0 {
			return c
		}
		return int(y.flags&isPool) - int(x.flags&isPool) // what is handed out stands within
	})
	var around []int32
	for i := range s.nodes {
		for len(around) > 0 && s.nodes[around[len(around)-1]].last.compare(s.nodes[i].last) < 0 {
			around = around[:len(around)-1]
		}
		s.nodes[i].parent = -1
		if len(around) > 0 {
			s.nodes[i].parent = around[len(around)-1]
		}
		around = append(around, int32(i))
	}
	s.nodes = slices.Clip(s.nodes)
	return s
}

// resolve finds the contact as RIPE does: the network's own abuse-c (at APNIC
// its mnt-irt), then its organisation's; what encloses it is left to Lookup.
func (b *SnapshotBuilder) resolve(n *node, r nodeRefs) {
	org := b.orgs[r.org]
	n.org = cmp.Or(org.name, n.org)
	for i, handle := range []uint32{r.abuse, r.irt, org.abuse} {
		m, ok := b.boxes[handle]
		if handle == 0 || !ok {
			continue
		}
		if i == 2 {
			n.flags |= isOrgs
		}
		if b.index[m] == 0 {
			b.snap.contacts = append(b.snap.contacts, m)
			b.index[m] = uint32(len(b.snap.contacts))
			b.doubted[m] = registryOf(Contact{Email: b.snap.string(m.mail), Handle: b.snap.string(m.handle)}) != nil
		}
		n.contact = b.index[m]
		if b.doubted[m] {
			n.flags |= isDoubted
		}
		return
	}
}
