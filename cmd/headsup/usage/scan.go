package usage

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headsup/finding"
	"headsup/sheet"
)

var scanKinds = []finding.Kind{finding.OpenRelay, finding.OpenProxy, finding.ExposedService}

// ScanFlags say how check and draft read scan files.
type ScanFlags struct {
	format   string
	columns  []string
	kind     string
	port     string
	report   string
	reporter string
	seen     string
	zone     string
}

func (r *ScanFlags) Add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.format, "format", "", "`format` of the files, where it is not to be recognised: "+Words(finding.Formats()))
	f.StringSliceVar(&r.columns, "column", nil, "`name=header` of a column of a table, such as ip=address")
	f.StringVar(&r.kind, "kind", "", "`kind` of the findings in a table that names none: "+Words(scanKinds))
	f.StringVar(&r.port, "port", "", "`port` of the rows that name none")
	f.StringVar(&r.report, "report", "", "`type` of a Shadowserver report whose file was renamed, such as scan_mqtt")
	f.StringVar(&r.reporter, "reporter", "", "`who` scanned, where the file does not say")
	f.StringVar(&r.seen, "seen", "", "`time` of the scan, whatever the file says")
	f.StringVar(&r.zone, "zone", "", "`zone` of times that name none, such as Europe/Berlin or +01:00; default UTC")
	CompleteFlag(cmd, "format", finding.Formats()...)
	CompleteFlag(cmd, "kind", scanKinds...)
	CompleteFlag(cmd, "report", finding.Reports()...)
}

func (r *ScanFlags) Options() (finding.Options, error) {
	o := finding.Options{Format: finding.Format(r.format), Kind: finding.Kind(r.kind), Report: r.report, Reporter: r.reporter}
	if err := errors.Join(OneOf("format", o.Format, finding.Formats()), OneOf("kind", o.Kind, scanKinds)); err != nil {
		return o, err
	}
	for _, c := range r.columns {
		name, header, ok := strings.Cut(c, "=")
		if !ok {
			return o, Error{Err: fmt.Errorf("--column %q is not name=header", c)}
		}
		if o.Columns == nil {
			o.Columns = map[string]string{}
		}
		o.Columns[name] = header
	}
	if r.port != "" {
		port, _, err := sheet.Port(r.port)
		if err != nil {
			return o, Error{Err: fmt.Errorf("--port %q is no port", r.port)}
		}
		o.Port = port
	}
	if r.report != "" {
		_, err := finding.CheckReport(r.report)
		var unknown *finding.ReportError
		if errors.As(err, &unknown) {
			err = Meant(err, unknown.Near)
		}
		if err != nil {
			return o, Error{Err: fmt.Errorf("--report: %w", err)}
		}
	}
	err := r.times(&o)
	return o, err
}

// times reads the flags about time.
func (r *ScanFlags) times(o *finding.Options) (err error) {
	if r.zone != "" {
		if o.Zone, err = sheet.ParseZone(r.zone); err != nil {
			return Error{Err: fmt.Errorf("--zone %w", err)}
		}
	}
	if r.seen == "" {
		return nil
	}
	times := sheet.Times{Zone: o.Zone}
	if o.Seen, err = times.Parse(r.seen); err != nil {
		return Error{Err: fmt.Errorf("--seen: %w; say it as 2026-03-01T10:00:00Z", err)}
	}
	return nil
}
