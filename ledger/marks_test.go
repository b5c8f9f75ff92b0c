package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"headsup/ledger/mark"
	"headsup/letter"
)

// kept is a place for marks: that of a campaign folder, and the user's own.
func kept(t testing.TB) Marks {
	dir := t.TempDir()
	return Marks{Folders: []string{filepath.Join(dir, "folder", "marks"), filepath.Join(dir, "state")}, Keys: [][]byte{[]byte("secret")}}
}

// sendSome sends at most so many letters and returns which.
func sendSome(t testing.TB, l *Ledger, m Marks, most int) (ids []string) {
	t.Helper()
	o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m})
	must(t, err)
	for range most {
		e, ok, _, err := claimNext(t.Context(), o)
		must(t, err)
		if !ok {
			break
		}
		must(t, o.Mark(t.Context(), e))
		ids = append(ids, e.LetterID)
		must(t, o.Settle(t.Context(), e, accepted)())
	}
	must(t, o.Close(t.Context()))
	return ids
}

// copyFiles copies the main file of a ledger, and nothing else of it.
func copyFiles(t testing.TB, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, text, 0o600))
}

// older makes a copy of a ledger as it is now. Nobody may have it open.
func older(t *testing.T, dsn string) string {
	t.Helper()
	if name, ok := strings.CutPrefix(dsn, "postgres://"); ok {
		name, _, _ = strings.Cut(name[strings.Index(name, "/")+1:], "?")
		return server.Database(t, name)
	}
	copied := filepath.Join(t.TempDir(), "older.db")
	copyFiles(t, dsn, copied)
	return copied
}

// TestALedgerThatWasPutBackSendsNothingTwice tries each way in which a ledger
// that letters left from is replaced by one that does not know of them.
func TestALedgerThatWasPutBackSendsNothingTwice(t *testing.T) {
	alone(t)
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		for way, again := range map[string]func(t *testing.T, dsn, before string) (putBack string){
			"older copy": func(t *testing.T, _, before string) string { return before },
			"missing": func(t *testing.T, _, _ string) string {
				dsn := migratedDSN(t, engine)
				approved(t, openLedger(t, dsn), 10, 10)
				return dsn
			},
			"empty": func(t *testing.T, dsn, _ string) string {
				if engine == "postgres" {
					t.Skip("a database that is empty is one that is missing")
				}
				must(t, errors.Join(os.Truncate(dsn, 0), os.RemoveAll(dsn+"-wal"), os.RemoveAll(dsn+"-shm")))
				approved(t, openLedger(t, dsn), 10, 10)
				return dsn
			},
			"a copy without its write-ahead log": func(t *testing.T, dsn, before string) string {
				if engine == "postgres" {
					t.Skip("of SQLite alone")
				}
				return dsn + "-copied"
			},
		} {
			t.Run(engine+", "+way, func(t *testing.T) {
				dsn := newDSN(t, engine)
				l, err := Open(t.Context(), dsn)
				must(t, err)
				approved(t, l, 10, 10)
				must(t, l.Close())
				before := older(t, dsn)
				m := kept(t)
				l, err = Open(t.Context(), dsn)
				must(t, err)
				left := append(sendSome(t, l, m, 3), sendSome(t, l, m, 1)...)
				if engine == "sqlite" {
					copyFiles(t, dsn, dsn+"-copied")
				}
				must(t, l.Close())

				l = openLedger(t, again(t, dsn, before))
				left = goOn(t, l, m, left)
				slices.Sort(left)
				if len(left) != 10 || len(slices.Compact(left)) != 10 {
					t.Errorf("%d letters left, %d of them different", len(left), len(slices.Compact(left)))
				}
			})
		}
	}
}

