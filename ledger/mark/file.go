package mark

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"headsup/disk"
)

// Ending is how the names of the files of marks end.
const Ending = ".mark"

// room is what a file is lengthened by. To write into room that is there
// changes no length, which is half the work of making it durable.
const room = 64 << 10

// A File is a mark that lines are added to. One goroutine may use it at a time.
type File struct {
	f         *os.File
	last      int // number of the last line; -1: none
	end, size int64
}

// Open opens the mark in a file for its one sender, and makes it with its
// folder if it is absent, for their owner alone. [ErrDamaged] means that it
// cannot be gone on with.
func Open(path string, keys [][]byte) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err != nil && !isNew {
		return nil, err
	}
	m := Read(text, keys)
	if m.Damage != nil {
		return nil, fmt.Errorf("%s: %w", path, m.Damage)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	out := &File{f: f, last: len(m.Lines) - 1, end: m.end, size: int64(len(text))}
	if isNew {
		err = disk.SyncFolder(filepath.Dir(path))
	}
	if m.torn {
		_, err = f.WriteAt(bytes.Repeat([]byte("\n"), len(text)-int(m.end)), m.end)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return out, nil
}

// Last returns the number of the last line, or -1 where there is none.
func (f *File) Last() int { return f.last }

// Append adds those of the lines that the file does not have yet. They are
// durable once [File.Sync] has returned; after an error they may be.
func (f *File) Append(lines []Line) error {
	var text strings.Builder
	last := f.last
	for _, l := range lines {
		if l.N <= last {
			continue
		}
		if l.N != last+1 {
			return fmt.Errorf("%s: line %d after line %d", f.f.Name(), l.N, last)
		}
		text.WriteString(l.String() + "\n")
		last = l.N
	}
	if text.Len() == 0 {
		return nil
	}
	end := f.end + int64(text.Len())
	if end > f.size {
		size := end + room
		if _, err := f.f.WriteAt(bytes.Repeat([]byte("\n"), int(size-f.size)), f.size); err != nil {
			return err
		}
		if err := f.f.Sync(); err != nil {
			return err
		}
		f.size = size
	}
	if _, err := f.f.WriteAt([]byte(text.String()), f.end); err != nil {
		return err
	}
	f.last, f.end = last, end
	return nil
}

// Sync makes durable what was appended. It may be called from any goroutine.
func (f *File) Sync() error { return disk.SyncData(f.f) }

// Close closes the file.
func (f *File) Close() error { return f.f.Close() }
