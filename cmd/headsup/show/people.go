package show

import (
	"time"

	"headsup/campaign/people"
	"headsup/cmd/headsup/console"
	"headsup/ledger"
)

// Token shows what somebody may show, without its text.
func Token(out *console.Console, k people.Token) {
	used := "never used"
	if !k.Used.IsZero() {
		used = "used " + k.Used.Format(time.RFC3339)
	}
	out.Result(struct {
		ID    string       `json:"id"`
		Name  string       `json:"name"`
		Roles people.Roles `json:"roles"`
		Since time.Time    `json:"since"`
		Until time.Time    `json:"until"`
		By    string       `json:"by"`
		Used  time.Time    `json:"used,omitzero"`
	}{k.ID, k.Name, k.Roles, k.Since, k.Until, k.By, k.Used}, k.ID, k.Name, k.Roles.String(), k.Until.Format(time.RFC3339), k.By, used)
}

// Change shows what was changed of people or settings, and who settled it.
func Change(out *console.Console, c ledger.Change) {
	settled := "waits for another person"
	if !c.Settled.IsZero() {
		settled = "settled " + c.Settled.Format(time.RFC3339)
	}
	out.Result(c, c.What, c.By, c.SettledBy, settled)
}

// Person shows who may sign in at the desk, and what they are trusted with.
func Person(out *console.Console, u people.Person) {
	out.Result(struct {
		Name  string       `json:"name"`
		Roles people.Roles `json:"roles"`
		By    string       `json:"by"`
	}{u.Name, u.Roles, u.By}, u.Name, u.Roles.String(), u.By)
}
