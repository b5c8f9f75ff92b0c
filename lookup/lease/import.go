package lease

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A File is a log to be imported.
type File struct {
	Source
	Path string
	// Open opens it; nil opens the file of that path.
	Open func() (io.ReadCloser, error)
	// Written is when it was last written; zero is not known. A log whose times
	// name no zone ends about then.
	Written time.Time

	rows iter.Seq2[Row, error] // in tests: instead of what is in the file
}

func (f *File) open() (io.ReadCloser, error) {
	if f.Open != nil {
		return f.Open()
	}
	return os.Open(f.Path)
}

// A FileSum says what was read of a log. Its JSON names are settled.
type FileSum struct {
	File    string `json:"file"`
	Source  string `json:"source"`
	Rows    int    `json:"rows"`
	Old     int    `json:"old"`     // of these, before what is kept
	Refused int    `json:"refused"` // entries that cannot be read
	Cut     bool   `json:"cut"`     // the last entry is not whole
	// Early is by how much the last row is earlier than the file was last written,
	// where that may be for a zone too far east; else 0. Zone is that which it was
	// read in.
	Early time.Duration `json:"early_ns,omitempty"`
	Zone  string        `json:"zone,omitempty"`
	First time.Time     `json:"first,omitzero"`
	Last  time.Time     `json:"last,omitzero"`
}

// A Sum says what an import did. Its JSON names are settled.
type Sum struct {
	Files    int      `json:"files"`
	Read     int      `json:"rows"` // = kept + old
	Kept     int      `json:"kept"`
	Old      int      `json:"old"`
	Refused  int      `json:"refused"`
	Index    int64    `json:"index"` // rows of the index now, alike ones joined
	Bytes    int64    `json:"bytes"` // that they take
	Repaired []string `json:"repaired,omitempty"`
}

// Options say how an index is written.
type Options struct {
	Keep time.Duration // how long rows are kept; 0 is DefaultKeep
	Now  time.Time

	perPage int // entries of a page; tests have few
	base    int // times that the largest segment is larger than the other
}

// fresh is by how much the largest segment is larger than the other, or both
// are joined: a row is written about that often, and twice that often halved.
const fresh = 32

// ErrRefused means that more entries of a log were refused than read.
var ErrRefused = errors.New("more entries were refused than read")

// ErrBusy means that another import is under way.
var ErrBusy = errors.New("another import is under way")

// Import reads logs and adds what they say to the index in a folder, which is
// made where it is missing. It takes in all of the files or, with an error that
// names the file, none; whoever reads the index sees it before or after.
//
// tell hears of each file, and of each entry that is refused. What is older
// than kept goes from disk, with or without files: six hours later at the most,
// where a week is kept and imports are as frequent. An index that was damaged is put right first.
func Import(ctx context.Context, dir string, files []File, o Options, tell func(FileSum), refused func(*RowError)) (sum Sum, err error) {
	if o.Keep == 0 {
		o.Keep = DefaultKeep
	}
	if o.base == 0 {
		o.base = fresh
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return sum, err
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return sum, err
	}
	defer unlock()
	m, err := readManifest(dir)
	if errors.Is(err, ErrNoIndex) {
		m, err = manifest{Version: manifestVersion, Sources: map[string]*coverage{}}, nil
	}
	if err != nil {
		return sum, err
	}
	im := &importing{
		ctx:      ctx,
		dir:      dir,
		o:        o,
		manifest: m,
		cut:      o.Now.Add(-o.Keep).Unix(),
		sum:      Sum{Files: len(files)},
		tell:     tell,
		refused:  refused,
	}
	defer func() { closeAll(append(im.parts, im.old...)) }()
	if err := im.sweep(); err != nil {
		return sum, err
	}
	if err := im.open(); err != nil {
		return im.sum, err
	}
	for _, f := range files {
		if err := im.read(f); err != nil {
			im.drop()
			return im.sum, err
		}
	}
	if err := im.finish(); err != nil {
		im.drop()
		return im.sum, err
	}
	return im.sum, nil
}

// An importing is an import under way.
type importing struct {
	ctx      context.Context
	dir      string
	o        Options
	manifest manifest
	cut      int64
	sum      Sum
	tell     func(FileSum)
	refused  func(*RowError)

	old     []*segment // the largest first
	damaged bool
	dead    []string   // segments of which nothing can be read
	parts   []*segment // of this import
	batch   batch
	files   []file
	named   int
}

// name returns the name of the next segment.
func (im *importing) name() string {
	im.named++
	return fmt.Sprintf("leases-%06d-%d", im.manifest.Number+1, im.named)
}

// sweep takes away what an import left that did not come to its end.
func (im *importing) sweep() error {
	names, err := filepath.Glob(filepath.Join(im.dir, "leases-*"))
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range im.manifest.Segments {
		known[s] = true
	}
	left := false
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		if known[base] {
			continue
		}
		left = true
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	if left {
		im.sum.Repaired = append(im.sum.Repaired, "an import did not come to its end: nothing of it counts, read its files again")
	}
	return nil
}