// goOn has a ledger that was put back refuse, learn what left, and send the rest.
func goOn(t *testing.T, l *Ledger, m Marks, left []string) []string {
	t.Helper()
	for range 2 {
		if _, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m}); !errors.Is(err, ErrBehind) {
			t.Fatalf("it sends: %v", err)
		}
	}
	must(t, Prove(t.Context(), l, left[0], "tester", "mail.log: taken"))
	g, err := FindGap(t.Context(), l, "relay26", m)
	must(t, err)
	var open []string
	for _, d := range g.Open() {
		open = append(open, d.ID)
	}
	if !slices.Equal(open, left[1:]) || len(g.Letters) != len(left) {
		t.Errorf("the gap is %v of %v, want %v", open, g.Letters, left[1:])
	}
	n, err := g.Cover(t.Context(), "tester", "the log was lost")
	if err != nil || n != len(left)-1 {
		t.Errorf("%d letters became unknown: %v", n, err)
	}
	if got := stateOf(t, l, left[1]); got != letter.Unknown {
		t.Errorf("what left is %s", got)
	}
	return append(left, sendSome(t, l, m, 20)...)
}

// Letters that are not in the ledger when somebody goes on with it do not leave
// when they are drafted and approved later.
func TestWhatLeftBeforeItIsDraftedAnewIsUnknown(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		m := kept(t)
		approved(t, l, 3, 3)
		left := sendSome(t, l, m, 2)
		engine := "sqlite"
		if l.path == "" {
			engine = "postgres"
		}
		fresh := newLedger(t, engine)
		g, err := FindGap(t.Context(), fresh, "relay26", m)
		must(t, err)
		if n, err := g.Cover(t.Context(), "tester", "a new ledger"); n != 2 || err != nil {
			t.Errorf("%d letters left: %v", n, err)
		}
		ids := approved(t, fresh, 3, 3)
		if again := sendSome(t, fresh, m, 9); len(again) != 1 || slices.Contains(left, again[0]) {
			t.Errorf("sent %v after %v", again, left)
		}
		for _, id := range ids {
			if got := stateOf(t, fresh, id); (got == letter.Unknown) != slices.Contains(left, id) {
				t.Errorf("%s is %s", id, got)
			}
		}
		must(t, fresh.Resolve(t.Context(), left[0], letter.Approved, "tester", "it never came"))
		if again := sendSome(t, fresh, m, 9); !slices.Equal(again, left[:1]) {
			t.Errorf("sent %v, want %v", again, left[:1])
		}
	})
}

// A sender that was killed after the commit leaves the ledger ahead of its mark.
func TestALedgerAheadOfItsMarkGoesOn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		m := kept(t)
		approved(t, l, 4, 4)
		sendSome(t, l, m, 1)
		files := markFiles(t, m)
		first, err := os.ReadFile(files[0])
		must(t, err)
		sendSome(t, l, m, 1)
		must(t, os.WriteFile(files[0], append(first[:0:0], first[:len(strings.TrimRight(string(first), "\n"))-5]...), 0o600)) // a line cut short
		must(t, os.Remove(files[1]))
		sendSome(t, l, m, 1)
		for _, f := range markFiles(t, m) {
			text, err := os.ReadFile(f)
			must(t, err)
			if r := mark.Read(text, m.keys()); len(r.Lines) != 4 || r.Damage != nil {
				t.Errorf("%s: %+v", f, r)
			}
			if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v", f, info.Mode())
			}
			if info, err := os.Stat(filepath.Dir(f)); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%s: %v", filepath.Dir(f), info.Mode())
			}
		}
	})
}

func markFiles(t testing.TB, m Marks) (files []string) {
	t.Helper()
	for _, dir := range m.Folders {
		found, err := filepath.Glob(filepath.Join(dir, "*"+mark.Ending))
		must(t, err)
		files = append(files, found...)
	}
	if len(files) != len(m.Folders) {
		t.Fatalf("marks: %q", files)
	}
	return files
}

