package main

import (
	_ "time/tzdata" // --zone knows all zones on a machine that has none

	"headsup/campaign"
)

// scans are the files named on the command line; "-" is standard input.
func (p *program) scans(files []string) (out []campaign.Source) {
	for _, name := range files {
		if name == "-" {
			out = append(out, campaign.Stream("stdin", p.stdin))
		} else {
			out = append(out, campaign.File(name))
		}
	}
	return out
}

// source is another file that a flag names; "-" is standard input.
func (p *program) source(name string) campaign.Source {
	if name == "-" {
		return campaign.Stream(name, p.stdin)
	}
	return campaign.File(name)
}
