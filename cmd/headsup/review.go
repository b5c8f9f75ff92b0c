package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"headsup/ledger"
	"headsup/letter"
)

func (p *program) approveCommand() *cobra.Command {
	var all bool
	var by string
	cmd := &cobra.Command{
		Use:   "approve [ID[@HASH]…]",
		Short: "Let letters be sent, as the bytes that were read",
		Long: `Let letters be sent. An approval is bound to the letter's bytes: any change
takes it back. ID@HASH approves only if the letter still is what was read
under that hash (headsup status --letters --json and headsup export show it);
"-" reads ID@HASH, or the JSON of status, line by line from standard input.`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			if all == (len(ids) > 0) {
				return usageError{errors.New("either name letters or say --all")}
			}
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			return h.approve(cmd.Context(), ids, operator(by))
		},
	}
	cmd.ValidArgsFunction = p.completeLetters(0, letter.Drafted)
	cmd.Flags().BoolVar(&all, "all", false, "every letter that awaits review")
	cmd.Flags().StringVar(&by, "by", "", "who approves; default the user of this machine")
	return cmd
}

// approve approves the letters named, or all that await review.
func (h *house) approve(ctx context.Context, ids []string, by string) error {
	wanted, err := h.wanted(ctx, ids)
	if err != nil {
		return err
	}
	if len(wanted) == 0 {
		h.p.say("no letter awaits review")
	}
	hashes := map[string]string{}
	var order []string
	for _, w := range wanted {
		hashes[w.id] = w.hash
		order = append(order, w.id)
	}
	return h.each(ctx, order, func(id string) error { return h.ledger.Approve(ctx, id, hashes[id], by) })
}

// A reading is a letter as somebody read it.
type reading struct{ id, hash string }

func (h *house) wanted(ctx context.Context, ids []string) ([]reading, error) {
	var out []reading
	if len(ids) == 0 {
		for e, err := range h.ledger.Letters(ctx, ledger.Filter{Campaign: h.campaign.ID, States: []letter.State{letter.Drafted}}) {
			if err != nil {
				return nil, err
			}
			out = append(out, reading{e.ID, e.Hash})
		}
		return out, nil
	}
	for _, id := range ids {
		if id == "-" {
			more, err := readings(h.p.stdin)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
			continue
		}
		r, err := h.reading(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// reading takes ID@HASH, or ID alone, which means the letter as it is now.
func (h *house) reading(ctx context.Context, text string) (reading, error) {
	id, hash, bound := strings.Cut(text, "@")
	if bound {
		return reading{id, hash}, nil
	}
	r, err := h.ledger.Letter(ctx, id)
	return reading{id, r.Hash}, err
}

// readings reads ID@HASH or the JSON of status, line by line.
func readings(in io.Reader) (out []reading, err error) {
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		var e struct {
			ID, Hash string
			Rows     *int
		}
		switch {
		case line == "":
			continue
		case strings.HasPrefix(line, "{"):
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				return nil, fmt.Errorf("stdin:%d: %w", n, err)
			}
			if e.Rows != nil { // the sum at the end
				continue
			}
		default:
			e.ID, e.Hash, _ = strings.Cut(line, "@")
		}
		if e.ID == "" || e.Hash == "" {
			return nil, fmt.Errorf("stdin:%d: neither ID@HASH nor a letter in JSON: %s", n, strconv.Quote(line))
		}
		out = append(out, reading{e.ID, e.Hash})
	}
	return out, lines.Err()
}

func (p *program) holdCommand() *cobra.Command {
	var reason, by string
	var release bool
	cmd := &cobra.Command{
		Use:   "hold ID…",
		Short: "Keep letters back, or release them to be reviewed again",
		Long: `Keep letters back that have not been sent; their approval is taken back.
--release puts them among the drafts: they need a new approval.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			return h.hold(cmd.Context(), ids, release, reason, operator(by))
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for those who come after")
	cmd.ValidArgsFunction = p.completeLetters(0, letter.Drafted, letter.Approved, letter.Deferred, letter.Held)
	cmd.Flags().BoolVar(&release, "release", false, "back among the drafts")
	cmd.Flags().StringVar(&by, "by", "", "who decides; default the user of this machine")
	return cmd
}

func (h *house) hold(ctx context.Context, ids []string, release bool, reason, by string) error {
	return h.each(ctx, ids, func(id string) error {
		if release {
			return h.ledger.Release(ctx, id, by)
		}
		return h.ledger.Hold(ctx, id, reason, by)
	})
}

// printLetter prints the one line of a letter.
func (h *house) printLetter(ctx context.Context, id string) error {
	r, err := h.ledger.Letter(ctx, id)
	if err != nil {
		return err
	}
	return h.p.printEntry(r.Entry)
}

// printEntry prints a letter the same way everywhere: reference, to, findings,
// language, state, and why it is in that state.
func (p *program) printEntry(e ledger.Entry) error {
	return p.print(e, e.ID, e.To, some(e.Findings, "finding"), e.Language, string(e.State), e.Reason)
}
