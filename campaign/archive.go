package campaign

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"headsup/ledger"
	"headsup/letter"
)

// ErrNotClosed means that letters of the campaign may still leave.
var ErrNotClosed = errors.New("the campaign is not closed")

// Manifest is the file of an archive that lists the others: a line with the
// SHA-256 of each and its name, as sha256sum writes and checks it.
const Manifest = "SHA256SUMS"

// An Archived says what an archive holds.
type Archived struct {
	Letters  int    `json:"letters"`
	Files    int    `json:"files"` // without the manifest
	Manifest string `json:"manifest"`
}

// Archive writes what is left of a closed campaign into a new folder: each
// letter, as it was sent and as its page, a line of JSON for each letter, each
// approval and each event of their histories, the sum, and [Manifest].
//
// [ErrNotClosed] means that letters wait to leave, or are on their way, and
// [ErrOccupied] that something is in the folder.
func Archive(ctx context.Context, c *Campaign, dir string) (a Archived, err error) {
	sum, err := Closed(ctx, c)
	if err != nil {
		return a, err
	}
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return a, fmt.Errorf("%w: %s", ErrOccupied, dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, "letters"), 0o700); err != nil {
		return a, err
	}
	out := &archive{c: c, dir: dir}
	if err := errors.Join(out.write(ctx, sum), out.close()); err != nil {
		return a, err
	}
	a = Archived{Letters: out.count, Manifest: filepath.Join(dir, Manifest)}
	a.Files, err = writeManifest(dir)
	return a, err
}

// Closed returns the sum of a campaign from which nothing will leave any more,
// else [ErrNotClosed].
func Closed(ctx context.Context, c *Campaign) (letter.Sum, error) {
	sum, err := c.Sum(ctx)
	if n := waiting(sum) + sum.States[letter.Sending]; err == nil && n > 0 {
		err = fmt.Errorf("%w: %d letters are approved, deferred or on their way", ErrNotClosed, n)
	}
	return sum, err
}

// An archive is being written.
type archive struct {
	c     *Campaign
	dir   string
	files []*os.File
	count int
}

// lines begins a file with one value a line.
func (a *archive) lines(name string) (put func(any) error, end func() error, err error) {
	f, err := os.OpenFile(filepath.Join(a.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, nil, err
	}
	a.files = append(a.files, f)
	w := bufio.NewWriter(f)
	return json.NewEncoder(w).Encode, w.Flush, nil
}

func (a *archive) close() (err error) {
	for _, f := range a.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// write writes everything but the manifest.
func (a *archive) write(ctx context.Context, sum letter.Sum) error {
	putSum, endSum, err := a.lines("sum.json")
	if err != nil {
		return err
	}
	putLetter, endLetters, err := a.lines("letters.jsonl")
	if err != nil {
		return err
	}
	putApproval, endApprovals, err := a.lines("approvals.jsonl")
	if err != nil {
		return err
	}
	putEvent, endHistory, err := a.lines("history.jsonl")
	if err != nil {
		return err
	}
	for e, err := range a.c.Letters(ctx, ledger.Filter{}) {
		if err != nil {
			return err
		}
		approvals, events, err := a.letter(ctx, e)
		if err != nil {
			return err
		}
		err = putLetter(e)
		for _, x := range approvals {
			err = errors.Join(err, putApproval(x))
		}
		for _, x := range events {
			err = errors.Join(err, putEvent(x))
		}
		if err != nil {
			return err
		}
		a.count++
	}
	return errors.Join(putSum(sum), endSum(), endLetters(), endApprovals(), endHistory())
}

// letter writes the bytes of a letter, and returns what was decided and what
// happened.
func (a *archive) letter(ctx context.Context, e ledger.Entry) (approvals []ledger.Approval, events []ledger.HistoryEntry, err error) {
	r, err := a.c.ledger.Letter(ctx, e.ID)
	if err != nil {
		return nil, nil, err
	}
	if err := WriteLetter(filepath.Join(a.dir, "letters", e.ID), r.Rendered); err != nil {
		return nil, nil, err
	}
	if approvals, err = ledger.Approvals(ctx, a.c.ledger, e.ID); err != nil {
		return nil, nil, err
	}
	events, err = a.c.ledger.History(ctx, e.ID)
	return approvals, events, err
}

// writeManifest lists the files of a folder, and returns how many there are.
func writeManifest(dir string) (files int, err error) {
	err = ReplaceFile(filepath.Join(dir, Manifest), func(w io.Writer) error {
		return fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || name[0] == '.' {
				return err
			}
			f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			defer f.Close()
			h := sha256.New()
			if _, err := io.Copy(h, f); err != nil {
				return err
			}
			files++
			_, err = fmt.Fprintf(w, "%x  %s\n", h.Sum(nil), name)
			return err
		})
	})
	return files, err
}
