// Package report reads reports of abuse: who held which address, at which
// time, and is said to have done what.
//
// Forms that machines write (XARF, ARF, tables, JSON) have readers. Any other
// text goes through one extractor, which weighs each address, time, port and
// URL by the words around it, in whatever language, and keeps the place from
// which it was read. Nobody is asked, nothing is looked up, nothing is
// forwarded. Where the text leaves room for doubt a person decides: a wrong
// address is worse than none.
package report

import (
	"net/netip"
	"strings"
	"time"

	"headsup/finding"
	"headsup/inbox"
)

// A Status says what a message is to the program.
type Status string

const (
	Understood Status = "understood" // it reports at least one event
	Person     Status = "person"     // somebody has to read it; it can still be answered
	None       Status = "none"       // it reports nothing
)

// A Kind says what is reported.
type Kind string

const (
	Spam           Kind = "spam"
	Phishing       Kind = "phishing"
	Malware        Kind = "malware"
	Copyright      Kind = "copyright"
	Scan           Kind = "scan"
	BruteForce     Kind = "bruteforce"
	DDoS           Kind = "ddos"
	ExposedService Kind = "exposed-service"
	OpenRelay      Kind = "open-relay"
	OpenProxy      Kind = "open-proxy"
	Botnet         Kind = "botnet"
	ChildAbuse     Kind = "child-abuse"
	Terror         Kind = "terror"
	Account        Kind = "account"
	Other          Kind = "other"
)

// A Queue is where messages wait that are kept apart from all others.
type Queue string

const (
	Open       Queue = ""           // with all others
	Secret     Queue = "secret"     // child abuse and terror: nothing is shown but sender, time and address
	Restricted Queue = "restricted" // police, courts, threats to life, data subjects, lawyers: never forwarded
)

// Options are what only the reader's house knows. The zero value is useful.
type Options struct {
	// Ours reports whether an address is one of the house's customers. Nil:
	// not known. With it an address of somebody else is never taken.
	Ours func(netip.Addr) bool

	// Special takes private and documentation addresses for real ones.
	Special bool

	// Resolve returns the addresses of a host that a URL names. Nil: not
	// asked.
	Resolve func(host string) []netip.Addr

	// Fields returns what the house says of the labels and columns of a sender,
	// a mailbox: by label, in small letters. Nil: nothing.
	Fields func(sender string) map[string]Field
}

// A Span is where a value was read: bytes From to To of the text of a part.
// The zero Span is nowhere.
type Span struct {
	Part     int // its index in [Report.Parts]
	From, To int
}

// A Part is a text of a message, as it was read: decoded, HTML without tags.
type Part struct {
	Name string // such as "subject", "1.2 text/plain", "1.3 report.csv"
	Text string
}

// An Event is what one host is said to have done at one time.
//
// Port is the port of Addr itself, a source port where Addr attacked; Target is
// the port that it went for. A port whose role is not stated is neither.
type Event struct {
	Addr     netip.Addr // invalid where only a URL or a name is reported
	Port     uint16
	Target   uint16
	Seen     Time
	Kind     Kind
	URL      string // or a name, as it was written but for defanging
	Evidence string // cut and printable
	Score    int    // what the words around the address are worth
	Why      string // the words that decided

	AddrAt, PortAt, SeenAt, URLAt Span
}

// A Report is what a message says.
//
// In the queue [Secret] there are no parts, and of its events nothing but
// address, time and kind.
type Report struct {
	Status   Status
	Queue    Queue
	Why      string
	Kind     Kind   // of the message as a whole; "" where it reports nothing
	Reporter string // the mail address in From, or of who a forwarded report is from
	Proven   string // the domain that DMARC proved to the topmost server; it is for the caller to trust that
	Server   string // which says so
	Events   []Event
	Parts    []Part
	Limits   []string // what was left out because it was too much
}

// Caps on what strangers send. Where one is reached the rest is left out, and
// Limits says so.
const (
	maxMessage  = 32 << 20 // bytes of a message
	maxParts    = 300      // of a message, in all depths
	maxDepth    = 10
	maxUnpacked = 96 << 20  // bytes that all parts together decode and unpack to
	maxText     = 128 << 10 // bytes of one text in which words are weighed
	maxTexts    = 1 << 20   // and of all texts
	maxEvents   = 200_000
	maxEvidence = 2000
	maxValue    = 500
)

// Read reads one message.
//
// It returns a [Report] whatever the message is: one that cannot be read is
// for a person. It never keeps the message. Of 32 MB and more the beginning
// alone is read, and Limits says so: a mailbox hands over no more than that.
func Read(text []byte, o Options) Report {
	r := &reader{o: o}
	if len(text) >= maxMessage {
		text = text[:maxMessage]
		r.open.limit("the message is too large")
	}
	v := inbox.Vouched(text)
	r.out.Server, r.out.Proven = v.Server, v.From[strings.LastIndexByte(v.From, '@')+1:]
	m := r.open.parse(unmbox(text), 0)
	r.m, r.outer = m, m
	r.read()
	out := r.out
	out.Limits = r.open.limits
	if out.Queue == Secret {
		out.Parts = nil
	}
	if out.Reporter == "" {
		out.Reporter = m.sender()
	}
	if len(out.Limits) > 0 && out.Status == None {
		out.Status, out.Why = Person, "not all of it could be read: "+strings.Join(out.Limits, "; ")
	}
	return out
}

// A reader is one message on its way.
type reader struct {
	o        Options
	open     opener
	m, outer *message // what is read, and what came in
	out      Report
	texts    int  // bytes weighed so far
	depth    int  // of reports in reports
	sure     bool // it is an answer, an advertisement or the like
	kind     Kind // that its words speak of
	dropped  int  // events of addresses that are not taken
	foreign  []netip.Addr
	zone     *time.Location // that the message states for all its times
	keys     map[string]bool
}

// part keeps a text and returns its index.
func (r *reader) part(name, text string) int {
	r.out.Parts = append(r.out.Parts, Part{finding.Clean(name, maxValue), text})
	return len(r.out.Parts) - 1
}

func clean(s string) string { return finding.Clean(s, maxValue) }
