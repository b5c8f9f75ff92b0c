package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// equivalents are the changes after which the program does the same.
//
// A line of the list names file, function, the line of code and the change,
// apart by " | "; the lines below, indented, say why. A line of code moves
// without harm, and one that is gone has to leave the list.
type equivalents map[string]*bool

func readEquivalents(name string) (equivalents, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return equivalents{}, nil
	}
	if err != nil {
		return nil, err
	}
	list, last, why := equivalents{}, "", true
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "    "):
			why = true
		default:
			if strings.Count(line, " | ") < 3 {
				return nil, fmt.Errorf("%s: want file | function | line | change: %q", name, line)
			}
			list[line], last = new(bool), line
			why = false
			continue
		}
	}
	if !why {
		return nil, fmt.Errorf("%s: no reason for %q", name, last)
	}
	return list, nil
}

// listed is the change as a line of the list.
func (c change) listed() string {
	return strings.Join([]string{c.file, c.fn, oneLine(c.text), c.what()}, " | ")
}

func (e equivalents) has(c change) bool {
	used, ok := e[c.listed()]
	if ok {
		*used = true
	}
	return ok
}

// unused lists what names code of these packages that is not there.
func (e equivalents) unused(packages []string) (stale []string) {
	for line, used := range e {
		file, _, _ := strings.Cut(line, " | ")
		if !*used && slices.Contains(packages, path.Dir(file)) {
			stale = append(stale, line)
		}
	}
	slices.Sort(stale)
	return stale
}
