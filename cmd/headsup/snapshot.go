package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
)

const snapshotFile = "registry.snapshot"

func snapshotCommand(p *program) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "snapshot FILE…",
		Short: "Registry dumps to a local index, for look-ups that ask nobody",
		Args:  cobra.MinimumNArgs(1),
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
	s, err := campaign.BuildSnapshot(ctx, p.dir, files, out, p.Tell)
	if errors.Is(err, campaign.ErrDumps) {
		return usage.Broken{Err: err}
	}
	if err != nil {
		return err
	}
	if s.Unused != "" {
		p.Say("look-ups use it once the settings name it: [lookup] snapshot = %q", s.Unused)
	}
	if p.Unprinted() != nil {
		return p.Unprinted()
	}
	return p.Print(s, s.File, console.Count(s.Networks, "network"), console.Count(s.Numbers, "AS number"))
}