// TestADamagedMarkIsSaidToBeSo changes a mark in each of its copies.
func TestADamagedMarkIsSaidToBeSo(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 10, 10)
		var left []string
		for i := range 2 {
			m := kept(t)
			left = append(left, sendSome(t, l, m, 3)...)
			file := markFiles(t, m)[i]
			text, err := os.ReadFile(file)
			must(t, err)
			must(t, os.WriteFile(file, []byte(strings.Replace(string(text), "relay26-", "relay26-x", 3)), 0o600))
			_, err = l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m})
			if !errors.Is(err, ErrMark) || !strings.Contains(err.Error(), file) {
				t.Errorf("%v", err)
			}
			g, err := FindGap(t.Context(), l, "relay26", m)
			must(t, err)
			if err := g.Err(); !errors.Is(err, ErrMark) || !strings.Contains(err.Error(), file) {
				t.Errorf("the gap: %v", err)
			}
			must(t, os.MkdirAll(filepath.Join(file+".covered", "x"), 0o700)) // in the way
			if _, err = g.Cover(t.Context(), "tester", "edited by mistake"); err == nil {
				t.Error("a mark that stays in its place is put aside")
			}
			must(t, os.RemoveAll(file+".covered"))
			_, err = g.Cover(t.Context(), "tester", "edited by mistake")
			must(t, err)
			left = append(left, sendSome(t, l, m, 1)...)
			if _, err := os.Stat(file + ".covered"); err != nil {
				t.Error(err)
			}
		}
		slices.Sort(left)
		if len(left) != 8 || len(slices.Compact(left)) != 8 {
			t.Errorf("%q left", left)
		}
	})
}

// With another key, lines that the ledger has are still its own.
func TestAMarkOutlivesItsKey(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		m := kept(t)
		approved(t, l, 3, 3)
		sendSome(t, l, m, 1)
		m.Keys = [][]byte{[]byte("another"), m.Keys[0]}
		sendSome(t, l, m, 1)
		m.Keys = m.Keys[:1]
		if _, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m}); !errors.Is(err, ErrMark) {
			t.Errorf("a mark whose key is gone: %v", err)
		}
	})
}

// Where the ledger and the marks beside it are gone, the state folder still knows
// what left, for whoever has the key that it was sealed with.
func TestTheStateFolderKnowsWhatLeft(t *testing.T) {
	m := kept(t)
	sent := newLedger(t, "sqlite")
	_, err := sent.w.Exec("UPDATE identity SET id = 'gone'") // those of tests are copies of one
	must(t, err)
	approved(t, sent, 3, 3)
	left := sendSome(t, sent, m, 2)
	other := []byte("another")
	for _, tt := range []struct {
		name string
		keys [][]byte
		want error
	}{
		{"the same key", m.Keys, ErrBehind},
		{"the same key, retired", [][]byte{other, m.Keys[0]}, ErrBehind},
		{"the key of another campaign with this name", [][]byte{other}, nil},
		{"no key", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				approved(t, l, 3, 3)
				here := Marks{Folders: []string{filepath.Join(t.TempDir(), "marks"), m.Folders[1]}, Keys: tt.keys}
				g, err := FindGap(t.Context(), l, "relay26", here)
				must(t, err)
				if err := g.Err(); !errors.Is(err, tt.want) || tt.want != nil && len(g.Open()) != len(left) {
					t.Errorf("%v: %+v", err, g.Open())
				}
			})
		})
	}
}

// A mark that cannot be written keeps the letter from leaving.
func TestWithoutItsMarkNothingLeaves(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		m := kept(t)
		approved(t, l, 3, 3)
		o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m})
		must(t, err)
		defer o.Close(context.Background())
		first, second := claimOne(t, o), claimOne(t, o)
		o.marker.add = func(f *mark.File, lines []mark.Line) error {
			if f == o.marker.files[1] {
				return syscall.ENOSPC
			}
			return f.Append(lines)
		}
		if err := o.Mark(t.Context(), first); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("marked without its mark: %v", err)
		}
		o.marker.add = (*mark.File).Append
		must(t, o.Mark(t.Context(), second))
		text, err := os.ReadFile(markFiles(t, m)[1])
		must(t, err)
		if r := mark.Read(text, m.keys()); len(r.Lines) != 3 || r.Lines[1].Letters[0] != first.LetterID {
			t.Errorf("the line that was not written is left out: %+v", r)
		}
	})
}

