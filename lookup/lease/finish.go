package lease

import (
	"time"

	"headsup/disk"
)

// finish joins what was read with what there is, and makes it the index.
func (im *importing) finish() error {
	if len(im.batch.entries[0])+len(im.batch.entries[1]) > 0 {
		if err := im.spill(); err != nil {
			return err
		}
	}
	added := int64(0)
	for _, s := range im.parts {
		added += s.top.entries()
	}
	keep, join := im.split(added)
	next := im.manifest
	next.Number++
	next.Keep = int64(im.o.Keep / time.Second)
	next.Segments = nil
	for _, s := range keep {
		next.Segments = append(next.Segments, s.name)
	}
	if len(join) > 0 {
		m := &merge{ctx: im.ctx, dir: im.dir, segments: join, cut: im.cut, perPage: im.o.perPage}
		name := im.name()
		if err := m.write(name); err != nil {
			return err
		}
		next.Segments = append(next.Segments, name)
		next.Lost = append(next.Lost, im.until(m.lost)...)
	}
	next.forget(im.cut, im.o.Now.Unix())
	if err := next.write(im.dir); err != nil {
		return err
	}
	gone := im.dead
	for _, s := range append(im.parts, join...) {
		gone = append(gone, s.name)
	}
	for _, name := range gone {
		if err := removeSegment(im.dir, name); err != nil {
			return err
		}
	}
	ix, err := Open(im.dir)
	if err != nil {
		return err
	}
	defer ix.Close()
	im.sum.Index, im.sum.Bytes = ix.Size()
	return disk.SyncFolder(im.dir)
}

// split says which segments stay as they are, and which are joined with what
// was read: so that there are two at most, and the larger is rewritten only
// where the other has grown, or rows of it have to go.
func (im *importing) split(added int64) (keep, join []*segment) {
	if len(im.old) == 0 {
		return nil, im.parts
	}
	for _, s := range im.old[1:] {
		added += s.top.entries()
	}
	base := im.old[0]
	late := int64(im.o.Keep/time.Second) / 28 // six hours of a week
	expired := base.top.oldest > 0 && int64(base.top.oldest) < im.cut-late
	if im.damaged || expired || added*int64(im.o.base) > base.top.entries() {
		return nil, append(append(join, im.old...), im.parts...)
	}
	if len(im.parts) == 0 && len(im.old) > 1 && int64(im.old[1].top.oldest) >= im.cut-late {
		return im.old, nil
	}
	return im.old[:1], append(append(join, im.old[1:]...), im.parts...)
}

// forget leaves out what is not kept any more.
func (m *manifest) forget(cut, now int64) {
	for name, c := range m.Sources {
		if c.expire(cut); len(c.Spans) == 0 {
			delete(m.Sources, name)
		}
	}
	var lost []lostRange
	for _, l := range m.Lost {
		if l.Until > now {
			lost = append(lost, l)
		}
	}
	m.Lost = lost
}
