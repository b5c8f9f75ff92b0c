package main

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/experiments"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

func experimentCommand(p *program) *cobra.Command {
	cmd := &cobra.Command{Use: "experiment", Short: "Who waits, and who gets another letter: plan it, seal it, end it"}
	cmd.AddCommand(planCommand(p), freezeCommand(p), endCommand(p))
	return cmd
}

// errChanged means that the settings are not what was sealed.
var errChanged = advice.Error("the settings are not the plan that was sealed", "what was sealed holds; put [experiment] back as it was, or read the report as what it is: its first line says so")

func planCommand(p *program) *cobra.Command {
	a := experiments.Assumed{Base: .3, Effect: .15, ICC: .3}
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Who would be in which arm, and what that could find",
		Args:  cobra.NoArgs,
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, _ []string) error {
			ctx := cmd.Context()
			plan, err := experiments.Plan(ctx, c, a)
			if err != nil {
				return err
			}
			if err := show.Plan(p.Console, plan, a); err != nil {
				return err
			}
			if plan.Changed {
				return usage.LeftOver{Err: errChanged}
			}
			return nil
		}),
	}
	cmd.Flags().Float64Var(&a.Base, "base", a.Base, "`share` that is fixed anyway")
	cmd.Flags().Float64Var(&a.Effect, "effect", a.Effect, "`share` that letters add to it")
	cmd.Flags().Float64Var(&a.ICC, "icc", a.ICC, "how far hosts of one organisation follow each other: a `share`; 1: all or none of them is fixed")
	return cmd
}

func freezeCommand(p *program) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "freeze",
		Short: "Seal the plan, before the first letter leaves",
		Args:  cobra.NoArgs,
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, _ []string) error {
			ctx := cmd.Context()
			s, err := experiments.Freeze(ctx, c, operator(by), time.Now())
			if err != nil {
				return err
			}
			return p.Print(struct {
				Hash          string `json:"hash"`
				Organisations int    `json:"organisations"`
			}{s.Hash, len(s.Units)}, "sealed", s.Hash, strconv.Itoa(len(s.Units))+" organisations")
		}),
	}
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

func endCommand(p *program) *cobra.Command {
	var by, why string
	cmd := &cobra.Command{
		Use:   "end",
		Short: "Write to those that wait from now on",
		Args:  cobra.NoArgs,
		RunE: p.campaignRun(func(cmd *cobra.Command, c *campaign.Campaign, _ []string) error {
			return experiments.End(cmd.Context(), c, operator(by), why)
		}),
	}
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	cmd.Flags().StringVar(&why, "why", "", "`reason`")
	return cmd
}
