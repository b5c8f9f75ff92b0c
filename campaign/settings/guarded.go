package settings

import (
	"encoding/json"
	"slices"
)

// guarded are the settings that two people change where two approve letters:
// what keeps letters from leaving, how fast they leave, and by which server.
type guarded struct {
	Approvals                          int
	MaxBounces, MaxOurs, MaxComplaints float64
	ReleasedBy                         []string `json:",omitempty"` // without it texts of before stay the same
	Stages                             []int
	Pace, DomainPace                   Duration
	AssumeSent                         Duration
	FindingMaxAge, DynamicMaxAge       Duration
	DynamicPools                       []string
	Paces                              Paces
	Codes                              bool
	CodeLife                           string
	SMTP                               *SMTP
	MailServers                        []SMTP
	Files                              string
}

// Guarded writes the settings that two people change, to be compared. There are
// no secrets among them: the settings name their files.
func Guarded(s *Settings) (string, error) {
	c := s.Campaign
	text, err := json.Marshal(guarded{
		Approvals:     c.People(),
		MaxBounces:    c.MostBounces(),
		MaxOurs:       c.MostOurs(),
		MaxComplaints: c.MostComplaints(),
		ReleasedBy:    c.ReleasedBy,
		Stages:        c.StageSizes(),
		Pace:          c.Pace,
		DomainPace:    c.DomainPace,
		AssumeSent:    c.AssumeSent,
		FindingMaxAge: c.FindingMaxAge,
		DynamicMaxAge: c.DynamicMaxAge,
		DynamicPools:  c.DynamicPools,
		Paces:         c.Paces,
		Codes:         s.Desk.Asks(c.People()),
		CodeLife:      s.Desk.CodeLife().String(),
		SMTP:          s.SMTP,
		MailServers:   s.MailServers,
		Files:         s.Files,
	})
	return string(text), err
}

// GuardedBy reads how many people had to approve by what [Guarded] wrote.
func GuardedBy(text string) (int, error) {
	var g struct{ Approvals int }
	err := json.Unmarshal([]byte(text), &g)
	return g.Approvals, err
}

// Changed names what differs between two texts of [Guarded].
func Changed(before, after string) (names []string, err error) {
	var a, b map[string]json.RawMessage
	if err := json.Unmarshal([]byte(before), &a); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(after), &b); err != nil {
		return nil, err
	}
	for name := range b {
		if string(a[name]) != string(b[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