// Two folders with the same ledger have one sender, wherever the file is.
func TestACopyOfTheFolderIsTheSameSender(t *testing.T) {
	dsn := migratedDSN(t, "sqlite")
	approved(t, openLedger(t, dsn), 3, 3)
	must(t, openLedger(t, dsn).Close())
	m, other := kept(t), kept(t)
	other.Folders[1] = m.Folders[1]
	l := openLedger(t, dsn)
	_, err := l.w.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	must(t, err)
	copied := openLedger(t, older(t, dsn))
	o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m})
	must(t, err)
	if _, err := copied.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: other}); !errors.Is(err, ErrSending) {
		t.Errorf("both send: %v", err)
	}
	must(t, o.Close(t.Context()))
	sendSome(t, copied, other, 2)
	if _, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m}); !errors.Is(err, ErrBehind) {
		t.Errorf("the original sends the same letters: %v", err)
	}
}

// A database that is put back while somebody sends marks nothing any more.
func TestALedgerThatIsPutBackUnderItsSenderMarksNothing(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 3, 3)
		o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: kept(t)})
		must(t, err)
		defer o.Close(context.Background())
		first, second := claimOne(t, o), claimOne(t, o)
		must(t, o.Mark(t.Context(), first))
		_, err = l.w.Exec("DELETE FROM marks WHERE n > 0")
		must(t, err)
		if err := o.Mark(t.Context(), second); !errors.Is(err, ErrBehind) {
			t.Errorf("marked: %v", err)
		}
	})
}

// puttingBack is what is asked of a ledger that was put back.
func puttingBack(t *testing.T, ids map[string]string) []request {
	t.Helper()
	m, own := kept(t), kept(t)
	name := markName("other", "relay26", "host", 1)
	line, err := mark.Next(m.key(), mark.First(name), time.UnixMilli(1), []string{ids["approved"], "relay26-absent"})
	must(t, err)
	f, err := mark.Open(filepath.Join(m.Folders[0], name+mark.Ending), m.keys())
	must(t, err)
	must(t, errors.Join(f.Append([]mark.Line{mark.First(name), line}), f.Close()))
	snapshot := filepath.Join(t.TempDir(), "snapshot.db")
	return []request{
		{"a gap", func(ctx context.Context, l *Ledger) error { _, err := FindGap(ctx, l, "relay26", m); return err }},
		{"a gap that is answered for", func(ctx context.Context, l *Ledger) error {
			g, err := FindGap(ctx, l, "relay26", m)
			if err == nil {
				_, err = g.Cover(ctx, "tester", "why")
			}
			return err
		}},
		{"a proof", func(ctx context.Context, l *Ledger) error { return Prove(ctx, l, ids["approved"], "tester", "log") }},
		{"a snapshot", func(ctx context.Context, l *Ledger) error {
			os.Remove(snapshot)
			return Snapshot(ctx, l, snapshot)
		}},
		{"a restored ledger", func(ctx context.Context, l *Ledger) error { return MarkRestored(ctx, l, time.UnixMilli(1)) }},
		{"approvals", func(ctx context.Context, l *Ledger) error { _, err := Approvals(ctx, l, ids["approved"]); return err }},
		{"an outbox with a mark", func(ctx context.Context, l *Ledger) error {
			o, err := l.Outbox(ctx, OutboxOptions{Campaign: "relay26", Marks: own})
			if err == nil {
				err = o.Close(ctx)
			}
			return err
		}},
	}
}

// What was copied to another ledger goes on with the same mark, and what was
// copied from does not.
func TestACopyGoesOnWithTheMark(t *testing.T) {
	for _, way := range [][2]string{{"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		t.Run(way[0]+" to "+way[1], func(t *testing.T) {
			from, to, m := newLedger(t, way[0]), newLedger(t, way[1]), kept(t)
			approved(t, from, 3, 3)
			left := sendSome(t, from, m, 2)
			_, err := from.CopyTo(t.Context(), to, "the other", nil)
			must(t, err)
			left = append(left, sendSome(t, to, m, 9)...)
			slices.Sort(left)
			if len(slices.Compact(left)) != 3 {
				t.Errorf("%q left", left)
			}
			_, err = from.w.Exec("DELETE FROM moved") // as in an older copy
			must(t, err)
			if _, err := from.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: m}); !errors.Is(err, ErrBehind) {
				t.Errorf("the one that was copied sends: %v", err)
			}
		})
	}
}
