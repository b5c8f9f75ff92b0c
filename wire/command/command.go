// Package command runs a program that the settings of a house name: without a
// shell, with what it is told on its standard input, and for so long at the most.
package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A Beginning keeps the first bytes of what is written to it, and takes the rest.
type Beginning struct {
	Most int // bytes
	text bytes.Buffer
	more bool
}

func (b *Beginning) Write(p []byte) (int, error) {
	room := max(0, b.Most-b.text.Len())
	b.more = b.more || len(p) > room
	b.text.Write(p[:min(len(p), room)])
	return len(p), nil
}

// Bytes returns what was kept.
func (b *Beginning) Bytes() []byte { return b.text.Bytes() }

// String returns what was kept.
func (b *Beginning) String() string { return b.text.String() }

// Cut reports whether more was written than is kept.
func (b *Beginning) Cut() bool { return b.more }

// Run runs argv[0] with the arguments behind it. It gets PATH and HOME of the
// environment, and nothing else of ours, such as passwords. One that does not end
// within limit is killed, with all that it started; the error says so. A program
// that ends with another status than 0 is an [*exec.ExitError].
func Run(ctx context.Context, argv []string, limit time.Duration, in []byte, out, problems io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), out, problems
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%s did not end within %s", argv[0], limit)
	case err != nil:
		return fmt.Errorf("%s: %w", argv[0], err)
	}
	return nil
}
