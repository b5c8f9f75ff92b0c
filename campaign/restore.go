package campaign

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/pattern"
)

var (
	// ErrBackup means that a file is no backup, or not all of one.
	ErrBackup = errors.New("not a backup")
	// ErrWrongKey means that a backup is encrypted to something else.
	ErrWrongKey = errors.New("the backup does not open with this")
	// ErrOccupied means that there is something in the folder to restore to.
	ErrOccupied = errors.New("the folder is not empty")
)

// Restored says what came of restoring a backup.
type Restored struct {
	Backup
	Sum letter.Sum

	// Behind is why the campaign sends nothing yet: letters left since the
	// backup ([ledger.ErrBehind]), or nothing here says whether any did
	// ([ledger.ErrRestored]).
	Behind error `json:"-"`
}

// Restore makes a campaign folder of a backup. The folder must be absent or
// empty; it is complete or not there. Its ledger is a file in it.
func Restore(ctx context.Context, file, dir string, key Key) (out Restored, err error) {
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return out, fmt.Errorf("%w: %s", ErrOccupied, dir)
	}
	ids, err := key.identities()
	if err != nil {
		return out, err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o700); err != nil {
		return out, err
	}
	temp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".restore-*")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(temp)
	if out.Backup, err = openBackup(ctx, file, temp, ids); err != nil {
		return out, fmt.Errorf("%s: %w", file, err)
	}
	if err := takeUp(ctx, temp, out.Taken); err != nil {
		return out, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return out, err
	}
	if err := os.Rename(temp, dir); err != nil {
		return out, err
	}
	c, err := Open(ctx, dir, nil)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	out.Behind = Ready(ctx, c)
	out.Sum, err = c.Sum(ctx)
	return out, err
}

// openBackup unpacks the file of a backup.
func openBackup(ctx context.Context, file, dir string, ids []age.Identity) (b Backup, err error) {
	f, err := os.Open(file)
	if err != nil {
		return b, err
	}
	defer f.Close()
	plain, err := age.Decrypt(Stoppable(ctx, f), ids...)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return b, ErrWrongKey
	}
	if err != nil {
		return b, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	if b, err = unpack(tar.NewReader(plain), dir); err != nil {
		return b, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	_, err = io.Copy(io.Discard, plain) // to the end that age has sealed
	return b, err
}

// unpack writes the files of an archive into a folder, and nowhere else.
func unpack(in *tar.Reader, dir string) (b Backup, err error) {
	found := 0
	for {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return b, err
		}
		if h.Name == backupIndex {
			if err := json.NewDecoder(in).Decode(&b); err != nil {
				return b, err
			}
			continue
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return b, fmt.Errorf("it holds %q", h.Name)
		}
		if err := unpackFile(filepath.Join(dir, filepath.FromSlash(h.Name)), in); err != nil {
			return b, err
		}
		found++
	}
	if found == 0 || found != len(b.Files) {
		return b, fmt.Errorf("%w: %d of %d files", io.ErrUnexpectedEOF, found, len(b.Files))
	}
	return b, nil
}

func unpackFile(name string, in io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(f, in); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

var ledgerLine = pattern.New(`(?m)^[ \t]*ledger[ \t]*=.*$`)

// takeUp has the settings name the ledger of the folder, and has that remember
// where it comes from.
func takeUp(ctx context.Context, dir string, taken time.Time) error {
	name := filepath.Join(dir, settings.File)
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text = ledgerLine.ReplaceAll(text, []byte(`ledger = "`+backupLedger+`" # restored`))
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return err
	}
	l, err := ledger.Open(ctx, filepath.Join(dir, backupLedger))
	if err != nil {
		return err
	}
	return errors.Join(ledger.MarkRestored(ctx, l, taken), l.Close())
}
