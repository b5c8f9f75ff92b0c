package ledger

import (
	"errors"
	"slices"
	"testing"

	"headsup/letter"
)

func TestANameIsNeverAnotherPersons(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		must(t, AddPerson(ctx, l, Person{Name: "anna", Roles: []string{"approve", "send"}, Hash: "h", By: "root"}))
		if err := AddPerson(ctx, l, Person{Name: "anna", Roles: []string{"admin"}}); !errors.Is(err, ErrNameTaken) {
			t.Errorf("a second anna: %v", err)
		}
		p, err := PersonOf(ctx, l, "anna")
		must(t, err)
		if !slices.Equal(p.Roles, []string{"approve", "send"}) || p.Hash != "h" || p.Since.IsZero() {
			t.Errorf("%+v", p)
		}
		must(t, SetRoles(ctx, l, "anna", []string{"draft"}, "ben"))
		must(t, SetPassword(ctx, l, "anna", "other"))
		must(t, SetLanguage(ctx, l, "anna", "ar"))
		if p, err = PersonOf(ctx, l, "anna"); err != nil || p.Language != "ar" || !slices.Equal(p.Roles, []string{"draft"}) || p.Hash != "other" || p.By != "ben" {
			t.Errorf("%+v %v", p, err)
		}
		must(t, RemovePerson(ctx, l, "anna", "ben"))
		for name, err := range map[string]error{
			"found":     second(PersonOf(ctx, l, "anna")),
			"given":     SetRoles(ctx, l, "anna", nil, "ben"),
			"spoken to": SetLanguage(ctx, l, "anna", "de"),
			"let in":    SetPassword(ctx, l, "anna", "x"),
			"removed":   RemovePerson(ctx, l, "anna", "ben"),
			"a script":  second(PersonOf(ctx, l, "' OR 1 = 1 --\x00")),
		} {
			if !errors.Is(err, ErrNobody) {
				t.Errorf("who has left is %s: %v", name, err)
			}
		}
		if err := AddPerson(ctx, l, Person{Name: "anna"}); !errors.Is(err, ErrNameTaken) {
			t.Errorf("another anna after her: %v", err)
		}
		if all, err := People(ctx, l); len(all) != 0 || err != nil {
			t.Errorf("people %v %v", all, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestTwoPeopleApproveTogether(t *testing.T) {
	type step struct {
		by    string
		do    string // "" approves
		state letter.State
	}
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"two different ones", []step{{"anna", "", letter.Drafted}, {"ben", "", letter.Approved}}},
		{"one of them twice", []step{{"anna", "", letter.Drafted}, {"Anna ", "", letter.Drafted}, {"anna", "", letter.Drafted}, {"ben", "", letter.Approved}}},
		{"a hold in between", []step{{"anna", "", letter.Drafted}, {"cleo", "hold", letter.Held}, {"cleo", "release", letter.Drafted}, {"ben", "", letter.Drafted}, {"anna", "", letter.Approved}}},
		{"taken back", []step{{"anna", "", letter.Drafted}, {"ben", "", letter.Approved}, {"ben", "reopen", letter.Drafted}, {"ben", "", letter.Drafted}, {"anna", "", letter.Approved}}},
		{"other bytes in between", []step{{"anna", "other bytes", letter.Drafted}, {"ben", "", letter.Drafted}, {"anna", "", letter.Approved}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				ctx := t.Context()
				d := draftTo("abuse@example.net", "hello")
				id := d.Letter.ID
				must(t, second(l.Draft(ctx, d)))
				for i, s := range tt.steps {
					e, err := l.Entry(ctx, id)
					must(t, err)
					switch s.do {
					case "":
						must(t, ApproveTogether(ctx, l, id, e.Hash, s.by, Terms{People: 2}))
					case "other bytes":
						if err := ApproveTogether(ctx, l, id, "00", s.by, Terms{People: 2}); !errors.Is(err, ErrChanged) {
							t.Errorf("other bytes: %v", err)
						}
					case "hold":
						must(t, l.Hold(ctx, id, "why", s.by))
					case "release":
						must(t, l.Release(ctx, id, s.by))
					case "reopen":
						must(t, Unapprove(ctx, l, id, s.by))
					}
					if e, err = l.Entry(ctx, id); err != nil || e.State != s.state {
						t.Fatalf("step %d: %s %v, want %s", i, e.State, err, s.state)
					}
				}
			})
		})
	}
}
