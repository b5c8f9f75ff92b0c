package escalate

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/wire/command"
)

// An order is what the command reads on its standard input: one JSON object. Its
// names are settled.
type order struct {
	Measure  int64   `json:"measure"`
	Action   string  `json:"action"` // "act" or "release"
	Customer string  `json:"customer"`
	Contract string  `json:"contract,omitempty"`
	Class    string  `json:"class,omitempty"`
	Why      string  `json:"why"`
	Events   []event `json:"events"`
}

type event struct {
	Addr netip.Addr `json:"addr,omitzero"`
	Port uint16     `json:"port,omitempty"`
	Seen time.Time  `json:"seen"`
	Kind string     `json:"kind"`
	URL  string     `json:"url,omitempty"`
}

// saidAtMost is how much of what the command says is kept, in bytes.
const saidAtMost = 4 << 10

// command runs the command of the settings without a shell, with an order on its
// standard input, and returns what it said. One that does not end in time is
// killed, with all that it started.
func (h House) command(ctx context.Context, action string, m ledger.Measure) (said string, err error) {
	o := order{Measure: m.ID, Action: action, Customer: m.Customer, Why: m.Why}
	if who := h.Customers.ByID(m.Customer); who != nil {
		o.Contract, o.Class = who.Contract, who.Class
	}
	for _, i := range m.Events {
		o.Events = append(o.Events, event{i.Addr, i.Port, i.At, i.Kind, i.URL})
	}
	text, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	out := &command.Beginning{Most: saidAtMost}
	err = command.Run(ctx, h.Escalation.Hook, h.Escalation.Limit(), append(text, '\n'), out, out)
	return finding.Clean(out.String(), saidAtMost), err
}
