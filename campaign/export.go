package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"headsup/ledger"
	"headsup/letter"
)

// Export writes letters into a folder, each as the mail that is or was to be
// sent and as the printed page, and tells of each as [Exported]. If f names
// letters that it does not choose, the others are written, and
// [ledger.ErrNotFound] is returned.
func (c *Campaign) Export(ctx context.Context, dir string, f ledger.Filter) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var found []string
	for e, err := range c.Letters(ctx, f) {
		if err != nil {
			return err
		}
		found = append(found, e.ID)
		r, err := c.ledger.Letter(ctx, e.ID)
		if err != nil {
			return err
		}
		name := filepath.Join(dir, e.ID)
		if err := WriteLetter(name, r.Rendered); err != nil {
			return err
		}
		x := Exported{Entry: e, Mail: name + ".eml"}
		if len(r.Rendered.PDF) > 0 {
			x.PDF = name + ".pdf"
		}
		c.event(x)
	}
	return Missing(Within(c).Full(f.IDs), found)
}

// Missing returns [ledger.ErrNotFound] for the first ID that is not found.
func Missing(ids, found []string) error {
	for _, id := range ids {
		if !slices.Contains(found, id) {
			return fmt.Errorf("%w: %q", ledger.ErrNotFound, id)
		}
	}
	return nil
}

// WriteLetter writes the mail to name.eml, and the page, if there is one, to name.pdf.
func WriteLetter(name string, r letter.Rendered) error {
	if err := WriteFile(name+".eml", r.Mail); err != nil || len(r.PDF) == 0 {
		return err
	}
	return WriteFile(name+".pdf", r.PDF)
}

// WriteFile writes a new file, in the place of one that is there: a link with
// that name is replaced, and not followed.
func WriteFile(name string, content []byte) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(name, content, 0o600)
}

// ReplaceFile writes a file beside the old one and puts it in its place: the
// file is the old or the new one, and whole.
func ReplaceFile(name string, write func(io.Writer) error) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".*."+filepath.Base(name))
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err = write(temp); err == nil {
		err = temp.Sync()
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
