package lease

import (
	"net/netip"
	"strings"
	"time"

	"headsup/pattern"
	"headsup/sheet"
)

// A Role says whose port a report states.
type Role string

const (
	SourcePort      Role = "source"      // of the connection's beginning: the holder's own
	DestinationPort Role = "destination" // of whoever was reached: it tells holders apart by nothing
)

// A Question is about who held an address at a time.
type Question struct {
	Addr netip.Addr
	Port uint16 // 0 where none is stated
	Role Role   // of Port; only a source's counts
	Time time.Time
	// Within is how coarse Time is: a minute where it names no seconds.
	Within time.Duration
	// NoZone says that Time is what a clock showed in a zone that nobody named.
	NoZone bool
	// Slack is by how much the clock of whoever asks may be off; 0 is
	// DefaultAskSlack, less is none.
	Slack time.Duration
}

var (
	withSeconds = pattern.New(`\d:\d\d:\d\d|\d{6}(Z|[+-]\d|$)|^\d{10,}`)
	withMinutes = pattern.New(`\d:\d\d|\d[Tt ]\d{4}`)
)

// When fills in the time of a question from a text as [sheet.Times] reads it:
// how coarse it is, and whether it names a zone. zone is that of a text that
// names none, or nil.
func (q *Question) When(text string, zone *time.Location) error {
	times := sheet.Times{Zone: zone}
	t, err := times.Parse(text)
	if err == nil && t.IsZero() {
		err = &sheet.TimeError{Value: text, Why: "is empty"}
	}
	if err != nil {
		return err
	}
	q.Time, q.NoZone, q.Within = t, times.Bare && zone == nil, 0
	switch {
	case withSeconds.MatchString(text):
	case withMinutes.MatchString(text):
		q.Within = time.Minute - time.Second
	case strings.ContainsAny(text, "aApP") && strings.ContainsAny(text, "mM") && t.Hour()+t.Minute() != 0:
		q.Within = time.Hour - time.Second
	default:
		q.Within = 24*time.Hour - time.Second
	}
	return nil
}

// DefaultAskSlack is how far off the clock of a stranger may be.
const DefaultAskSlack = time.Minute

// MaxAskSlack is the most by which a clock may be off for an answer to be worth
// anything.
const MaxAskSlack = time.Hour

func (q *Question) slack() int64 {
	switch {
	case q.Slack < 0:
		return 0
	case q.Slack == 0:
		return int64(DefaultAskSlack / time.Second)
	}
	return int64(min(q.Slack, MaxAskSlack) / time.Second)
}

// A Status is what is known.
type Status string

const (
	IsCustomer Status = "customer" // one, and nobody else can have been
	Nobody     Status = "nobody"
	Gone       Status = "gone" // what is asked for is older than what is kept
	Unclear    Status = "unclear"
)

// A Reason says why a holder is unclear, or nobody.
type Reason string

const (
	Overlap Reason = "overlap" // two held it at once, by logs or customers
	Gap     Reason = "gap"     // no log says when a holder went, or a log is missing
	Ahead   Reason = "ahead"   // the logs have not been read so far, or it has not come
	Changed Reason = "change"  // the holder changed within what clocks can tell
	Skew    Reason = "skew"    // it would be clear but for the log's own clock
	NoPort  Reason = "port"    // shared by ports, and no source port is stated
	AnyZone Reason = "zone"    // it depends on the zone, which nobody named
	Unknown Reason = "unknown" // the holder is known, but whose customer it is is not
	Damaged Reason = "damaged" // the index cannot be read there
	Crowded Reason = "crowded" // too many rows lie over one another
	NotOurs Reason = "not-ours"
)

// An Answer is who held an address. Customer is set if Status is [IsCustomer],
// and never otherwise. Its JSON names are settled.
type Answer struct {
	Addr     netip.Addr `json:"addr"`
	Port     uint16     `json:"port,omitempty"` // where it was a source's
	Time     time.Time  `json:"time"`
	Status   Status     `json:"status"`
	Customer *Customer  `json:"holder,omitempty"`
	Reason   Reason     `json:"reason,omitempty"`
	Why      string     `json:"why,omitempty"` // one sentence, if Status is no customer
	Rows     []Evidence `json:"rows,omitempty"`
	Inside   string     `json:"inside,omitempty"` // the address behind a translator
	// Slack is by how much clocks may have been off together, in seconds.
	Slack int64 `json:"slack"`
	Pages int   `json:"pages"` // of the index that were read
}

// An Evidence is a row that an answer rests on.
type Evidence struct {
	Source string    `json:"source"` // file:line
	Holder Holder    `json:"login,omitempty"`
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"` // the last that its log says
	Ahead  float64   `json:"ahead,omitempty"`
	Slack  int64     `json:"slack,omitempty"`
}
