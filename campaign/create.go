package campaign

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"headsup/campaign/settings"
)

// Create makes a campaign folder, with commented settings and a secret that the
// codes of its letters are made with, and returns both files. What is there
// already is never overwritten.
func Create(folder string) (name, key string, err error) {
	name = filepath.Join(folder, settings.File)
	if err := writeNew(name, settings.Example, 0o600); err != nil {
		return "", "", err
	}
	key = filepath.Join(folder, settings.CodeKeyFile)
	return name, key, writeNew(key, []byte(rand.Text()+"\n"), 0o600)
}

// writeNew writes a file that does not exist yet, with its folder.
func writeNew(name string, content []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
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
