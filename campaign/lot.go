package campaign

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"headsup/ledger"
	"headsup/letter"
)

var (
	// ErrNoLetters means that no letter of a view awaits review.
	ErrNoLetters = errors.New("no letter awaits review")
	// ErrUnread means that a lot cannot be approved before its sample was read.
	ErrUnread = errors.New("there are letters to be read")
)

// SampleSize is how many letters of a lot are drawn to be read, and Plants
// how many are put among them that are wrong on purpose.
const (
	SampleSize = 299
	Plants     = 3
)

// What is made wrong in a planted letter.
const (
	PlantAddress = "another address in its text"
	PlantReader  = "another reader above it"
	PlantHalf    = "its second half is missing"
)

var plants = []string{PlantAddress, PlantReader, PlantHalf}

// NewLot freezes the letters of a view that await review, and draws what is
// to be read of them: one of each shape (agency, language, kinds and round),
// then a random sample of the others with some that are wrong on purpose among
// them. view says in words how the letters were chosen.
func NewLot(ctx context.Context, c *Campaign, f ledger.Filter, view, by string) (int64, error) {
	f.States = []letter.State{letter.Drafted}
	var frozen []ledger.LotLetter
	shapes, rest := map[string]string{}, []string{}
	for e, err := range c.Letters(ctx, f) {
		switch {
		case err != nil:
			return 0, err
		case e.Redraft != "":
			continue
		}
		frozen = append(frozen, ledger.LotLetter{ID: e.ID, Hash: e.Hash})
		shape := fmt.Sprint(e.Agency, " ", e.Language, " ", e.Kinds, " ", e.Round)
		if _, known := shapes[shape]; !known {
			shapes[shape] = e.ID
			continue
		}
		rest = append(rest, e.ID)
	}
	if len(frozen) == 0 {
		return 0, ErrNoLetters
	}
	var reads []ledger.LotRead
	for _, id := range shapes {
		reads = append(reads, ledger.LotRead{Letter: id, Kind: ledger.ReadShape})
	}
	reads = append(reads, draw(rest, nil)...)
	return ledger.NewLots(c.ledger).Make(ctx, ledger.Lot{Campaign: c.rules.ID, View: view, By: by}, frozen, reads)
}

// draw draws a sample of letters that are not among those that were read, and
// plants as many wrong ones, made of letters that are in no sample.
func draw(from []string, read map[string]bool) (reads []ledger.LotRead) {
	var left []string
	for _, id := range from {
		if !read[id] {
			left = append(left, id)
		}
	}
	rand.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	planted := min(Plants, len(left)/4) // where there are few letters, they are better read
	sample := left[planted:]
	for i, id := range left[:planted] {
		reads = append(reads, ledger.LotRead{Letter: id, Kind: ledger.ReadPlant, Plant: plants[i%len(plants)]})
	}
	for _, id := range sample[:min(SampleSize, len(sample))] {
		reads = append(reads, ledger.LotRead{Letter: id, Kind: ledger.ReadSample})
	}
	rand.Shuffle(len(reads), func(i, j int) { reads[i], reads[j] = reads[j], reads[i] })
	return reads
}

// A LotCount says what was read of a lot, and what that proves.
type LotCount struct {
	ledger.Lot
	Shapes   int // read whole, one of each
	Sample   int // letters drawn
	Proves   int // those of them whose reading proves something, or will
	Read     int // of all that is to be read
	ToRead   int
	Next     int // the number of the next one to be read; 0: none
	Planted  int
	Caught   int
	Missed   int
	Extra    int      // letters that may be wrong, at 95 %, once all was read and found right
	SixWords []string // of its hash
}

// LotOf returns a lot of the campaign with what is known of it, or
// [ledger.ErrNoLot]. What somebody has read before they passed over a planted
// letter proves nothing.
func LotOf(ctx context.Context, c *Campaign, id int64) (b LotCount, err error) {
	store := ledger.NewLots(c.ledger)
	if b.Lot, err = store.Get(ctx, c.rules.ID, id); err != nil {
		return b, err
	}
	reads, err := store.Reads(ctx, id)
	if err != nil {
		return b, err
	}
	missed := map[string]time.Time{} // when somebody last passed over a planted one
	for _, r := range reads {
		if r.Kind == ledger.ReadPlant && r.Verdict == ledger.ReadRight && r.At.After(missed[r.By]) {
			missed[r.By] = r.At
		}
	}
	for _, r := range reads {
		b.ToRead++
		switch {
		case r.Verdict != "":
			b.Read++
		case b.Next == 0:
			b.Next = r.N
		}
		switch r.Kind {
		case ledger.ReadShape:
			b.Shapes++
		case ledger.ReadSample:
			b.Sample++
			if r.Verdict == "" || r.At.After(missed[r.By]) {
				b.Proves++
			}
		case ledger.ReadPlant:
			b.Planted++
			if r.Verdict == ledger.ReadWrong {
				b.Caught++
			} else if r.Verdict == ledger.ReadRight {
				b.Missed++
			}
		}
	}
	b.Extra = letter.Bound(b.Letters-b.Shapes, b.Proves, 0.95)
	hash, err := hex.DecodeString(b.Hash)
	b.SixWords = letter.SixWords(hash)
	return b, err
}

// Lots returns the lots of the campaign, the latest first.
func Lots(ctx context.Context, c *Campaign) ([]ledger.Lot, error) {
	return ledger.NewLots(c.ledger).List(ctx, c.rules.ID)
}

