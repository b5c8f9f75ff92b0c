package main

import (
	"bytes"
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/pelletier/go-toml/v2"
	"github.com/rogpeppe/go-internal/testscript"

	"headsup/campaign/settings"
	"headsup/mailer/loopback"
)

// mailserver adds a mail server that runs until the script ends to the
// settings of a campaign folder: "mailserver DIR NAME" as a [[mail_server]],
// "mailserver DIR" as [smtp]. Its Maildir is DIR/NAME. The flags say what is
// wrong with it; what it wants is a user NAME with a password.
func mailserver(ts *testscript.TestScript, neg bool, args []string) {
	f := flag.NewFlagSet("mailserver", flag.ContinueOnError)
	var (
		expired  = f.Bool("expired", false, "its certificate ended yesterday")
		unknown  = f.Bool("unknown", false, "nobody knows who issued its certificate")
		gone     = f.Bool("gone", false, "it is not there any more")
		password = f.String("password", "geheim", "what we say, instead of geheim")
		mail     = f.String("mail", "", "its reply to MAIL, such as 550 5.7.1 no")
		rcpt     = f.String("rcpt", "", "its reply to RCPT")
	)
	if err := f.Parse(args); err != nil || neg || f.NArg() < 1 || f.NArg() > 2 {
		ts.Fatalf("usage: mailserver [FLAGS] DIR [NAME]")
	}
	dir, name := ts.MkAbs(f.Arg(0)), cmp.Or(f.Arg(1), "smtp")
	o := loopback.Options{TLS: true, User: name, Password: "geheim",
		Sender: func(string) loopback.Reply { return replyOf(*mail) },
		Answer: func(string, int) loopback.Reply { return replyOf(*rcpt) }}
	if *expired {
		o.Until = time.Now().Add(-24 * time.Hour)
	}
	post, err := loopback.Start(filepath.Join(dir, name), o)
	ts.Check(err)
	if *gone {
		ts.Check(post.Close())
	} else {
		ts.Defer(func() { ts.Check(post.Close()) })
	}
	server := post.Settings()
	server.PasswordFile = name + ".password"
	ts.Check(os.WriteFile(filepath.Join(dir, server.PasswordFile), []byte(*password), 0o600))
	if *unknown || *gone {
		server.CAFile = ""
	}
	of := map[string]any{"smtp": settings.SMTP{Server: server, Connections: 1}}
	if f.NArg() == 2 {
		server.Name = name
		of = map[string]any{"mail_server": []settings.SMTP{{Server: server, Connections: 1}}}
	}
	text, err := toml.Marshal(of)
	ts.Check(err)
	old, err := os.ReadFile(filepath.Join(dir, settings.File))
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(dir, settings.File), append(old, text...), 0o644))
}

// replyOf reads "550 5.7.1 no such luck"; "" accepts.
func replyOf(s string) (r loopback.Reply) {
	words := strings.SplitN(s, " ", 3)
	if len(words) == 3 {
		r.Status, r.Text = words[1], words[2]
		for _, c := range words[0] {
			r.Code = 10*r.Code + int(c-'0')
		}
	}
	return r
}

// pgpkey writes an OpenPGP private key: "pgpkey FILE ADDRESS".
func pgpkey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pgpkey FILE ADDRESS")
	}
	key, err := openpgp.NewEntity("Agency", "", args[1], nil)
	ts.Check(err)
	ts.Check(key.EncryptPrivateKeys([]byte("geheim"), nil))
	var text bytes.Buffer
	w, err := armor.Encode(&text, openpgp.PrivateKeyType, nil)
	ts.Check(err)
	ts.Check(key.SerializePrivateWithoutSigning(w, nil))
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text.Bytes(), 0o600))
}
