package ledger

import (
	"bytes"
	"testing"
	"time"
)

func TestSessionsEndWithTheirTime(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx, s := t.Context(), NewSessions(l)
		soon := time.Now().Add(time.Hour)
		must(t, s.CommitCtx(ctx, "a", []byte("one"), soon))
		must(t, s.CommitCtx(ctx, "a", []byte{0, 2}, soon))
		must(t, s.CommitCtx(ctx, "b", []byte("old"), time.Now().Add(-time.Second)))
		if data, found, err := s.FindCtx(ctx, "a"); !found || err != nil || !bytes.Equal(data, []byte{0, 2}) {
			t.Errorf("a: %q %v %v", data, found, err)
		}
		for _, token := range []string{"b", "c", "", "\x00\xff"} {
			if data, found, err := s.FindCtx(ctx, token); found || err != nil {
				t.Errorf("%q: %q %v", token, data, err)
			}
		}
		if all, err := s.AllCtx(ctx); len(all) != 1 || err != nil {
			t.Errorf("all: %v %v", all, err)
		}
		must(t, s.CommitCtx(ctx, "d", []byte{}, soon))
		var n int
		must(t, l.r.QueryRow("SELECT count(*) FROM sessions").Scan(&n))
		if n != 2 {
			t.Errorf("%d rows: one that has expired is kept", n)
		}
		must(t, s.DeleteCtx(ctx, "a"))
		must(t, s.DeleteCtx(ctx, "a"))
		if _, found, err := s.FindCtx(ctx, "a"); found || err != nil {
			t.Errorf("a is there after its end: %v", err)
		}
	})
}
