package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"headsup/campaign/settings"
)

func (p *program) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Make a campaign folder with a commented " + settings.File,
		Long: "Make a campaign folder, with a commented " + settings.File + " and a secret that the codes of\n" +
			"its letters are made with. An existing " + settings.File + " is never overwritten.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := filepath.Join(args[0], settings.File)
			if err := writeNew(name, settings.Example, 0o644); err != nil {
				return err
			}
			key := filepath.Join(args[0], settings.CodeKeyFile)
			if err := writeNew(key, []byte(rand.Text()+"\n"), 0o600); err != nil {
				return err
			}
			if err := p.print(map[string]string{"settings": name, "code_key": key}, name); err != nil {
				return err
			}
			p.say("next: put your agency into %s, then headsup -C %s draft FILE…", name, args[0])
			return nil
		},
	}
}

// writeNew writes a file that does not exist yet, with its folder.
func writeNew(name string, content []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: is there already; nothing was changed", name)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
