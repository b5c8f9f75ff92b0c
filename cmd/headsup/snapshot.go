package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"headsup/campaign"
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

func (p *program) snapshot(ctx context.Context, files []string, out string) error {
	s, err := campaign.BuildSnapshot(ctx, p.dir, files, out, p.tell)
	if errors.Is(err, campaign.ErrDumps) {
		return brokenFile{err}
	}
	if err != nil {
		return err
	}
	if s.Unused != "" {
		p.say("look-ups use it once the settings name it: [lookup] snapshot = %q", s.Unused)
	}
	if p.unprinted != nil {
		return p.unprinted
	}
	return p.print(s, s.File, some(s.Networks, "network"), some(s.Numbers, "AS number"))
}
