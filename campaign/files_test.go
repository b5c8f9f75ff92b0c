package campaign

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"headsup/inbox"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// A folder in the place of a file, or a file in the place of a folder, fails
// for whoever writes, even the superuser.
func blocked(t *testing.T) (file, folder string) {
	t.Helper()
	dir := t.TempDir()
	file, folder = filepath.Join(dir, "file"), filepath.Join(dir, "folder")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.MkdirAll(filepath.Join(folder, "x"), 0o700)); err != nil {
		t.Fatal(err)
	}
	return file, folder
}

func TestNoFileThatCannotBeWrittenIsKeptQuiet(t *testing.T) {
	file, folder := blocked(t)
	table := lookup.BuiltInTables()[0]
	keep := func(io.Writer) error { return nil }
	full := errors.New("no space left")
	for name, err := range map[string]error{
		"a new file below a file":       writeNew(filepath.Join(file, "x"), nil, 0o600),
		"a new file that is there":      writeNew(file, nil, 0o600),
		"a new file that is a folder":   writeNew(folder, nil, 0o600),
		"a file that is a folder":       WriteFile(folder, nil),
		"a file below a file":           WriteFile(filepath.Join(file, "x"), nil),
		"a mail that is a folder":       WriteLetter(folder[:len(folder)-len("folder")]+"letter", letter.Rendered{Mail: []byte("x"), PDF: nil}),
		"a file replaced below a file":  ReplaceFile(filepath.Join(file, "x"), keep),
		"a file that replaces a folder": ReplaceFile(folder, keep),
		"a file that nobody can fill":   ReplaceFile(filepath.Join(folder, "y"), func(io.Writer) error { return full }),
		"a page below a file":           writePage(file, render.SitePage{Name: "a/b.html"}),
		"a page that is a folder":       writePage(filepath.Dir(folder), render.SitePage{Name: "folder"}),
		"a table below a file":          keepTable(filepath.Join(file, "x"), table),
	} {
		if (err == nil) != (name == "a mail that is a folder") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "letter.eml"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "letter.eml", "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteLetter(filepath.Join(folder, "letter"), letter.Rendered{Mail: []byte("x"), PDF: []byte("y")}); err == nil {
		t.Error("a mail in the place of a folder was written")
	}
	for _, name := range []string{"y", "letter.pdf"} {
		if _, err := os.Stat(filepath.Join(folder, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was left behind: %v", name, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(folder, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWhatIsWrittenIsThere(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	table := lookup.BuiltInTables()[0]
	for _, err := range []error{
		writeNew(at("new/file"), []byte("new"), 0o600), WriteLetter(at("a"), letter.Rendered{Mail: []byte("mail")}),
		WriteLetter(at("b"), letter.Rendered{Mail: []byte("mail"), PDF: []byte("page")}), writePage(dir, render.SitePage{Name: "en/index.html", Data: []byte("html")}),
		ReplaceFile(at("b.eml"), func(w io.Writer) error { _, err := w.Write([]byte("anew")); return err }), keepTable(at("tables"), table),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"new/file": "new", "a.eml": "mail", "b.eml": "anew", "b.pdf": "page", "en/index.html": "html", "tables/" + table.Kind + ".json": string(table.Bytes()),
	} {
		if got, err := os.ReadFile(at(name)); string(got) != want || err != nil {
			t.Errorf("%s: %.40q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(at("a.pdf")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a letter without a page has one: %v", err)
	}
}

func TestPrefixesAreUnmapped(t *testing.T) {
	for in, want := range map[string]string{
		"::ffff:192.0.2.7/120": "192.0.2.0/24", "::ffff:0:0/96": "0.0.0.0/0", "::ffff:0:0/95": "::fffe:0:0/95", "192.0.2.7/24": "192.0.2.0/24", "2001:db8::1/120": "2001:db8::/120",
	} {
		if got := unmapped(netip.MustParsePrefix(in)); got.String() != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestPreviewsThatCannotBe(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
	t.Parallel()
	file, folder := blocked(t)
	if err := os.MkdirAll(filepath.Join(folder, "en-1.eml", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("enough")
	shown := 0
	show := func(Sample) error { shown++; return stop }
	for name, err := range map[string]error{
		"a folder of settings that are none": Preview(badSettings(t), t.TempDir(), []string{"en"}, show),
		"letters that cannot be read":        Preview(badLetters(t), t.TempDir(), []string{"en"}, show),
		"a file in the place of the folder":  Preview(t.TempDir(), filepath.Join(file, "x"), []string{"en"}, show),
		"a language that is not there":       Preview(t.TempDir(), t.TempDir(), []string{"tlh"}, show),
		"a folder in the place of a letter":  Preview(t.TempDir(), folder, []string{"en"}, show),
	} {
		if err == nil || errors.Is(err, stop) || errors.Is(err, ErrNoLanguage) != (name == "a language that is not there") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if shown != 0 {
		t.Errorf("%d were shown", shown)
	}
	if err := Preview(t.TempDir(), t.TempDir(), []string{"en"}, show); !errors.Is(err, stop) || shown != 1 {
		t.Errorf("after one that nobody wants to see: %v, %d", err, shown)
	}
	for _, dir := range []string{badSettings(t), badLetters(t)} {
		if faults, n, err := CheckTemplates(dir); err == nil || n != 0 || faults != nil {
			t.Errorf("%v, %d, %v", faults, n, err)
		}
	}
	if os.Getenv("HEADSUP_REAL") != "1" { // render's own tests check what is built in
		return
	}
	if faults, n, err := CheckTemplates(t.TempDir()); err != nil || n < 20 || len(faults) > 0 {
		t.Errorf("what is built in: %v, %d languages, %v", faults, n, err)
	}
}

// badSettings is a campaign folder whose settings are none.
func badSettings(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "headsup.toml"), []byte("campaign = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// badLetters is a campaign folder whose own letters cannot be read.
func badLetters(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := Create(dir, false); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "headsup.toml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("[letters]\n"), []byte("[letters]\ntemplates = \"words\"\n"), 1)
	if err := errors.Join(os.WriteFile(name, text, 0o600), os.MkdirAll(filepath.Join(dir, "words", "letter"), 0o700),
		os.WriteFile(filepath.Join(dir, "words", "letter", "en.md"), []byte("{{nonsense"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestInspectGoesOnAfterWhatIsNoMail(t *testing.T) {
	good := inbox.Message{Name: "good.eml", Text: []byte("From: a@example.net\r\n\r\nhello\r\n")}
	bad := inbox.Message{Name: "bad.eml", Text: []byte("no mail")}
	broken := errors.New("the disk broke")
	box := func(yield func(inbox.Message, error) bool) {
		_ = yield(bad, nil) && yield(good, nil) && yield(inbox.Message{}, broken) && yield(good, nil)
	}
	var kinds []letter.ReturnKind
	var unreadable int
	taken, err := Inspect(t.Context(), []Mailbox{box}, func(e Event) {
		switch e := e.(type) {
		case Incoming:
			kinds = append(kinds, e.Kind)
			if (e.Kind == "") != (e.Text != "hello") || e.Result != Left {
				t.Errorf("%+v", e)
			}
		case Unreadable:
			unreadable++
		}
	})
	if want := []letter.ReturnKind{"", letter.Reply, letter.Reply}; err != nil || !slices.Equal(kinds, want) || unreadable != 1 {
		t.Errorf("%q, %d unreadable, %v", kinds, unreadable, err)
	}
	if taken.Read != 3 || taken.Left != 3 || !errors.Is(taken.Unread, broken) {
		t.Errorf("%+v", taken)
	}
}
