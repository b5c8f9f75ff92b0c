package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/ends"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

func lookupCommand(p *program) *cobra.Command {
	var from, server string
	var why bool
	var ask campaign.AskOptions
	cmd := &cobra.Command{
		Use:   "lookup [ADDR…]",
		Short: "Who answers for addresses, and why",
		RunE: func(cmd *cobra.Command, queries []string) error {
			switch {
			case from != "" && len(queries) > 0:
				return usage.Error{Err: errors.New("--from reads one saved answer; it takes no address")}
			case from != "":
				return lookupFile(p, from, server, why)
			case server != "":
				return usage.Error{Err: errors.New("--server goes with --from; the settings say which servers are asked")}
			}
			return p.lookup(cmd.Context(), queries, ask, why)
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "saved answer `file` to decide from; - is standard input")
	f.StringVar(&server, "server", "", "with --from: the `host` that gave the answer")
	f.BoolVar(&why, "why", false, "show every contact that was found, and the rule")
	askFlags(cmd, &ask)
	return cmd
}

func lookupFile(p *program, name, server string, why bool) error {
	l, err := campaign.DecideLookup(p.source(name), server)
	if err != nil {
		return err
	}
	return show.Lookup(p.Console, l, why)
}

// lookup asks for each query, and prints in the order in which answers come.
func (p *program) lookup(ctx context.Context, queries []string, ask campaign.AskOptions, why bool) error {
	if len(queries) == 0 {
		queries = []string{"-"}
	}
	l, err := campaign.OpenLookups(ctx, p.dir)
	if err != nil {
		return err
	}
	defer l.Close()
	if why {
		tables, err := l.Tables()
		if err != nil {
			return err
		}
		show.Tables(p.Console, tables)
	}
	missed, err := l.Ask(ctx, campaign.Queries(queries, p.stdin), ask, func(l campaign.Lookup) error { return show.Lookup(p.Console, l, why) }, p.Tell)
	if err == nil {
		err = ends.Asked(missed.Failed, missed.Due)
	}
	if err == nil && missed.NoQuery > 0 {
		err = usage.LeftOver{Err: campaign.ErrNoQuery}
	}
	return err
}

// askFlags says whom look-ups may ask.
func askFlags(cmd *cobra.Command, ask *campaign.AskOptions) {
	f := cmd.Flags()
	f.BoolVar(&ask.Offline, "offline", false, "ask nobody: answer from contacts, cache and snapshot, and leave the rest")
	f.BoolVar(&ask.Wait, "wait", false, "wait for registries that refuse, however long, and ask them again")
}
