package settings

import (
	"slices"
	"strings"
	"time"

	"headsup/finding"
	"headsup/lookup"
	"headsup/outcome/experiment"
)

// Experiment says what is compared. Without it letters leave in an order that
// a keyed hash draws, and the report compares the early with the late.
type Experiment struct {
	Control    float64         `toml:"control"`     // part of the organisations that waits, such as 0.2; default none
	Until      string          `toml:"until"`       // the day on which it is written to as well, "2026-06-01"
	ApprovedBy string          `toml:"approved_by"` // who answers for it
	Reason     string          `toml:"reason"`      // why they may wait
	Critical   []string        `toml:"critical"`    // kinds of findings that never wait; whoever has one is in no arm
	Day        int             `toml:"day"`         // looks count up to so many days after the first letter; default: all
	Arms       []ExperimentArm `toml:"arm"`         // parts that get a letter which differs in one thing
}

// ExperimentArm is a part of the organisations whose letter differs in one thing.
type ExperimentArm struct {
	Name    string  `toml:"name"`
	Part    float64 `toml:"part"`    // of the organisations
	Changes string  `toml:"changes"` // "text", "language", "sender", "attachments" or "channel"
	Value   string  `toml:"value"`   // a folder of templates; "english" or "native"; the ID of an agency; "csv pdf" or "none"; "mail" or "both"
}

// Kinds are those that never wait.
func (e Experiment) Kinds() (kinds []finding.Kind) {
	for _, k := range e.Critical {
		kinds = append(kinds, finding.Kind(k))
	}
	return kinds
}

// Plan returns what is compared in a campaign: the control, those with letters
// as ever, and the arms; or late letters and early ones.
func (e Experiment) Plan(campaign string) experiment.Plan {
	p := experiment.Plan{Campaign: campaign, Approver: e.ApprovedBy, Reason: e.Reason, Critical: e.Kinds(),
		Outcome: experiment.FixedAtLook, Day: e.Day, Test: experiment.ByPermutation}
	p.Until, _ = time.Parse(time.DateOnly, e.Until) // checked when the settings were read
	if e.Control == 0 && len(e.Arms) == 0 {
		p.Arms = []experiment.Arm{{Name: experiment.Late, Part: .5}, {Name: experiment.Early, Part: .5}}
		return p
	}
	rest := 1.0
	if e.Control > 0 {
		p.Arms = append(p.Arms, experiment.Arm{Name: experiment.Control, Part: e.Control, Waits: true})
		rest -= e.Control
	}
	for _, a := range e.Arms {
		rest -= a.Part
	}
	p.Arms = append(p.Arms, experiment.Arm{Name: experiment.Letters, Part: rest})
	for _, a := range e.Arms {
		p.Arms = append(p.Arms, experiment.Arm{Name: a.Name, Part: a.Part, Changes: a.Changes, Value: a.Value})
	}
	return p
}

// checkExperiment finds what cannot be a plan.
func (s *Settings) checkExperiment() error {
	e := s.Experiment
	if _, err := time.Parse(time.DateOnly, e.Until); e.Until != "" && err != nil {
		return s.Fault("until", e.Until, "experiment.until: %q is not a day such as \"2026-06-01\"", e.Until)
	}
	if e.Day < 0 {
		return s.Fault("", "", "experiment.day: %d is less than nothing", e.Day)
	}
	if err := e.Plan(s.Campaign.ID).Check(); err != nil {
		return s.Fault("", "", "experiment: %w", err)
	}
	for _, a := range e.Arms {
		if err := a.check(s); err != nil {
			return err
		}
	}
	return nil
}

// check finds what an arm cannot change.
func (a ExperimentArm) check(s *Settings) error {
	not := func(format string, args ...any) error {
		return s.Fault("value", a.Value, "experiment: arm %q: "+format, append([]any{a.Name}, args...)...)
	}
	switch a.Changes {
	case experiment.Sender:
		if !slices.ContainsFunc(s.Agencies, func(b Agency) bool { return b.ID == a.Value }) {
			return not("no agency is called %q", a.Value)
		}
	case experiment.Language:
		if a.Value != experiment.English && a.Value != experiment.Native {
			return not("value: %q is neither \"english\" nor \"native\"", a.Value)
		}
	case experiment.Text:
		if a.Value == "" {
			return not("value names no folder of templates")
		}
	case experiment.Attachments:
		if a.Value == "" {
			return not("value names no attachments; \"none\" is for none")
		}
		if _, err := lookup.ParseAttachments(strings.Fields(a.Value)); err != nil {
			return not("value: %w", err)
		}
	case experiment.Channel:
		if a.Value != experiment.ByMail && a.Value != experiment.ByBoth {
			return not("value: %q is neither \"mail\" nor \"both\"", a.Value)
		}
		if !s.Letters.Printed() {
			return not("letters.pdf is off: nothing could go by post")
		}
	default:
		return s.Fault("changes", a.Changes, "experiment: arm %q: changes: %q is not one of %s", a.Name, a.Changes, strings.Join(experiment.Changes, ", "))
	}
	return nil
}
