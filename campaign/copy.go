package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"reflect"
	"strings"

	"headsup/ledger"
	"headsup/letter"
)

// ErrSums means that a copy does not add up to what was copied. Both sums are
// in the error.
var ErrSums = errors.New("the copy differs from the original")

// A Copied is a campaign in a ledger that was copied.
type Copied struct {
	Campaign string `json:"campaign"`
	letter.Sum
}

// CopyLedger copies all campaigns of a ledger to an empty one, each a file or a
// postgres:// URL. The copy is complete or empty, and its sums are compared
// with those of the original; from then on only the copy sends.
func CopyLedger(ctx context.Context, fromName, toName string, tell func(Event)) (list []Copied, rows int, err error) {
	if !strings.Contains(fromName, "://") {
		if _, err := os.Stat(fromName); err != nil { // or it would be made
			return nil, 0, err
		}
	}
	from, err := ledger.Open(ctx, fromName)
	if err != nil {
		return nil, 0, fmt.Errorf("ledger %s: %w", WithoutPassword(fromName), err)
	}
	defer from.Close()
	to, err := ledger.Open(ctx, toName)
	if err != nil {
		return nil, 0, fmt.Errorf("ledger %s: %w", WithoutPassword(toName), err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	p := Progress{Task: Copying}
	rows, err = from.CopyTo(ctx, to, WithoutPassword(toName), func(done, all int) {
		p.Done, p.Total = done, all
		tell(p)
	})
	p.Over = true
	tell(p)
	if err != nil {
		return nil, 0, err
	}
	list, err = compare(ctx, from, to)
	return list, rows, err
}

// compare returns the campaigns of two ledgers if both agree on all of them.
func compare(ctx context.Context, from, to *ledger.Ledger) (list []Copied, err error) {
	campaigns, err := from.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range campaigns {
		a, err := from.Sum(ctx, id)
		if err != nil {
			return list, err
		}
		b, err := to.Sum(ctx, id)
		if err != nil {
			return list, err
		}
		if !sameSum(a, b) {
			return list, fmt.Errorf("%w: campaign %q: %s; %s", ErrSums, id, written(a), written(b))
		}
		list = append(list, Copied{id, b})
	}
	return list, nil
}

func sameSum(a, b letter.Sum) bool {
	same := maps.Equal(a.States, b.States)
	a.States, b.States = nil, nil
	return same && reflect.DeepEqual(a, b)
}

// written are the figures of a sum, for an error.
func written(s letter.Sum) string {
	text, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// WithoutPassword returns a ledger's name as it may be shown. Of a URL that
// cannot be read nobody knows where its password is: nothing is shown.
func WithoutPassword(name string) string {
	scheme, _, isURL := strings.Cut(name, "://")
	if !isURL {
		return name
	}
	u, err := url.Parse(name)
	if err != nil {
		return scheme + "://…"
	}
	q := u.Query()
	q.Del("password")
	q.Del("sslpassword")
	u.RawQuery = q.Encode()
	return u.Redacted()
}
