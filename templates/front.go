package templates

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Labels are the few words of a letter that are not sentences of its text.
type Labels struct {
	Reference string `toml:"reference"` // above the letter's reference
	Date      string `toml:"date"`      // above its date
	Code      string `toml:"code"`      // above the code that, with the reference, confirms it
	Page      string `toml:"page"`      // page and pages: "Page %d of %d"

	Comma    string `toml:"comma"`                     // between two topics: ", "
	Address  string `toml:"address"`                   // head of the column of IP addresses
	Port     string `toml:"port"`                      // … of ports, such as 25/tcp
	Service  string `toml:"service"`                   // … of services, such as smtp
	Finding  string `toml:"finding"`                   // … of topics
	Seen     string `toml:"seen"`                      // … of times in UTC
	Rest     string `toml:"rest"`                      // below a table that was cut: how many are left out, and the file that has them
	RestZero string `toml:"rest_zero" optional:"true"` // the same for numbers of CLDR's category "zero", where these have a form of their own
	RestOne  string `toml:"rest_one" optional:"true"`  // … "one"
	RestTwo  string `toml:"rest_two" optional:"true"`  // … "two"
	RestFew  string `toml:"rest_few" optional:"true"`  // … "few"
	RestMany string `toml:"rest_many" optional:"true"` // … "many"
	Evidence string `toml:"evidence" optional:"true"`  // above what the scanner reported of each service, in a short letter
	Above    string `toml:"above"`                     // in place of a long table that stands in the first language already
	Below    string `toml:"below" optional:"true"`     // above the first language, where this one stands below it

	Supporters string `toml:"supporters" optional:"true"` // below the signature, before the names of those who stand behind the letter

	// On paper, below the signature. A language without them names no enclosures.
	Enclosure  string `toml:"enclosure" optional:"true"`  // before the only one
	Enclosures string `toml:"enclosures" optional:"true"` // before several
	List       string `toml:"list" optional:"true"`       // name and title of a long table, which stands on pages of its own
	Listed     string `toml:"listed" optional:"true"`     // in its place within the letter
	Version    string `toml:"version" optional:"true"`    // the letter's other parts: %s are the names of their languages
}

// Words are the few words of the site that are not sentences of its text.
type Words struct {
	Title     string `toml:"title"`     // of the page of advice
	Summary   string `toml:"summary"`   // what search engines show below the title
	Language  string `toml:"language"`  // before the list of languages
	Skip      string `toml:"skip"`      // link over the list, for those who do not see the page
	Contents  string `toml:"contents"`  // before the list of what is on the page
	Advice    string `toml:"advice"`    // link to the page of advice
	Verify    string `toml:"verify"`    // title of the page that confirms letters, and the link to it
	Reference string `toml:"reference"` // field of its form
	Code      string `toml:"code"`      // field of its form
	Button    string `toml:"button"`    // of its form

	// What a confirmed letter should say, and how it can be answered.
	Same      string `toml:"same"`      // before the facts
	Date      string `toml:"date"`      // of the letter
	To        string `toml:"to"`        // its recipient, in part
	Systems   string `toml:"systems"`   // how many hosts it is about
	First     string `toml:"first"`     // address of the first of them, in part
	Links     string `toml:"links"`     // the only host that our links lead to
	Telephone string `toml:"telephone"` // of the agency
	Differs   string `toml:"differs"`   // what to do where a letter says something else
	Answer    string `toml:"answer"`    // over the form
	Fixed     string `toml:"fixed"`     // the five answers
	NotOurs   string `toml:"not_ours"`
	Other     string `toml:"other"`
	Wrong     string `toml:"wrong"`
	Help      string `toml:"help"`
	Contact   string `toml:"contact"` // field for the address that goes with Other
	Note      string `toml:"note"`    // field for free text
	Send      string `toml:"send"`    // button
	Noted     string `toml:"noted"`   // an answer was recorded
	Unclear   string `toml:"unclear"` // an answer is not complete
	Later     string `toml:"later"`   // too many requests came
	Failed    string `toml:"failed"`  // an answer could not be recorded
}

// Said returns the words for one of the answers: "fixed", "not-ours", "other",
// "wrong" or "help".
func (w Words) Said(said string) string {
	return map[string]string{"fixed": w.Fixed, "not-ours": w.NotOurs, "other": w.Other, "wrong": w.Wrong, "help": w.Help}[said]
}

// front is the TOML between the two lines of plus signs.
type front struct {
	Source string `toml:"source"`
	Read   string `toml:"read"`
	Topic  string `toml:"topic"`
	Labels Labels `toml:"labels"`
	Site   Words  `toml:"site"`
}

