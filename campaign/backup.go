package campaign

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"headsup/ledger"
	"headsup/ledger/mark"
)

// A Lock is what a backup is encrypted to: public keys, or a passphrase.
type Lock struct {
	Recipients     []string // "age1…"
	PassphraseFile string
}

// A Key opens a backup.
type Key struct {
	IdentityFile   string // "AGE-SECRET-KEY-1…"
	PassphraseFile string
}

// ErrLock means that there is no one thing to lock or unlock a backup with.
var ErrLock = errors.New("a backup is encrypted, to public keys or to a passphrase, one of the two")

// A Backup says what is in the file of one.
type Backup struct {
	Campaign string            `json:"campaign"`
	Taken    time.Time         `json:"taken"`
	Ledger   string            `json:"ledger"`            // where it was
	Outside  map[string]string `json:"outside,omitempty"` // where files outside the folder were, by their name in the backup
	Files    []string          `json:"files"`             // in the order in which they stand there
}

// Names in a backup, and in the folder that it is restored to.
const (
	backupIndex  = "backup.json" // comes first
	backupLedger = "headsup.db"
	marksFolder  = "marks"
	outside      = "outside"
)

// BackUp writes one encrypted file (age, of a tar archive) that a campaign can
// be taken up from: the ledger at one moment, also where it is a PostgreSQL
// database, the settings, and the files that [settings.Settings.Kept] lists. A
// file that is there is replaced once the new one is whole.
func BackUp(ctx context.Context, c *Campaign, file string, lock Lock) (b Backup, err error) {
	to, err := lock.recipients()
	if err != nil {
		return b, err
	}
	temp, err := os.MkdirTemp(c.Folder(), ".backup-*")
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	// The marks first: the ledger may be ahead of them, not behind.
	if err := copyMarks(filepath.Join(c.Folder(), marksFolder), temp); err != nil {
		return b, err
	}
	b = Backup{Campaign: c.ID(), Taken: time.Now().UTC(), Ledger: WithoutPassword(c.settings.LedgerName()), Outside: map[string]string{}}
	if err := ledger.Snapshot(ctx, c.ledger, filepath.Join(temp, backupLedger)); err != nil {
		return b, err
	}
	from, err := b.list(c, temp)
	if err != nil {
		return b, err
	}
	return b, ReplaceFile(file, func(w io.Writer) error {
		sealed, err := age.Encrypt(w, to...)
		if err != nil {
			return err
		}
		if err := b.pack(ctx, sealed, from); err != nil {
			return err
		}
		return sealed.Close()
	})
}

// copyMarks copies the marks of a folder into another one.
func copyMarks(dir, to string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*"+mark.Ending))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := writeNew(filepath.Join(to, marksFolder, filepath.Base(f)), text, 0o600); err != nil {
			return err
		}
	}
	return err
}

// list fills in the names of all files, and returns where each of them is.
func (b *Backup) list(c *Campaign, temp string) (from map[string]string, err error) {
	kept, err := c.settings.Kept()
	if err != nil {
		return nil, err
	}
	from = map[string]string{}
	add := func(name, where string) {
		b.Files = append(b.Files, name)
		from[name] = where
	}
	for i, name := range kept {
		in := filepath.ToSlash(name)
		if !filepath.IsLocal(name) {
			in = path.Join(outside, strconv.Itoa(i), filepath.Base(name))
			b.Outside[in] = name
		}
		add(in, c.settings.Path(name))
	}
	marks, err := filepath.Glob(filepath.Join(temp, marksFolder, "*"))
	for _, m := range marks {
		add(path.Join(marksFolder, filepath.Base(m)), m)
	}
	add(backupLedger, filepath.Join(temp, backupLedger))
	return from, err
}

// pack writes the archive.
func (b *Backup) pack(ctx context.Context, w io.Writer, from map[string]string) error {
	index, err := json.Marshal(b)
	if err != nil {
		return err
	}
	out := tar.NewWriter(w)
	if err := out.WriteHeader(b.header(backupIndex, int64(len(index)))); err != nil {
		return err
	}
	if _, err := out.Write(index); err != nil {
		return err
	}
	for _, name := range b.Files {
		if err := b.packFile(ctx, out, name, from[name]); err != nil {
			return fmt.Errorf("%s: %w", from[name], err)
		}
	}
	return out.Close()
}

func (b *Backup) header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: b.Taken}
}

func (b *Backup) packFile(ctx context.Context, out *tar.Writer, name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := out.WriteHeader(b.header(name, info.Size())); err != nil {
		return err
	}
	_, err = io.Copy(out, Stoppable(ctx, f))
	return err
}

// scryptWork is what it costs to try a passphrase, as a power of two: a second
// or so. Tests have less of it.
var scryptWork = 18

func (k Lock) recipients() (to []age.Recipient, err error) {
	if (len(k.Recipients) > 0) == (k.PassphraseFile != "") {
		return nil, ErrLock
	}
	if k.PassphraseFile == "" {
		return age.ParseRecipients(strings.NewReader(strings.Join(k.Recipients, "\n")))
	}
	words, err := passphrase(k.PassphraseFile)
	if err != nil {
		return nil, err
	}
	r, err := age.NewScryptRecipient(words)
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(scryptWork)
	return []age.Recipient{r}, nil
}

func (k Key) identities() ([]age.Identity, error) {
	if (k.IdentityFile != "") == (k.PassphraseFile != "") {
		return nil, ErrLock
	}
	if k.PassphraseFile == "" {
		f, err := os.Open(k.IdentityFile)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		ids, err := age.ParseIdentities(f)
		if err != nil {
			err = fmt.Errorf("%s: %w", k.IdentityFile, err)
		}
		return ids, err
	}
	words, err := passphrase(k.PassphraseFile)
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(words)
	return []age.Identity{id}, err
}

// passphrase reads the first line of a file.
func passphrase(name string) (string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	words, _, _ := strings.Cut(string(text), "\n")
	if words = strings.TrimRight(words, "\r"); words == "" {
		return "", fmt.Errorf("%s: there is no passphrase in its first line", name)
	}
	return words, nil
}
