package campaign

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"headsup/ledger"
	"headsup/letter"
)

// What keeps a ledger that was put back from sending, when logs have been read.
var (
	// ErrNotInLogs means that letters left of which the logs show nothing.
	ErrNotInLogs = errors.New("letters that left are in none of the logs")
	// ErrOtherLog means that the logs show none of the letters that left: they
	// are of another server, or of another time.
	ErrOtherLog = errors.New("the logs show none of the letters that left")
	// ErrLateLog means that the logs begin after the first letters had left.
	ErrLateLog = errors.New("the logs do not reach back to where the ledger ends")
	// ErrNoGap means that there is nothing to answer for.
	ErrNoGap = errors.New("the ledger knows of every letter that left")
)

// marks says where it is kept how far the ledger got: in the campaign folder,
// and in the user's state folder. What goes to files, or is a rehearsal, leaves
// nothing outside: it may be tried in a copy of the folder.
func marks(c *Campaign) ledger.Marks {
	m := ledger.Marks{Folders: []string{filepath.Join(c.Folder(), "marks")}}
	if len(c.rules.CodeKey) > 0 {
		m.Keys = append([][]byte{c.rules.CodeKey}, c.rules.RetiredKeys...)
	}
	if dir := c.settings.StateFolder(); dir != "" && len(c.settings.Servers()) > 0 && !c.settings.Rehearsal {
		m.Folders = append(m.Folders, filepath.Join(dir, "marks"))
	}
	return m
}

// keptMarks makes the folders of the marks. Without the user's own there is one
// mark, which tells of it.
func keptMarks(c *Campaign) (ledger.Marks, error) {
	m := marks(c)
	for i, dir := range m.Folders {
		err := os.MkdirAll(dir, 0o700)
		if err != nil && i == 0 {
			return m, err
		}
		if err != nil {
			c.event(Noted{fmt.Sprintf("a folder that is put back as a whole would not be noticed: %v", err)})
			m.Folders = m.Folders[:i]
		}
	}
	return m, nil
}

// Ready returns an error if the ledger was put back, so that nothing would be
// sent: [ledger.ErrBehind], [ledger.ErrMark] or [ledger.ErrRestored].
func Ready(ctx context.Context, c *Campaign) error {
	gap, err := ledger.FindGap(ctx, c.ledger, c.ID(), marks(c))
	if err != nil {
		return err
	}
	return gap.Err()
}

// A Cover says what came of answering for what a ledger does not know.
type Cover struct {
	Left    int // letters that left after what the ledger knew
	Unknown int // of these, those that nobody has seen taken: they are unknown now
}

// CoverGap lets a ledger send again that was put back, on a person's word.
// Letters that left, and that no log has shown to be taken, become unknown:
// none of them leaves again before somebody says so. [ErrNoGap] means that it
// was not put back, or that this was answered for.
func CoverGap(ctx context.Context, c *Campaign, by, why string) (out Cover, err error) {
	gap, err := currentGap(ctx, c)
	if err != nil {
		return out, err
	}
	if gap.None() {
		return out, ErrNoGap
	}
	out.Left = len(gap.Letters)
	out.Unknown, err = gap.Cover(ctx, by, why)
	return out, err
}

// currentGap settles first what a dead sender left.
func currentGap(ctx context.Context, c *Campaign) (ledger.Gap, error) {
	if _, _, err := c.ledger.Recover(ctx); err != nil {
		return ledger.Gap{}, err
	}
	return ledger.FindGap(ctx, c.ledger, c.ID(), marks(c))
}

// coverByLogs lets a ledger send again if logs have shown what became of every
// letter that left after what it knows. Else it returns why not.
func coverByLogs(ctx context.Context, c *Campaign, by, logs string) (left int, why, err error) {
	gap, err := currentGap(ctx, c)
	if err != nil || gap.None() {
		return 0, nil, err
	}
	if open := gap.Open(); len(open) > 0 {
		return 0, uncovered(gap, open), nil
	}
	if len(gap.Damaged) > 0 || !gap.Restored.IsZero() {
		return 0, gap.Err(), nil // what left is not known for certain
	}
	_, err = gap.Cover(ctx, by, logs)
	return len(gap.Letters), nil, err
}

// uncovered says what is wrong with logs that show nothing of letters that left.
func uncovered(gap ledger.Gap, open []ledger.Departed) error {
	kind := ErrOtherLog
	for _, d := range gap.Letters {
		if d.State != letter.Sent && d.State != letter.Bounced {
			continue
		}
		if kind = ErrNotInLogs; d.At.After(open[len(open)-1].At) {
			kind = ErrLateLog
		}
		break // the first that is shown
	}
	absent := 0
	for _, d := range open {
		if d.State == "" {
			absent++
		}
	}
	return fmt.Errorf("%w: %d of %d, from %s to %s; %d of them are not drafted in this ledger", kind, len(open), len(gap.Letters),
		open[0].At.Format(time.RFC3339), open[len(open)-1].At.Format(time.RFC3339), absent)
}
