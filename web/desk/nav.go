package desk

import "maps"

// A link leads to a page of the desk.
type link struct{ URL, Say string } // Say is a key of words

// Nav are the pages that are needed every day.
func (f *frame) Nav() []link {
	all := []link{{"/letters", "nav.letters"}, {"/batches", "nav.batches"}, {"/inbox", "nav.inbox"}, {"/answers", "nav.answers"}, {"/switchboard", "nav.switchboard"}, {"/report", "nav.report"}}
	if f.Provider {
		all = append([]link{{"/cases", "nav.cases"}}, all...)
	}
	return all
}

// MoreNav are the other pages, behind one word.
func (f *frame) MoreNav() []link {
	return []link{{"/unwritten", "nav.unwritten"}, {"/lookups", "nav.lookups"}, {"/contacts", "nav.contacts"}, {"/suppressions", "nav.suppressed"}, {"/post", "nav.post"},
		{"/experiment", "nav.experiment"}, {"/words", "nav.words"}, {"/people", "nav.people"}}
}

// MoreHere reports whether the page is one of [frame.MoreNav].
func (f *frame) MoreHere() bool {
	for _, l := range f.MoreNav() {
		if l.URL == f.Here {
			return true
		}
	}
	return false
}

// rooms are the pages that stand in files of their own, with what each takes.
var rooms = []func(*Desk) map[string]route{enquiryRoutes, lookupRoutes, reportRoutes, postRoutes, experimentRoutes, caseRoutes, resolveRoutes, tokenRoutes, releaseRoutes}

// allRoutes are all pages for people who are known.
func allRoutes(d *Desk) map[string]route {
	all := d.routes()
	for _, of := range rooms {
		maps.Copy(all, of(d))
	}
	return all
}
