package inbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"iter"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"headsup/wire"
)

// IMAP says where a mailbox is on a server. Its fields are settings.
type IMAP struct {
	Host         string `toml:"host"`
	Port         int    `toml:"port"`    // default 993, with tls = "starttls" 143
	TLS          string `toml:"tls"`     // "tls" (default) from the first byte, or "starttls"
	CAFile       string `toml:"ca_file"` // PEM file with the certificates to trust instead of the system's
	User         string `toml:"user"`
	PasswordEnv  string `toml:"password_env"`  // the environment variable that holds the password
	PasswordFile string `toml:"password_file"` // or the file
	Folder       string `toml:"folder"`        // default "INBOX"

	news func() // is told when the server says that messages have come
}

// withDefaults checks b and fills in what was left out.
func (b IMAP) withDefaults() (IMAP, error) {
	port, ok := map[string]int{"tls": 993, "starttls": 143}[cmp.Or(b.TLS, "tls")]
	switch {
	case b.Host == "" || b.User == "":
		return b, errors.New("host and user are needed")
	case !ok:
		return b, fmt.Errorf("tls is %q, not \"tls\" or \"starttls\"", b.TLS)
	}
	b.TLS, b.Port, b.Folder = cmp.Or(b.TLS, "tls"), cmp.Or(b.Port, port), cmp.Or(b.Folder, "INBOX")
	return b, nil
}

// unread messages have none of these flags.
var unread = []imap.Flag{imap.FlagSeen, imap.FlagDeleted}

// Mailbox yields the messages of the folder that have not been seen, the
// oldest first. Reading does not mark them; [Message.Seen] does, as long as the
// loop runs.
func (b IMAP) Mailbox(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		if err := b.read(ctx, yield); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			yield(Message{}, fmt.Errorf("mailbox on %s: %w", b.Host, err))
		}
	}
}

// read returns the error of the connection, after which there is no more.
func (b IMAP) read(ctx context.Context, yield func(Message, error) bool) error {
	b, err := b.withDefaults()
	if err != nil {
		return err
	}
	w, c, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { w.Close() })()
	if _, err := c.Select(b.Folder, nil).Wait(); err != nil {
		return err
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: unread}, nil).Wait()
	if err != nil {
		return err
	}
	for _, uid := range found.AllUIDs() {
		w.Budget(maxMessage + wire.DialBudget)
		m, err := fetch(c, uid)
		if err != nil {
			return err
		}
		m.Name = fmt.Sprintf("%s/%s#%d", b.Host, b.Folder, uid)
		if m.Text != nil && !yield(m, nil) {
			return nil
		}
	}
	return c.Logout().Wait()
}

// fetch reads one message; one that is gone has no text.
func fetch(c *imapclient.Client, uid imap.UID) (Message, error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: maxMessage}}
	got, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil || len(got) == 0 {
		return Message{}, err
	}
	seen := func() error {
		flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
		return c.Store(imap.UIDSetNum(uid), flags, nil).Close()
	}
	for _, s := range got[0].BodySection {
		return Message{Text: s.Bytes, seen: seen}, nil
	}
	return Message{}, nil
}

// connect dials, turns on TLS and logs in.
func (b IMAP) connect(ctx context.Context) (*wire.Conn, *imapclient.Client, error) {
	s := wire.Server{Host: b.Host, Port: b.Port, CAFile: b.CAFile, User: b.User, PasswordEnv: b.PasswordEnv, PasswordFile: b.PasswordFile}
	password, err := s.Password()
	if err != nil {
		return nil, nil, err
	}
	config, err := s.TLSConfig()
	if err != nil {
		return nil, nil, err
	}
	dial, err := s.Dialer()
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wire.DialTime)
	defer cancel()
	w, err := wire.Open(ctx, dial, s.Address())
	if err != nil {
		return nil, nil, err
	}
	defer context.AfterFunc(ctx, func() { w.Close() })()
	c, err := b.greet(ctx, w, config)
	if err == nil {
		err = c.Login(b.User, password).Wait()
	}
	if err != nil {
		w.Close()
		return nil, nil, err
	}
	return w, c, nil
}

func (b IMAP) greet(ctx context.Context, w *wire.Conn, config *tls.Config) (*imapclient.Client, error) {
	o := &imapclient.Options{TLSConfig: config}
	if b.news != nil {
		o.UnilateralDataHandler = &imapclient.UnilateralDataHandler{Mailbox: func(m *imapclient.UnilateralDataMailbox) {
			if m.NumMessages != nil {
				b.news()
			}
		}}
	}
	if b.TLS == "starttls" {
		return imapclient.NewStartTLS(w, o)
	}
	secure, err := w.Secure(ctx, config)
	if err != nil {
		return nil, err
	}
	c := imapclient.New(secure, o)
	return c, c.WaitGreeting()
}
