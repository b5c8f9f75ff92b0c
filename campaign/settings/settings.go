// Package settings reads the settings of a campaign folder, headsup.toml, and
// finds what is wrong with them.
//
// It only parses and checks. It opens no ledger, connects to nothing, and reads
// no password: it reads the file, the logos and the key of the codes.
package settings

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/inbox"
	"headsup/pattern"
	"headsup/render/hyphen"
	"headsup/sheet"
)

// File is the name of the settings in a campaign folder.
const File = "headsup.toml"

// Settings is headsup.toml. An unknown key is an error; a key that is left out
// has the careful value. Paths are relative to the folder of the file.
type Settings struct {
	Campaign Campaign     `toml:"campaign"`
	Agencies []Agency     `toml:"agency"`
	Letters  Letters      `toml:"letters"`
	Whom     []Whom       `toml:"whom"`   // whom one may write to, the first rule that fits
	Sectors  []Sector     `toml:"sector"` // kinds of holders that rules name
	Lookup   Lookup       `toml:"lookup"`
	Ledger   string       `toml:"ledger"` // file, or a postgres:// URL (password from PGPASSWORD or ~/.pgpass)
	State    string       `toml:"state"`  // folder, outside this one, for what must be known of a ledger that is put back; default $XDG_STATE_HOME/headsup
	Files    string       `toml:"files"`  // folder for .eml files where there is no [smtp]
	SMTP     *SMTP        `toml:"smtp"`   // without it no letter leaves this machine
	IMAP     []inbox.IMAP `toml:"imap"`   // where what comes back is read, one for each agency or one for all
	Inbox    Inbox        `toml:"inbox"`  // what is believed of it
	Post     Post         `toml:"post"`   // how letters are printed and posted
	Keep     Keep         `toml:"keep"`   // how long what is kept is kept after the campaign's end
	ISP      *ISP         `toml:"isp"`    // a provider that forwards reports to its customers

	Webhook *Webhook `toml:"webhook"` // a program of the house that hears of letters
	Tickets *Tickets `toml:"tickets"` // the house's own system for what needs a person
	Desk    Desk     `toml:"desk"`    // what the desk asks of its people

	Experiment Experiment `toml:"experiment"`

	MailServers []SMTP `toml:"mail_server"` // those that agencies name; [smtp] is for the others

	// Rehearsal is a campaign that may use documentation addresses, and whose
	// letters go to files or to this machine only, whatever else stands here.
	Rehearsal bool `toml:"rehearsal"`

	folder string
	text   []byte // the file, to find lines in
}

// Inbox says what is believed of messages that come back.
type Inbox struct {
	// Trusted are the names (authserv-id) by which our own mail servers sign the
	// Authentication-Results of what they take in (RFC 8601). They must remove
	// fields with that name that come from outside. By their word an answer of
	// the contact's own mail domain needs no keyed part.
	Trusted []string `toml:"trusted"`
}

// Letters says how letters are written. One to a provider's customer has a page
// where it goes on paper, or attachments name it.
type Letters struct {
	PDF            *bool    `toml:"pdf"`              // write a page, to print and to attach; default true
	Attachments    []string `toml:"attachments"`      // files that come with the mail, none for []; default "csv", "xarf" and "pdf", of a provider "csv"
	MailWithoutPDF bool     `toml:"mail_without_pdf"` // where a font is missing: send the mail alone
	Templates      string   `toml:"templates"`        // folder whose files replace the built-in ones
	Fonts          []string `toml:"fonts"`            // folders to look for fonts in, before the system's
}

// Printed reports whether letters have a page.
func (l Letters) Printed() bool { return l.PDF == nil || *l.PDF }

// A Duration is a time.Duration that is written "10s", or in days, "14d".
type Duration struct{ time.Duration }

