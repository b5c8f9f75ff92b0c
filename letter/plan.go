package letter

import (
	"cmp"
	"container/heap"
	"fmt"
	"strings"
	"time"
)

// A Plan says how long the letters that wait will take, if every server takes
// every letter at once and nothing else is approved.
type Plan struct {
	Letters int           `json:"letters"`
	From    time.Time     `json:"from"`          // now
	Last    time.Time     `json:"last,omitzero"` // when the last letter leaves; zero: none waits
	Why     string        `json:"why,omitempty"` // the lane that the last letter waits for, [WaitsDue], [WaitsApart], or empty
	Every   time.Duration `json:"-"`             // the pace of that lane at that time
}

// Because says in words what the last letter waits for.
func (p Plan) Because() string {
	kind, name, _ := strings.Cut(p.Why, ":")
	switch {
	case p.Why == "":
		return "nothing holds them up"
	case p.Why == WaitsDue:
		return "it was refused for now and is tried again then"
	case p.Why == WaitsApart:
		return "its address had another letter just before (address_pace)"
	case kind == "hours":
		return "letters leave there from " + p.Last.Format("15:04") + " UTC"
	case kind == "domain", kind == "group", kind == "mx":
		return fmt.Sprintf("one letter to %s every %v", name, p.Every)
	case kind == "campaign":
		return fmt.Sprintf("one letter of the campaign every %v", p.Every)
	}
	return fmt.Sprintf("%s: one letter every %v", p.Why, p.Every)
}

// Why a letter waits, besides lanes.
const (
	WaitsDue   = "due"     // it is to be tried again later
	WaitsApart = "address" // its address had another letter just before
)

// Waiting are letters that go the same way and are due at the same time.
type Waiting struct {
	Lanes []string // the widest first; at least one
	At    time.Time
	Why   string // [WaitsDue] or [WaitsApart] if that is not now
	Count int
}

// A Forecast is what is known of letters that wait. [Forecast.Plan] does with
// them what sending does, without a server and without a clock.
type Forecast struct {
	Now     time.Time
	Waiting []Waiting                                    // of those that go the same way, the earliest first
	Lanes   []Lane                                       // as they stand
	Opens   func(lane string, at time.Time) time.Time    // as in [Ready], or nil
	Pace    func(lane string, at time.Time) (Pace, bool) // the pace that the settings ask for at a time, or nil
}

// Plan lets all letters pass.
func (f Forecast) Plan() Plan {
	p := Plan{From: f.Now}
	s := simulation{f: f, lanes: map[string]*Lane{}}
	for _, a := range f.Lanes {
		s.lanes[a.Key] = &a
	}
	root := &stage{kids: map[string]*stage{}}
	for _, w := range f.Waiting {
		root.wait(w)
		p.Letters += w.Count
	}
	if p.Letters == 0 {
		return p
	}
	p.Last, p.Why = s.run(root)
	if a := s.lane(p.Why, p.Last); a != nil {
		p.Every = a.Pace.Every
	}
	return p
}

type dueLetters struct {
	at    time.Time
	count int
	why   string // as in Waiting
}

// A stage is a lane as it is reached through those before it. Behind it are
// other stages, or letters in the order of their times.
type stage struct {
	key     string
	rank    int // among its siblings, where nothing else tells
	kids    map[string]*stage
	next    stages // the kids that have letters, by time
	letters []dueLetters
	blocked time.Time // the lane lets nothing pass before
	at      time.Time // when there is something to do
}

// wait puts letters behind the lanes that they pass through.
func (s *stage) wait(w Waiting) {
	for _, key := range w.Lanes {
		if s.kids[key] == nil {
			s.kids[key] = &stage{key: key, rank: len(s.kids), kids: map[string]*stage{}}
		}
		s = s.kids[key]
	}
	s.letters = append(s.letters, dueLetters{w.At, w.Count, w.Why})
}

// ready fills the heaps once all letters are in their places.
func (s *stage) ready() {
	for _, k := range s.kids {
		k.ready()
		s.next = append(s.next, k)
	}
	heap.Init(&s.next)
	s.settle()
}

// settle finds out when there is something to do next.
func (s *stage) settle() {
	s.at = s.blocked
	switch {
	case len(s.next) > 0 && s.next[0].at.After(s.at):
		s.at = s.next[0].at
	case len(s.letters) > 0 && s.letters[0].at.After(s.at):
		s.at = s.letters[0].at
	}
}

func (s *stage) empty() bool { return len(s.next) == 0 && len(s.letters) == 0 }

// stages is a heap.
type stages []*stage

func (h stages) Len() int { return len(h) }
func (h stages) Less(i, j int) bool {
	return cmp.Or(h[i].at.Compare(h[j].at), h[i].rank-h[j].rank) < 0
}
func (h stages) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *stages) Push(x any)   { *h = append(*h, x.(*stage)) }
func (h *stages) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// A simulation does what claiming does, without a database.
type simulation struct {
	f     Forecast
	lanes map[string]*Lane
}

// lane returns a lane as it is at a time, or nil if it limits nothing.
func (s *simulation) lane(key string, at time.Time) *Lane {
	a := s.lanes[key]
	if s.f.Pace == nil {
		return a
	}
	if p, ok := s.f.Pace(key, at); ok {
		if a == nil {
			a = &Lane{Key: key}
			s.lanes[key] = a
		}
		a.Ask(p)
	}
	return a
}

// run lets all letters pass, and says when the last one did and what it waited for.
func (s *simulation) run(root *stage) (last time.Time, why string) {
	root.ready()
	for !root.empty() {
		if w, ok := s.step(root, root.at); ok {
			last, why = root.at, w
		}
		root.settle()
	}
	return last, why
}

// step lets one letter pass at a time, or finds out what it has to wait for.
func (s *simulation) step(n *stage, at time.Time) (why string, ok bool) {
	a := s.lane(n.key, at)
	free := at
	if a != nil {
		free, _ = a.Next(at)
	}
	if s.f.Opens != nil {
		free = later(free, s.f.Opens(n.key, free))
	}
	if free.After(at) {
		n.blocked = free
		return "", false
	}
	if len(n.letters) > 0 {
		if n.letters[0].at.Equal(at) {
			why = n.letters[0].why
		}
		if n.letters[0].count--; n.letters[0].count == 0 {
			n.letters = n.letters[1:]
		}
		ok = true
	} else {
		kid := n.next[0]
		why, ok = s.step(kid, at)
		kid.settle()
		if kid.empty() {
			heap.Pop(&n.next)
		} else {
			heap.Fix(&n.next, 0)
		}
	}
	if ok && a != nil {
		_, a.Mark = a.Next(at)
	}
	if n.blocked.Equal(at) {
		why = n.key
	}
	return why, ok
}
