package templates

import (
	"fmt"
	"slices"
)

// A Fault is something that a translator should see to.
type Fault struct {
	File string `json:"file"`           // "open-relay/de.md"
	Line int    `json:"line,omitempty"` // 0: the whole file
	What string `json:"what"`           // for people
}

// String is "open-relay/de.md:3: …", as compilers say it.
func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
}

// Check compares every translation with its English source: what is missing,
// what is older than its source, and which fields one asks for and the other
// does not. A set with faults can be loaded; it should not be released.
func (s *Set) Check() []Fault {
	faults := s.checkWishes()
	for _, part := range s.Parts() {
		source := s.File(part, "en")
		if source == nil {
			faults = append(faults, Fault{File: part + "/en.md", What: "missing: every translation begins in English"})
			continue
		}
		for _, lang := range s.known() {
			f := s.File(part, lang)
			switch {
			case f == nil && aboutReports(part):
			case f == nil:
				faults = append(faults, Fault{File: part + "/" + lang + ".md", What: "missing: no letter is written in " + lang + " without it"})
			case f != source:
				faults = append(faults, f.compare(source)...)
			case f.Own:
				faults = append(faults, f.copied()...)
			}
		}
	}
	return faults
}

func (f *File) compare(source *File) (faults []Fault) {
	switch f.Source {
	case source.Hash():
	case "":
		faults = append(faults, Fault{f.Path, 1, fmt.Sprintf("source is missing: it is %q", source.Hash())})
	default:
		faults = append(faults, Fault{f.Path, 1, fmt.Sprintf("translates an older %s: compare, then set source = %q", source.Path, source.Hash())})
	}
	if f.Read != f.Hash() {
		faults = append(faults, Fault{f.Path, 1, fmt.Sprintf("changed since it was last read through: read it as a stranger would, then set read = %q", f.Hash())})
	}
	for _, name := range f.Labels.lack(source.Labels) {
		faults = append(faults, Fault{f.Path, 1, fmt.Sprintf("label %q is missing", name)})
	}
	return append(append(faults, f.differ(source, "say {{%s}}", f.Fields(), source.Fields())...),
		f.differ(source, "define %q", f.Blocks(), source.Blocks())...)
}

// differ names what one of two files has more often than the other.
func (f *File) differ(source *File, what string, mine, theirs []string) (faults []Fault) {
	all := slices.Concat(mine, theirs)
	slices.Sort(all)
	for _, x := range slices.Compact(all) {
		m, n := count(mine, x), count(theirs, x)
		say := ""
		switch {
		case m == n:
			continue
		case m == 0:
			say = fmt.Sprintf("does not "+what+", as %s does", x, source.Path)
		case n == 0:
			say = fmt.Sprintf("should not "+what+", as %s does not", x, source.Path)
		default:
			say = fmt.Sprintf("should "+what+" %d times, as %s does, and not %d times", x, n, source.Path, m)
		}
		faults = append(faults, Fault{f.Path, 0, say})
	}
	return faults
}

func count(list []string, x string) (n int) {
	for _, y := range list {
		if x == y {
			n++
		}
	}
	return n
}
