package templates

import (
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

	Comma   string `toml:"comma"`   // between two topics: ", "
	Address string `toml:"address"` // head of the column of IP addresses
	Port    string `toml:"port"`    // … of ports, such as 25/tcp
	Service string `toml:"service"` // … of services, such as smtp
	Finding string `toml:"finding"` // … of topics
	Seen    string `toml:"seen"`    // … of times in UTC
	Rest    string `toml:"rest"`    // below a table that was cut: how many are left out, and the file that has them
	Above   string `toml:"above"`   // in place of a long table that stands in the first language already
}

// front is the TOML between the two lines of plus signs.
type front struct {
	Source string `toml:"source"`
	Topic  string `toml:"topic"`
	Labels Labels `toml:"labels"`
}

const fence = "+++\n"

func (f *File) parseFront(source string) error {
	rest, ok := strings.CutPrefix(source, fence)
	matter, body, closed := strings.Cut(rest, "\n"+fence)
	if !ok || !closed {
		return fmt.Errorf("%s:1: the file does not begin with front matter between two lines of +++", f.Path)
	}
	var v front
	if err := toml.NewDecoder(strings.NewReader(matter)).DisallowUnknownFields().Decode(&v); err != nil {
		return frontError(f.Path, err)
	}
	f.Source, f.Topic, f.Labels = v.Source, v.Topic, v.Labels
	f.Text = strings.Repeat("\n", strings.Count(matter, "\n")+3) + body
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
	if f.Part != Frame {
		switch {
		case f.Topic == "":
			return errors.New("topic is missing")
		case strings.ContainsAny(f.Topic, "\n\t"):
			return errors.New("topic is more than one line")
		case f.Labels != Labels{}:
			return errors.New("only the files of the folder \"letter\" have labels")
		}
		return nil
	}
	if f.Topic != "" {
		return errors.New("the files of the folder \"letter\" have no topic")
	}
	labels := reflect.ValueOf(f.Labels)
	for i := range labels.NumField() {
		if labels.Field(i).String() == "" {
			return fmt.Errorf("label %q is missing", labels.Type().Field(i).Tag.Get("toml"))
		}
	}
	if s := fmt.Sprintf(f.Labels.Page, 7, 8); !strings.Contains(s, "7") || !strings.Contains(s, "8") || strings.Contains(s, "%!") {
		return fmt.Errorf("label \"page\": %q does not have %%d for the page and %%d for how many there are", f.Labels.Page)
	}
	if s := fmt.Sprintf(f.Labels.Rest, 7, "x.csv"); !strings.Contains(s, "7") || !strings.Contains(s, "x.csv") || strings.Contains(s, "%!") {
		return fmt.Errorf("label \"rest\": %q does not have %%d for how many and %%s for the file", f.Labels.Rest)
	}
	return nil
}
