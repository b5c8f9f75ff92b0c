package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoDecision means that words are none of those that decide a case.
var ErrNoDecision = errors.New("not a decision")

// Decide does what words say of a case: is ADDRESS [PORT] [TIME], customer
// NUMBER, not-ours, no-report, proceedings, resolved, or answer TEXT; now is when an answer is given.
func (d *Desk) Decide(ctx context.Context, id, by string, words []string, now time.Time) (Ruled, error) {
	what, rest := words[0], words[1:]
	switch {
	case what == "is" && len(rest) >= 1 && len(rest) <= 4:
		port, when := "", strings.Join(rest[1:], " ")
		if len(rest) > 1 && !strings.ContainsAny(rest[1], "-:T") {
			port, when = rest[1], strings.Join(rest[2:], " ")
		}
		return d.Is(ctx, id, by, rest[0], port, when)
	case what == "customer" && len(rest) == 1:
		return d.Customer(ctx, id, by, rest[0])
	case what == "not-ours" && len(rest) == 0:
		return d.NotOurs(ctx, id, by)
	case what == "no-report" && len(rest) == 0:
		return d.NoReport(ctx, id, by)
	case what == "proceedings" && len(rest) == 0:
		return Proceedings(ctx, d, id, by)
	case what == "resolved" && len(rest) == 0:
		return confirmResolved(ctx, d, id, by)
	case what == "answer" && len(rest) > 0:
		return d.AnswerWith(ctx, id, by, strings.Join(rest, " "), now)
	}
	return Ruled{}, fmt.Errorf("%w: %q", ErrNoDecision, strings.Join(words, " "))
}
