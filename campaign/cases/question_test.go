package cases

import (
	"strings"
	"testing"
	"time"

	"headsup/campaign/settings"
	"headsup/inbox/report"
	"headsup/lookup/lease"
)

// TestWithoutATimeTheAddressWasOnesForAsLongAsTheEventMayBeBack asks at noon of a
// day, in a house whose max_age is seven days.
func TestWithoutATimeTheAddressWasOnesForAsLongAsTheEventMayBeBack(t *testing.T) {
	noon := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	ago := func(hours int) time.Time { return noon.Add(-time.Duration(hours) * time.Hour) }
	for _, tt := range []struct {
		name     string
		keep     time.Duration
		sent     time.Time
		from, to time.Time
		why      string
	}{
		{"sent yesterday", 30 * 24 * time.Hour, ago(24), ago(24 + 7*24), ago(24), ""},
		{"nobody says when it was sent", 30 * 24 * time.Hour, time.Time{}, ago(7 * 24), noon, ""},
		{"sent in the future", 30 * 24 * time.Hour, ago(-48), ago(7 * 24), noon, ""},
		{"logs go back less far", 48 * time.Hour, ago(24), ago(47), ago(24), ""},
		{"the default of logs", 0, ago(24), ago(7*24 - 1), ago(24), ""},
		{"older than all logs", 48 * time.Hour, ago(72), time.Time{}, time.Time{}, "as old as what is kept"},
		{"as old as all logs", 48 * time.Hour, ago(47), time.Time{}, time.Time{}, "as old as what is kept"},
	} {
		d := &Desk{Settings: &settings.Settings{ISP: &settings.ISP{}}, Holders: lease.Desk{Keep: tt.keep}, Now: func() time.Time { return noon }}
		q, why := d.question(report.Event{}, tt.sent)
		switch {
		case tt.why != "":
			if !strings.Contains(why, tt.why) {
				t.Errorf("%s: %q, want %q", tt.name, why, tt.why)
			}
		case why != "" || !q.Time.Equal(tt.from) || !q.Time.Add(q.Within).Equal(tt.to):
			t.Errorf("%s: %s to %s (%s), want %s to %s", tt.name, q.Time, q.Time.Add(q.Within), why, tt.from, tt.to)
		}
	}
}

func TestACustomerWithoutAContractHasAccess(t *testing.T) {
	c, err := lease.ReadCustomers(strings.NewReader("customer,prefix,contract\n1,192.0.2.1/32,\n2,192.0.2.2/32,mail\n"), "customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Holders: lease.Desk{Customers: c}}
	for id, want := range map[string]string{"1": "access", "2": "mail", "3": "", "": ""} {
		if got := service(d, id); got != want {
			t.Errorf("customer %q: %q, want %q", id, got, want)
		}
	}
}
