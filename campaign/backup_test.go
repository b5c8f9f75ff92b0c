package campaign_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/loopback"
	"headsup/templates"
)

// pair makes a key pair.
func pair(t *testing.T) (campaign.Lock, campaign.Key) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	must(t, err)
	name := filepath.Join(t.TempDir(), "identity")
	must(t, os.WriteFile(name, []byte("# made by a test\n"+id.String()+"\n"), 0o600))
	return campaign.Lock{Recipients: []string{id.Recipient().String()}}, campaign.Key{IdentityFile: name}
}

func backUp(t *testing.T, dir string, lock campaign.Lock) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "backup.age")
	c, err := campaign.Open(t.Context(), dir, nil)
	must(t, err)
	defer func() { must(t, c.Close()) }()
	_, err = campaign.BackUp(t.Context(), c, file, lock)
	must(t, err)
	return file
}

// TestABackupTakesUpTheCampaign restores one after other letters have left, on
// the same machine and on another one: nothing leaves twice, and what was
// written, approved and sent before is known.
func TestABackupTakesUpTheCampaign(t *testing.T) {
	alone(t)
	t.Parallel()
	for _, other := range []bool{false, true} {
		m := &mails{got: map[string]int{}}
		dir := campaigntest.Many(t, 6, loopback.Options{Answer: m.answer})
		campaigntest.Edit(t, dir, "[letters]", "[letters]\ntemplates = \"own\"")
		must(t, os.MkdirAll(filepath.Join(dir, "own", "letter"), 0o700))
		words, err := fs.ReadFile(templates.Builtin, "letter/en.md")
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, "own", "letter", "en.md"), words, 0o600))
		c, err := campaign.Open(t.Context(), dir, nil)
		must(t, err)
		must(t, hold(t, c, 2))
		_, err = c.Send(t.Context(), campaign.SendOptions{Patience: -1})
		must(t, err)
		must(t, c.Close())
		lock, key := pair(t)
		file := backUp(t, dir, lock)
		releaseAll(t, dir, 4)
		_, err = send(t, dir)
		must(t, err)
		log := logOf(t, dir)

		again := filepath.Join(t.TempDir(), "a", "restored")
		r, err := campaign.Restore(t.Context(), file, again, key)
		must(t, err)
		want := ledger.ErrBehind
		if other {
			want = ledger.ErrRestored
			settings := filepath.Join(again, "headsup.toml")
			text, err := os.ReadFile(settings)
			must(t, err)
			_, rest, _ := strings.Cut(string(text), "\n")
			must(t, os.WriteFile(settings, []byte("state = \"../elsewhere\"\n"+rest), 0o600))
			if _, err := send(t, again); !errors.Is(err, want) {
				t.Errorf("sent on another machine: %v", err)
			}
		} else if !errors.Is(r.Behind, want) {
			t.Errorf("restored: %v", r.Behind)
		}
		sameCampaign(t, dir, again)
		settled := campaigntest.Open(t, again, nil)
		if r, err := settled.ResolveByLog(t.Context(), read(log...), "tester"); err != nil || (r.Behind == nil) == other || other && !errors.Is(r.Behind, want) {
			t.Errorf("the log: %+v, %v", r, err)
		}
		if other {
			_, err := campaign.CoverGap(t.Context(), settled, "tester", "the log shows all")
			must(t, err)
		}
		releaseAll(t, again, 9)
		if _, err := send(t, again); err != nil {
			t.Error(err)
		}
		for to, n := range m.got {
			if n != 1 || len(m.got) != 6 {
				t.Errorf("%s was written to %d times, and %d in all", to, n, len(m.got))
			}
		}
	}
}

// releaseAll releases so many of the letters that are held, and approves them.
func releaseAll(t *testing.T, dir string, most int) {
	t.Helper()
	c, err := campaign.Open(t.Context(), dir, nil)
	must(t, err)
	defer func() { must(t, c.Close()) }()
	var ids []string
	for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Held}}) {
		must(t, err)
		ids = append(ids, e.ID)
	}
	_, err = c.Release(t.Context(), ids[:min(most, len(ids))], "tester")
	must(t, err)
	_, err = c.ApproveAll(t.Context(), "tester")
	must(t, err)
}

