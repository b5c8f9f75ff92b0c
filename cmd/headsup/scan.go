package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/finding"
)

// scanFlags say how check and draft read scan files.
type scanFlags struct {
	format   string
	columns  []string
	kind     string
	reporter string
	seen     string
}

func (r *scanFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.format, "format", "", "`format` of the files, where it is not to be recognised: "+strings.Join(scanFormats, ", "))
	f.StringSliceVar(&r.columns, "column", nil, "`name=header` of a plain CSV column, such as ip=address")
	f.StringVar(&r.kind, "kind", "", "`kind` of the findings in a plain CSV that names none: open-relay, open-proxy, exposed-service")
	f.StringVar(&r.reporter, "reporter", "", "`who` scanned, where the file does not say")
	completeFlag(cmd, "format", scanFormats...)
	completeFlag(cmd, "kind", scanKinds...)
	f.StringVar(&r.seen, "seen", "", "`time` of the scan (RFC 3339), where the file does not say")
}

func (r *scanFlags) options() (finding.Options, error) {
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

// scans are the files named on the command line; "-" is standard input.
func (p *program) scans(files []string) (out []campaign.Source) {
	for _, name := range files {
		if name == "-" {
			out = append(out, campaign.Stream("stdin", p.stdin))
		} else {
			out = append(out, campaign.File(name))
		}
	}
	return out
}

// source is another file that a flag names; "-" is standard input.
func (p *program) source(name string) campaign.Source {
	if name == "-" {
		return campaign.Stream(name, p.stdin)
	}
	return campaign.File(name)
}

// unreadable returns an error for the exit code, if something could not be
// read; it has been reported.
func unreadable(u campaign.Unread) error {
	switch {
	case u.File != nil:
		return brokenFile{u.File}
	case u.Row != nil:
		return leftOver{u.Row}
	}
	return nil
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
