package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

func bootstrapCommand(p *program) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "bootstrap [FILE…]",
		Short: "Which registry is asked first: IANA's tables, checked and put to use",
		RunE: func(cmd *cobra.Command, files []string) error {
			if from != "" && len(files) > 0 {
				return usage.Error{Err: errors.New("--url downloads the tables; it takes no file")}
			}
			return p.bootstrap(cmd.Context(), files, from)
		},
	}
	cmd.Flags().StringVar(&from, "url", "", "download the tables from this base `URL`; IANA's is "+advice.IANA)
	return cmd
}

func (p *program) bootstrap(ctx context.Context, files []string, from string) error {
	if from == "" && len(files) == 0 {
		tables, err := campaign.Tables(p.dir)
		if err != nil {
			return err
		}
		return show.TablesInUse(p.Console, tables)
	}
	var fresh []campaign.Table
	var err error
	if from != "" {
		fresh, err = campaign.FetchTables(ctx, from)
	} else {
		fresh, err = campaign.ReadTables(files)
	}
	if err != nil {
		return err
	}
	used, idle, err := campaign.PutTables(p.dir, fresh)
	for _, t := range idle {
		p.Say("%s: not kept: look-ups ask about hosts, not names", t.Name)
	}
	if err != nil {
		return err
	}
	return show.TablesInUse(p.Console, used)
}
