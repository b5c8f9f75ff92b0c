package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	_ "time/tzdata" // --zone knows all zones on a machine that has none

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/finding"
	"headsup/sheet"
)

// scanFlags say how check and draft read scan files.
type scanFlags struct {
	format   string
	columns  []string
	kind     string
	port     string
	report   string
	reporter string
	seen     string
	zone     string
}

func (r *scanFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.format, "format", "", "`format` of the files, where it is not to be recognised: "+words(finding.Formats()))
	f.StringSliceVar(&r.columns, "column", nil, "`name=header` of a column of a table, such as ip=address")
	f.StringVar(&r.kind, "kind", "", "`kind` of the findings in a table that names none: "+words(scanKinds))
	f.StringVar(&r.port, "port", "", "`port` of the rows that name none")
	f.StringVar(&r.report, "report", "", "`type` of a Shadowserver report whose file was renamed, such as scan_mqtt")
	f.StringVar(&r.reporter, "reporter", "", "`who` scanned, where the file does not say")
	f.StringVar(&r.seen, "seen", "", "`time` of the scan, whatever the file says")
	f.StringVar(&r.zone, "zone", "", "`zone` of times that name none, such as Europe/Berlin or +01:00; default UTC")
	completeFlag(cmd, "format", finding.Formats()...)
	completeFlag(cmd, "kind", scanKinds...)
	completeFlag(cmd, "report", finding.Reports()...)
}

// words lists the values that a flag may have.
func words[T ~string](values []T) string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return strings.Join(out, ", ")
}

// oneOf returns an error unless a flag has one of these values.
func oneOf[T ~string](flag string, value T, values []T) error {
	if value == "" || slices.Contains(values, value) {
		return nil
	}
	return usageError{meant(fmt.Errorf("--%s %q is none of %s", flag, value, words(values)), sheet.Nearest(string(value), strings.Split(words(values), ", ")))}
}

func (r *scanFlags) options() (finding.Options, error) {
	o := finding.Options{Format: finding.Format(r.format), Kind: finding.Kind(r.kind), Report: r.report, Reporter: r.reporter}
	if err := errors.Join(oneOf("format", o.Format, finding.Formats()), oneOf("kind", o.Kind, scanKinds)); err != nil {
		return o, err
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
	if r.port != "" {
		port, _, err := sheet.Port(r.port)
		if err != nil {
			return o, usageError{fmt.Errorf("--port %q is no port", r.port)}
		}
		o.Port = port
	}
	if r.report != "" {
		_, err := finding.CheckReport(r.report)
		var unknown *finding.ReportError
		if errors.As(err, &unknown) {
			err = meant(err, unknown.Near)
		}
		if err != nil {
			return o, usageError{fmt.Errorf("--report: %w", err)}
		}
	}
	return o, r.times(&o)
}

// times reads the flags about time.
func (r *scanFlags) times(o *finding.Options) (err error) {
	if r.zone != "" {
		if o.Zone, err = sheet.ParseZone(r.zone); err != nil {
			return usageError{fmt.Errorf("--zone %w", err)}
		}
	}
	if r.seen == "" {
		return nil
	}
	times := sheet.Times{Zone: o.Zone}
	if o.Seen, err = times.Parse(r.seen); err != nil {
		return usageError{fmt.Errorf("--seen: %w; say it as 2026-03-01T10:00:00Z", err)}
	}
	return nil
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
