package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"headsup/ledger"
	"headsup/letter"
)

func (p *program) ledgerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "The ledger itself: copy it to another place or engine",
		Long:  "The ledger itself: copy it to another place or engine.",
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "copy FROM TO",
		Short: "Everything to an empty ledger, which sends from then on",
		Long: `Copy all campaigns of a ledger to an empty one: each an SQLite file or a
postgres:// URL (password: PGPASSWORD). The copy is complete or empty, and its
sums are compared with those of the original.

From then on only the copy sends: two ledgers that send would write to
everybody twice. Name it in the settings (ledger = "…").` + "\n" + exitCodes,
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.copyLedger(cmd.Context(), args[0], args[1])
		},
	})
	return cmd
}

// errSums means that a copy does not add up to what was copied.
var errSums = errors.New("the copy differs from the original")

func (p *program) copyLedger(ctx context.Context, fromName, toName string) (err error) {
	if !strings.Contains(fromName, "://") {
		if _, err := os.Stat(fromName); err != nil { // or it would be made
			return err
		}
	}
	from, err := ledger.Open(ctx, fromName)
	if err != nil {
		return fmt.Errorf("ledger %s: %w", withoutPassword(fromName), err)
	}
	defer from.Close()
	to, err := ledger.Open(ctx, toName)
	if err != nil {
		return fmt.Errorf("ledger %s: %w", withoutPassword(toName), err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()

	var bar *progressBar
	last := 0
	rows, err := from.CopyTo(ctx, to, withoutPassword(toName), func(done, all int) {
		if bar == nil {
			bar = p.progress("copying", all)
		}
		bar.add(done - last)
		last = done
	})
	if bar != nil {
		bar.done()
	}
	if err != nil {
		return err
	}
	if err := p.compare(ctx, from, to); err != nil {
		return err
	}
	p.say("%s copied to %s, which sends from now on", some(rows, "row"), withoutPassword(toName))
	return nil
}

// compare prints the sum of each campaign if both ledgers agree on all of them.
func (p *program) compare(ctx context.Context, from, to *ledger.Ledger) error {
	campaigns, err := from.Campaigns(ctx)
	if err != nil {
		return err
	}
	for _, id := range campaigns {
		a, err := from.Sum(ctx, id)
		if err != nil {
			return err
		}
		b, err := to.Sum(ctx, id)
		if err != nil {
			return err
		}
		if !sameSum(a, b) {
			return fmt.Errorf("%w: campaign %q: %s; %s", errSums, id, sentence(a), sentence(b))
		}
		err = p.print(struct {
			Campaign string `json:"campaign"`
			letter.Sum
		}{id, b}, id, sentence(b))
		if err != nil {
			return err
		}
	}
	return nil
}

func sameSum(a, b letter.Sum) bool {
	same := maps.Equal(a.States, b.States)
	a.States, b.States = nil, nil
	return same && fmt.Sprint(a) == fmt.Sprint(b)
}

// withoutPassword is a ledger's name as it may be shown.
func withoutPassword(name string) string {
	if u, err := url.Parse(name); err == nil && u.Scheme != "" {
		q := u.Query()
		q.Del("password")
		u.RawQuery = q.Encode()
		return u.Redacted()
	}
	return name
}
