package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/access"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

func stopCommand(p *program) *cobra.Command {
	var reason, by string
	var list bool
	var while time.Duration
	cmd := &cobra.Command{
		Use:   "stop [CAMPAIGN|all] --reason WHY",
		Short: "Let nothing leave any more, on any host, until resume",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return halts(cmd, p)
			}
			if reason == "" {
				return usage.Error{Err: errors.New("--reason says why, for those who go on")}
			}
			out, err := campaign.Stop(cmd.Context(), p.dir, strings.Join(args, ""), reason, operator(by), while)
			if err != nil {
				return err
			}
			for _, h := range out.Handed {
				if err := p.Print(h, h.MessageID, h.To, string(h.State), h.At.Format(time.RFC3339)); err != nil {
					return err
				}
			}
			p.Say("stopped: %v", out.Halt)
			p.Say("the mail server may still hold %s of the last %v", console.Count(len(out.Handed), "letter"), while)
			return nil
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`why`")
	cmd.Flags().StringVar(&by, "by", "", "who stops it; default the user of this machine")
	cmd.Flags().DurationVar(&while, "while", time.Hour, "how long a mail server may hold a letter")
	cmd.Flags().BoolVar(&list, "list", false, "list who stopped and resumed what")
	return cmd
}

func resumeCommand(p *program) *cobra.Command {
	var reason, by string
	cmd := &cobra.Command{
		Use:   "resume [CAMPAIGN|all]",
		Short: "Let letters leave again after a stop",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := access.Credential(by)
			if err != nil {
				return err
			}
			ended, err := campaign.ResumeAs(cmd.Context(), p.dir, strings.Join(args, ""), reason, who)
			for _, h := range ended {
				show.Halt(p.Console, h)
			}
			return errors.Join(err, p.Unprinted())
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it may go on, for those who come after")
	cmd.Flags().StringVar(&by, "by", "", "who says so; default the user of this machine")
	return cmd
}

func halts(cmd *cobra.Command, p *program) error {
	all, err := campaign.Halts(cmd.Context(), p.dir)
	for _, h := range all {
		show.Halt(p.Console, h)
	}
	return errors.Join(err, p.Unprinted())
}
