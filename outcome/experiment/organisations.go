package experiment

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"headsup/letter"
	"headsup/lookup"
)

// Organisations join what belongs to one organisation. The zero value is ready.
//
// What joins is a key: the registry's object that names the contact, the domain
// that was registered for its mailbox, or, with a provider of many mailboxes,
// the mailbox itself. Keys that stand together once belong together, and so
// does whatever hangs on either of them.
type Organisations struct{ above map[string]string }

// KeysOf returns the keys of a network: those of the contact that is written
// to first. A network without contacts has none.
func KeysOf(n lookup.Network) []string {
	if len(n.Contacts) == 0 {
		return nil
	}
	return KeysOfContact(n.Contacts[0])
}

// KeysOfContact returns the keys of who is written to first.
func KeysOfContact(c lookup.Contact) []string {
	keys := []string{MailKey(c.Email)}
	if c.Handle != "" {
		keys = append(keys, "handle:"+strings.ToLower(c.Server)+":"+strings.ToUpper(c.Handle))
	}
	return keys
}

// MailKey returns the key of a mailbox.
func MailKey(mailbox string) string {
	mailbox = strings.ToLower(mailbox)
	_, domain, _ := strings.Cut(mailbox, "@")
	if letter.MailGroup(domain) != "" {
		return "mailbox:" + mailbox
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		domain = d
	}
	return "domain:" + domain
}

// Join says that keys belong to one organisation.
func (o *Organisations) Join(keys ...string) {
	if o.above == nil {
		o.above = map[string]string{}
	}
	for _, k := range keys {
		a, b := o.Of(keys[0]), o.Of(k)
		if a > b {
			a, b = b, a
		}
		o.above[b] = a // the name of an organisation is the first of its keys, in whatever order they come
		if a == b {
			o.above[a] = a
		}
	}
}

// Of returns the name of the organisation that a key belongs to: the first of
// its keys by their letters. A key that was never joined is one of its own.
func (o *Organisations) Of(key string) string {
	for {
		above, ok := o.above[key]
		if !ok || above == key {
			return key
		}
		if next, ok := o.above[above]; ok {
			o.above[key] = next
		}
		key = above
	}
}