// UnmarshalText reads "10s", or "14d".
func (d *Duration) UnmarshalText(text []byte) (err error) {
	if n, ok := strings.CutSuffix(string(text), "d"); ok {
		days, err := strconv.ParseUint(n, 10, 16)
		d.Duration = time.Duration(days) * 24 * time.Hour
		return err
	}
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// ErrNone means that the folder is not a campaign folder.
var ErrNone = errors.New("no " + File)

// Load reads the settings of a campaign folder, or returns [ErrNone]. An error
// names the file and, where it can, the line.
func Load(folder string) (*Settings, error) {
	name := filepath.Join(folder, File)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w in %q", ErrNone, folder)
	}
	if err != nil {
		return nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors begin with it
	s := &Settings{folder: folder, text: text}
	dec := toml.NewDecoder(bytes.NewReader(oneMailbox.ReplaceAll(text, []byte("$1[[imap]]")))).DisallowUnknownFields()
	if err := dec.Decode(s); err != nil {
		return nil, tomlError(name, err)
	}
	s.provide()
	if err := errors.Join(s.check(), s.checkServers()); err != nil {
		return nil, err
	}
	return s, nil
}

// oneMailbox is how the only [[imap]] may be written, as every other section is.
var oneMailbox = pattern.New(`(?m)^([ \t]*)\[[ \t]*imap[ \t]*\]`)

// LoadOrBuiltIn reads the settings of a campaign folder, and returns those that
// are built in where there are none.
func LoadOrBuiltIn(folder string) (*Settings, error) {
	s, err := Load(folder)
	if errors.Is(err, ErrNone) {
		return &Settings{}, nil
	}
	return s, err
}

// BuiltIn reports whether the settings come from no campaign folder.
func (s *Settings) BuiltIn() bool { return s.text == nil }

// Folder returns the campaign folder.
func (s *Settings) Folder() string { return s.folder }

// Path makes a path of the settings absolute to the campaign folder.
func (s *Settings) Path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.folder, name)
}

// LedgerName returns where the ledger is: a file, or a URL.
func (s *Settings) LedgerName() string {
	switch {
	case s.Ledger == "":
		return s.Path("headsup.db")
	case strings.Contains(s.Ledger, "://"):
		return s.Ledger
	}
	return s.Path(s.Ledger)
}

// Outbox returns the folder of letters that go to files.
func (s *Settings) Outbox() string { return s.Path(cmp.Or(s.Files, "outbox")) }

// Mailboxes returns where what comes back is read.
func (s *Settings) Mailboxes() []inbox.IMAP {
	boxes := slices.Clone(s.IMAP)
	for i := range boxes {
		boxes[i].PasswordFile, boxes[i].CAFile = s.Path(boxes[i].PasswordFile), s.Path(boxes[i].CAFile)
	}
	return boxes
}

// StateFolder returns the folder of this machine's user for what outlives a
// campaign folder (XDG Base Directory Specification), or "" where there is none.
func (s *Settings) StateFolder() string {
	if s.State != "" {
		return s.Path(s.State)
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "headsup")
	}
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "headsup")
	}
	return ""
}

// FontFolders lists where fonts and patterns of hyphenation are looked for: the
// house's, then the system's.
func (s *Settings) FontFolders() []string {
	var dirs []string
	for _, dir := range s.Letters.Fonts {
		dirs = append(dirs, s.Path(dir))
	}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".fonts"), filepath.Join(home, ".local", "share", "fonts"))
	}
	return append(dirs, hyphen.SystemDir, "/usr/share/fonts", "/usr/local/share/fonts")
}

// Fault returns an error with the file, and the line that gives key that value.
func (s *Settings) Fault(key, value, format string, args ...any) error {
	where := filepath.Join(s.folder, File)
	if n := lineOf(s.text, key, value); n > 0 {
		where = fmt.Sprintf("%s:%d", where, n)
	}
	return fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...))
}

// lineOf returns the number of the line that gives key that value, alone or in
// a list, or 0 if it is written in another way.
func lineOf(text []byte, key, value string) int {
	line := pattern.New(`(?m)^[ \t]*` + key + `[ \t]*=[ \t]*(\[[^\]]*)?["']` + regexp.QuoteMeta(value) + `["']`)
	at := line.FindIndex(text)
	if at == nil {
		return 0
	}
	return 1 + bytes.Count(text[:at[0]], []byte("\n"))
}

// tomlError names the line and the key of what TOML did not like.
func tomlError(name string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		key := strict.Errors[0].Key()
		return fmt.Errorf("%s:%d: unknown key %q%s", name, row, strings.Join(key, "."), perhaps(key))
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, _ := bad.Position()
		return fmt.Errorf("%s:%d: %s: %s", name, row, strings.Join(bad.Key(), "."), strings.TrimPrefix(bad.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", name, err)
}

// perhaps says which key was probably meant where there is none of this name.
func perhaps(key []string) string {
	t := reflect.TypeFor[Settings]()
	for i, name := range key {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return ""
		}
		keys := keysOf(t)
		if next, ok := keys[name]; ok {
			t = next
			continue
		}
		if near := sheet.Nearest(name, slices.Sorted(maps.Keys(keys))); near != "" {
			return fmt.Sprintf(", perhaps %q", strings.Join(append(slices.Clone(key[:i]), near), "."))
		}
		return ""
	}
	return ""
}

// keysOf returns the keys of a table, each with the type of its value.
func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		switch name, _, _ := strings.Cut(f.Tag.Get("toml"), ","); {
		case name != "":
			keys[name] = f.Type
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			maps.Copy(keys, keysOf(f.Type))
		}
	}
	return keys
}
