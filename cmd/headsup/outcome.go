package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/advice"
	"headsup/cmd/headsup/console"
	"headsup/outcome"
)

// errNotCounted means that looks of a later scan do not count.
var errNotCounted = advice.Error("looks were not counted", "scan again now that the letters have left: only what is seen since then shows what they changed")

func outcomeCommand(p *program) *cobra.Command {
	var in scanFlags
	var scanned string
	var o campaign.LookOptions
	cmd := &cobra.Command{
		Use:   "outcome [FILE…]",
		Short: "What a later scan says of the findings that letters told",
		RunE: func(cmd *cobra.Command, files []string) (err error) {
			if o.Options, err = in.options(); err != nil {
				return err
			}
			if scanned != "" {
				s := p.source(scanned)
				o.Scanned = &s
			}
			return p.inCampaign(cmd.Context(), func(c *campaign.Campaign) error {
				looked, unread, err := campaign.Outcome(cmd.Context(), c, p.scans(files), o)
				if err != nil {
					return err
				}
				trouble := unreadable(unread)
				if uncounted(p, looked, len(files) > 0) {
					trouble = worse(trouble, leftOver{errNotCounted})
				}
				if err := p.Print(looked, became(looked.Sum)); err != nil {
					return err
				}
				return trouble
			})
		},
	}
	in.flags(cmd)
	cmd.Flags().StringVar(&scanned, "scanned", "", "`FILE` that lists what was scanned, for scans that do not say so")
	cmd.Flags().BoolVar(&o.Feed, "feed", false, "daily reports: what is not in them was not looked at")
	cmd.MarkFlagsMutuallyExclusive("scanned", "feed")
	return cmd
}

// uncounted says which looks count for nothing, and reports whether there are any.
func uncounted(p *program, l campaign.Looked, read bool) bool {
	if l.Early > 0 {
		p.Say("%s from before the letter left: not counted", console.Count(l.Early, "look"))
	}
	if l.Future > 0 {
		p.Say("%s of the future: not counted; is the scanner's clock right?", console.Count(l.Future, "look"))
	}
	if l.Other > 0 {
		p.Say("%s about other places than this campaign's: not counted", console.Count(l.Other, "row"))
	}
	if read && l.New+l.Early+l.Future == 0 {
		p.Say("no new look at anything that this campaign found")
	}
	return l.Early+l.Future > 0
}

// became says in words where findings ended.
func became(s outcome.Sum) string {
	var parts []string
	for _, r := range outcome.Results {
		if n := s.Of(r); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(r), "_", " ")))
		}
	}
	return strings.TrimSuffix(fmt.Sprintf("%s in letters that left: %s", console.Count(s.Findings, "finding"), strings.Join(parts, ", ")), ": ")
}

func showLook(p *program, l outcome.Look) {
	p.Result(l, l.Addr.String(), strconv.Itoa(int(l.Port))+"/"+l.Proto, string(l.Kind), string(l.State), l.Reason, l.Seen.Format(time.RFC3339), l.Source)
}
