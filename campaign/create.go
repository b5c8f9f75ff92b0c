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

// Created names the files of a new campaign folder.
type Created struct {
	Settings string `json:"settings"`
	CodeKey  string `json:"code_key"`       // the secret that the codes of letters are made with
	Contacts string `json:"contacts"`       // an example of the house's own contacts
	Scan     string `json:"scan,omitempty"` // of a rehearsal: something to draft
}

// Create makes a campaign folder, with commented settings, a secret and an
// example of contacts. What is there already is never overwritten. A rehearsal
// looks documentation addresses up in those contacts, and sends nothing.
func Create(folder string, rehearsal bool) (c Created, err error) {
	text, contacts := settings.Example, settings.ExampleContacts
	if rehearsal {
		text, contacts = settings.Rehearsing()
		c.Scan = filepath.Join(folder, "scan.csv")
	}
	c.Settings = filepath.Join(folder, settings.File)
	c.CodeKey = filepath.Join(folder, settings.CodeKeyFile)
	c.Contacts = filepath.Join(folder, settings.ContactsFile)
	for _, f := range []struct {
		name string
		text []byte
	}{
		{c.Settings, text}, {c.CodeKey, []byte(rand.Text() + "\n")}, {c.Contacts, contacts}, {c.Scan, settings.ExampleScan},
	} {
		if f.name == "" {
			continue
		}
		if err := writeNew(f.name, f.text, 0o600); err != nil {
			return Created{}, err
		}
	}
	return c, nil
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
