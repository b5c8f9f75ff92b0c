// Package post takes letters on paper to the post and back: it prints them in
// batches, says what they cost, and records what became of each.
//
// Who is written to, and in which words, is decided before; no letter comes into
// two batches unless somebody asks for another copy.
package post

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
)

// ErrFate means that what is said of paper does not fit what it is said of.
var ErrFate = errors.New("that is not said of paper")

// A Paper is what the mail room or the post says of letters, or of a batch.
type Paper struct {
	Name string // of a letter, a batch, or a file
	Open func() (io.ReadCloser, error)
}

// Posted counts what became of what was said of paper.
type Posted struct {
	Changed int   // letters
	Known   int   // letters and batches of which that was known
	Refused error // the last of which it cannot be
	Unread  int   // lines that name nothing
}

// Record records what became of letters on paper on a day: of those named by
// reference, of all of a batch, or of those that a file names, a line each,
// whatever else stands in it: what a scanner reads off the page, or a table. A
// line that says itself what became of the letter, and when, is believed. It
// tells each letter as [campaign.ByPost]; said twice, it changes nothing.
func Record(ctx context.Context, c *campaign.Campaign, papers []Paper, fate letter.Paper, on time.Time, by string) (out Posted, err error) {
	room := campaign.Within(c)
	p := &poster{room: room, by: by, out: &out}
	for _, paper := range papers {
		if letters, batches := letter.Named(letter.FullReference(room.Rules.ID, paper.Name)); paper.Open == nil {
			if len(letters)+len(batches) == 0 {
				return out, fmt.Errorf("%w: %q", ledger.ErrNotFound, paper.Name)
			}
			if err := p.line(ctx, letters, batches, fate, on, ""); err != nil {
				return out, err
			}
			continue
		}
		if err := p.file(ctx, paper, fate, on); err != nil {
			return out, err
		}
	}
	return out, nil
}

type poster struct {
	room campaign.Inside
	by   string
	out  *Posted
}

// longestLine is more than any scanner writes of one letter.
const longestLine = 64 << 10

func (p *poster) file(ctx context.Context, paper Paper, fate letter.Paper, on time.Time) error {
	r, err := paper.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" {
			continue
		}
		source := fmt.Sprintf("%s:%d", paper.Name, n)
		said := ReadPaper(text)
		if len(said.Letters)+len(said.Batches) == 0 {
			if n > 1 { // else it is a header
				p.out.Unread++
				p.room.Tell(campaign.BadRow{Err: fmt.Errorf("%s: no reference of a letter: %q", source, text)})
			}
			continue
		}
		if said.Fate == "" {
			said.Fate = fate
		}
		if said.On.IsZero() {
			said.On = on
		}
		if err := p.line(ctx, said.Letters, said.Batches, said.Fate, said.On, source); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", paper.Name, err)
	}
	return nil
}

// line records what one line says.
func (p *poster) line(ctx context.Context, letters, batches []string, fate letter.Paper, on time.Time, source string) error {
	refuse := func(of string, err error) error {
		if !errors.Is(err, ledger.ErrState) && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		p.out.Refused = err
		p.room.Tell(campaign.Refused{Letter: of, Err: err})
		return nil
	}
	for _, id := range batches {
		if fate != letter.Posted {
			return fmt.Errorf("%w: batch %s is posted; what became of its letters is said of each", ErrFate, id)
		}
		n, err := ledger.PostBatch(ctx, p.room.Ledger, p.room.Rules.ID, id, on, p.by)
		if err != nil {
			if err = refuse(id, err); err != nil {
				return err
			}
			continue
		}
		if p.out.Changed += n; n == 0 {
			p.out.Known++
		}
		b, in, err := ledger.FindBatch(ctx, p.room.Ledger, id)
		if err != nil {
			return err
		}
		p.room.Tell(campaign.Batched{Batch: b})
		if n > 0 {
			if err := noteDates(ctx, p.room, in, b.Posted); err != nil {
				return err
			}
		}
	}
	for _, id := range letters {
		changed, err := ledger.Post(ctx, p.room.Ledger, p.room.Rules.ID, id, fate, on, p.by)
		switch {
		case err != nil:
			if err = refuse(id, err); err != nil {
				return err
			}
		case !changed:
			p.out.Known++
		default:
			p.out.Changed++
			p.room.Tell(campaign.ByPost{Letter: id, Fate: fate, Source: source})
		}
	}
	return nil
}

// A Said is what one line says of paper.
type Said struct {
	Letters, Batches []string
	Fate             letter.Paper // empty: it does not say
	On               time.Time    // zero: it does not say
}

// ReadPaper reads a line of what the mail room or the post wrote: what names
// letters or batches, and cells that say what became of them and on which day
// (2026-03-20), in any order.
func ReadPaper(line string) (s Said) {
	s.Letters, s.Batches = letter.Named(line)
	cells := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;|\t\"", r) || unicode.IsSpace(r) })
	s.Fate = letter.FateOf(cells)
	if i := slices.IndexFunc(cells, func(c string) bool { _, err := time.Parse(time.DateOnly, c); return err == nil }); i >= 0 {
		s.On, _ = time.Parse(time.DateOnly, cells[i])
	}
	return s
}
