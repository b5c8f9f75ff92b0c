package campaign_test

import (
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/finding"
	"headsup/inbox"
)

func TestCheckCountsEachRowOnce(t *testing.T) {
	const text = "ip,port,proto,kind,service,seen,strength\n" +
		"192.0.2.1,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z,verified\n" +
		"192.0.2.2,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z,weak\n" +
		"192.0.2.3,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z,contradicted\n" +
		"nowhere,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z,verified\n"
	told := 0
	sum, unread, err := campaign.Check(t.Context(), []campaign.Source{campaign.Stream("scan.csv", strings.NewReader(text))}, finding.Options{},
		func(e campaign.Event) {
			if _, ok := e.(campaign.Observed); ok {
				told++
			}
		})
	if err != nil || unread.File != nil || told != 3 {
		t.Errorf("%d told, %+v, %v", told, unread, err)
	}
	if sum.Rows != 3 || sum.Findings != 1 || sum.Held != 1 || sum.Rejected != 1 || sum.Clean != 1 {
		t.Errorf("%+v", sum)
	}
}

func TestInspectSaysWhatIsNoMail(t *testing.T) {
	var told []campaign.Incoming
	taken, err := campaign.Inspect(t.Context(), []campaign.Mailbox{inbox.Messages("stdin", strings.NewReader("hello\n"))}, func(e campaign.Event) {
		if in, ok := e.(campaign.Incoming); ok {
			told = append(told, in)
		}
	})
	if err != nil || taken.Left != 1 || len(told) != 1 || told[0].Result != campaign.Left || told[0].Text == "" || told[0].Kind != "" {
		t.Errorf("%+v, %v: %+v", taken, err, told)
	}
}
