package main

import (
	"errors"

	"headsup/cmd/headsup/advice"
)

// A usageError is a command line that does not make sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// explain is the one place that knows what a user can do about an error, and
// which exit code it has. said means that the error has been reported already.
func explain(err error) (hint string, code int, said bool) {
	var (
		usage  usageError
		over   leftOver
		broken brokenFile
	)
	switch {
	case errors.As(err, &usage):
		return "headsup -h shows the verbs; headsup VERB -h shows one with its flags", exitUsage, false
	case errors.As(err, &broken):
		return advice.For(err), exitError, true
	case errors.As(err, &over):
		return advice.For(err), exitLeftOver, true
	}
	return advice.For(err), exitError, false
}
