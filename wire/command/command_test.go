package command

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	t.Setenv("HEADSUP_TEST_SECRET", "secret")
	for name, c := range map[string]struct {
		script string
		out    string
		fault  string
	}{
		"it reads what it is told":                {"cat", "told", ""},
		"it has nothing of ours":                  {"echo $HEADSUP_TEST_SECRET.", ".\n", ""},
		"what it says goes both ways":             {"echo a; echo b >&2", "a\n", ""},
		"another end is an error":                 {"echo a; exit 4", "a\n", "exit status 4"},
		"one that hangs is killed":                {"sleep 60", "", "did not end within"},
		"with what it started":                    {"sleep 60 & wait", "", "did not end within"},
		"an argument is no word of a shell":       {"printf %s \"$1\"", "a; b", ""},
		"one that does not read is no fault":      {"exit 0", "", ""},
		"what is too much is kept from the start": {"printf '%099d' 7", strings.Repeat("0", 64), ""},
	} {
		t.Run(name, func(t *testing.T) {
			out, problems := &Beginning{Most: 64}, &Beginning{Most: 64}
			limit := 20 * time.Second
			if strings.HasPrefix(c.script, "sleep") {
				limit = 200 * time.Millisecond
			}
			err := Run(t.Context(), []string{"/bin/sh", "-c", c.script, "sh", "a; b"}, limit, []byte("told"), out, problems)
			if out.String() != c.out || (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%q, %v", out, err)
			}
			if out.Cut() != strings.Contains(c.script, "%099d") {
				t.Errorf("cut: %v", out.Cut())
			}
			if got := problems.String(); got != "" && got != "b\n" {
				t.Errorf("it also says %q", got)
			}
		})
	}
	var exit *exec.ExitError
	if err := Run(t.Context(), []string{"/bin/sh", "-c", "exit 4"}, time.Minute, nil, nil, nil); !errors.As(err, &exit) || exit.ExitCode() != 4 {
		t.Errorf("%v", err)
	}
	if err := Run(t.Context(), []string{filepath.Join(t.TempDir(), "none")}, time.Minute, nil, nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
