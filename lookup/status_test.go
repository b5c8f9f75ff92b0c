package lookup_test

import (
	"errors"
	"fmt"
	"testing"

	"headsup/lookup"
)

func TestWhatALookupCameTo(t *testing.T) {
	somebody := lookup.Network{Handle: "NET", Contacts: []lookup.Contact{{Email: "abuse@example.net"}}}
	for _, tt := range []struct {
		name    string
		network lookup.Network
		err     error
		want    lookup.Status
		final   bool
	}{
		{"a contact", somebody, nil, lookup.StatusFound, true},
		{"a network without a contact", lookup.Network{Handle: "NET"}, nil, lookup.StatusNone, true},
		{"a network whose contacts were all rejected", lookup.Network{Handle: "NET", Rejected: somebody.Contacts}, nil, lookup.StatusNone, true},
		{"no network", lookup.Network{}, nil, lookup.StatusNone, true},
		{"special use", lookup.Network{}, fmt.Errorf("192.0.2.1: %w", lookup.ErrSpecial), lookup.StatusSpecial, true},
		{"refused", lookup.Network{}, fmt.Errorf("rdap: %w", lookup.ErrRefused), lookup.StatusRefused, false},
		{"refused, although the network is known", somebody, lookup.ErrRefused, lookup.StatusRefused, false},
		{"put off", lookup.Network{}, fmt.Errorf("192.0.2.1: %w", lookup.ErrDue), lookup.StatusDue, false},
		{"failed", lookup.Network{}, errors.New("timeout"), lookup.StatusFailed, false},
		{"failed, although the network is known", somebody, errors.New("timeout"), lookup.StatusFailed, false},
	} {
		if got := lookup.StatusOf(tt.network, tt.err); got != tt.want || got.Final() != tt.final {
			t.Errorf("%s: %s (final: %v), want %s (%v)", tt.name, got, got.Final(), tt.want, tt.final)
		}
	}
}
