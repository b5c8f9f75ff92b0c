package show

import (
	"bytes"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/lookup"
)

func TestWhatIsToldOfRegistries(t *testing.T) {
	due := lookup.Due{Lines: []lookup.DueLine{
		{Registry: "", Addresses: 2, Networks: 1, Takes: 200 * time.Millisecond},
		{Registry: "lacnic", Addresses: 900, Networks: 600, Takes: 70 * time.Minute},
	}}
	soon := lookup.Due{Lines: []lookup.DueLine{{Registry: "ripe", Addresses: 9, Networks: 9, Takes: 1800 * time.Millisecond}}}
	for _, tt := range []struct {
		sentence string
		e        campaign.Event
		said     string
	}{
		{"a registry that refuses is named with the reason", campaign.RegistryRests{RateLimited: lookup.RateLimited{Registry: "arin", Host: "rdap.example.net", RetryAfter: 5 * time.Minute, Why: "403 Forbidden"}},
			"headsup: rdap.example.net refuses (403 Forbidden): it is not asked for 5m0s\n"},
		{"what is due is shown with how long it takes", campaign.LookupsDue{Due: due},
			"headsup: addresses that are to be asked about: 902, which take 1h10m0s at the registries' paces (others 2 in 1s, lacnic 900 in 1h10m0s)\n"},
		{"unless it is done before it is read", campaign.LookupsDue{Due: soon}, ""},
		{"but what is put off is always shown", campaign.LookupsDue{Due: soon, PutOff: true},
			"headsup: addresses that are put off: 9, which take 2s at the registries' paces (ripe 9 in 2s)\n"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			var out, errs bytes.Buffer
			lines := &Lines{Console: &console.Console{Stdout: &out, Stderr: &errs}}
			lines.Tell(tt.e)
			if errs.String() != tt.said || out.Len() > 0 {
				t.Errorf("said %q and printed %q", errs.String(), out.String())
			}
		})
	}
}
