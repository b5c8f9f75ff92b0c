package cases

import (
	"cmp"
	"context"
	"fmt"

	"headsup/campaign/belt"
	"headsup/ledger"
	"headsup/render"
)

// A sketch is a letter that is composed and neither rendered nor stored.
type sketch struct {
	draft    ledger.Draft
	enclosed []render.Enclosed
	firm     string // why it is a firmer letter

	// Once it is rendered:
	ready ledger.ReadyDraft
	err   error

	became ledger.Drafting // once it is stored
}

// One transaction stores so few letters that a crash costs no more than these.
const (
	mostSketches = 64
	mostEnclosed = 8 << 20
)

// writing renders letters on every core, and stores them. Where one is refused,
// those before it are stored.
func writing(ctx context.Context, d *Desk) *belt.Belt[*sketch] {
	return belt.New(ctx, belt.Job[*sketch]{
		Make:  func(s *sketch) { s.render(d.Renderer) },
		Store: func(ctx context.Context, all []*sketch) (int, error) { return store(ctx, d, all) },
		Tell:  func(s *sketch) error { return tellKept(ctx, d, s) },
		Most:  mostSketches,
		Bytes: mostEnclosed,
	})
}

// store stores letters that were rendered, up to one that could not be.
func store(ctx context.Context, d *Desk, all []*sketch) (int, error) {
	var drafts []ledger.ReadyDraft
	var fault error
	for _, s := range all {
		if fault = s.err; fault != nil {
			break
		}
		drafts = append(drafts, s.ready)
	}
	if len(drafts) == 0 {
		return 0, fault
	}
	what, err := ledger.DraftAll(ctx, d.Ledger, drafts)
	for i, w := range what {
		all[i].became = w
	}
	return len(what), cmp.Or(err, fault)
}

// enclosedSize is how many bytes a letter encloses.
func (s *sketch) enclosedSize() (n int) {
	for _, e := range s.enclosed {
		n += len(e.Data)
	}
	return n
}

// render makes a draft ready to be stored.
func (s *sketch) render(r *render.Renderer) {
	if s.draft.From, s.err = render.EnvelopeFrom(s.draft.Letter); s.err != nil {
		return
	}
	if s.draft.Rendered, s.err = render.Enclosing(r, s.draft.Letter, s.enclosed); s.err == nil {
		s.ready, s.err = s.draft.Ready()
	}
	if s.err != nil {
		s.err = fmt.Errorf("customer %q: %w", s.draft.Letter.To.Handle, s.err)
	}
}

// tellKept tells of a letter that is stored, and approves it where its reporters
// have earned that.
func tellKept(ctx context.Context, d *Desk, s *sketch) error {
	drafted, err := kept(ctx, d, s.draft, s.became)
	if err != nil || !drafted {
		return err
	}
	if s.firm != "" { // a person says so, however well its reporters are known
		d.Tell(Warning{Letter: s.draft.Letter.ID, Text: "a firmer letter: " + s.firm})
		return nil
	}
	return d.earn(ctx, s.draft.Letter.ID, s.ready.Hash())
}
