package inbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"iter"
	"time"

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

	dial wire.Dial // in tests: another way than to Host and Port
	news func()    // is told when the server says that messages have come
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
			yield(Message{}, b.failed(err))
		}
	}
}

// read returns the error of the connection, after which there is no more.
func (b IMAP) read(ctx context.Context, yield func(Message, error) bool) error {
	b, err := b.withDefaults()
	if err != nil {
		return err
	}
	c, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.wire.Close() })()
	if _, err := c.open(b.Folder); err != nil {
		return err
	}
	uids, err := c.search(imap.SearchCriteria{NotFlag: unread})
	if err != nil {
		return err
	}
	for _, uid := range uids {
		m, err := c.fetch(b, uid)
		if err != nil {
			return err
		}
		if m.Text != nil && !yield(m, nil) {
			return nil
		}
	}
	return c.answer(c.Logout().Wait)
}

// failed says whose mailbox it is, and makes the server's words printable.
func (b IMAP) failed(err error) error {
	if said := (*imap.Error)(nil); errors.As(err, &said) {
		err = &imap.Error{
			Type: imap.StatusResponseType(clean(string(said.Type))),
			Code: imap.ResponseCode(clean(string(said.Code))),
			Text: clean(said.Text),
		}
	}
	return fmt.Errorf("mailbox on %s: %w", b.Host, err)
}

// A connection is one to a server that we are logged in to.
type connection struct {
	*imapclient.Client
	wire *wire.Conn
}

// answerTime is how long the answer to a command may take.
const answerTime = 5 * time.Minute

var errSilent = errors.New("the server does not answer")

// answer waits for one, and cuts the connection where none comes: the client
// itself has time.
func (c connection) answer(wait func() error) error {
	silence := time.AfterFunc(answerTime, func() { c.wire.Close() })
	err := wait()
	if !silence.Stop() && err != nil {
		return errSilent
	}
	return err
}

// open selects a folder.
func (c connection) open(name string) (folder *imap.SelectData, err error) {
	err = c.answer(func() (err error) {
		folder, err = c.Select(name, nil).Wait()
		return err
	})
	return folder, err
}

func (c connection) search(what imap.SearchCriteria) (uids []imap.UID, err error) {
	err = c.answer(func() error {
		found, err := c.UIDSearch(&what, nil).Wait()
		if err == nil {
			uids = found.AllUIDs()
		}
		return err
	})
	return uids, err
}

// fetch reads one message of b's folder; one that is gone has no text.
func (c connection) fetch(b IMAP, uid imap.UID) (Message, error) {
	c.wire.Budget(maxMessage + wire.DialBudget)
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: maxMessage}}
	var got []*imapclient.FetchMessageBuffer
	err := c.answer(func() (err error) {
		got, err = c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		return err
	})
	if err != nil || len(got) == 0 || len(got[0].BodySection) == 0 {
		return Message{}, err
	}
	return Message{
		Name: fmt.Sprintf("%s/%s#%d", b.Host, b.Folder, uid),
		Text: got[0].BodySection[0].Bytes,
		seen: func() error {
			flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
			return c.answer(c.Store(imap.UIDSetNum(uid), flags, nil).Close)
		},
	}, nil
}

// connect dials, turns on TLS and logs in.
func (b IMAP) connect(ctx context.Context) (c connection, err error) {
	s := wire.Server{Host: b.Host, Port: b.Port, CAFile: b.CAFile, User: b.User, PasswordEnv: b.PasswordEnv, PasswordFile: b.PasswordFile}
	password, err := s.Password()
	if err != nil {
		return c, err
	}
	config, err := s.TLSConfig()
	if err != nil {
		return c, err
	}
	dial := b.dial
	if dial == nil {
		if dial, err = s.Dialer(); err != nil {
			return c, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, wire.DialTime)
	defer cancel()
	if c.wire, err = wire.Open(ctx, dial, s.Address()); err != nil {
		return c, err
	}
	defer context.AfterFunc(ctx, func() { c.wire.Close() })()
	c.Client, err = b.greet(ctx, c.wire, config)
	if err == nil {
		err = c.Login(b.User, password).Wait()
	}
	if err != nil {
		c.wire.Close()
	}
	if err != nil && ctx.Err() != nil {
		err = errSilent // or stopped, as whoever stopped it knows
	}
	return c, withoutPassword(err, password)
}

// withoutPassword takes the password out of what a server says to it.
func withoutPassword(err error, password string) error {
	if said := (*imap.Error)(nil); errors.As(err, &said) {
		err = &imap.Error{Type: said.Type, Code: said.Code, Text: wire.Hide(said.Text, password)}
	}
	return wire.HideIn(err, password)
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
