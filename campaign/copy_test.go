package campaign

import "testing"

func TestALedgersPasswordIsNotShown(t *testing.T) {
	for name, want := range map[string]string{
		"c/headsup.db":                        "c/headsup.db",
		"postgres://u:geheim@db.example/x":    "postgres://u:xxxxx@db.example/x",
		"postgres://db/x?password=geheim&a=b": "postgres://db/x?a=b",
		"postgres://db/x?sslpassword=geheim":  "postgres://db/x",
		"postgres://u:ge/heim@db.example/x":   "postgres://…", // no URL: it ends before the password does
		"postgres://u:ge%heim@db.example/x":   "postgres://…",
	} {
		if got := WithoutPassword(name); got != want {
			t.Errorf("%s is shown as %s", name, got)
		}
	}
}
