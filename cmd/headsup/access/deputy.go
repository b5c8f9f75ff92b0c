package access

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign/people"
	"headsup/cmd/headsup/usage"
)

// deputy is the verb by which somebody stands in for another.
func (p Shell) deputy() *cobra.Command {
	var by, of, until string
	cmd := &cobra.Command{Use: "deputy NAME --for OTHER --until DAY", Short: "Let somebody do for a while what another may", Args: cobra.ExactArgs(1)}
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		day, err := time.Parse(time.DateOnly, until)
		if err != nil {
			return usage.Error{Err: err}
		}
		name, end := names[0], day.AddDate(0, 0, 1) // the day itself counts
		return p.changing(cmd.Context(), by, "", "deputy "+name+" for "+of+" until "+until, func(ctx context.Context, d *people.Door, by string) error {
			return d.StandIn(ctx, name, of, end, by)
		})
	}
	cmd.Flags().StringVar(&of, "for", "", "whom they stand in for")
	cmd.Flags().StringVar(&until, "until", "", "the last `day`, such as 2026-12-31; a day that is past ends it")
	cmd.Flags().StringVar(&by, "by", "", "who says so; default the user of this machine")
	return cmd
}

// bind is the verb that says by which subject the house's sign-in knows somebody.
func (p Shell) bind() *cobra.Command {
	var by, subject string
	cmd := &cobra.Command{Use: "bind NAME --subject SUBJECT", Short: "Let somebody sign in with the house's sign-in (OpenID Connect)", Args: cobra.ExactArgs(1)}
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		return p.changing(cmd.Context(), by, "", "bind "+names[0]+" to "+subject, func(ctx context.Context, d *people.Door, _ string) error {
			return d.Bind(ctx, names[0], subject)
		})
	}
	cmd.Flags().StringVar(&subject, "subject", "", "as the desk shows it to who signs in and is not known; left out: unbinds them")
	cmd.Flags().StringVar(&by, "by", "", "who says so; default the user of this machine")
	return cmd
}
