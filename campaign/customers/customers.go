// Package customers reads a provider's file of customers, and compares it with the
// one that was used last: one that changed much is not used before a person has
// accepted it.
package customers

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"headsup/campaign/settings"
	"headsup/disk"
	"headsup/lookup/lease"
)

// ErrChanged means that the file of customers changed so much that a person
// has to look first: one that broke off, or whose columns have moved, would have
// reports forwarded to the wrong customers.
var ErrChanged = errors.New("the file of customers changed much")

// acceptedSuffix names the copy of the last file of customers that was used.
const acceptedSuffix = ".accepted"

// A Change compares the file of customers with the one that was used last.
type Change struct {
	lease.Change
	Large    bool            `json:"large"` // nothing is forwarded until a person accepts it
	Problems []lease.Problem `json:"problems,omitempty"`

	now *lease.Customers
}

// Why says what changed, in words.
func (c Change) Why() string {
	return fmt.Sprintf("%d of %d customers are gone, and %d of %d networks, logins and names are another's", c.Lost, c.Before, c.Moved, c.Owned)
}

// Look reads the file of customers, and compares it. The first one is
// compared with nothing.
func Look(s *settings.Settings) (c Change, err error) {
	name := s.Path(s.ISP.Customers)
	text, err := os.ReadFile(name)
	if err != nil {
		return c, err
	}
	if c.now, err = lease.ReadCustomers(bytes.NewReader(text), name); err != nil {
		return c, err
	}
	c.After, c.Problems = c.now.Len(), c.now.Problems()
	was, err := os.ReadFile(name + acceptedSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return c, keep(name, text)
	}
	if err != nil || bytes.Equal(was, text) {
		c.Before = c.After
		return c, err
	}
	older, err := lease.ReadCustomers(bytes.NewReader(was), name+acceptedSuffix)
	if err != nil {
		return c, err
	}
	c.Change = c.now.Change(older)
	if c.Large = c.Change.Large(); c.Large {
		return c, nil
	}
	return c, keep(name, text)
}

// Accept has the file of customers used from now on, whatever it
// changes.
func Accept(s *settings.Settings) (Change, error) {
	c, err := Look(s)
	if err != nil || !c.Large {
		return c, err
	}
	name := s.Path(s.ISP.Customers)
	text, err := os.ReadFile(name)
	if err != nil {
		return c, err
	}
	c.Large = false
	return c, keep(name, text)
}

// keep keeps a copy of what is used. It is written whole or not at all.
func keep(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".customers-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, disk.SyncData(f), f.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(f.Name(), name+acceptedSuffix), disk.SyncFolder(filepath.Dir(name)))
}

// Read reads the customers whom reports may be forwarded to, or returns
// [ErrChanged].
func Read(s *settings.Settings) (*lease.Customers, error) {
	c, err := Look(s)
	if err == nil && c.Large {
		err = fmt.Errorf("%w: %s: %s", ErrChanged, s.ISP.Customers, c.Why())
	}
	return c.now, err
}
