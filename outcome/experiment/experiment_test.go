package experiment_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"headsup/finding"
	"headsup/lookup"
	"headsup/outcome/experiment"
)

var (
	key   = []byte("0123456789abcdef")
	until = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
)

func control(part float64) experiment.Plan {
	return experiment.Plan{Campaign: "relay26", Until: until, Approver: "jane", Reason: "nobody knows",
		Arms: []experiment.Arm{{Name: experiment.Control, Part: part, Waits: true}, {Name: experiment.Letters, Part: 1 - part}}}
}

func units(n int) (us []experiment.Unit) {
	for i := range n {
		us = append(us, experiment.Unit{Name: fmt.Sprintf("domain:org%d.example", i), Country: []string{"DE", "FR", "JP"}[i%3], Places: 1 + i%4*i%7})
	}
	return us
}

func TestWhatHangsTogetherIsOneOrganisation(t *testing.T) {
	network := func(mail, handle string) lookup.Network {
		return lookup.Network{Contacts: []lookup.Contact{{Email: mail, Handle: handle, Server: "rdap.example"}}}
	}
	networks := []lookup.Network{
		network("abuse@one.example", "AR1"), network("noc@sub.one.example", "AR2"), network("x@two.example", "AR2"),
		network("shop@gmail.com", ""), network("other@gmail.com", ""), network("alone@three.example", "AR3"), {},
	}
	for _, order := range [][]int{{0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {2, 0, 5, 1, 6, 3, 4}} {
		var o experiment.Organisations
		for _, i := range order {
			if k := experiment.KeysOf(networks[i]); len(k) > 0 {
				o.Join(k...)
			}
		}
		of := func(i int) string { return o.Of(experiment.KeysOf(networks[i])[0]) }
		if of(0) != of(1) || of(1) != of(2) {
			t.Errorf("%v: one domain and one handle do not join: %s, %s, %s", order, of(0), of(1), of(2))
		}
		if of(0) != "domain:one.example" {
			t.Errorf("%v: the name is %s", order, of(0))
		}
		if of(3) == of(4) {
			t.Errorf("%v: two customers of a mail provider are one", order)
		}
		if of(5) == of(0) || o.Of("domain:never.example") != "domain:never.example" {
			t.Errorf("%v: strangers are joined", order)
		}
	}
}

func TestEachArmHasItsPartOfEachStratum(t *testing.T) {
	drawn, err := control(.25).Assign(units(400), key)
	if err != nil {
		t.Fatal(err)
	}
	if len(drawn) != 400 || !slices.IsSortedFunc(drawn, func(a, b experiment.Assignment) int {
		if a.Unit < b.Unit {
			return -1
		}
		return 1
	}) {
		t.Errorf("%d drawn", len(drawn))
	}
	strata, waiting := map[int]float64{}, map[int]float64{}
	for _, a := range drawn {
		strata[a.Stratum]++
		if a.Arm == experiment.Control {
			waiting[a.Stratum]++
		}
	}
	if len(strata) < 6 {
		t.Errorf("%d strata of three countries and several sizes", len(strata))
	}
	for s, n := range strata {
		if d := waiting[s] - n/4; n < 10 || d <= -1 || d >= 1 {
			t.Errorf("stratum %d: %v of %v wait", s, waiting[s], n)
		}
	}
}

func TestOnlyTheKeyDecidesWhoWaits(t *testing.T) {
	us := units(60)
	plan := control(.5)
	first, _ := plan.Assign(us, key)
	slices.Reverse(us)
	if again, _ := plan.Assign(us, key); !slices.Equal(first, again) {
		t.Error("the order of organisations changes who waits")
	}
	other := plan
	other.Campaign = "relay27"
	for name, drawn := range map[string][]experiment.Assignment{
		"another key": must(plan.Assign(us, []byte("another key, as long")))(t), "another campaign": must(other.Assign(us, key))(t)} {
		same := 0
		for i := range drawn {
			if drawn[i].Arm == first[i].Arm {
				same++
			}
		}
		if same < 15 || same > 45 {
			t.Errorf("%s: %d of 60 are where they were", name, same)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestPlansThatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*experiment.Plan)
		units  int
		want   error
	}{
		{"as it is", func(*experiment.Plan) {}, 40, nil},
		{"too few organisations", func(*experiment.Plan) {}, 3, experiment.ErrSmall},
		{"none", func(*experiment.Plan) {}, 0, experiment.ErrSmall},
		{"nobody answers for it", func(p *experiment.Plan) { p.Approver = "" }, 40, experiment.ErrPlan},
		{"no reason", func(p *experiment.Plan) { p.Reason = "" }, 40, experiment.ErrPlan},
		{"no end", func(p *experiment.Plan) { p.Until = time.Time{} }, 40, experiment.ErrPlan},
		{"all wait", func(p *experiment.Plan) { p.Arms[0].Part = 1 }, 40, experiment.ErrPlan},
		{"parts that are not the whole", func(p *experiment.Plan) { p.Arms[0].Part = .9 }, 40, experiment.ErrPlan},
		{"one arm", func(p *experiment.Plan) { p.Arms = p.Arms[:1] }, 40, experiment.ErrPlan},
		{"two of one name", func(p *experiment.Plan) { p.Arms[1].Name = p.Arms[0].Name }, 40, experiment.ErrPlan},
		{"an arm without a name", func(p *experiment.Plan) { p.Arms[1].Name = "" }, 40, experiment.ErrPlan},
		{"a change that nobody can make", func(p *experiment.Plan) { p.Arms[1].Changes = "colour" }, 40, experiment.ErrPlan},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := control(.2)
			tt.change(&p)
			if _, err := p.Assign(units(tt.units), key); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
	if _, err := control(.2).Arm("post"); !errors.Is(err, experiment.ErrNoArm) {
		t.Error(err)
	}
}

func TestWhoWaits(t *testing.T) {
	s := &experiment.Sealed{Plan: control(.5), Keys: map[string]int{"domain:a.example": 0, "handle:r:A": 0, "domain:b.example": 1},
		Units: []experiment.Assignment{{Unit: "domain:a.example", Arm: experiment.Control}, {Unit: "domain:b.example", Arm: experiment.Letters}}}
	s.Critical = []finding.Kind{finding.OpenRelay}
	day := until.Add(-time.Hour)
	for _, tt := range []struct {
		name  string
		now   time.Time
		kind  finding.Kind
		keys  []string
		ended time.Time
		want  bool
	}{
		{"of the control", day, finding.OpenProxy, []string{"domain:a.example"}, time.Time{}, true},
		{"by another key of it", day, finding.OpenProxy, []string{"domain:new.example", "handle:r:A"}, time.Time{}, true},
		{"of the letters", day, finding.OpenProxy, []string{"domain:b.example"}, time.Time{}, false},
		{"unknown when the plan was sealed", day, finding.OpenProxy, []string{"domain:c.example"}, time.Time{}, false},
		{"without a contact", day, finding.OpenProxy, nil, time.Time{}, false},
		{"a critical kind", day, finding.OpenRelay, []string{"domain:a.example"}, time.Time{}, false},
		{"on the last day", until, finding.OpenProxy, []string{"domain:a.example"}, time.Time{}, false},
		{"ended by a person", day, finding.OpenProxy, []string{"domain:a.example"}, day, false},
	} {
		s.Ended = tt.ended
		if got, waits := s.Waits(tt.now, tt.kind, tt.keys...); waits != tt.want || waits && !got.Equal(until) {
			t.Errorf("%s: waits %v until %v", tt.name, waits, got)
		}
	}
	var none *experiment.Sealed
	if _, ok := none.Of("domain:a.example"); ok {
		t.Error("nothing is sealed, and somebody is assigned")
	}
}

func TestASealKnowsEveryChange(t *testing.T) {
	plan := control(.5)
	drawn := must(plan.Assign(units(20), key))(t)
	seal := experiment.Seal(plan, drawn)
	if seal != experiment.Seal(plan, drawn) || len(seal) != 64 {
		t.Errorf("seal %q", seal)
	}
	later := plan
	later.Until = until.AddDate(0, 0, 1)
	moved := slices.Clone(drawn)
	moved[3].Arm = map[string]string{experiment.Control: experiment.Letters, experiment.Letters: experiment.Control}[moved[3].Arm]
	if seal == experiment.Seal(later, drawn) || seal == experiment.Seal(plan, moved) || plan.Same(later) || !plan.Same(control(.5)) {
		t.Error("a change is not seen")
	}
}

func TestTheOrderOfSendingFollowsTheArms(t *testing.T) {
	plan := experiment.Plan{Campaign: "relay26", Arms: []experiment.Arm{{Name: experiment.Late, Part: .5}, {Name: experiment.Early, Part: .5}}}
	drawn, err := plan.Assign(units(400), key)
	if err != nil {
		t.Fatal(err)
	}
	s := experiment.Sealed{Plan: plan, Units: drawn}
	turns := map[float64]bool{}
	earlyOfStratum, lateOfStratum := map[int]float64{}, map[int]float64{}
	for _, a := range drawn {
		free, turn := plan.Turn(key, a.Unit), s.Turn(key, a)
		turns[turn] = true
		if !(free > 0 && free <= 1 && turn > 0 && turn <= 1) || (a.Arm == experiment.Early) != (turn <= .5) {
			t.Errorf("%s is %s, its turn is %v", a.Unit, a.Arm, turn)
		}
		// Nothing sealed, the early ones of a stratum come before its late ones too.
		if a.Arm == experiment.Early {
			earlyOfStratum[a.Stratum] = max(earlyOfStratum[a.Stratum], free)
		} else if l, ok := lateOfStratum[a.Stratum]; !ok || free < l {
			lateOfStratum[a.Stratum] = free
		}
	}
	for stratum, last := range earlyOfStratum {
		if last >= lateOfStratum[stratum] {
			t.Errorf("stratum %d: the last of the early has turn %v, the first of the late %v", stratum, last, lateOfStratum[stratum])
		}
	}
	if len(turns) != 400 {
		t.Errorf("%d turns of 400", len(turns))
	}
	// An arm that changes a text leaves among the others.
	other := experiment.Sealed{Plan: control(.5)}
	if a := drawn[0]; other.Turn(key, a) != other.Plan.Turn(key, a.Unit) {
		t.Error("arms that are not early and late are in halves")
	}
}

// TestAChangeOfAnyFieldIsSeen changes each field of a plan, and of its arms.
func TestAChangeOfAnyFieldIsSeen(t *testing.T) {
	plan := func() *experiment.Plan {
		p := control(.5)
		p.Critical = []finding.Kind{finding.OpenProxy}
		p.Arms = append(slices.Clone(p.Arms), experiment.Arm{Name: "other", Part: .1, Changes: experiment.Language, Value: experiment.English})
		return &p
	}
	drawn := []experiment.Assignment{{Unit: "domain:a.example", Arm: "other", Stratum: 1, Places: 2}}
	seal := experiment.Seal(*plan(), drawn)
	seen := func(what string, p experiment.Plan) {
		if p.Same(*plan()) || experiment.Seal(p, drawn) == seal {
			t.Errorf("%s: the change is not seen", what)
		}
	}
	for i := range reflect.TypeFor[experiment.Plan]().NumField() {
		p := plan()
		change(t, reflect.ValueOf(p).Elem().Field(i))
		seen(reflect.TypeFor[experiment.Plan]().Field(i).Name, *p)
	}
	for i := range reflect.TypeFor[experiment.Arm]().NumField() {
		p := plan()
		change(t, reflect.ValueOf(&p.Arms[2]).Elem().Field(i))
		seen("an arm's "+reflect.TypeFor[experiment.Arm]().Field(i).Name, *p)
	}
	for i := range reflect.TypeFor[experiment.Assignment]().NumField() {
		moved := slices.Clone(drawn)
		change(t, reflect.ValueOf(&moved[0]).Elem().Field(i))
		if experiment.Seal(*plan(), moved) == seal {
			t.Errorf("an assignment's %s: the change is not seen", reflect.TypeFor[experiment.Assignment]().Field(i).Name)
		}
	}
	if p := plan(); !p.Same(*plan()) || experiment.Seal(*p, drawn) != seal {
		t.Error("the same plan is another")
	}
}

// change makes a value another one of its type.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(v.Interface().(time.Time).AddDate(0, 0, 1)))
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "x")
	case v.Kind() == reflect.Bool:
		v.SetBool(!v.Bool())
	case v.CanInt():
		v.SetInt(v.Int() + 1)
	case v.CanFloat():
		v.SetFloat(v.Float() + .01)
	case v.Kind() == reflect.Slice:
		v.Set(v.Slice(0, v.Len()-1))
	default:
		t.Fatalf("a field of a plan is %s, which this test cannot change", v.Type())
	}
}

func TestAnArmThatThereIsNot(t *testing.T) {
	if _, err := control(.5).Arm("contol"); !errors.Is(err, experiment.ErrNoArm) || err.Error() != `no arm of that name: "contol"` {
		t.Error(err)
	}
}