// ToRead returns what is to be read as number n of a lot: a letter, or one that is
// wrong on purpose, which looks as others do. It returns [ledger.ErrNoLot]
// where there is no such number.
func ToRead(ctx context.Context, c *Campaign, id int64, n int) (r ledger.LotRead, rec ledger.Record, err error) {
	store := ledger.NewLots(c.ledger)
	if _, err := store.Get(ctx, c.rules.ID, id); err != nil {
		return r, rec, err
	}
	reads, err := store.Reads(ctx, id)
	if err != nil {
		return r, rec, err
	}
	if n < 1 || n > len(reads) {
		return r, rec, fmt.Errorf("%w: %d has nothing to read as %d", ledger.ErrNoLot, id, n)
	}
	r = reads[n-1]
	if rec, err = c.ledger.Letter(ctx, r.Letter); err != nil || r.Kind != ledger.ReadPlant {
		return r, rec, err
	}
	other := reads[n%len(reads)].Letter
	otherRec, err := c.ledger.Letter(ctx, other)
	return r, spoiled(rec, otherRec, r.Plant), err
}

// spoiled makes a letter wrong, for a reader to find out.
func spoiled(rec, other ledger.Record, plant string) ledger.Record {
	switch plant {
	case PlantReader:
		rec.To, rec.Org = other.To, other.Org
	case PlantAddress: // then the findings are other ones than the text names
		for i, f := range rec.Letter.Findings {
			rec.Letter.Findings[i].Addr = f.Addr.Next().Next().Next()
		}
	case PlantHalf:
		rec.Rendered.Mail = []byte(halved(string(rec.Rendered.Mail)))
	}
	return rec
}

// halved leaves out the second half of the first text of a mail, whose
// boundaries stay.
func halved(mail string) string {
	head, body, ok := strings.Cut(mail, "Content-Type: text/plain")
	end := strings.Index(body, "\r\n--=_")
	if !ok || end < 0 {
		return mail
	}
	half := strings.LastIndex(body[:end/2], "\r\n")
	if half < 0 {
		return mail
	}
	return head + "Content-Type: text/plain" + body[:half] + body[end:]
}

// JudgeRead says of number n of a lot that it is right, or wrong for a
// reason. A letter that is wrong is held, and stops the lot. Of a planted one
// missed is true when it passed for right: then another sample is to be read.
func JudgeRead(ctx context.Context, c *Campaign, id int64, n int, wrong bool, reason, by string) (missed bool, err error) {
	store := ledger.NewLots(c.ledger)
	reads, err := store.Reads(ctx, id)
	if err != nil {
		return false, err
	}
	if _, err := store.Get(ctx, c.rules.ID, id); err != nil || n < 1 || n > len(reads) {
		return false, errors.Join(err, fmt.Errorf("%w: %d has nothing to read as %d", ledger.ErrNoLot, id, n))
	}
	r := reads[n-1]
	r.Verdict, r.Reason, r.By = ledger.ReadRight, reason, by
	if wrong {
		r.Verdict = ledger.ReadWrong
	}
	planted := r.Kind == ledger.ReadPlant
	stop := ""
	var further []ledger.LotRead
	switch {
	case planted && !wrong:
		missed = true
		if further, err = another(ctx, store, id, reads); err != nil {
			return false, err
		}
	case wrong && !planted:
		stop = r.Letter + ": " + reason
	}
	if err := store.Judge(ctx, id, r, stop, further); err != nil || stop == "" {
		return missed, err
	}
	return false, c.ledger.Hold(ctx, r.Letter, reason, by)
}

// another draws another sample of a lot.
func another(ctx context.Context, store ledger.Lots, id int64, reads []ledger.LotRead) ([]ledger.LotRead, error) {
	read := map[string]bool{}
	for _, r := range reads {
		if r.Kind != ledger.ReadPlant { // nobody has seen what is right of it
			read[r.Letter] = true
		}
	}
	var all []string
	for after := ""; ; {
		part, err := store.LettersOf(ctx, id, after, batch)
		if err != nil {
			return nil, err
		}
		for _, f := range part {
			all = append(all, f.ID)
			after = f.ID
		}
		if len(part) < batch {
			return draw(all, read), nil
		}
	}
}

// ApproveLot approves the letters of a lot, as they were when it was made,
// once all that was to be read of it was. It may be called again for a lot
// whose approval was cut short. Letters that have changed, or that somebody
// held, are counted and left.
func ApproveLot(ctx context.Context, c *Campaign, id int64, by string) error {
	b, err := LotOf(ctx, c, id)
	if err != nil {
		return err
	}
	store := ledger.NewLots(c.ledger)
	switch {
	case b.State == ledger.LotReading && b.Next != 0:
		return fmt.Errorf("%w: %d of lot %d", ErrUnread, b.ToRead-b.Read, id)
	case b.State == ledger.LotReading:
		if err := store.Turn(ctx, id, ledger.LotReading, ledger.LotApproving); err != nil {
			return err
		}
	case b.State != ledger.LotApproving:
		return fmt.Errorf("%w: lot %d is %s", ledger.ErrState, id, b.State)
	}
	approved, refused := 0, 0
	takes := terms(c)
	for after := ""; ; {
		part, err := store.LettersOf(ctx, id, after, batch)
		if err != nil {
			return err
		}
		for _, f := range part {
			after = f.ID
			switch err := ledger.ApproveTogether(ctx, c.ledger, f.ID, f.Hash, by, takes); {
			case err == nil:
				approved++
			case errors.Is(err, ledger.ErrChanged), errors.Is(err, ledger.ErrState), errors.Is(err, ledger.ErrRedraft), errors.Is(err, ledger.ErrUnreleased), errors.Is(err, ledger.ErrNotFound):
				refused++
			default:
				return err
			}
		}
		if len(part) < batch {
			return store.End(ctx, id, approved, refused)
		}
	}
}
