package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"headsup/ledger"
)

// Whatever is wrong with a URL or its server, the password is not said.
func TestTheDatabasesPasswordIsNeverSaid(t *testing.T) {
	for _, dsn := range []string{
		"postgres://u:geheim@127.0.0.1:1/x", // nobody there
		"postgres://u@127.0.0.1:1/x?password=geheim",
		"postgres://u:geheim@127.0.0.1:1/x?sslmode=geheim",
		"postgres://u:geheim@127.0.0.1:1/x?connect_timeout=geheim",
		"postgres://u:geheim/2@127.0.0.1:1/x",
		"postgres://u:gehe%im@127.0.0.1:1/x",
		"postgres://u:geheim@127.0.0.1:port/x",
		"mysql://u:geheim@127.0.0.1:1/x",
		"postgres//://u:geheim@127.0.0.1:1/x",
	} {
		l, err := ledger.Open(t.Context(), dsn)
		if err == nil {
			l.Close()
			t.Fatalf("%s was opened", dsn)
		}
		if strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "gehe%im") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	_, err := ledger.Open(t.Context(), "postgres://u:geheim/2@db.example/x")
	if !errors.Is(err, ledger.ErrURL) || err.Error() != `no postgres:// URL: "postgres://…"` {
		t.Error(err)
	}
}
