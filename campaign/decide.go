package campaign

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"headsup/ledger"
	"headsup/letter"
)

// A Review is a letter as somebody read it.
type Review struct {
	ID   string
	Hash string // of the bytes that were read; "": as it is when the call begins
}

// ReadReviews reads which letters somebody read, line by line: ID@HASH, or a
// letter in JSON as status writes it. An error names the line, after name.
func ReadReviews(name string, in io.Reader) (out []Review, err error) {
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
				return nil, fmt.Errorf("%s:%d: %w", name, n, err)
			}
			if e.Rows != nil { // the sum at the end
				continue
			}
		default:
			e.ID, e.Hash, _ = strings.Cut(line, "@")
		}
		if e.ID == "" || e.Hash == "" {
			return nil, fmt.Errorf("%s:%d: neither ID@HASH nor a letter in JSON: %q", name, n, line)
		}
		out = append(out, Review{ID: e.ID, Hash: e.Hash})
	}
	return out, lines.Err()
}

// Decisions says what came of a decision about several letters. Each was told
// as [Decided] or [Refused].
type Decisions struct {
	Done    int
	Refused error // the last letter that the decision cannot be made about
}

// Approve lets letters be sent, as the bytes that were read: where the settings
// say approvals = 2, when a second person approves them. A letter that has
// changed meanwhile is refused. A review without a hash must be of a letter
// that there is: else nothing is approved, and [ledger.ErrNotFound] returned.
func (c *Campaign) Approve(ctx context.Context, reviews []Review, by string) (Decisions, error) {
	hashes := map[string]string{}
	var ids []string
	for _, r := range reviews {
		r.ID = letter.FullReference(c.rules.ID, r.ID)
		if r.Hash == "" {
			e, err := c.Entry(ctx, r.ID)
			if err != nil {
				return Decisions{}, err
			}
			r.Hash = e.Hash
		}
		hashes[r.ID] = r.Hash
		ids = append(ids, r.ID)
	}
	takes := terms(c)
	return each(ctx, c, ids, func(id string) error { return ledger.ApproveTogether(ctx, c.ledger, id, hashes[id], by, takes) })
}

// ApproveAll approves every letter that awaits review when the call begins, as
// the bytes that it then has.
func (c *Campaign) ApproveAll(ctx context.Context, by string) (Decisions, error) {
	var all []Review
	for e, err := range c.Letters(ctx, ledger.Filter{States: []letter.State{letter.Drafted}}) {
		if err != nil {
			return Decisions{}, err
		}
		all = append(all, Review{e.ID, e.Hash})
	}
	return c.Approve(ctx, all, by)
}

// Hold keeps letters back that have not been sent. Their approval is taken back.
func (c *Campaign) Hold(ctx context.Context, ids []string, reason, by string) (Decisions, error) {
	return each(ctx, c, ids, func(id string) error { return c.ledger.Hold(ctx, id, reason, by) })
}

// Release puts letters that were held back among the drafts.
func (c *Campaign) Release(ctx context.Context, ids []string, by string) (Decisions, error) {
	return each(ctx, c, ids, func(id string) error { return c.ledger.Release(ctx, id, by) })
}

// each does something to letters and tells what they are then.
func each(ctx context.Context, c *Campaign, ids []string, do func(id string) error) (d Decisions, err error) {
	for _, id := range Within(c).Full(ids) {
		if err := do(id); err != nil {
			c.event(Refused{Letter: id, Err: err})
			d.Refused = err
			continue
		}
		e, err := c.Entry(ctx, id)
		if err != nil {
			return d, err
		}
		d.Done++
		c.event(Decided{e})
	}
	return d, nil
}
