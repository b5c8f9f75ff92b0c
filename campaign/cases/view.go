package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"headsup/campaign/duties"
	"headsup/inbox/report"
	"headsup/ledger"
	"headsup/pattern"
)

// Page returns a part of the list of reports with what is due for each, and
// whether more follow.
func Page(ctx context.Context, d *Desk, q ledger.CaseQuery) (all []Listed, more bool, err error) {
	list, more, err := ledger.CasePage(ctx, d.Cases, q)
	if err != nil {
		return nil, false, err
	}
	lost, err := d.Cases.Lost(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, c := range list {
		clocks, err := ClocksOf(ctx, d, c)
		if err != nil {
			return nil, false, err
		}
		all = append(all, Listed{c, clocks, lost[c.ID]})
	}
	return all, more, nil
}

// most reports that are looked through for a page of those that are due.
const mostLooked = 500

// Due returns a part of the list of reports for which the law wants something
// done that was not. It looks through so many at the most: next is where it goes
// on, or nil at the end.
func Due(ctx context.Context, d *Desk, q ledger.CaseQuery, most int) (all []Listed, next *ledger.CaseCursor, err error) {
	q.Limit, q.Back = 100, false
	for looked := 0; looked < mostLooked; looked += q.Limit {
		list, more, err := Page(ctx, d, q)
		if err != nil {
			return nil, nil, err
		}
		for i, c := range list {
			q.After = c.Cursor()
			if !slices.ContainsFunc(c.Clocks, duties.Clock.Open) {
				continue
			}
			if all = append(all, c); len(all) == most && (more || i < len(list)-1) {
				return all, &q.After, nil
			}
		}
		if !more {
			return all, nil, nil
		}
	}
	return all, &q.After, nil
}

// A ReadPart is a text of a report, in pieces.
type ReadPart struct {
	Name   string
	Pieces []Piece
}

// A Piece is a stretch of a text. Marked means that something was recognised there.
type Piece struct {
	Text   string
	Marked bool
}

// Read takes the message of a report apart into what was recognised in it and
// what was not. Where it is not kept, there is nothing to read.
func Read(c ledger.Case) (parts []ReadPart) {
	if c.Mail == nil {
		return nil
	}
	var spans []report.Span
	for _, i := range c.Incidents {
		var of []report.Span
		if json.Unmarshal([]byte(i.Span), &of) == nil {
			spans = append(spans, of...)
		}
	}
	slices.SortFunc(spans, func(a, b report.Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To)) })
	for n, p := range report.Read(c.Mail, report.Options{Special: true}).Parts {
		part, at := ReadPart{Name: p.Name}, 0
		for _, s := range spans {
			if s.Part != n || s.From >= s.To || s.To > len(p.Text) || s.From < at {
				continue
			}
			if s.From > at {
				part.Pieces = append(part.Pieces, Piece{Text: p.Text[at:s.From]})
			}
			part.Pieces = append(part.Pieces, Piece{p.Text[s.From:s.To], true})
			at = s.To
		}
		if at < len(p.Text) {
			part.Pieces = append(part.Pieces, Piece{Text: p.Text[at:]})
		}
		parts = append(parts, part)
	}
	return parts
}

var addressLike = pattern.New(`[0-9A-Fa-f:.]*[0-9A-Fa-f][:.][0-9A-Fa-f:.]*[0-9A-Fa-f]`)

// mostOthers is how many addresses are offered.
const mostOthers = 12

// Others returns the addresses of our networks that stand in a report and that
// none of its incidents is about: one of them may be what it means.
func Others(d *Desk, c ledger.Case) (all []netip.Addr) {
	known := map[netip.Addr]bool{}
	for _, i := range c.Incidents {
		known[i.Addr] = true
	}
	for _, p := range Read(c) {
		for _, piece := range p.Pieces {
			for _, s := range addressLike.FindAllString(piece.Text, 1000) {
				a, err := netip.ParseAddr(strings.Trim(s, "."))
				if a = a.Unmap(); err == nil && !known[a] && d.ours(a) && len(all) < mostOthers {
					known[a] = true
					all = append(all, a)
				}
			}
		}
	}
	return all
}

// ErrLesson means that something cannot be taught.
var ErrLesson = errors.New("a lesson names a sender, a label of up to 80 letters and one of the meanings of fields")

// Teach has a label of a sender mean something in the reports that come from now
// on. It returns [ErrLesson].
func Teach(ctx context.Context, d *Desk, s ledger.Lesson) error {
	s.Sender, s.Label = strings.ToLower(strings.TrimSpace(s.Sender)), strings.ToLower(strings.Trim(strings.TrimSpace(s.Label), ":= "))
	if s.Sender == "" || s.Label == "" || len(s.Label) > 80 || strings.ContainsAny(s.Label, "\r\n") || !slices.Contains(report.Fields, report.Field(s.Means)) {
		return fmt.Errorf("%w: %q %q %q", ErrLesson, s.Sender, s.Label, s.Means)
	}
	d.taught.mu.Lock()
	d.taught.read = time.Time{}
	d.taught.mu.Unlock()
	return ledger.Teach(ctx, d.Cases, s)
}

// lessonsFor is for how long lessons are kept in mind.
const lessonsFor = 5 * time.Second

// taught are the lessons, as they were read last. Reports are read on every core.
type taught struct {
	mu   sync.Mutex
	all  []ledger.Lesson
	read time.Time
}

// lessons returns what was taught at the desk. What cannot be read now is read
// the next time: a report that lacks a lesson waits for a person.
func lessons(d *Desk) []ledger.Lesson {
	d.taught.mu.Lock()
	defer d.taught.mu.Unlock()
	if now := time.Now(); now.Sub(d.taught.read) > lessonsFor {
		if all, err := ledger.Lessons(context.Background(), d.Cases); err == nil {
			d.taught.all, d.taught.read = all, now
		}
	}
	return d.taught.all
}