// sameCampaign compares what two folders hold of what was before.
func sameCampaign(t *testing.T, dir, again string) {
	t.Helper()
	for _, name := range []string{"code.key", "contacts.csv", "own/letter/en.md"} {
		a, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		b, err := os.ReadFile(filepath.Join(again, name))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v", name, err)
		}
		if info, err := os.Stat(filepath.Join(again, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
	was, is := campaigntest.Open(t, dir, nil), campaigntest.Open(t, again, nil)
	sent := 0
	for e, err := range is.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		a, err := was.Letter(t.Context(), e.ID)
		must(t, err)
		b, err := is.Letter(t.Context(), e.ID)
		must(t, err)
		if a.Hash != b.Hash || !bytes.Equal(a.Rendered.Mail, b.Rendered.Mail) || b.Hash != ledger.Hash(b.Rendered) {
			t.Errorf("%s is another letter", e.ID)
		}
		if e.State != letter.Sent {
			continue
		}
		sent++
		history, err := is.History(t.Context(), e.ID)
		must(t, err)
		before, err := was.History(t.Context(), e.ID)
		must(t, err)
		if !slices.Equal(history, before) {
			t.Errorf("%s has another history", e.ID)
		}
	}
	if sent != 2 {
		t.Errorf("%d letters were sent before the backup", sent)
	}
}

func TestABackupOpensWithItsOwnKeyAlone(t *testing.T) {
	alone(t)
	dir := campaigntest.Approved(t)
	lock, key := pair(t)
	_, wrong := pair(t)
	file := backUp(t, dir, lock)
	text, err := os.ReadFile(file)
	must(t, err)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v", info.Mode())
	}
	if bytes.Contains(text, []byte(campaigntest.Key)) || bytes.Contains(text, []byte(campaigntest.To)) {
		t.Error("it can be read by anybody")
	}
	cut := filepath.Join(t.TempDir(), "cut")
	must(t, os.WriteFile(cut, text[:len(text)-1000], 0o600))
	other := filepath.Join(t.TempDir(), "other")
	must(t, os.WriteFile(other, []byte("hello"), 0o600))
	into := filepath.Join(t.TempDir(), "into")
	for name, tt := range map[string]struct {
		file string
		key  campaign.Key
		want error
	}{
		"another key":      {file, wrong, campaign.ErrWrongKey},
		"no key":           {file, campaign.Key{}, campaign.ErrLock},
		"cut short":        {cut, key, campaign.ErrBackup},
		"something else":   {other, key, campaign.ErrBackup},
		"no file":          {filepath.Join(dir, "none"), key, os.ErrNotExist},
		"no identity file": {file, campaign.Key{IdentityFile: filepath.Join(dir, "none")}, os.ErrNotExist},
	} {
		if _, err := campaign.Restore(t.Context(), tt.file, into, tt.key); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(into)); err != nil || len(left) > 0 {
		t.Errorf("something is left: %v, %v", left, err)
	}
	if _, err := campaign.Restore(t.Context(), file, dir, key); !errors.Is(err, campaign.ErrOccupied) {
		t.Errorf("over a campaign: %v", err)
	}
	c := campaigntest.Open(t, dir, nil)
	for _, lock := range []campaign.Lock{{}, {Recipients: lock.Recipients, PassphraseFile: file}} {
		if _, err := campaign.BackUp(t.Context(), c, cut, lock); !errors.Is(err, campaign.ErrLock) {
			t.Errorf("%+v: %v", lock, err)
		}
	}
}

func TestABackupOpensWithItsPassphrase(t *testing.T) {
	words := filepath.Join(t.TempDir(), "words")
	must(t, os.WriteFile(words, []byte("correct horse battery staple\r\nsecond line\n"), 0o600))
	file := backUp(t, campaigntest.Approved(t), campaign.Lock{PassphraseFile: words})
	into := filepath.Join(t.TempDir(), "into")
	if r, err := campaign.Restore(t.Context(), file, into, campaign.Key{PassphraseFile: words}); err != nil || r.Campaign != "demo26" || r.Sum.Letters != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	must(t, os.WriteFile(words, []byte("another\n"), 0o600))
	if _, err := campaign.Restore(t.Context(), file, into+"2", campaign.Key{PassphraseFile: words}); !errors.Is(err, campaign.ErrWrongKey) {
		t.Errorf("with another passphrase: %v", err)
	}
	must(t, os.WriteFile(words, []byte("\n"), 0o600))
	if _, err := campaign.Restore(t.Context(), file, into+"2", campaign.Key{PassphraseFile: words}); err == nil {
		t.Error("an empty passphrase")
	}
}

// TestAnArchiveIsWhatItsManifestSays archives a campaign in which letters were
// sent, held and bounced.
func TestAnArchiveIsWhatItsManifestSays(t *testing.T) {
	alone(t)
	m := &mails{got: map[string]int{}}
	dir := campaigntest.Many(t, 4, loopback.Options{Answer: m.answer})
	into := filepath.Join(t.TempDir(), "archive")
	c := campaigntest.Open(t, dir, nil)
	if _, err := campaign.Archive(t.Context(), c, into); !errors.Is(err, campaign.ErrNotClosed) {
		t.Errorf("letters wait: %v", err)
	}
	must(t, hold(t, c, 3))
	_, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1})
	must(t, err)
	a, err := campaign.Archive(t.Context(), c, into)
	must(t, err)
	text, err := os.ReadFile(a.Manifest)
	must(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if a.Letters != 4 || a.Files != len(lines) || a.Files != 4+4 {
		t.Errorf("%+v\n%s", a, text)
	}
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		file, err := os.ReadFile(filepath.Join(into, name))
		must(t, err)
		if sum != fmt.Sprintf("%x", sha256.Sum256(file)) {
			t.Errorf("%s differs from its hash", name)
		}
		if info, err := os.Stat(filepath.Join(into, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
	for name, want := range map[string]int{"letters.jsonl": 4, "approvals.jsonl": 4, "sum.json": 1} {
		file, err := os.ReadFile(filepath.Join(into, name))
		if n := bytes.Count(file, []byte("\n")); err != nil || n != want {
			t.Errorf("%s has %d lines, want %d: %v", name, n, want, err)
		}
	}
	history, err := os.ReadFile(filepath.Join(into, "history.jsonl"))
	if n := strings.Count(string(history), `"kind":"sent"`); err != nil || n != 3 {
		t.Errorf("%d were sent: %v", n, err)
	}
	if _, err := campaign.Archive(t.Context(), c, into); !errors.Is(err, campaign.ErrOccupied) {
		t.Errorf("over another: %v", err)
	}
}
