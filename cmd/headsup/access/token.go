package access

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign/people"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

// token is the verb about what somebody shows at the shell, or a program of theirs.
func (p Shell) token() *cobra.Command {
	var by, end string
	var roles []string
	var life time.Duration
	var list, endAll bool
	cmd := &cobra.Command{Use: "token NAME", Short: "Give somebody a token for the shell and for programs, which is shown once", Args: cobra.ExactArgs(1)}
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		name, r := names[0], people.Roles(nil)
		if len(roles) > 0 {
			var err error
			if r, err = people.ParseRoles(roles); err != nil {
				return usage.Error{Err: err}
			}
		}
		switch {
		case list:
			return p.atDoor(cmd.Context(), func(ctx context.Context, d *people.Door) error {
				all, err := d.Tokens(ctx)
				for _, k := range all {
					if k.Name == name {
						show.Token(p.Console, k)
					}
				}
				return err
			})
		case end != "" || endAll:
			return p.changing(cmd.Context(), by, name, "end token of "+name, func(ctx context.Context, d *people.Door, _ string) error { return d.EndTokens(ctx, name, end) })
		}
		return p.changing(cmd.Context(), by, "", "token for "+name, func(ctx context.Context, d *people.Door, by string) error {
			until := time.Now().Add(life)
			token, err := d.Token(ctx, name, r, until, by)
			if err != nil {
				return err
			}
			p.Say("the token of %s is shown this once; it is good until %s", name, until.UTC().Format(time.DateOnly))
			return p.Print(map[string]string{"name": name, "token": token, "until": until.UTC().Format(time.RFC3339)}, token)
		})
	}
	cmd.Flags().StringSliceVar(&roles, "role", nil, "what it is good for at the most; default all that its person may do")
	cmd.Flags().DurationVar(&life, "for", people.TokenLife, "how long it is good")
	cmd.Flags().BoolVar(&list, "list", false, "list those that are good still, without their text")
	cmd.Flags().StringVar(&end, "end", "", "end the one with this `ID`, as --list shows it")
	cmd.Flags().BoolVar(&endAll, "end-all", false, "end all of them")
	cmd.Flags().StringVar(&by, "by", "", "who says so; default the user of this machine")
	cmd.MarkFlagsMutuallyExclusive("list", "end", "end-all")
	return cmd
}
