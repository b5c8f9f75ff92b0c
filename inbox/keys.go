package inbox

import (
	"slices"
	"strings"

	"headsup/letter"
)

// deliveredTo are the fields in which the last server says for whom a message came.
var deliveredTo = []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Original-Recipient", "Apparently-To", "To", "Cc"}

// tagFields are those of a letter that hold its tag, besides its Message-ID.
var tagFields = []string{"X-Headsup-Report-Id", "Reply-To", "List-Unsubscribe"}

// maxTags is how many tags are looked for in one field.
const maxTags = 5

// A naming gathers what a message names letters by.
type naming struct {
	keys   []string
	tokens []letter.Token
	within bool // what is noted now stands in the letter that was returned, or on its envelope
}

// add notes what may be the key of a letter.
func (n *naming) add(key string) {
	if key = clean(key); key != "" && len(n.keys) < maxKeys && !slices.Contains(n.keys, key) {
		n.keys = append(n.keys, key)
	}
}

// tags notes the tags of letters in a text, with their keyed parts.
func (n *naming) tags(text string) {
	for _, t := range letter.Tokens(text, maxTags) {
		n.add(t.ID)
		t.Within = n.within
		if t.Key != "" && len(n.tokens) < maxKeys && !slices.Contains(n.tokens, t) {
			n.tokens = append(n.tokens, t)
		}
	}
}

// address notes an address, and the tag in it.
func (n *naming) address(a string) {
	n.add(a)
	local, _, _ := strings.Cut(a, "@")
	n.tags(local)
}

// id notes a Message-ID or an envelope ID, and the tag in it.
func (n *naming) id(id string) {
	n.add(angle(id))
	n.tags(id)
}

// keys lists what may name the letter, and what proves that it does.
func (m *parsed) keys() ([]string, []letter.Token) {
	n := new(naming)
	for _, name := range deliveredTo {
		for _, value := range m.header[name] {
			for _, a := range addresses(value) {
				n.address(a)
			}
		}
	}
	n.within = true
	n.enclosed(m)
	n.within = false
	for _, name := range []string{"In-Reply-To", "References"} {
		for id := range strings.FieldsSeq(m.header.Get(name)) {
			n.id(id)
		}
	}
	n.tags(m.header.Get("Subject"))
	for _, text := range []string{m.header.Get("Subject"), m.original.Get("Subject"), m.text} {
		for _, ref := range letter.References(text, maxTags) {
			n.add(ref)
		}
	}
	return n.keys, n.tokens
}

// enclosed notes what the letter that was returned is named by, and what a
// report says of its envelope.
func (n *naming) enclosed(m *parsed) {
	for _, a := range m.original["Return-Path"] {
		n.address(firstAddress(a))
	}
	for _, report := range m.status {
		n.id(report.Get("Original-Envelope-Id"))
	}
	if m.feedback != nil {
		n.id(m.feedback.Get("Original-Envelope-Id"))
		n.address(firstAddress(m.feedback.Get("Original-Mail-From")))
	}
	n.id(m.original.Get("Message-Id"))
	for _, name := range tagFields {
		n.tags(m.original.Get(name))
	}
}
