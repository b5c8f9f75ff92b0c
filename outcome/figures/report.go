// Package figures makes of letters, places and looks what a report shows:
// counts, shares with their intervals, curves, and what arms differ by.
//
// Values come in and values go out. There is no clock, no database and no word
// for readers in it. What a figure may claim is the business of outcome/stats;
// which figures there are, and of whom, is decided here.
package figures

import (
	"time"

	"headsup/letter"
	"headsup/outcome"
	"headsup/outcome/stats"
)

// A Report is every figure of a campaign. Its JSON names are settled.
type Report struct {
	Campaign   string      `json:"campaign"`
	Title      string      `json:"title"`
	Made       time.Time   `json:"made"`
	Started    time.Time   `json:"started,omitzero"`   // when the first letter left
	LastLook   time.Time   `json:"last_look,omitzero"` // of those at places of the campaign
	Sum        letter.Sum  `json:"sum"`
	Outcome    outcome.Sum `json:"outcome"`
	Funnel     []Step      `json:"funnel"`
	Letters    Row         `json:"all"` // all letters and their findings together
	Tables     []Table     `json:"tables"`
	Curve      []Point     `json:"curve"` // still open, by days since the letter left
	Experiment *Experiment `json:"experiment,omitempty"`
	Repeats    *Repeats    `json:"repeats,omitempty"` // of a provider's customers
	Compared   *Compared   `json:"compared,omitempty"`
	Limits     []Limit     `json:"limits"` // what the data do not allow to say
}

// Compared is another campaign beside this one.
type Compared struct {
	Campaign   string    `json:"campaign"`
	Title      string    `json:"title"`
	Letters    Row       `json:"all"`
	Difference *Estimate `json:"difference,omitempty"` // fixed share by organisation of this campaign less that of the other
}

// Compare puts another campaign beside the report. Their organisations were
// not drawn by chance: the difference says how far apart they are, not why.
func (r *Report) Compare(other Report) {
	r.Compared = &Compared{Campaign: other.Campaign, Title: other.Title, Letters: other.Letters}
	if a, b := r.Letters.ByOrg, other.Letters.ByOrg; a != nil && b != nil {
		r.Compared.Difference = estimated(stats.Difference(a.stats(), b.stats()))
	}
}

// A Step is a bar of the funnel: how many rows or findings came so far.
type Step struct {
	Name Stage `json:"step"`
	N    int   `json:"n"`
}

// A Stage is a step of the funnel. Its texts are settled.
type Stage string

// The steps in their order. Each counts some of the one before.
const (
	Rows      Stage = "rows"
	Lettered  Stage = "lettered"  // in letters
	Left      Stage = "left"      // in letters that left, each place once
	Delivered Stage = "delivered" // … of which nothing came back
	Judged    Stage = "judged"    // … and that were looked at since
	Fixed     Stage = "fixed"
)

// An Estimate is a share or a difference, and its interval of 95 %.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func estimated(e stats.Estimate) *Estimate { return &Estimate{e.Value, e.Low, e.High} }

func (e Estimate) stats() stats.Estimate {
	return stats.Estimate{Value: e.Value, Interval: stats.Interval{Low: e.Low, High: e.High}}
}

// A Table is a breakdown.
type Table struct {
	By   string `json:"by"` // one of [Dimensions]
	Rows []Row  `json:"rows"`
}

// Dimensions are what tables break figures down by, in their order.
var Dimensions = []string{"country", "language", "kind", "agency", "channel", "round"}

// A Row counts the letters of one value of a dimension, and the findings that
// they told. Shares are nil where nothing can be said.
type Row struct {
	Value     string `json:"value"`
	Letters   int    `json:"letters"`
	Left      int    `json:"left"`
	Delivered int    `json:"delivered"` // sent, and nothing came back
	Answered  int    `json:"answered"`  // by a person

	Findings  int `json:"findings"` // in letters that left
	Judged    int `json:"judged"`   // of them: looked at since, at addresses that keep their host
	Fixed     int `json:"fixed"`
	Uncertain int `json:"uncertain"`
	Unlooked  int `json:"unlooked"`

	Organisations int       `json:"organisations"`                   // with judged findings
	ByOrg         *Estimate `json:"fixed_by_organisation,omitempty"` // the mean of their shares
	ByFinding     *Estimate `json:"fixed_by_finding,omitempty"`      // the share of all judged findings
	DeliveredPart *Estimate `json:"delivered_share,omitempty"`       // of letters that left
	AnsweredPart  *Estimate `json:"answered_share,omitempty"`        // of letters delivered
}

// A Point is the share that is still open some days after the letter left.
type Point struct {
	Day float64 `json:"day"`
	Estimate
}

// A Limit is something that the data do not allow to say, and how many things
// it is about. Codes are settled; the words are those of whoever shows them.
type Limit struct {
	Code string `json:"code"`
	N    int    `json:"n,omitempty"`
	Of   int    `json:"of,omitempty"`
}

// The codes of limits.
const (
	NoLetters    = "no_letters"    // none has left
	NoLooks      = "no_looks"      // nobody looked again
	NoControl    = "no_control"    // nobody waited: what would have been fixed anyway is not known
	NoCommon     = "no_common"     // arms were never looked at on the same day
	NotFrozen    = "not_frozen"    // the plan was not sealed before the first letter left
	PlanChanged  = "plan_changed"  // the settings are not those that were sealed
	ArmsUneven   = "arms_uneven"   // arms do not have the sizes that were planned
	LooksUneven  = "looks_uneven"  // arms were not looked at alike; N and Of are percent
	Unlooked     = "unlooked"      // N of Of findings were not looked at since
	Uncertain    = "uncertain"     // N of Of are at addresses that change hands
	SilentOnce   = "silent_once"   // N of Of gave no answer once, which is not yet fixed
	FewOrgs      = "few"           // N organisations were looked at: intervals are rough
	NotRead      = "not_read"      // delivered is not read
	NotRandom    = "not_random"    // rows of a table were not assigned by chance
	BetweenLooks = "between_looks" // when between two looks something was fixed is not known
)

// few is how many organisations an interval wants at least.
const few = 20
