package people

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestATokenIsItsPersonAndNoMore(t *testing.T) {
	d, ctx, soon := door(t), t.Context(), time.Now().Add(time.Hour)
	for name, roles := range map[string]Roles{"anna": {Approve, Send}, "bot": {Read}, "gone": {Admin}} {
		if _, err := d.Admit(ctx, name, roles, "root"); err != nil {
			t.Fatal(err)
		}
	}
	token := func(name string, roles Roles, until time.Time) string {
		k, err := d.Token(ctx, name, roles, until, "root")
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	whole, part := token("anna", nil, soon), token("anna", Roles{Approve, Admin}, soon)
	late, bot, gone, ended := token("anna", nil, time.Now().Add(-time.Second)), token("bot", Roles{Approve}, soon), token("gone", nil, soon), token("bot", nil, soon)
	if err := d.Dismiss(ctx, "gone", "root"); err != nil {
		t.Fatal(err)
	}
	if err := d.EndTokens(ctx, "bot", hashOfToken(ended)[:tokenID]); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, token string
		roles       Roles
		err         error
	}{
		{"all that its person may", whole + "\n", Roles{Approve, Send}, nil},
		{"no more than it is for, and than its person may", part, Roles{Approve}, nil},
		{"nothing that its person may not", bot, nil, nil},
		{"past its time", late, nil, ErrToken},
		{"of somebody dismissed", gone, nil, ErrToken},
		{"ended", ended, nil, ErrToken},
		{"its hash, out of a copy of the ledger", hashOfToken(whole), nil, ErrToken},
		{"one letter short", strings.TrimSpace(whole)[:len(whole)-1], nil, ErrToken},
		{"none", "", nil, ErrToken},
	} {
		p, err := d.Bearer(ctx, tt.token)
		if !errors.Is(err, tt.err) || !slices.Equal(p.Roles, tt.roles) {
			t.Errorf("%s: %+v %v", tt.name, p, err)
		}
	}
	if err := d.EndTokens(ctx, "anna", hashOfToken(bot)[:tokenID]); !errors.Is(err, ErrToken) {
		t.Errorf("the token of another: %v", err)
	}
	if err := d.EndTokens(ctx, "anna", "a"); !errors.Is(err, ErrToken) {
		t.Errorf("half an ID: %v", err)
	}
	if all, err := d.Tokens(ctx); err != nil || len(all) != 3 || all[0].Name != "anna" || all[2].Name != "bot" || all[0].ID == all[1].ID {
		t.Errorf("%+v %v", all, err)
	}
	if _, err := d.Token(ctx, "nobody", nil, soon, "root"); err == nil {
		t.Error("nobody has a token")
	}
}

func TestWhoActsAtTheShell(t *testing.T) {
	d, ctx := door(t), t.Context()
	if _, err := d.Admit(ctx, "anna", Roles{Approve}, "root"); err != nil {
		t.Fatal(err)
	}
	token, err := d.Token(ctx, "anna", nil, time.Now().Add(time.Hour), "root")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		c       Credential
		act     Act
		several bool
		who     string
		err     error
	}{
		{"a label is enough where one person is", Credential{"root", ""}, ToResume, false, "root", nil},
		{"it is not where two are", Credential{"anna", ""}, ToApprove, true, "", ErrNoToken},
		{"a token is its person, whatever the label", Credential{"ben", token}, ToApprove, true, "anna", nil},
		{"also where one person is enough", Credential{"ben", token}, ToApprove, false, "anna", nil},
		{"it may what its person may", Credential{"anna", token}, ToResume, false, "", ErrMayNot},
		{"a wrong one is nobody", Credential{"anna", token + "A"}, ToApprove, false, "", ErrToken},
	} {
		if who, err := d.Acting(ctx, tt.c, tt.act, tt.several); who != tt.who || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q %v", tt.name, who, err)
		}
	}
}
