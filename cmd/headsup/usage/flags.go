package usage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/pattern"
	"headsup/sheet"
)

// Verbs is what a command does that has verbs below it and is none itself: it
// shows them, or says which of them was probably meant.
func Verbs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return Error{Err: Meant(fmt.Errorf("unknown command %q", args[0]), sheet.Nearest(args[0], names))}
}

var longFlag = pattern.New(`--[a-z][a-z0-9-]*`)

// FlagError says which flag was probably meant where there is none of this name.
func FlagError(cmd *cobra.Command, err error) error {
	near := ""
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: "); ok {
		near = sheet.Nearest(name, longFlag.FindAllString(cmd.UsageString(), -1))
	}
	return Error{Err: Meant(err, near)}
}

// Meant adds what was probably meant to an error about what was said.
func Meant(err error, near string) error {
	if near == "" {
		return err
	}
	return fmt.Errorf("%w; perhaps %s", err, near)
}

// Args turns a complaint about arguments into a usage error.
func Args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			check = cobra.ArbitraryArgs
		}
		if err := check(cmd, args); err != nil {
			return Error{Err: err}
		}
		return nil
	}
}

// Words lists the values that a flag may have.
func Words[T ~string](values []T) string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return strings.Join(out, ", ")
}

// OneOf returns an error unless a flag has one of these values.
func OneOf[T ~string](flag string, value T, values []T) error {
	if value == "" || slices.Contains(values, value) {
		return nil
	}
	return Error{Err: Meant(fmt.Errorf("--%s %q is none of %s", flag, value, Words(values)), sheet.Nearest(string(value), strings.Split(Words(values), ", ")))}
}

// CompleteFlag offers the values that a flag may have.
func CompleteFlag[T ~string](cmd *cobra.Command, flag string, values ...T) {
	var words []cobra.Completion
	for _, v := range values {
		words = append(words, string(v))
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // no such flag
	}
}

// Zone reads the flag --zone: a name or an offset; nil where there is none.
func Zone(zone string) (*time.Location, error) {
	if strings.TrimSpace(zone) == "" {
		return nil, nil
	}
	l, err := sheet.ParseZone(zone)
	if err != nil {
		return nil, Error{Err: fmt.Errorf("--zone: %w", err)}
	}
	return l, nil
}

// Day reads a flag that is a day; without one it is another.
func Day(flag, value string, without time.Time) (time.Time, error) {
	if value == "" {
		return without, nil
	}
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return day, Error{Err: fmt.Errorf("--%s %q is not a day such as 2027-01-31", flag, value)}
	}
	return day, nil
}