// open opens the segments that there are. Of one that was damaged it keeps
// what can be read.
func (im *importing) open() error {
	for _, name := range im.manifest.Segments {
		s, err := openSegment(im.dir, name)
		switch {
		case errors.Is(err, ErrDamaged) || errors.Is(err, fs.ErrNotExist):
			im.damaged = true
			if s == nil {
				all := []lostRange{lostBetween(false, key{}, lastKey), lostBetween(true, key{}, lastKey)}
				im.dead = append(im.dead, name)
				im.manifest.Lost = append(im.manifest.Lost, im.until(all)...)
				im.sum.Repaired = append(im.sum.Repaired, name+": nothing of it can be read: what it held is unclear now, until all logs are read into a new folder")
				continue
			}
			im.sum.Repaired = append(im.sum.Repaired, err.Error()+": what is missing is unclear now, until all logs are read into a new folder")
		case err != nil:
			return err
		}
		im.old = append(im.old, s)
	}
	return nil
}

func (im *importing) until(all []lostRange) []lostRange {
	for i := range all {
		all[i].Until = im.o.Now.Add(im.o.Keep).Unix()
	}
	return all
}

// read reads a log.
func (im *importing) read(f File) error {
	if f.Name == "" {
		f.Name = sourceName(f.Path)
	}
	if f.Now.IsZero() {
		f.Now = im.o.Now
	}
	bare := false
	f.bare = &bare
	rows := f.rows
	if rows == nil {
		r, err := f.open()
		if err != nil {
			return err
		}
		defer r.Close()
		rows = f.Rows(r, f.Path)
	}
	sum := FileSum{File: f.Path, Source: f.Name}
	c := im.manifest.Sources[f.Name]
	if c == nil {
		c = &coverage{}
		im.manifest.Sources[f.Name] = c
	}
	c.Ahead, c.Slack = int64(f.Ahead), int64(f.slack())
	if f.Zone != nil {
		c.Zone = f.Zone.String()
	}
	if len(im.files) >= 1<<16 {
		return fmt.Errorf("%s: more than %d files in one import", f.Path, 1<<16)
	}
	im.files = append(im.files, file{f.Path, f.Name})
	for row, err := range rows {
		var bad *RowError
		switch {
		case errors.As(err, &bad):
			sum.Cut = sum.Cut || errors.Is(err, ErrCut)
			sum.Refused++
			im.refused(bad)
		case err != nil:
			return err
		default:
			if err := im.row(&sum, c, &row, f.slack()); err != nil {
				return err
			}
		}
	}
	if bare {
		if err := f.fits(&sum); err != nil {
			return err
		}
	}
	if sum.Refused > sum.Rows && !(sum.Cut && sum.Refused == 1) {
		return fmt.Errorf("%s: %w", f.Path, ErrRefused)
	}
	im.sum.Read, im.sum.Old, im.sum.Refused = im.sum.Read+sum.Rows, im.sum.Old+sum.Old, im.sum.Refused+sum.Refused
	im.sum.Kept = im.sum.Read - im.sum.Old
	im.tell(sum)
	return nil
}

// row takes in a row.
func (im *importing) row(sum *FileSum, c *coverage, r *Row, slack time.Duration) error {
	known := r.evidence()
	if sum.Rows++; sum.Rows == 1 || known.Before(sum.First) {
		sum.First = known
	}
	if known.After(sum.Last) {
		sum.Last = known
	}
	c.at(known.Unix())
	if end := r.End.Unix(); end < im.cut && (r.Kind != Lasting || end < im.cut-maxOpen) {
		sum.Old++
		return nil
	}
	e, v6 := entryOf(r, slack)
	e.file = uint16(len(im.files) - 1)
	line, _ := strconv.ParseUint(r.Source[strings.LastIndexByte(r.Source, ':')+1:], 10, 32)
	e.line = uint32(line)
	im.batch.add(e, v6, r.Holder)
	if !im.batch.full() {
		return nil
	}
	if err := im.ctx.Err(); err != nil {
		return err
	}
	return im.spill()
}

// maxParts is how many segments are open at once.
const maxParts = 64

// spill writes the rows in memory as a segment.
func (im *importing) spill() error {
	if len(im.parts) == maxParts {
		all := im.parts
		m := &merge{ctx: im.ctx, dir: im.dir, segments: all, cut: im.cut - maxOpen, perPage: im.o.perPage}
		name := im.name()
		if err := m.write(name); err != nil {
			return err
		}
		im.drop()
		if err := im.part(name); err != nil {
			return err
		}
	}
	name := im.name()
	if err := im.batch.write(im.dir, name, im.files, im.o.perPage); err != nil {
		return err
	}
	return im.part(name)
}

// part opens a segment of this import.
func (im *importing) part(name string) error {
	s, err := openSegment(im.dir, name)
	if err == nil {
		im.parts = append(im.parts, s)
	}
	return err
}

// drop takes away what was written.
func (im *importing) drop() {
	for _, s := range im.parts {
		s.close()
		removeSegment(im.dir, s.name)
	}
	im.parts = nil
}
