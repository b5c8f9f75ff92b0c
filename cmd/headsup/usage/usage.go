// Package usage is what all verbs say in the same way: errors of the command
// line, what was left over, exit codes, and what a flag may be.
package usage

import (
	"errors"

	"headsup/cmd/headsup/advice"
)

// Exit codes, as the help of every verb lists them.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Left        = 3
	Interrupted = 130
)

// An Error is a command line that does not make sense.
type Error struct{ Err error }

func (e Error) Error() string { return e.Err.Error() }

// Unwrap returns what it is about.
func (e Error) Unwrap() error { return e.Err }

// A Broken has been reported; not all of it could be read.
type Broken struct{ Err error }

func (e Broken) Error() string { return e.Err.Error() }

// Unwrap returns what it is about.
func (e Broken) Unwrap() error { return e.Err }

// A LeftOver has been reported: all is done but for it.
type LeftOver struct{ Err error }

func (e LeftOver) Error() string { return e.Err.Error() }

// Unwrap returns what it is about.
func (e LeftOver) Unwrap() error { return e.Err }

// Worse returns the trouble that decides the exit code and the hint.
func Worse(a, b error) error {
	var broken Broken
	if a == nil || errors.As(b, &broken) && !errors.As(a, &broken) {
		return b
	}
	return a
}

// Explain is the one place that knows what a user can do about an error, and
// which exit code it has. said means that the error has been reported already.
func Explain(err error) (hint string, code int, said bool) {
	var (
		usage  Error
		over   LeftOver
		broken Broken
	)
	switch {
	case errors.As(err, &usage):
		return "headsup -h shows the verbs; headsup VERB -h shows one with its flags", Usage, false
	case errors.As(err, &broken):
		return advice.For(err), Failed, true
	case errors.As(err, &over):
		return advice.For(err), Left, true
	}
	return advice.For(err), Failed, false
}

// Unreadable returns an error for the exit code, if a file or a row could not be
// read; it has been reported.
func Unreadable(file, row error) error {
	switch {
	case file != nil:
		return Broken{Err: file}
	case row != nil:
		return LeftOver{Err: row}
	}
	return nil
}
