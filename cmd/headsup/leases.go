package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/lookup/lease"
)

const leasesFolder = "leases"

func leasesCommand(p *program) *cobra.Command {
	var src lease.Source
	var index, format, zone, keep string
	cmd := &cobra.Command{
		Use:   "leases [FILE…]",
		Short: "Logs of who held which address to a local index",
		RunE: func(cmd *cobra.Command, names []string) (err error) {
			src.Format = lease.Format(format)
			if err := usage.OneOf("format", src.Format, lease.Formats); err != nil {
				return err
			}
			if src.Zone, err = usage.Zone(zone); err != nil {
				return err
			}
			o := lease.Options{Now: time.Now()}
			var d settings.Duration
			if err := d.UnmarshalText([]byte(keep)); err != nil || d.Duration <= 0 {
				return usage.Error{Err: fmt.Errorf("--keep %q is no time such as 7d or 36h", keep)}
			}
			if o.Keep = d.Duration; src.Slack == 0 {
				src.Slack = -1
			}
			return p.leases(cmd, names, folderFlag(p, index, leasesFolder), src, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&index, "index", "", "`folder` of the index; default "+leasesFolder+" in the campaign folder")
	f.StringVar(&format, "format", "", "`format` of the files, where it is not to be recognised: "+usage.Words(lease.Formats))
	f.StringVar(&zone, "zone", "", "`zone` of times that name none, such as Europe/Berlin")
	f.DurationVar(&src.Ahead, "ahead", 0, "by how much the clock of these logs is fast, such as 90s; negative: slow")
	f.DurationVar(&src.Slack, "slack", lease.DefaultSlack, "by how much that clock may be off besides")
	f.StringVar(&src.Name, "source", "", "`name` of what wrote these files; default: theirs, without dates and numbers")
	f.StringVar(&keep, "keep", "7d", "`time` that rows are kept, by the law of the land")
	usage.CompleteFlag(cmd, "format", lease.Formats...)
	return cmd
}

func (p *program) leases(cmd *cobra.Command, names []string, index string, src lease.Source, o lease.Options) error {
	var files []lease.File
	for _, name := range names {
		f := lease.File{Source: src, Path: name}
		f.Open = func() (io.ReadCloser, error) { return p.openStoppable(cmd, name) }
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			f.Written = info.ModTime()
		}
		files = append(files, f)
	}
	refused := 0
	sum, err := lease.Import(cmd.Context(), index, files, o, func(s lease.FileSum) {
		refused = 0
		show.LeaseFile(p.Console, s)
		if s.Early > 0 {
			p.Say("%s: its last row is %s earlier than the file was last written: is --zone %s the zone of its times?", s.File, s.Early.Round(time.Minute), s.Zone)
		}
	}, func(e *lease.RowError) {
		if refused++; refused <= 10 {
			p.Say("%s", e)
		}
	})
	for _, s := range sum.Repaired {
		p.Say("%s", s)
	}
	if err != nil {
		return err
	}
	return ends.LeasesRead(p.Console, index, sum)
}

// openStoppable opens a file or standard input, whose reading ends when the
// program is told to.
func (p *program) openStoppable(cmd *cobra.Command, name string) (io.ReadCloser, error) {
	r, err := p.source(name).Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{campaign.Stoppable(cmd.Context(), r), r}, nil
}

// folderFlag returns what a flag names, or a name in the campaign folder.
func folderFlag(p *program, value, name string) string {
	if value == "" {
		return filepath.Join(p.dir, name)
	}
	return value
}
