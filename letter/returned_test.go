package letter_test

import (
	"testing"

	"headsup/letter"
)

func TestReturned(t *testing.T) {
	for _, tt := range []struct {
		name        string
		was         letter.State
		undelivered bool
		want        letter.State
		ok          bool
	}{
		{"a sent letter bounces", letter.Sent, true, letter.Bounced, true},
		{"an answer to a sent letter changes nothing", letter.Sent, false, "", true},
		{"whatever comes back shows that an unknown letter was sent", letter.Unknown, false, letter.Sent, true},
		{"a bounce says both", letter.Unknown, true, letter.Bounced, true},
		{"a letter bounces once", letter.Bounced, true, "", true},
		{"a letter that was not sent cannot bounce", letter.Approved, true, "", true},
		{"a letter that waits for its second attempt is not settled by a report", letter.Deferred, true, "", true},
		{"what was refused stays refused", letter.Failed, false, "", true},
		{"a report may overtake the reply to the final dot", letter.Sending, true, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to, ok := letter.Returned(tt.was, tt.undelivered)
			if to != tt.want || ok != tt.ok {
				t.Errorf("got %q %v, want %q %v", to, ok, tt.want, tt.ok)
			}
			if to != "" && !tt.was.May(to) {
				t.Errorf("%q may not become %q", tt.was, to)
			}
		})
	}
}
