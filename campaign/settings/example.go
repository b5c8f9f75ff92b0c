package settings

import (
	"bytes"
	_ "embed"
)

// ContactsFile is where a new campaign folder has the house's own contacts.
const ContactsFile = "contacts.csv"

// Example is the commented file that a new campaign folder begins with.
//
//go:embed headsup.toml
var Example []byte

// ExampleContacts says which columns contacts have and what may stand in them.
// All of its rows are commented out.
//
//go:embed contacts.csv
var ExampleContacts []byte

// ExampleScan is about the addresses of ExampleContacts.
//
//go:embed scan.csv
var ExampleScan []byte

// Rehearsing returns the settings and the contacts of a rehearsal: the examples
// with the rows of the contacts in use.
func Rehearsing() (text, contacts []byte) {
	text = bytes.Replace(Example, []byte("#rehearsal = false"), []byte("rehearsal = true  "), 1)
	text = bytes.Replace(text, []byte(`#finding_max_age = "14d"  `), []byte(`finding_max_age = "3650d"`), 1) // ExampleScan is not of today
	text = bytes.Replace(text, []byte(`#overrides = ""`), []byte(`overrides = "contacts.csv"`), 1)
	return text, bytes.ReplaceAll(ExampleContacts, []byte("\n#row "), []byte("\n"))
}
