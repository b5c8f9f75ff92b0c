package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/campaign/doctor"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/usage"
)

// errUnwell means that a check found a fault, or could not be made.
var errUnwell = advice.Error("something is left to mend", "each line that begins with fault, or with not checked, ends with what mends it")

func doctorCommand(p *program) *cobra.Command {
	var o campaign.ExamineOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "What would keep letters from arriving, and reports from coming back",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sum, left := map[doctor.Status]int{}, 0
			err := campaign.Examine(cmd.Context(), p.dir, o, func(c doctor.Check) {
				sum[c.Status]++
				if c.Left() {
					left++
				}
				p.Result(c, string(c.Status), c.Check, c.About, c.Says, c.Mend)
			})
			if err = errors.Join(err, p.Unprinted()); err != nil {
				return err
			}
			p.Say("%d ok, %s, %d not checked", sum[doctor.OK], console.Count(sum[doctor.Fault], "fault"), sum[doctor.NotChecked])
			if left > 0 {
				return usage.LeftOver{Err: fmt.Errorf("%w: %d", errUnwell, left)}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&o.NoLoop, "no-loop", false, "send no probe")
	cmd.Flags().StringVar(&o.LoopTo, "loop-to", "", "`address` that the mail server takes and that bounces; default: a made-up one of from's domain")
	cmd.Flags().DurationVar(&o.Patience, "wait", 0, "how long the probe's report may take; default 5m")
	return cmd
}
