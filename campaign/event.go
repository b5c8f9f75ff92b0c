package campaign

import (
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome"
)

// An Event is something that happens while a call is at work. It is one of the
// types in this file, by value.
type Event interface{ event() }

// A Task is work that takes long enough to be shown.
type Task string

// The tasks, as people may read them.
const (
	Reading  Task = "reading"
	Asking   Task = "asking the registries"
	Writing  Task = "writing"
	Sending  Task = "sending"
	Printing Task = "printing"
	Copying  Task = "copying"
)

// Progress says how far a task has come. The first one of a task has nothing
// done, the last one is Over, whether all was done or not.
type Progress struct {
	Task  Task
	Done  int
	Total int // 0: not known
	Over  bool
}

// Reading scans, logs and mailboxes.
type (
	// BadRow is a row of a file that could not be read. Those after it are read.
	BadRow struct{ Err error }
	// Unreadable is a file, or a message, that could not be read to its end.
	// The others are read.
	Unreadable struct{ Err error }
	// FileRead says that a file was read to its end.
	FileRead struct {
		Name    string
		BadRows int
	}
	// Observed is a row of a scan, as [Check] reads it.
	Observed struct{ finding.Finding }
	// Noted is what was decided about a file as a whole, such as its encoding.
	Noted struct{ Text string }
	// NotFindings counts the rows of all files that are no finding, by what
	// they are. The ledger does not keep them.
	NotFindings struct{ letter.Sum }
)

// LookedAt is what a later scan says of a place of the campaign.
type LookedAt struct{ outcome.Look }

// Asking the registries.
type (
	// RegistryRests is a registry that refuses: it is not asked for a while.
	// Its WHOIS, or its RDAP, and the other registries go on.
	RegistryRests struct{ lookup.RateLimited }
	// LookupsDue is what the registries are to be asked, once everything that
	// is known without them has been answered.
	LookupsDue struct {
		lookup.Due
		PutOff bool // to the next time
	}
)

// Writing letters.
type (
	// Drafted is a letter that awaits review.
	Drafted struct{ ledger.Entry }
	// Warning is what a reviewer of a letter should know.
	Warning struct{ Letter, Text string }
	// DumpRead is a registry dump that was read. Its JSON names are settled.
	DumpRead struct {
		File     string `json:"file"`
		Networks int    `json:"networks"`
		Contacts int    `json:"contacts"`
		Skipped  int    `json:"skipped"`
		Numbers  int    `json:"as_numbers"`
	}
	// TakenBack is a file whose rows are no longer in the campaign.
	TakenBack struct{ ledger.TakenBack }
	// Withdrawn is a draft in which no finding stands any more.
	Withdrawn struct{ Letter string }
	// Outdated counts the letters that were drafted about findings that are too
	// old to be sent: they do not leave before there is a fresher look.
	Outdated struct{ Letters int }
	// NoMX says that DNS did not tell who takes the mail of some domains:
	// their letters keep the pace of the domain alone.
	NoMX struct{ Err error }
	// LeftOut is a letter that cannot go by post, and why.
	LeftOut struct {
		ID     string `json:"id"`
		To     string `json:"to"`
		Reason string `json:"reason"`
	}
	// Batched is a batch of letters that go by post, as it is printed or listed.
	Batched struct {
		ledger.Batch
		PDF  string `json:"pdf,omitempty"`
		List string `json:"list,omitempty"`
	}
	// ByPost is a letter of which the post says what became of it.
	ByPost struct {
		Letter string       `json:"letter"`
		Fate   letter.Paper `json:"fate"`
		Source string       `json:"source,omitempty"`
	}
	// Exported is a letter that was written to files.
	Exported struct {
		ledger.Entry
		Mail string `json:"mail"`
		PDF  string `json:"pdf,omitempty"`
	}
)

// Deciding about letters.
type (
	// Decided is a letter after a decision.
	Decided struct{ ledger.Entry }
	// Refused is a letter that a decision cannot be made about.
	Refused struct {
		Letter string
		Err    error
	}
	// Answered is an answer, as it is listed or after a decision about it.
	Answered struct{ ledger.Answer }
	// Stopped is a letter that is not sent because of a suppression: held if
	// something of it is left, which has to be drafted anew.
	Stopped ledger.Stop
	// Unstopped is a letter whose suppression has ended: the next draft writes
	// it anew.
	Unstopped struct{ Letter string }
	// Suppressed is a suppression that was added or undone.
	Suppressed struct{ letter.Suppression }
)

// Sending says that a run begins, and what it begins with.
type (
	// Waiting counts the letters that may be sent when a run begins.
	Waiting struct{ Letters int }
	// OnTheWay counts the letters that a sender has at present, when a log is
	// read for those in doubt.
	OnTheWay struct{ Letters int }
)

// NotCopied is a letter that was sent, and of which a copy to a CSIRT was not.
// Nobody tries it again.
type NotCopied struct {
	Letter string
	Err    error
}

// A Step is how far one try of a letter has come.
type Step string

const (
	StepClaimed  Step = "claimed"  // a sender has it
	StepDot      Step = "dot"      // the final dot is about to be sent
	StepRecorded Step = "recorded" // the ledger knows what became of it
)

// An Attempt is one try of a letter.
type Attempt struct {
	Letter   string
	Campaign string
	To       string
	Number   int // of the try, from 1
	Step     Step
	Outcome  letter.Outcome // from StepRecorded on
	Took     time.Duration  // from the claim to what is recorded
}

func (Progress) event()      {}
func (BadRow) event()        {}
func (Unreadable) event()    {}
func (FileRead) event()      {}
func (Observed) event()      {}
func (Noted) event()         {}
func (NotFindings) event()   {}
func (LookedAt) event()      {}
func (Target) event()        {}
func (Reminder) event()      {}
func (RegistryRests) event() {}
func (LookupsDue) event()    {}
func (Drafted) event()       {}
func (Warning) event()       {}
func (DumpRead) event()      {}
func (TakenBack) event()     {}
func (Withdrawn) event()     {}
func (Outdated) event()      {}
func (NoMX) event()          {}
func (LeftOut) event()       {}
func (Batched) event()       {}
func (ByPost) event()        {}
func (Exported) event()      {}
func (Decided) event()       {}
func (Refused) event()       {}
func (Answered) event()      {}
func (Stopped) event()       {}
func (Unstopped) event()     {}
func (Suppressed) event()    {}
func (Waiting) event()       {}
func (NotCopied) event()     {}
func (OnTheWay) event()      {}
func (Attempt) event()       {}
func (Incoming) event()      {}

// A counter tells how far a task has come. Its methods are called by one goroutine.
type counter struct {
	tell func(Event)
	p    Progress
}

func count(tell func(Event), task Task, total int) *counter {
	k := &counter{tell: tell, p: Progress{Task: task, Total: total}}
	tell(k.p)
	return k
}

func (k *counter) add(n int) {
	k.p.Done += n
	k.tell(k.p)
}

func (k *counter) over() {
	k.p.Over = true
	k.tell(k.p)
}
