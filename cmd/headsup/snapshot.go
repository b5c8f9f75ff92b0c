package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/settings"
	"headsup/lookup"
)

const snapshotFile = "registry.snapshot"

func snapshotCommand(p *program) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "snapshot FILE…",
		Short: "Registry dumps to a local index, for look-ups that ask nobody",
		Long: `Build a local index from registry dumps that you downloaded: RPSL split files
of RIPE, APNIC, AFRINIC and LACNIC, ARIN's Bulk Whois (XML), and
delegated-extended statistics, plain or .gz. Look-ups of addresses and AS
numbers then go there first, and to the registries only for what the dumps do
not tell. Name the index in the settings: [lookup] snapshot.

Give all files of a registry at once: a network whose contact stands in a file
that is missing is asked for online.

Mind the registries' terms: the dumps are for your own use. A dump that breaks
off is an error, and the index that is there stays as it is.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			if out == "" {
				out = filepath.Join(p.dir, snapshotFile)
			}
			return p.snapshot(cmd.Context(), files, out)
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "`file` of the index; default "+snapshotFile+" in the campaign folder")
	return cmd
}

// errDumps means that a dump could not be read to its end.
var errDumps = errors.New("nothing was written")

func (p *program) snapshot(ctx context.Context, files []string, out string) error {
	if err := lookup.MayReplace(out); err != nil {
		return err
	}
	var b lookup.SnapshotBuilder
	var trouble error
	for _, name := range files {
		sum, err := addDump(ctx, p, &b, name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			p.say("%v", err)
			trouble = brokenFile{errors.Join(errDumps, err)}
			continue
		}
		if err := p.print(struct {
			File     string `json:"file"`
			Networks int    `json:"networks"`
			Contacts int    `json:"contacts"`
			Skipped  int    `json:"skipped"`
			Numbers  int    `json:"as_numbers"`
		}{name, sum.Networks, sum.Contacts, sum.Skipped, sum.Numbers},
			name, some(sum.Networks, "network"), some(sum.Contacts, "contact"), strconv.Itoa(sum.Skipped)+" skipped", some(sum.Numbers, "AS number")); err != nil {
			return err
		}
	}
	if trouble != nil {
		return trouble
	}
	s := b.Snapshot()
	err := campaign.ReplaceFile(out, func(w io.Writer) error {
		_, err := s.WriteTo(w)
		return err
	})
	if err != nil {
		return err
	}
	if s, err := settings.Load(p.dir); err == nil && !sameFile(s.Path(s.Lookup.Snapshot), out) {
		p.say("look-ups use it once the settings name it: [lookup] snapshot = %q", fromFolder(p.dir, out))
	}
	return p.print(map[string]any{"snapshot": out, "networks": s.Networks(), "as_numbers": s.Numbers()},
		out, some(s.Networks(), "network"), some(s.Numbers(), "AS number"))
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

func addDump(ctx context.Context, p *program, b *lookup.SnapshotBuilder, name string) (lookup.SnapshotSum, error) {
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
	bar := p.progress("reading "+filepath.Base(name), int(info.Size()))
	defer bar.done()
	return b.Add(campaign.Stoppable(ctx, counted{f, bar}), filepath.Base(name), info.ModTime())
}

// counted shows how much has been read.
type counted struct {
	io.Reader
	bar *progressBar
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.bar.add(n)
	return n, err
}
