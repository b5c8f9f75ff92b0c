package escalate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"time"

	"headsup/finding"
	"headsup/ledger"
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

// A capped writer keeps the beginning of what is written, and takes the rest.
type capped struct{ bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if room := saidAtMost - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

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
	limit := h.Escalation.Limit()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.Escalation.Hook[0], h.Escalation.Hook[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")} // nothing of ours, such as passwords
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(append(text, '\n'))
	out := &capped{}
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("%s did not end within %s", h.Escalation.Hook[0], limit)
	case err != nil:
		err = fmt.Errorf("%s: %w", h.Escalation.Hook[0], err)
	}
	return finding.Clean(out.String(), saidAtMost), err
}
