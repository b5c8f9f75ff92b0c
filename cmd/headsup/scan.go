package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/finding"
)

// A scanReader reads scan files as the flags of check and draft say.
type scanReader struct {
	p        *program
	format   string
	columns  []string
	kind     string
	reporter string
	seen     string
}

func (r *scanReader) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.format, "format", "", "`format` of the files, where it is not to be recognised: "+strings.Join(scanFormats, ", "))
	f.StringSliceVar(&r.columns, "column", nil, "`name=header` of a plain CSV column, such as ip=address")
	f.StringVar(&r.kind, "kind", "", "`kind` of the findings in a plain CSV that names none: open-relay, open-proxy, exposed-service")
	f.StringVar(&r.reporter, "reporter", "", "`who` scanned, where the file does not say")
	completeFlag(cmd, "format", scanFormats...)
	completeFlag(cmd, "kind", scanKinds...)
	f.StringVar(&r.seen, "seen", "", "`time` of the scan (RFC 3339), where the file does not say")
}

func (r *scanReader) options() (finding.Options, error) {
	o := finding.Options{Format: finding.Format(r.format), Kind: finding.Kind(r.kind), Reporter: r.reporter}
	if o.Kind != "" && !slices.Contains(scanKinds, o.Kind) {
		return o, usageError{fmt.Errorf("--kind %q is none of %q", r.kind, scanKinds)}
	}
	for _, c := range r.columns {
		name, header, ok := strings.Cut(c, "=")
		if !ok {
			return o, usageError{fmt.Errorf("--column %q is not name=header", c)}
		}
		if o.Columns == nil {
			o.Columns = map[string]string{}
		}
		o.Columns[name] = header
	}
	if r.seen != "" {
		t, err := time.Parse(time.RFC3339, r.seen)
		if err != nil {
			return o, usageError{fmt.Errorf("--seen %q is not a time such as 2026-03-01T10:00:00Z", r.seen)}
		}
		o.Seen = t
	}
	return o, nil
}

// scanRows takes what a scan file holds, row by row. An error from one of its
// functions ends the reading.
type scanRows struct {
	finding func(finding.Finding) error
	clean   func(finding.Finding) error             // no finding, by the scanner's own word
	reject  func(source string, reason error) error // not readable
}

// read reads files to their ends. trouble says that something in them could
// not be read: it has been reported and given to reject, and all else was read.
func (r *scanReader) read(ctx context.Context, files []string, rows scanRows) (trouble, err error) {
	o, err := r.options()
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		bad, err := r.readFile(ctx, name, o, rows)
		if err != nil {
			return trouble, err
		}
		trouble = worse(trouble, bad)
	}
	return trouble, nil
}

func (r *scanReader) readFile(ctx context.Context, name string, o finding.Options, rows scanRows) (trouble, err error) {
	in, source, err := r.open(name)
	if err != nil {
		r.p.say("%v", err)
		return brokenFile{err}, rows.reject(source, err)
	}
	defer in.Close()
	shown := 0
	for f, bad := range finding.Read(stoppable{ctx, in}, source, o) {
		var row *finding.RowError
		switch {
		case ctx.Err() != nil:
			return trouble, ctx.Err()
		case errors.As(bad, &row):
			trouble = worse(trouble, leftOver{bad})
			if shown++; shown <= 10 {
				r.p.say("%v", bad)
			}
			err = rows.reject(row.Source, row.Err)
		case bad != nil:
			trouble = worse(trouble, brokenFile{bad})
			r.p.say("%v", bad)
			at, reason := splitSource(bad, source)
			err = rows.reject(at, reason)
		case f.Strength == finding.Contradicted:
			err = rows.clean(f)
		default:
			err = rows.finding(f)
		}
		if err != nil {
			return trouble, err
		}
	}
	if shown > 10 {
		r.p.say("%s: and %d more rows", source, shown-10)
	}
	return trouble, nil
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

// open opens a scan file; "-" is standard input.
func (r *scanReader) open(name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(r.p.stdin), "stdin", nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, name, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, name, fmt.Errorf("%s: a directory, not a scan file", name)
	}
	return f, name, nil
}

// A stoppable reader ends when its context does, even while its own Read waits.
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

// A brokenFile has been reported; not all of it could be read.
type brokenFile struct{ error }

func (e brokenFile) Unwrap() error { return e.error }

// A leftOver has been reported: all is done but for it.
type leftOver struct{ error }

func (e leftOver) Unwrap() error { return e.error }

// worse returns the trouble that decides the exit code and the hint.
func worse(a, b error) error {
	var broken brokenFile
	if a == nil || errors.As(b, &broken) && !errors.As(a, &broken) {
		return b
	}
	return a
}
