package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/ledger"
	"headsup/letter"
)

func (p *program) statusCommand() *cobra.Command {
	var letters, unwritten, watch bool
	var states []string
	cmd := &cobra.Command{
		Use:   "status [ID…]",
		Short: "Where every row and every letter is",
		Long: `Say how many rows ended where, and how many letters are in which state.

--letters lists the letters, --unwritten the rows that no letter covers and
why; with IDs, all that ever happened to those letters.`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			if len(ids) > 0 {
				return h.histories(cmd.Context(), ids)
			}
			if watch {
				return h.watch(cmd.Context(), 2*time.Second)
			}
			if letters || len(states) > 0 {
				if err := h.letters(cmd.Context(), states); err != nil {
					return err
				}
			}
			if unwritten {
				if err := h.unwritten(cmd.Context()); err != nil {
					return err
				}
			}
			return h.status(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&letters, "letters", false, "list the letters")
	cmd.Flags().BoolVar(&watch, "watch", false, "say it again whenever it changes, until no letter waits")
	cmd.Flags().BoolVar(&unwritten, "unwritten", false, "list the rows that no letter covers")
	cmd.ValidArgsFunction = p.completeLetters(0)
	cmd.Flags().StringSliceVar(&states, "state", nil, "list the letters in these `states`: "+stateNames())
	completeFlag(cmd, "state", letter.States...)
	return cmd
}

// status prints the sum, last.
func (h *house) status(ctx context.Context) error {
	sum, err := h.ledger.Sum(ctx, h.campaign.ID)
	if err != nil {
		return err
	}
	if !h.p.json {
		for _, s := range letter.States {
			if n := sum.States[s]; n > 0 {
				if err := h.p.print(nil, string(s), strconv.Itoa(n)); err != nil {
					return err
				}
			}
		}
	}
	if err := h.p.print(sum, sentence(sum)); err != nil {
		return err
	}
	return sum.Check()
}

// statesOf reads the values of --state.
func statesOf(words []string) (states []letter.State, err error) {
	for _, w := range words {
		if !slices.Contains(letter.States, letter.State(w)) {
			return nil, usageError{fmt.Errorf("--state %q is none of %s", w, stateNames())}
		}
		states = append(states, letter.State(w))
	}
	return states, nil
}

func stateNames() string {
	var names []string
	for _, s := range letter.States {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func (h *house) letters(ctx context.Context, states []string) error {
	f := ledger.Filter{Campaign: h.campaign.ID}
	var err error
	if f.States, err = statesOf(states); err != nil {
		return err
	}
	for e, err := range h.ledger.Letters(ctx, f) {
		if err != nil {
			return err
		}
		if err := h.p.printEntry(e); err != nil {
			return err
		}
	}
	return nil
}

// An unwrittenRow is a row that no letter covers, as --json prints it.
type unwrittenRow struct {
	Source string      `json:"source"`
	Addr   string      `json:"addr,omitempty"`
	Port   uint16      `json:"port,omitempty"`
	Kind   string      `json:"kind,omitempty"`
	Fate   letter.Fate `json:"fate"`
	Reason string      `json:"reason"`
}

func (h *house) unwritten(ctx context.Context) error {
	for u, err := range h.ledger.Unwritten(ctx, h.campaign.ID) {
		if err != nil {
			return err
		}
		row := unwrittenRow{Source: u.Finding.Source, Port: u.Finding.Port, Kind: string(u.Finding.Kind), Fate: u.Fate, Reason: u.Reason}
		if u.Finding.Addr.IsValid() {
			row.Addr = u.Finding.Addr.String()
		}
		if err := h.p.print(row, row.Source, row.Addr, row.Kind, string(row.Fate), row.Reason); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) histories(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if err := h.printLetter(ctx, id); err != nil {
			return err
		}
		events, err := h.ledger.History(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := h.p.print(e, e.Letter, e.At.Format(time.RFC3339), e.Kind, e.By, e.Text); err != nil {
				return err
			}
		}
	}
	return nil
}
