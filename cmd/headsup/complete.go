package main

import (
	"strings"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
)

// completeLetters offers the references of a campaign's letters that are in
// one of the states, or of all, after the arguments that stand before them.
func (p *program) completeLetters(before int, states ...letter.State) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) < before {
			return nil, cobra.ShellCompDirectiveDefault
		}
		c, err := campaign.Open(cmd.Context(), p.dir, nil)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		defer c.Close()
		var ids []cobra.Completion
		for e, err := range c.Letters(cmd.Context(), ledger.Filter{States: states}) {
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			if strings.HasPrefix(e.ID, begun) {
				ids = append(ids, cobra.CompletionWithDesc(e.ID, e.To))
			}
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}
