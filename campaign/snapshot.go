package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"headsup/campaign/settings"
	"headsup/lookup"
)

// ErrDumps means that a dump could not be read to its end, and that the index
// stays as it was.
var ErrDumps = errors.New("nothing was written")

// A Snapshot is an index of registry dumps that was built. Its JSON names are settled.
type Snapshot struct {
	File     string `json:"snapshot"`
	Networks int    `json:"networks"`
	Numbers  int    `json:"as_numbers"`
	// Unused is what lookup.snapshot of the settings has to be for the index to
	// be asked, or empty where it is asked already.
	Unused string `json:"-"`
}

// BuildSnapshot builds the index out of registry dumps, and tells of each
// [DumpRead], or that it is [Unreadable]. It returns [ErrDumps], and leaves the
// index that is there alone, where one of them could not be read.
func BuildSnapshot(ctx context.Context, folder string, dumps []string, out string, tell func(Event)) (Snapshot, error) {
	if err := lookup.MayReplace(out); err != nil {
		return Snapshot{}, err
	}
	var b lookup.SnapshotBuilder
	var trouble error
	for _, name := range dumps {
		sum, err := addDump(ctx, &b, name, tell)
		if ctx.Err() != nil {
			return Snapshot{}, ctx.Err()
		}
		if err != nil {
			tell(Unreadable{err})
			trouble = errors.Join(ErrDumps, err)
			continue
		}
		tell(DumpRead{File: name, Networks: sum.Networks, Contacts: sum.Contacts, Skipped: sum.Skipped, Numbers: sum.Numbers})
	}
	if trouble != nil {
		return Snapshot{}, trouble
	}
	s := b.Snapshot()
	if err := ReplaceFile(out, func(w io.Writer) error {
		_, err := s.WriteTo(w)
		return err
	}); err != nil {
		return Snapshot{}, err
	}
	built := Snapshot{File: out, Networks: s.Networks(), Numbers: s.Numbers()}
	if s, err := settings.Load(folder); err == nil && !sameFile(s.Path(s.Lookup.Snapshot), out) {
		built.Unused = fromFolder(folder, out)
	}
	return built, nil
}

func addDump(ctx context.Context, b *lookup.SnapshotBuilder, name string, tell func(Event)) (lookup.SnapshotSum, error) {
	f, err := os.Open(name)
	if err != nil {
		return lookup.SnapshotSum{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return lookup.SnapshotSum{}, err
	}
	if info.IsDir() {
		return lookup.SnapshotSum{}, fmt.Errorf("%s: a directory, not a dump", name)
	}
	bar := count(tell, Reading, int(info.Size()))
	defer bar.over()
	return b.Add(Stoppable(ctx, counted{f, bar}), filepath.Base(name), info.ModTime())
}

// counted tells how many bytes have been read.
type counted struct {
	io.Reader
	bar *counter
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.bar.add(n)
	return n, err
}

// fromFolder names a file as settings do: relative to the campaign folder where
// it is below it, and else from the root.
func fromFolder(folder, name string) string {
	full, err1 := filepath.Abs(name)
	base, err2 := filepath.Abs(folder)
	if err1 != nil || err2 != nil {
		return name
	}
	if rel, err := filepath.Rel(base, full); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return full
}

// sameFile reports whether two names are of one file that is there.
func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}
