package main

import (
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestEveryVerbHasItsWords(t *testing.T) {
	left := map[string]bool{}
	files, err := fs.Glob(help, "help/*")
	must(t, err)
	for _, f := range files {
		left[f] = true
	}
	var look func(*cobra.Command)
	look = func(c *cobra.Command) {
		name := "help/" + strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), "headsup "), " ", "-") + ".txt"
		words, err := help.ReadFile(name)
		if err != nil || !strings.HasPrefix(c.Long, string(words)) || !strings.HasSuffix(c.Long, exitCodes) {
			t.Errorf("%s -h says %q, %s %q (%v)", c.CommandPath(), c.Long, name, words, err)
		}
		delete(left, name)
		for _, below := range c.Commands() {
			look(below)
		}
	}
	look(newRoot(strings.NewReader(""), io.Discard, io.Discard))
	if len(left) > 0 {
		t.Errorf("words of no verb: %v", left)
	}
}
