package show

import (
	"strings"
	"time"

	"headsup/campaign/people"
	"headsup/cmd/headsup/console"
)

// Token shows what somebody may show, without its text.
func Token(out *console.Console, k people.Token) {
	out.Result(struct {
		ID    string       `json:"id"`
		Name  string       `json:"name"`
		Roles people.Roles `json:"roles"`
		Since time.Time    `json:"since"`
		Until time.Time    `json:"until"`
		By    string       `json:"by"`
	}{k.ID, k.Name, k.Roles, k.Since, k.Until, k.By}, k.ID, k.Name, joined(k.Roles), k.Until.Format(time.RFC3339), k.By)
}

// Person shows who may sign in at the desk, and what they are trusted with.
func Person(out *console.Console, u people.Person) {
	out.Result(struct {
		Name  string       `json:"name"`
		Roles people.Roles `json:"roles"`
		By    string       `json:"by"`
	}{u.Name, u.Roles, u.By}, u.Name, joined(u.Roles), u.By)
}

func joined(roles people.Roles) string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ",")
}
