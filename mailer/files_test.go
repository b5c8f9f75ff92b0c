package mailer_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/mailer"
)

func TestFiles(t *testing.T) {
	ok := func() error { return nil }
	e := envelope(1)
	for _, tt := range []struct {
		name   string
		there  string // what is in the file before
		change func(*letter.Envelope)
		mark   func() error
		state  letter.State
		text   string
	}{
		{"a letter becomes a file", "", nil, ok, letter.Sent, "written to "},
		{"a letter that is there already is left alone", "Date: Sat, 01 Jan 2000 00:00:00 +0000\r\n" + string(e.Mail), nil, ok, letter.Sent, "written to "},
		{"another letter is not overwritten", "somebody else's", nil, ok, letter.Failed, "another letter is in "},
		{"without the mark there is no file", "", nil, func() error { return errLost }, letter.Deferred, "not marked"},
		{"a name that leads elsewhere is refused", "", func(e *letter.Envelope) { e.LetterID = "../escape" }, ok, letter.Failed, "no file can be called"},
		{"a broken letter is refused", "", func(e *letter.Envelope) { e.MessageID = "x" }, ok, letter.Failed, "not sent: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "outbox")
			e := envelope(1)
			name := filepath.Join(dir, e.LetterID+".eml")
			if tt.there != "" {
				if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(name, []byte(tt.there), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			if tt.change != nil {
				tt.change(&e)
			}
			o := mailer.Files{Dir: dir}.Send(t.Context(), e, tt.mark)
			if o.State != tt.state || !strings.HasPrefix(o.Text, tt.text) || o.At.IsZero() {
				t.Errorf("outcome %+v, want %s, %q", o, tt.state, tt.text)
			}
			have, err := os.ReadFile(name)
			switch {
			case tt.there != "":
				if string(have) != tt.there {
					t.Errorf("the file became %q", have)
				}
			case tt.state == letter.Sent:
				if !bytes.HasPrefix(have, []byte("Date: ")) || !bytes.HasSuffix(have, e.Mail) {
					t.Errorf("the file is %q", have)
				}
			case err == nil:
				t.Errorf("the file is there: %q", have)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// TestFilesWhereTheNameIsTaken has a folder under the name of the letter,
// before it is written and right before it gets its name.
func TestFilesWhereTheNameIsTaken(t *testing.T) {
	for _, tt := range []struct {
		name  string
		early bool
		phase letter.Phase
	}{
		{"before", true, letter.Claimed},
		{"meanwhile", false, letter.Replied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			take := func() error { return os.MkdirAll(filepath.Join(dir, envelope(1).LetterID+".eml", "x"), 0o700) }
			mark := take
			if tt.early {
				mark = func() error { t.Error("it is marked"); return nil }
				if err := take(); err != nil {
					t.Fatal(err)
				}
			}
			o := mailer.Files{Dir: dir}.Send(t.Context(), envelope(1), mark)
			if o.State != letter.Deferred || o.Phase != tt.phase || o.Text == "" {
				t.Errorf("outcome %+v, want deferred at %s", o, tt.phase)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestFilesWhenStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	o := mailer.Files{Dir: t.TempDir()}.Send(ctx, envelope(1), func() error { t.Error("it is marked"); return nil })
	if o.State != letter.Deferred || o.Phase != letter.Claimed {
		t.Errorf("outcome %+v, want deferred at claimed", o)
	}
}

func TestFilesWhereNoneCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := mailer.Files{Dir: filepath.Join(file, "below")}.Send(t.Context(), envelope(1), func() error { return nil })
	if o.State != letter.Deferred || o.Phase != letter.Claimed {
		t.Errorf("outcome %+v, want deferred at claimed", o)
	}
}
