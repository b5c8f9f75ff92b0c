package campaign

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"headsup/campaign/settings"
)

// The transport of a rehearsal is opened to this machine or not at all.
func TestARehearsalSendsNowhereElse(t *testing.T) {
	for _, tt := range []struct {
		sentence, servers string
		err               error
	}{
		{"without a server letters go to files", "", nil},
		{"a server on this machine will do", "[smtp]\nhost = \"127.0.0.1\"\nport = 25\ntls = \"none\"\n", nil},
		{"by its name, too", "[smtp]\nhost = \"localhost\"\nport = 25\ntls = \"none\"\n", nil},
		{"another does not", "[smtp]\nhost = \"mail.example.org\"\nport = 587\ntls = \"starttls\"\n", ErrRehearsal},
		{"nor one of a public address", "[smtp]\nhost = \"192.0.2.1\"\nport = 587\ntls = \"starttls\"\n", ErrRehearsal},
		{"nor this machine by way of a proxy", "[smtp]\nhost = \"127.0.0.1\"\nport = 587\ntls = \"starttls\"\nproxy = \"socks5://192.0.2.1:1080\"\n", ErrRehearsal},
		{"nor the agency's own", "[[mail_server]]\nname = \"a\"\nhost = \"mail.example.org\"\nport = 587\ntls = \"starttls\"\n", ErrRehearsal},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			dir := t.TempDir()
			agency := "[[agency]]\nid = \"a\"\nname = \"Agency\"\nfrom = \"notices@agency.net\"\n"
			if tt.servers != "" && tt.servers[:3] == "[[m" {
				agency += "mail_server = \"a\"\n"
			}
			text := "rehearsal = true\n[campaign]\nid = \"try26\"\n" + agency + tt.servers
			if err := os.WriteFile(filepath.Join(dir, settings.File), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := settings.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			way, err := newTransport(s, time.Now())
			if !errors.Is(err, tt.err) || tt.err == nil && err != nil {
				t.Fatalf("error %v", err)
			}
			if err == nil {
				way.Close()
			}
		})
	}
}
