package arms

import (
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome/experiment"
	"headsup/render"
)

var (
	day   = time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	until = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
)

// sealed are arms in which each name is an organisation of its own: the mailbox
// abuse@english.example is in arm "english".
func sealed(arms ...experiment.Arm) *Arms {
	s := &experiment.Sealed{Plan: experiment.Plan{Campaign: "relay26", Arms: arms, Until: until, Critical: []finding.Kind{finding.OpenProxy}}, Keys: map[string]int{}}
	for i, a := range arms {
		unit := "domain:" + a.Name + ".example"
		s.Units = append(s.Units, experiment.Assignment{Unit: unit, Arm: a.Name})
		s.Keys[unit] = i
	}
	return &Arms{sealed: s, campaign: "relay26", key: []byte("0123456789abcdef"), agencies: []letter.Agency{{ID: "ocn"}, {ID: "arsn", Name: "Agence"}}}
}

// networkOf has the contact of an arm in [sealed].
func networkOf(arm string) lookup.Network {
	return lookup.Network{Contacts: []lookup.Contact{{Email: "abuse@" + arm + ".example"}}}
}

func letterTo(arm string) letter.Letter {
	n := networkOf(arm)
	return letter.Letter{To: n.Contacts[0], Networks: []lookup.Network{n}, Languages: []string{"fr", "en"}, Agency: letter.Agency{ID: "ocn"}, Attachments: "csv"}
}

func TestAnArmChangesOneThing(t *testing.T) {
	a := sealed(
		experiment.Arm{Name: experiment.Letters},
		experiment.Arm{Name: "english", Changes: experiment.Language, Value: experiment.English},
		experiment.Arm{Name: "native", Changes: experiment.Language, Value: experiment.Native},
		experiment.Arm{Name: "paris", Changes: experiment.Sender, Value: "arsn"},
		experiment.Arm{Name: "gone", Changes: experiment.Sender, Value: "an agency that was taken out"},
		experiment.Arm{Name: "bare", Changes: experiment.Attachments, Value: "none"},
		experiment.Arm{Name: "two", Changes: experiment.Attachments, Value: "pdf csv"},
		experiment.Arm{Name: "paper", Changes: experiment.Channel, Value: experiment.ByBoth},
		experiment.Arm{Name: "plain", Changes: experiment.Text, Value: "plain-words"},
	)
	for _, tt := range []struct{ arm, languages, agency, attachments string }{
		{experiment.Letters, "fr en", "ocn", "csv"},
		{"english", "en", "ocn", "csv"},
		{"native", "fr", "ocn", "csv"},
		{"paris", "fr en", "arsn", "csv"},
		{"gone", "fr en", "ocn", "csv"},
		{"bare", "fr en", "ocn", "none"},
		{"two", "fr en", "ocn", "csv pdf"},
		{"paper", "fr en", "ocn", "csv"},
		{"plain", "fr en", "ocn", "csv"},
		{"nobody of the plan", "fr en", "ocn", "csv"},
	} {
		t.Run(tt.arm, func(t *testing.T) {
			l := letterTo(tt.arm)
			a.Vary(&l)
			if got := strings.Join(l.Languages, " "); got != tt.languages || l.Agency.ID != tt.agency || l.Attachments != tt.attachments {
				t.Errorf("%s, signed by %s, with %s", got, l.Agency.ID, l.Attachments)
			}
		})
	}
	chosen := letterTo("bare")
	chosen.To.Attachments, chosen.Attachments = "csv xarf", "csv xarf"
	if a.Vary(&chosen); chosen.Attachments != "csv xarf" {
		t.Errorf("what a contact chose became %q", chosen.Attachments)
	}
	for _, none := range []*Arms{nil, {}} {
		l := letterTo("english")
		if none.Vary(&l); len(l.Languages) != 2 || none.NoPost(l) != "" || none.Waits(day, &l.Networks[0], finding.OpenRelay) != "" {
			t.Errorf("without a sealed plan a letter changed: %+v", l)
		}
	}
}

