package mailer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"headsup/disk"
	"headsup/letter"
	"headsup/pattern"
)

// Files is the transport of who has no mail server: each letter becomes the
// file <letter id>.eml in a folder, from which any mail program can open it.
//
// A file is there whole or not at all, and is never overwritten: a letter that
// is written again finds itself, and another one under its name is an error.
type Files struct {
	Dir string
}

var fileID = pattern.New(`^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$`)

// Send implements [Transport].
func (f Files) Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	o := f.send(ctx, e, mark)
	o.Text, o.At = clean(o.Text), time.Now().UTC()
	return o
}

func (f Files) send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	if !fileID.MatchString(e.LetterID) {
		return letter.Outcome{State: letter.Failed, Phase: letter.Claimed, Text: fmt.Sprintf("no file can be called %q", e.LetterID)}
	}
	if err := check(e); err != nil {
		return letter.Outcome{State: letter.Failed, Phase: letter.Claimed, Text: "not sent: " + err.Error()}
	}
	if err := ctx.Err(); err != nil {
		return deferred(letter.Claimed, err.Error())
	}
	name := filepath.Join(f.Dir, e.LetterID+".eml")
	written := letter.Outcome{State: letter.Sent, Phase: letter.Replied, Text: "written to " + name}
	switch have, err := os.ReadFile(name); {
	case err == nil && bytes.HasSuffix(have, e.Mail):
		return written
	case err == nil:
		return letter.Outcome{State: letter.Failed, Phase: letter.Claimed, Text: "another letter is in " + name}
	case !errors.Is(err, fs.ErrNotExist):
		return deferred(letter.Claimed, err.Error())
	}
	message, err := stamp(nil, e.Mail, time.Now(), nil)
	if err != nil {
		return deferred(letter.Claimed, err.Error())
	}
	temp, err := writeTemp(f.Dir, message)
	if err != nil {
		return deferred(letter.Claimed, err.Error())
	}
	defer os.Remove(temp)
	if err := mark(); err != nil {
		return deferred(letter.Connected, "not marked: "+err.Error())
	}
	if err := os.Rename(temp, name); err != nil {
		return deferred(letter.Replied, err.Error())
	}
	if err := disk.SyncFolder(f.Dir); err != nil {
		return letter.Outcome{State: letter.Unknown, Phase: letter.Dot, Text: err.Error()}
	}
	return written
}

// writeTemp makes text durable under a temporary name in dir, which it makes if needed.
func writeTemp(dir string, text []byte) (name string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, ".*.tmp")
	if err != nil {
		return "", err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(text); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}
