package show

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"headsup/cmd/headsup/console"
	"headsup/lookup/lease"
)

// Holder says who held an address, and the rows that say so.
func Holder(out *console.Console, q lease.Question, a lease.Answer) error {
	port := ""
	if q.Port > 0 {
		port = strconv.Itoa(int(q.Port))
	}
	columns := []string{q.Addr.String(), port, string(a.Status), string(a.Reason), a.Why}
	if a.Customer != nil {
		columns = append(columns[:3], a.Customer.ID, a.Customer.Name, a.Customer.Email, a.Customer.Source)
	}
	if err := out.Print(a, columns...); err != nil {
		return err
	}
	for _, r := range a.Rows {
		if out.JSON {
			break // they are in the object
		}
		clock := fmt.Sprintf("±%ds", r.Slack)
		if r.Ahead != 0 {
			clock = fmt.Sprintf("%+gs corrected, %s", -r.Ahead, clock)
		}
		if err := out.Print(nil, "", r.Source, string(r.Holder), spanOf(cmp.Or(r.From, r.To), r.To), clock); err != nil {
			return err
		}
	}
	return nil
}

// LeaseFile says what a file of leases held.
func LeaseFile(out *console.Console, s lease.FileSum) {
	out.Result(s, s.File, s.Source, console.Count(s.Rows, "row"), fmt.Sprintf("%d refused", s.Refused), spanOf(s.First, s.Last))
}

func spanOf(first, last time.Time) string {
	if first.IsZero() {
		return ""
	}
	return first.UTC().Format(time.RFC3339) + " to " + last.UTC().Format(time.RFC3339)
}