func TestWhosePageGoesByPost(t *testing.T) {
	mail := experiment.Arm{Name: "mail", Changes: experiment.Channel, Value: experiment.ByMail}
	both := experiment.Arm{Name: "both", Changes: experiment.Channel, Value: experiment.ByBoth}
	letters, native := experiment.Arm{Name: experiment.Letters}, experiment.Arm{Name: "native", Changes: experiment.Language, Value: experiment.Native}
	for _, tt := range []struct {
		name string
		arms []experiment.Arm
		post string // the arms whose page goes
	}{
		{"where no arm changes the channel, all do", []experiment.Arm{letters, native}, "letters native"},
		{"an arm with mail alone has none", []experiment.Arm{letters, native, mail}, "letters native"},
		{"where an arm has both, that one alone has", []experiment.Arm{letters, native, both}, "both"},
		{"and beside an arm with mail alone too", []experiment.Arm{letters, both, mail}, "both"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, post := sealed(tt.arms...), []string{}
			for _, arm := range tt.arms {
				why := a.NoPost(letterTo(arm.Name))
				if why == "" {
					post = append(post, arm.Name)
				} else if why != `arm "`+arm.Name+`" of the experiment gets no letters by post` {
					t.Error(why)
				}
			}
			if got := strings.Join(post, " "); got != tt.post {
				t.Errorf("%q has pages by post, want %q", got, tt.post)
			}
			if why := a.NoPost(letterTo("nobody of the plan")); why != "" {
				t.Errorf("who is in no arm: %s", why)
			}
		})
	}
}

func TestWhoWaits(t *testing.T) {
	a := sealed(experiment.Arm{Name: experiment.Control, Waits: true}, experiment.Arm{Name: experiment.Letters})
	for _, tt := range []struct {
		name string
		arm  string
		kind finding.Kind
		day  time.Time
		ends bool // by a person
		want string
	}{
		{"the control", experiment.Control, finding.OpenRelay, day, false, "waits as a control until 2026-06-01"},
		{"on the day before its end", experiment.Control, finding.OpenRelay, until.Add(-time.Second), false, "waits as a control until 2026-06-01"},
		{"not on the day itself", experiment.Control, finding.OpenRelay, until, false, ""},
		{"not with a critical kind", experiment.Control, finding.OpenProxy, day, false, ""},
		{"not once somebody has ended it", experiment.Control, finding.OpenRelay, day, true, ""},
		{"not those with letters", experiment.Letters, finding.OpenRelay, day, false, ""},
		{"not who is in no arm", "nobody of the plan", finding.OpenRelay, day, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := networkOf(tt.arm)
			a.sealed.Ended = time.Time{}
			if tt.ends {
				a.sealed.Ended = day.Add(-time.Hour)
			}
			if got := a.Waits(tt.day, &n, tt.kind); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	if why := a.Waits(day, nil, finding.OpenRelay); why != "" {
		t.Errorf("without a network: %s", why)
	}
}

func TestATextOfItsOwnIsWrittenByItsOwn(t *testing.T) {
	usual, own := new(render.Renderer), new(render.Renderer)
	a := sealed(experiment.Arm{Name: experiment.Letters}, experiment.Arm{Name: "plain", Changes: experiment.Text, Value: "plain-words"})
	if a.Writer(letterTo("plain"), usual) != usual {
		t.Error("no text was read, and the letter is another's")
	}
	a.texts = map[string]*render.Renderer{"plain": own}
	if a.Writer(letterTo("plain"), usual) != own || a.Writer(letterTo(experiment.Letters), usual) != usual || a.Writer(letterTo("nobody"), usual) != usual {
		t.Error("a letter is written by another arm's words")
	}
	if (*Arms)(nil).Writer(letterTo("plain"), usual) != usual {
		t.Error("no arms, and no writer")
	}
}

func TestTurnsAreThoseOfOrganisations(t *testing.T) {
	free := &Arms{campaign: "relay26", key: []byte("0123456789abcdef")}
	one, other := networkOf("a"), networkOf("b")
	before := free.Turn("abuse@b.example")
	if free.Turn("abuse@a.example") == before {
		t.Fatal("two organisations have one turn")
	}
	one.Contacts[0].Handle, other.Contacts[0].Handle = "ORG-1", "org-1"
	free.Meet(nil)
	free.Meet(&lookup.Network{})
	free.Meet(&one)
	free.Meet(&other)
	if free.Turn("abuse@a.example") != free.Turn("noc@b.example") {
		t.Error("one organisation has two turns")
	}
	a := sealed(experiment.Arm{Name: experiment.Late}, experiment.Arm{Name: experiment.Early})
	if late, early := a.Turn("x@late.example"), a.Turn("x@early.example"); early > .5 || late <= .5 {
		t.Errorf("early %v, late %v", early, late)
	}
	if in, plan := a.Turn("x@none.example"), (experiment.Plan{Campaign: "relay26"}).Turn(a.key, "domain:none.example"); in != plan {
		t.Errorf("who is in no arm has turn %v, not %v", in, plan)
	}
}
