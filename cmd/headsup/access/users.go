package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

// A Shell is where the verbs print, and how they open the campaign folder.
type Shell struct {
	*show.Lines
	Open func(context.Context, func(*campaign.Campaign) error) error
}

// Users is the verb about who may sign in.
func Users(p Shell) *cobra.Command {
	var by string
	var roles []string
	var log bool
	cmd := &cobra.Command{
		Use:   "users",
		Short: "Who may sign in at the desk",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.atDoor(cmd.Context(), func(ctx context.Context, d *people.Door) error {
				if log {
					all, err := d.Changes(ctx)
					for _, c := range all {
						show.Change(p.Console, c)
					}
					return err
				}
				all, err := d.List(ctx)
				for _, u := range all {
					show.Person(p.Console, u)
				}
				return err
			})
		},
	}
	add := &cobra.Command{
		Use:   "add NAME --role ROLE…",
		Short: "Let somebody in, with a password that is shown once",
		Args:  cobra.ExactArgs(1),
	}
	add.RunE = p.withRoles(&roles, &by, func(ctx context.Context, d *people.Door, name string, r people.Roles, by string) error {
		password, err := d.Admit(ctx, name, r, by)
		if err != nil {
			return err
		}
		p.Say("the password is shown this once; %s can change it at the desk", name)
		return p.Print(map[string]string{"name": name, "password": password}, name, password)
	})
	role := &cobra.Command{Use: "role NAME --role ROLE…", Short: "Change what somebody may do", Args: cobra.ExactArgs(1)}
	role.RunE = p.withRoles(&roles, &by, func(ctx context.Context, d *people.Door, name string, r people.Roles, by string) error {
		return d.Trust(ctx, name, r, by)
	})
	remove := &cobra.Command{
		Use:   "remove NAME",
		Short: "Let somebody in no more",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			return p.changing(cmd.Context(), by, names[0], "remove "+names[0], func(ctx context.Context, d *people.Door, by string) error {
				return d.Dismiss(ctx, names[0], by)
			})
		},
	}
	codes := &cobra.Command{
		Use:   "uncode NAME",
		Short: "Forget the one-time codes of somebody who has lost what makes them",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			return p.changing(cmd.Context(), by, "", "uncode "+names[0], func(ctx context.Context, d *people.Door, _ string) error {
				return d.Uncode(ctx, names[0])
			})
		},
	}
	for _, c := range []*cobra.Command{add, role} {
		c.Flags().StringSliceVar(&roles, "role", nil, "what they are trusted with: read, draft, approve, send, admin; several with commas")
	}
	for _, c := range []*cobra.Command{add, role, remove, codes} {
		c.Flags().StringVar(&by, "by", "", "who says so; default the user of this machine")
	}
	cmd.Flags().BoolVar(&log, "log", false, "list what was changed of people and settings, and by whom")
	cmd.AddCommand(add, role, remove, codes, p.token(), p.agree(), p.deputy(), p.bind())
	return cmd
}

// atDoor does something about who may sign in.
func (p Shell) atDoor(ctx context.Context, do func(context.Context, *people.Door) error) error {
	return p.Open(ctx, func(c *campaign.Campaign) error { return do(ctx, campaign.Door(c)) })
}

// changing changes something of people, as one person or two may. of is whom it
// takes something from; "": nobody.
func (p Shell) changing(ctx context.Context, by, of, what string, do func(ctx context.Context, d *people.Door, by string) error) error {
	return p.Open(ctx, func(c *campaign.Campaign) error {
		who, err := Credential(by)
		if err != nil {
			return err
		}
		d := campaign.Door(c)
		approvers, err := campaign.ApproversOfPeople(ctx, c)
		if err != nil {
			return err
		}
		if of != "" {
			by, err = d.Alone(ctx, who, approvers, of, what)
		} else {
			by, err = d.Together(ctx, who, approvers, what)
		}
		if errors.Is(err, people.ErrSecond) {
			p.Say("%v", err)
			return usage.LeftOver{Err: err}
		}
		if err != nil {
			return err
		}
		return do(ctx, d, by)
	})
}

func (p Shell) withRoles(roles *[]string, by *string, do func(context.Context, *people.Door, string, people.Roles, string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, names []string) error {
		r, err := people.ParseRoles(*roles)
		if err != nil {
			return usage.Error{Err: err}
		}
		what := fmt.Sprintf("%s %s: %s", cmd.Name(), names[0], r)
		return p.changing(cmd.Context(), *by, "", what, func(ctx context.Context, d *people.Door, by string) error { return do(ctx, d, names[0], r, by) })
	}
}
