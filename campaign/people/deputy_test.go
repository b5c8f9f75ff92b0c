package people

import (
	"errors"
	"slices"
	"testing"
	"time"

	"headsup/ledger"
)

func TestADeputyMayForAWhileWhatAnotherMay(t *testing.T) {
	d, ctx, soon := door(t), t.Context(), time.Now().Add(time.Hour)
	for name, roles := range map[string]Roles{"anna": {Approve, Apart}, "ben": {Read}, "cleo": {Send}} {
		if _, err := d.Admit(ctx, name, roles, "root"); err != nil {
			t.Fatal(err)
		}
	}
	may := func(why, name string, want ...Role) {
		t.Helper()
		if p, err := d.Known(ctx, name); err != nil || !slices.Equal(p.Roles, want) {
			t.Errorf("%s: %s may %v (%v)", why, name, p.Roles, err)
		}
	}
	stand := func(name, of string, until time.Time, want error) {
		t.Helper()
		if err := d.StandIn(ctx, name, of, until, "root"); !errors.Is(err, want) {
			t.Errorf("%s for %s: %v", name, of, err)
		}
	}
	stand("ben", "anna", soon, nil)
	stand("cleo", "ben", soon, nil)
	stand("ben", "nobody", soon, ledger.ErrNobody)
	may("for anna, but for what is kept apart", "ben", Read, Approve)
	may("for ben, and not for whom ben stands in for", "cleo", Send, Read)
	stand("ben", "anna", time.Now().Add(-time.Second), nil)
	may("past the day", "ben", Read)
	stand("ben", "anna", soon, nil)
	if err := d.Dismiss(ctx, "anna", "root"); err != nil {
		t.Fatal(err)
	}
	may("for somebody who has left", "ben", Read)
}

func TestASubjectIsOnePersons(t *testing.T) {
	d, ctx := door(t), t.Context()
	for _, name := range []string{"ben", "cleo"} {
		if _, err := d.Admit(ctx, name, Roles{Read}, "root"); err != nil {
			t.Fatal(err)
		}
	}
	const subject = "https://login.example.org 1"
	if err := d.Bind(ctx, "ben", subject); err != nil {
		t.Fatal(err)
	}
	if err := d.Bind(ctx, "cleo", subject); !errors.Is(err, ledger.ErrNameTaken) {
		t.Errorf("two people are one subject: %v", err)
	}
	for subject, name := range map[string]string{subject: "ben", "https://login.example.org": "", "": ""} {
		if p, err := d.BySubject(ctx, subject); p.Name != name || (err == nil) != (name != "") {
			t.Errorf("%q is %q %v", subject, p.Name, err)
		}
	}
	if err := d.Dismiss(ctx, "ben", "root"); err != nil {
		t.Fatal(err)
	}
	if err := d.Bind(ctx, "cleo", subject); err != nil {
		t.Errorf("the subject of somebody who has left: %v", err)
	}
}
