package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"headsup/finding"
	"headsup/letter"
)

// A Source is something to read: a scan, the log of a mail server, a list.
type Source struct {
	Name string // as messages and the ledger name it
	Open func() (io.ReadCloser, error)
}

// File is the source of that name on the disk.
func File(name string) Source {
	return Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }}
}

// Stream is a source that is open already, such as standard input. It can be
// read once.
func Stream(name string, r io.Reader) Source {
	return Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

// Unread is what could not be read, after everything that could.
type Unread struct {
	Row  error // the first row of all files
	File error // the first file that could not be read to its end
}

// Check reads scan files to their ends and tells of each row, as [Observed].
// Nothing is kept. A row that the scanner itself calls no finding is told with
// the strength [finding.Contradicted].
func Check(ctx context.Context, scans []Source, o finding.Options, tell func(Event)) (sum letter.Sum, unread Unread, err error) {
	r := scanReader{o: o, tell: tell, rows: scanRows{
		finding: func(f finding.Finding) error {
			if f.Strength == finding.Weak {
				sum.Add(letter.FateHeld, 1)
			} else {
				sum.Rows++
				sum.Findings++
			}
			tell(Observed{f})
			return nil
		},
		clean: func(f finding.Finding) error {
			sum.AddClean(finding.ClassOf(f), 1)
			tell(Observed{f})
			return nil
		},
		reject: func(string, error) error {
			sum.Add(letter.FateRejected, 1)
			return nil
		},
	}}
	err = r.read(ctx, scans)
	return sum, r.unread, err
}

// scanRows takes what a scan file holds, row by row. An error from one of its
// functions ends the reading.
type scanRows struct {
	finding func(finding.Finding) error
	clean   func(finding.Finding) error             // no finding, by the scanner's own word
	reject  func(source string, reason error) error // not readable
}

// A scanReader reads scan files and tells of what cannot be read.
type scanReader struct {
	o      finding.Options
	rows   scanRows
	tell   func(Event)
	unread Unread
}

// read reads files to their ends.
func (r *scanReader) read(ctx context.Context, scans []Source) error {
	for _, s := range scans {
		if err := r.readFile(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (r *scanReader) readFile(ctx context.Context, scan Source) error {
	in, err := openScan(scan)
	if err != nil {
		r.broken(err)
		return r.rows.reject(scan.Name, err)
	}
	defer in.Close()
	bad := 0
	o := r.o
	o.Note = func(text string) { r.tell(Noted{text}) }
	for f, err := range finding.Read(Stoppable(ctx, in), scan.Name, o) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var row *finding.RowError
		switch {
		case errors.As(err, &row):
			if r.unread.Row == nil {
				r.unread.Row = err
			}
			bad++
			r.tell(BadRow{err})
			err = r.rows.reject(row.Source, row.Err)
		case errors.Is(err, finding.ErrEmpty): // no row was lost
			r.broken(err)
			err = nil
		case err != nil:
			r.broken(err)
			err = r.rows.reject(splitSource(err, scan.Name))
		case f.Strength == finding.Contradicted:
			err = r.rows.clean(f)
		default:
			err = r.rows.finding(f)
		}
		if err != nil {
			return err
		}
	}
	r.tell(FileRead{Name: scan.Name, BadRows: bad})
	return nil
}

func (r *scanReader) broken(err error) {
	if r.unread.File == nil {
		r.unread.File = err
	}
	r.tell(Unreadable{err})
}

// openScan opens a scan file. A folder is none.
func openScan(scan Source) (io.ReadCloser, error) {
	in, err := scan.Open()
	if err != nil {
		return nil, err
	}
	if f, ok := in.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil && info.IsDir() {
			in.Close()
			return nil, fmt.Errorf("%s: a directory, not a scan file", scan.Name)
		}
	}
	return in, nil
}

// splitSource takes "file:line" off the front of an error about a whole file.
func splitSource(err error, name string) (source string, reason error) {
	text := err.Error()
	rest, ok := strings.CutPrefix(text, name+":")
	if !ok {
		return name, err
	}
	if line, why, ok := strings.Cut(rest, ": "); ok && strings.Trim(line, "0123456789") == "" {
		return name + ":" + line, errors.New(why)
	}
	return name, errors.New(strings.TrimSpace(rest))
}

// Stoppable returns a reader that ends when ctx does, even while a Read of r
// waits.
func Stoppable(ctx context.Context, r io.Reader) io.Reader { return stoppable{ctx, r} }

type stoppable struct {
	ctx context.Context
	io.Reader
}

func (s stoppable) Read(b []byte) (int, error) {
	type result struct {
		b   []byte
		err error
	}
	read := make(chan result, 1)
	go func() {
		own := make([]byte, len(b)) // b is the caller's again once we gave up
		n, err := s.Reader.Read(own)
		read <- result{own[:n], err}
	}()
	select {
	case r := <-read:
		return copy(b, r.b), r.err
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
}
