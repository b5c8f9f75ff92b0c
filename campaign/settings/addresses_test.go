package settings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/render"
)

// load reads settings of a campaign and an agency with more in both.
func load(t *testing.T, campaign, agency string) (*Settings, error) {
	t.Helper()
	dir := t.TempDir()
	text := "[campaign]\n" + campaign + "\n[[agency]]\nid = \"a\"\nname = \"A\"\n" + agency + "\n"
	if err := os.WriteFile(filepath.Join(dir, File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(dir)
}

const relay26 = "id = \"relay26\""

func TestAddressesHaveRoomForWhatProvesALetter(t *testing.T) {
	fits := strings.Repeat("n", 64-len("+")-letter.LongestTag("relay26"))
	for _, tt := range []struct {
		name, campaign, agency string
		want                   string // of the error; empty: they load
	}{
		{"a mailbox with just room enough", relay26, "from = \"" + fits + "@example.org\"", ""},
		{"a mailbox with too little", relay26, "from = \"n" + fits + "@example.org\"", `agency "a": from: no room for what proves a letter`},
		{"a campaign with too long a name for it", "id = \"relay2026\"", "from = \"" + fits + "@example.org\"", "no room"},
		{"a long mailbox that no tag comes into", relay26, "from = \"n" + fits + "@example.org\"\nreply_to = \"b@example.org\"\nbounce_address = \"c@example.org\"", ""},
		{"one whose answers come there", relay26, "from = \"n" + fits + "@example.org\"\nbounce_address = \"c@example.org\"", "from: no room"},
		{"one whose mail is returned there", relay26, "from = \"n" + fits + "@example.org\"\nreply_to = \"b@example.org\"", "from: no room"},
		{"a mailbox for answers with too little", relay26, "from = \"a@example.org\"\nreply_to = \"n" + fits + "@example.org\"", "reply_to: no room"},
		{"a mailbox for returned mail with too little", relay26, "from = \"a@example.org\"\nbounce_address = \"n" + fits + "@example.org\"", "bounce_address: no room"},
		{"the campaign's", relay26 + "\nbounce_address = \"n" + fits + "@example.org\"", "from = \"a@example.org\"", "bounce_address: no room"},
		{"a server without plus-addressing needs none", relay26 + "\nplus_addressing = false", "from = \"n" + fits + "@example.org\"", ""},
		{"its agency says so", relay26, "from = \"n" + fits + "@example.org\"\nplus_addressing = false", ""},
		{"its agency says otherwise", relay26 + "\nplus_addressing = false", "from = \"n" + fits + "@example.org\"\nplus_addressing = true", "no room"},
		{"a domain with too little", relay26, "from = \"a@" + strings.Repeat("long-label.", 20) + "example\"", "no room"},
		{"a star", relay26 + "\nbounce_address = \"*@example.net\"", "from = \"a@example.org\"", ""},
		{"two stars", relay26 + "\nbounce_address = \"*-*@example.net\"", "from = \"a@example.org\"", `bounce_address: "*-*@example.net" is not a mail address`},
		{"a star where the letter comes from", relay26, "from = \"*@example.org\"", `from: "*@example.org" is not a mail address`},
		{"a star for a domain", relay26, "from = \"a@example.org\"\nreply_to = \"a@*\"", `reply_to: "a@*" is not a mail address`},
		{"no address for returned mail", relay26 + "\nbounce_address = \"example.net\"", "from = \"a@example.org\"", `bounce_address: "example.net" is not a mail address`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.campaign, tt.agency)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if strings.Contains(tt.want, "no room") && !errors.Is(err, ErrNoRoom) {
				t.Errorf("%v is not ErrNoRoom", err)
			}
		})
	}
}

func TestAnAgencysAddressesComeBeforeTheCampaigns(t *testing.T) {
	for _, tt := range []struct{ name, campaign, agency, want string }{
		{"none", relay26, "", "a+T@example.org"},
		{"the campaign's", relay26 + "\nbounce_address = \"r@example.net\"", "", "r+T@example.net"},
		{"the agency's", relay26 + "\nbounce_address = \"r@example.net\"", "bounce_address = \"*@example.net\"", "T@example.net"},
		{"without plus-addressing", relay26 + "\nplus_addressing = false", "", "a@example.org"},
		{"without, but with for the agency", relay26 + "\nplus_addressing = false", "plus_addressing = true", "a+T@example.org"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := load(t, tt.campaign, "from = \"a@example.org\"\n"+tt.agency)
			if err != nil {
				t.Fatal(err)
			}
			got, err := render.EnvelopeFrom(letter.Letter{ID: "T", Agency: s.signer(s.Agencies[0])})
			if err != nil || got != tt.want {
				t.Errorf("%s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestKeysAreReadOrMissed(t *testing.T) {
	for _, tt := range []struct {
		name, campaign string
		want           int // keys
		err            error
	}{
		{"none", "", 0, nil},
		{"one", `code_key = "good"`, 1, nil},
		{"one, and those before", "code_key = \"good\"\nretired_keys = [\"old\", \"good\"]", 3, nil},
		{"those before alone", `retired_keys = ["old"]`, 1, nil},
		{"one that is gone", `code_key = "gone"`, 0, ErrKeyMissing},
		{"one before that is gone", "code_key = \"good\"\nretired_keys = [\"old\", \"gone\"]", 0, ErrKeyMissing},
		{"a short one", `code_key = "short"`, 0, ErrShortKey},
		{"a short one before", "code_key = \"good\"\nretired_keys = [\"short\"]", 0, ErrShortKey},
		{"a folder", `code_key = "."`, 0, errAny},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := load(t, relay26+"\n"+tt.campaign, "from = \"a@example.org\"")
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"good": "  0123456789abcdef\n", "old": "fedcba9876543210", "short": "0123456789abcde\n\n\n"} {
				if err := os.WriteFile(s.Path(name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c, err := s.Decisions([]string{"en"})
			switch {
			case tt.err == errAny && err != nil && !errors.Is(err, fs.ErrNotExist):
			case !errors.Is(err, tt.err), err != nil && !strings.Contains(err.Error(), "headsup.toml:3: campaign.") && !strings.Contains(err.Error(), "headsup.toml:4: campaign."):
				t.Errorf("%v, want %v", err, tt.err)
			case len(c.Fingerprints()) != tt.want:
				t.Errorf("%d keys, want %d", len(c.Fingerprints()), tt.want)
			}
			if tt.want > 0 && strings.Contains(tt.campaign, "code_key") && string(c.CodeKey) != "0123456789abcdef" {
				t.Errorf("the key is %q", c.CodeKey)
			}
		})
	}
}

var errAny = errors.New("any")

func TestATrustedServerHasAName(t *testing.T) {
	for list, want := range map[string]string{`[]`: "", `["mx.example.org"]`: "", `["mx.example.org", ""]`: "inbox.trusted: a server without a name"} {
		s, err := load(t, relay26, "from = \"a@example.org\"\n[inbox]\ntrusted = "+list)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v", list, s, err)
		}
	}
}