const fence = "+++\n"

func (f *File) parseFront(source string) error {
	rest, ok := strings.CutPrefix(source, fence)
	matter, body, closed := strings.Cut("\n"+rest, "\n"+fence)
	matter = strings.TrimPrefix(matter, "\n")
	if !ok || !closed {
		return fmt.Errorf("%s:1: the file does not begin with front matter between two lines of +++", f.Path)
	}
	var v front
	if err := toml.NewDecoder(strings.NewReader(matter)).DisallowUnknownFields().Decode(&v); err != nil {
		return frontError(f.Path, err)
	}
	f.Source, f.Read, f.Topic, f.Labels, f.Site = v.Source, v.Read, v.Topic, v.Labels, v.Site
	f.Text = strings.Repeat("\n", strings.Count(source, "\n")-strings.Count(body, "\n")) + body
	if err := f.checkFront(); err != nil {
		return fmt.Errorf("%s:1: %w", f.Path, err)
	}
	return nil
}

// frontError names the line of the file, which is one more than that of the TOML.
func frontError(name string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		return fmt.Errorf("%s:%d: unknown key %q", name, row+1, strings.Join(strict.Errors[0].Key(), "."))
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, _ := bad.Position()
		return fmt.Errorf("%s:%d: %s", name, row+1, strings.TrimPrefix(bad.Error(), "toml: "))
	}
	return fmt.Errorf("%s:1: %w", name, err)
}

func (f *File) checkFront() error {
	switch {
	case isSection(f.Part) && f.Topic == "":
		return errors.New("topic is missing")
	case strings.ContainsAny(f.Topic, "\n\t"):
		return errors.New("topic is more than one line")
	case !isSection(f.Part) && f.Topic != "":
		return fmt.Errorf("the files of the folder %q have no topic", f.Part)
	case f.Part != Frame && f.Labels != Labels{}:
		return fmt.Errorf("only the files of the folder %q have labels", Frame)
	case f.Part != Site && f.Site != Words{}:
		return fmt.Errorf("only the files of the folder %q have words of the site", Site)
	case f.Part == Site:
		return complete("word of the site", f.Site)
	case f.Part == Frame:
		return f.Labels.check()
	}
	return nil
}

func (l Labels) check() error {
	if err := complete("label", l); err != nil {
		return err
	}
	if s := fmt.Sprintf(l.Page, 7, 8); !strings.Contains(s, "7") || !strings.Contains(s, "8") || strings.Contains(s, "%!") {
		return fmt.Errorf("label \"page\": %q does not have %%d for the page and %%d for how many there are", l.Page)
	}
	for _, form := range []struct{ name, text string }{
		{"rest", l.Rest}, {"rest_zero", cmp.Or(l.RestZero, l.Rest)}, {"rest_one", cmp.Or(l.RestOne, l.Rest)},
		{"rest_two", cmp.Or(l.RestTwo, l.Rest)}, {"rest_few", cmp.Or(l.RestFew, l.Rest)}, {"rest_many", cmp.Or(l.RestMany, l.Rest)},
	} {
		if s := fmt.Sprintf(form.text, 7, "x.csv"); !strings.Contains(s, "7") || !strings.Contains(s, "x.csv") || strings.Contains(s, "%!") {
			return fmt.Errorf("label %q: %q does not have %%d for how many and %%s for the file", form.name, form.text)
		}
	}
	if s := fmt.Sprintf(l.Version, "xx"); l.Version != "" && (!strings.Contains(s, "xx") || strings.Contains(s, "%!")) {
		return fmt.Errorf("label \"version\": %q does not have %%s for the languages", l.Version)
	}
	return nil
}

// lack lists the labels that are empty and that another language has, but for
// the forms of numbers, which not every language needs.
func (l Labels) lack(other Labels) (names []string) {
	mine, theirs := reflect.ValueOf(l), reflect.ValueOf(other)
	for i := range mine.NumField() {
		name := mine.Type().Field(i).Tag.Get("toml")
		if mine.Field(i).String() == "" && theirs.Field(i).String() != "" && !strings.HasPrefix(name, "rest_") {
			names = append(names, name)
		}
	}
	return names
}

// complete names the first string of a struct that is empty and must not be.
func complete(what string, v any) error {
	fields := reflect.ValueOf(v)
	for i := range fields.NumField() {
		if fields.Field(i).String() == "" && fields.Type().Field(i).Tag.Get("optional") == "" {
			return fmt.Errorf("%s %q is missing", what, fields.Type().Field(i).Tag.Get("toml"))
		}
	}
	return nil
}
