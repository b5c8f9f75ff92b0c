package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/letter"
)

func suppressCommand(p *program) *cobra.Command {
	var list, undo, here, table bool
	var reason, until, by, from string
	cmd := &cobra.Command{
		Use:   "suppress [MAILBOX|DOMAIN|PREFIX|RANGE|AS…]",
		Short: "Who asked not to be written to",
		RunE: func(cmd *cobra.Command, values []string) error {
			if undo && from != "" {
				return usage.Error{Err: errors.New("--undo takes names, not a file: an imported list is added to")}
			}
			if asked := map[bool]int{true: 1}; asked[list]+asked[len(values) > 0]+asked[from != ""] != 1 {
				return usage.Error{Err: errors.New("either name who is not to be written to or say --list or --import FILE")}
			}
			s := letter.Suppression{Reason: reason}
			var err error
			if s.Until, err = usage.Day("until", until, time.Time{}); err != nil {
				return err
			}
			if !s.Until.IsZero() && s.Until.Before(time.Now()) {
				return usage.Error{Err: fmt.Errorf("--until %s is over", until)}
			}
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				if here {
					s.Campaign = c.ID()
				}
				switch {
				case list:
					return suppressions(ctx, p, c, table)
				case undo:
					return c.Undo(ctx, values, operator(by))
				case from != "":
					unread, err := c.ImportSuppressions(ctx, p.source(from), operator(by))
					return usage.Worse(err, usage.Unreadable(unread.File, unread.Row))
				}
				return suppress(ctx, c, values, s, operator(by))
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&list, "list", false, "list them")
	f.BoolVar(&table, "csv", false, "with --list: as CSV, for --import")
	f.StringVar(&from, "import", "", "read them from a CSV `file`; - is stdin")
	f.BoolVar(&undo, "undo", false, "write to them again")
	f.BoolVar(&undo, "lift", false, "")
	if err := f.MarkHidden("lift"); err != nil { // its former name
		panic(err)
	}
	f.BoolVar(&here, "this-campaign", false, "in this campaign only")
	f.StringVar(&reason, "reason", "", "why, for those who come after")
	f.StringVar(&until, "until", "", "`day` from which they may be written to again; default never")
	f.StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

// suppress adds a suppression like like for each value: all of them, or none if
// one of the values is none.
func suppress(ctx context.Context, c *campaign.Campaign, values []string, like letter.Suppression, by string) error {
	list, err := letter.SuppressionsLike(like, values)
	if err != nil {
		return usage.Error{Err: err}
	}
	return c.Suppress(ctx, list, by)
}

func suppressions(ctx context.Context, p *program, c *campaign.Campaign, table bool) error {
	list, err := c.Suppressions(ctx)
	if err != nil {
		return err
	}
	if table {
		return letter.WriteSuppressions(p.Stdout, list)
	}
	for _, s := range list {
		show.Suppression(p.Console, s)
	}
	return nil
}
