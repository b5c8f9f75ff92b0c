package campaign

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"headsup/ledger"
	"headsup/letter"
	"headsup/render"
)

// BatchOptions say how batches are made.
type BatchOptions struct {
	Again bool      // also letters that are in a batch already, or were posted
	By    string    // who makes them
	On    time.Time // the day on which they will be posted
}

// PrintBatches prints letters past review, those of each agency as a batch of
// its own, which the ledger knows before its files are written and which is
// told as [Batched]. No letter comes into two batches. What was interrupted is
// made again as the same batch; [PostPaper] says that it was posted. It returns
// how many letters it left out, each told as [LeftOut].
func PrintBatches(ctx context.Context, c *Campaign, dir string, f ledger.Filter, o BatchOptions) (without int, err error) {
	if err := ledger.Going(ctx, c.ledger, c.rules.ID); err != nil {
		return 0, err
	}
	if len(f.States) == 0 {
		f.States = confirmedStates
	}
	list, left, found, err := enclosures(ctx, c, f)
	if err != nil {
		return 0, err
	}
	if err := missing(c.full(f.IDs), found); err != nil {
		return 0, err
	}
	for _, l := range left {
		c.event(l)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	inOrder(c, list)
	byAgency := map[string][]render.Enclosure{}
	for _, e := range list {
		byAgency[e.Agency] = append(byAgency[e.Agency], e)
	}
	made := 0
	for _, a := range c.rules.Agencies {
		switch err := printBatch(ctx, c, dir, a.ID, byAgency[a.ID], o); {
		case errors.Is(err, errNoneLeft):
		case err != nil:
			return 0, err
		default:
			made++
		}
	}
	if made == 0 {
		err = ErrNothingToPrint
	}
	return len(left), err
}

// errNoneLeft means that all letters of an agency are in a batch already.
var errNoneLeft = errors.New("no letter is left")

// printBatch records a batch of one agency, or finds the one that was begun,
// and writes its files.
func printBatch(ctx context.Context, c *Campaign, dir, agency string, list []render.Enclosure, o BatchOptions) error {
	var letters []ledger.Enclosed
	known := map[string]render.Enclosure{}
	for _, e := range list {
		letters = append(letters, ledger.Enclosed{Letter: e.ID, Hash: e.Hash, Pages: e.Pages})
		known[e.ID] = e
	}
	b, in, err := ledger.MakeBatch(ctx, c.ledger, c.rules.ID, agency, letters, o.Again, o.By)
	if errors.Is(err, ledger.ErrNotFound) {
		return errNoneLeft
	}
	if err != nil {
		return err
	}
	var batch []render.Enclosure
	for _, e := range in {
		now, ok := known[e.Letter]
		if !ok || now.Hash != e.Hash {
			return fmt.Errorf("%w: letter %q of batch %s, which was begun", ledger.ErrChanged, e.Letter, b.ID)
		}
		batch = append(batch, now)
	}
	out := Batched{Batch: b, PDF: filepath.Join(dir, b.ID+".pdf"), List: filepath.Join(dir, b.ID+".csv")}
	if err := writeFile(out.List, render.List(batch)); err != nil {
		return err
	}
	if _, err := writeBatch(ctx, c, out.PDF, batch); err != nil {
		return err
	}
	if err := ledger.FinishBatch(ctx, c.ledger, b.ID); err != nil {
		return err
	}
	out.Ready = true
	c.event(out)
	return noteDates(ctx, c, in, o.On)
}

// noteDates tells how many letters say another day than that of posting.
func noteDates(ctx context.Context, c *Campaign, in []ledger.Enclosed, on time.Time) error {
	other := 0
	for _, e := range in {
		r, err := c.ledger.Letter(ctx, e.Letter)
		if err != nil {
			return err
		}
		if r.Letter.Date.Format(time.DateOnly) != on.Format(time.DateOnly) {
			other++
		}
	}
	if other > 0 {
		c.event(Noted{fmt.Sprintf("printed with another date than %s, the day of posting: %d", on.Format(time.DateOnly), other)})
	}
	return nil
}

// Batches tells the batches of the campaign as [Batched], the first one first.
func Batches(ctx context.Context, c *Campaign) error {
	all, err := ledger.Batches(ctx, c.ledger, c.rules.ID)
	for _, b := range all {
		c.event(Batched{Batch: b})
	}
	return err
}

// A Cost is what it would take to post letters. Its JSON names are settled.
type Cost struct {
	Letters   int     `json:"letters"`
	Pages     int     `json:"pages"`
	Sheets    int     `json:"sheets"`
	Price     float64 `json:"price"`
	Currency  string  `json:"currency,omitempty"`
	NoTariff  int     `json:"no_tariff"` // letters that no tariff takes
	Without   int     `json:"without"`   // letters that cannot go by post
	InBatches int     `json:"in_batches"`
}

// CostOf says what posting the letters that f chooses would cost, without those
// that are in a batch already. Of each that cannot go it tells [LeftOut].
func CostOf(ctx context.Context, c *Campaign, f ledger.Filter) (out Cost, err error) {
	if len(f.States) == 0 {
		f.States = append([]letter.State{letter.Drafted}, confirmedStates...)
	}
	list, left, _, err := enclosures(ctx, c, f)
	if err != nil {
		return out, err
	}
	in, err := ledger.InBatches(ctx, c.ledger, c.rules.ID)
	if err != nil {
		return out, err
	}
	for _, l := range left {
		c.event(l)
	}
	p := c.settings.Post.Postage()
	out.Without, out.Currency = len(left), c.settings.Post.Currency
	for _, e := range list {
		if in[e.ID] {
			out.InBatches++
			continue
		}
		out.Letters, out.Pages, out.Sheets = out.Letters+1, out.Pages+e.Pages, out.Sheets+p.Sheets(e.Pages)
		if n, ok := p.Of(e.Country, e.Pages); ok {
			out.Price += p.Tariffs[n].Price
		} else {
			out.NoTariff++
		}
	}
	return out, nil
}

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

// PostPaper records what became of letters on paper on a day: of those named by
// reference, of all of a batch, or of those that a file names, a line each,
// whatever else stands in it: what a scanner reads off the page, or a table. A
// line that says itself what became of the letter, and when, is believed. It
// tells each letter as [ByPost]; said twice, it changes nothing.
func PostPaper(ctx context.Context, c *Campaign, papers []Paper, fate letter.Paper, on time.Time, by string) (out Posted, err error) {
	p := &poster{c: c, by: by, out: &out}
	for _, paper := range papers {
		if letters, batches := letter.Named(letter.FullReference(c.rules.ID, paper.Name)); paper.Open == nil {
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
	c   *Campaign
	by  string
	out *Posted
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
				p.c.event(BadRow{fmt.Errorf("%s: no reference of a letter: %q", source, text)})
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
		p.c.event(Refused{Letter: of, Err: err})
		return nil
	}
	for _, id := range batches {
		if fate != letter.Posted {
			return fmt.Errorf("%w: %s: a batch is posted; what became of its letters is said of each", ErrRule, id)
		}
		n, err := ledger.PostBatch(ctx, p.c.ledger, p.c.rules.ID, id, on, p.by)
		if err != nil {
			if err = refuse(id, err); err != nil {
				return err
			}
			continue
		}
		if p.out.Changed += n; n == 0 {
			p.out.Known++
		}
		b, _, err := ledger.FindBatch(ctx, p.c.ledger, id)
		if err != nil {
			return err
		}
		p.c.event(Batched{Batch: b})
	}
	for _, id := range letters {
		changed, err := ledger.Post(ctx, p.c.ledger, p.c.rules.ID, id, fate, on, p.by)
		switch {
		case err != nil:
			if err = refuse(id, err); err != nil {
				return err
			}
		case !changed:
			p.out.Known++
		default:
			p.out.Changed++
			p.c.event(ByPost{id, fate, source})
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
