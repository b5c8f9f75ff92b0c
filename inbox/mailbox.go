package inbox

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Message is one message of a mailbox.
type Message struct {
	Name string // where it is: a file, or a file and the number of the message in it
	Text []byte // capped
	seen func() error
}

// Seen notes that the message was dealt with: in a Maildir it moves from new/
// to cur/, on an IMAP server it gets a flag. An mbox has no place for that.
func (m Message) Seen() error {
	if m.seen == nil {
		return nil
	}
	return m.seen()
}

// Mailbox yields the messages of a Maildir (what is in new/, in order of
// arrival), of an mbox file, or of a file with one message.
//
// Who reads a mailbox twice gets the same messages again, except those that
// were Seen. A message that cannot be read is yielded with its error.
func Mailbox(path string) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			yield(Message{Name: path}, err)
		case info.IsDir():
			maildir(path, yield)
		default:
			mboxFile(path, yield)
		}
	}
}

func maildir(dir string, yield func(Message, error) bool) {
	entries, err := os.ReadDir(filepath.Join(dir, "new"))
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("neither a mailbox file nor a Maildir: no folder new")
	}
	if err != nil {
		yield(Message{Name: dir}, err)
		return
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		m := Message{Name: filepath.Join(dir, "new", e.Name())}
		m.seen = func() error { return toCur(dir, e.Name()) }
		f, err := os.Open(m.Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody else took it
		}
		if err == nil {
			m.Text, err = io.ReadAll(io.LimitReader(f, maxMessage))
			f.Close()
		}
		if !yield(m, err) {
			return
		}
	}
}

// toCur says that a message of new/ was seen, unless another program has taken it.
func toCur(dir, name string) error {
	from := filepath.Join(dir, "new", name)
	err := os.Rename(from, filepath.Join(dir, "cur", name+":2,S"))
	if _, gone := os.Stat(from); errors.Is(gone, fs.ErrNotExist) {
		return nil
	}
	return err
}

func mboxFile(name string, yield func(Message, error) bool) {
	f, err := os.Open(name)
	if err != nil {
		yield(Message{Name: name}, err)
		return
	}
	defer f.Close()
	Messages(name, f)(yield)
}

// Messages yields the messages of an mbox, or the one message, that r holds;
// name is for their names.
func Messages(name string, r io.Reader) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) { split(name, r, yield) }
}
