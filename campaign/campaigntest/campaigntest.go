// Package campaigntest gives tests a campaign in the world of the demo. The
// registries are shared by all tests of a process, and so is the making of a
// campaign with a letter: both cost more than most tests.
package campaigntest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/campaign"
	"headsup/campaign/demo"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
	registries "headsup/lookup/loopback"
	"headsup/mailer/loopback"
	"headsup/pattern"
)

// The letter that is in the campaign of [Approved].
const (
	Letter = "demo26-ftst90tjrk"
	To     = "abuse@carrier.example"
	Tag    = Letter + "-4662rnuanegd2ulg"          // it stands in its addresses and Message-ID, made with Key
	Sender = "notices+" + Tag + "@ocn.example.org" // its envelope sender
	Key    = "0123456789abcdef"                    // of all campaigns
)

var world = sync.OnceValues(func() (*registries.World, error) {
	return registries.Start(context.Background(), registries.Default())
})

// Must ends the test if there is an error.
func Must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Lookup returns the settings for the registries of the demo.
func Lookup() (map[string]any, error) {
	w, err := world()
	if err != nil {
		return nil, err
	}
	return map[string]any{"registries": w.Registries(), "allow_special": registries.Special()}, nil
}

// Settings returns the settings file of the demo with its registries, and with
// more. Letters go to files unless more names a mail server.
func Settings(more map[string]any) ([]byte, error) {
	found, err := Lookup()
	if err != nil {
		return nil, err
	}
	all := map[string]any{}
	maps.Copy(all, more)
	if own, ok := all["lookup"].(map[string]any); ok {
		maps.Copy(found, own)
	}
	all["lookup"] = found
	text, err := toml.Marshal(all)
	return append(demo.Settings[:len(demo.Settings):len(demo.Settings)], text...), err
}

// Folder makes a campaign folder that nothing was read into yet.
func Folder(tb testing.TB, more map[string]any) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	Must(tb, Write(dir, more))
	Remember(tb, dir)
	return dir
}

// Remember has what must be known of a ledger that is put back kept in a folder
// of the test.
func Remember(tb testing.TB, dir string) {
	tb.Helper()
	name := filepath.Join(dir, settings.File)
	text, err := os.ReadFile(name)
	Must(tb, err)
	Must(tb, os.WriteFile(name, fmt.Appendf(nil, "state = %q\n%s", tb.TempDir(), text), 0o644))
}

// Write writes [Settings], the key and an empty ledger into a folder.
func Write(dir string, more map[string]any) error {
	text, err := Settings(more)
	if err != nil {
		return err
	}
	tables, err := emptyLedger()
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(dir, settings.File), text, 0o644),
		os.WriteFile(filepath.Join(dir, settings.CodeKeyFile), []byte(Key+"\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "headsup.db"), tables, 0o600))
}

// emptyLedger holds the file of a new ledger, whose tables take longer to make
// than most tests.
var emptyLedger = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "campaigntest-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "headsup.db")
	l, err := ledger.Open(context.Background(), name)
	if err != nil {
		return nil, err
	}
	if err := l.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(name)
})

// approved holds the files of a campaign folder by name.
var approved = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "campaigntest-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := Write(dir, nil); err != nil {
		return nil, err
	}
	if err := Approve(dir, "198.51.100.1"); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range []string{settings.File, settings.CodeKeyFile, "headsup.db"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// Scan is a scan that found an open relay at each address.
func Scan(addresses ...string) campaign.Source {
	var text strings.Builder
	text.WriteString("ip,port,proto,kind,service,seen\n")
	for _, a := range addresses {
		text.WriteString(a + ",25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n")
	}
	return campaign.Stream("scan.csv", strings.NewReader(text.String()))
}

// Approve drafts and approves letters about open relays.
func Approve(dir string, addresses ...string) error {
	ctx := context.Background()
	c, err := campaign.Open(ctx, dir, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Draft(ctx, []campaign.Source{Scan(addresses...)}, finding.Options{}, campaign.AskOptions{}, time.Now()); err != nil {
		return err
	}
	_, err = c.ApproveAll(ctx, "tester")
	return err
}

// Approved makes a campaign folder with one approved letter, which goes to a file.
func Approved(tb testing.TB) (dir string) {
	tb.Helper()
	files, err := approved()
	Must(tb, err)
	dir = tb.TempDir()
	for name, text := range files {
		Must(tb, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	Remember(tb, dir)
	return dir
}

// Open opens a campaign folder until the test ends.
func Open(tb testing.TB, dir string, tell func(campaign.Event)) *campaign.Campaign {
	tb.Helper()
	c, err := campaign.Open(context.Background(), dir, tell)
	Must(tb, err)
	tb.Cleanup(func() { Must(tb, c.Close()) })
	return c
}

// Many makes a campaign folder with approved letters to n contacts of its own
// list, abuse0@isp0.example and so on, for a mail server that runs until the
// test ends.
func Many(tb testing.TB, n int, o loopback.Options) (dir string) {
	tb.Helper()
	return ManyIn(tb, "", n, o)
}

// ManyIn does as [Many] in a ledger that it names, or "" for the usual one.
func ManyIn(tb testing.TB, ledger string, n int, o loopback.Options) (dir string) {
	tb.Helper()
	mails := tb.TempDir()
	post, err := loopback.Start(filepath.Join(mails, "Maildir"), o)
	Must(tb, err)
	tb.Cleanup(func() { post.Close() })
	dir = Folder(tb, map[string]any{
		"smtp":   settings.SMTP{Server: post.Settings(), Connections: 1},
		"lookup": map[string]any{"overrides": "contacts.csv"},
	})
	if ledger != "" {
		Ledger(tb, dir, ledger)
	}
	Edit(tb, dir, "[letters]", "[letters]\npdf = false")
	Edit(tb, dir, "[campaign]", "[campaign]\nstages = []")
	contacts := "match,email\n"
	var addresses []string
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("198.51.100.%d", i))
		contacts += fmt.Sprintf("198.51.100.%d/32,abuse%d@isp%d.example\n", i, i, i)
	}
	Must(tb, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(contacts), 0o644))
	Must(tb, Approve(dir, addresses...))
	return dir
}

// Ledger has the settings of a folder name a ledger.
func Ledger(tb testing.TB, dir, name string) {
	tb.Helper()
	path := filepath.Join(dir, settings.File)
	text, err := os.ReadFile(path)
	Must(tb, err)
	text = ledgerLine.ReplaceAll(text, nil)
	Must(tb, os.WriteFile(path, append(fmt.Appendf(nil, "ledger = %q\n", name), text...), 0o644))
}

var ledgerLine = pattern.New(`(?m)^ledger = .*\n`)

// Edit replaces the first of a text in the settings of a campaign folder.
func Edit(tb testing.TB, dir, old, new string) {
	tb.Helper()
	name := filepath.Join(dir, settings.File)
	text, err := os.ReadFile(name)
	Must(tb, err)
	if !bytes.Contains(text, []byte(old)) {
		tb.Fatalf("the settings do not hold %q", old)
	}
	Must(tb, os.WriteFile(name, bytes.Replace(text, []byte(old), []byte(new), 1), 0o644))
}
