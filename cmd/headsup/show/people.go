package show

import (
	"strings"

	"headsup/campaign/people"
	"headsup/cmd/headsup/console"
)

// Person shows who may sign in at the desk, and what they are trusted with.
func Person(out *console.Console, u people.Person) {
	var roles []string
	for _, r := range u.Roles {
		roles = append(roles, string(r))
	}
	out.Result(struct {
		Name  string       `json:"name"`
		Roles people.Roles `json:"roles"`
		By    string       `json:"by"`
	}{u.Name, u.Roles, u.By}, u.Name, strings.Join(roles, ","), u.By)
}
