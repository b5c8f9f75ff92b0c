package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// ErrNoLot means that there is no such lot, or no such letter to read in it.
var ErrNoLot = errors.New("no such lot")

// A LotState says how far a lot has come.
type LotState string

const (
	LotReading   LotState = "reading"   // its sample is being read
	LotStopped   LotState = "stopped"   // something in it was wrong
	LotApproving LotState = "approving" // its letters are being approved
	LotApproved  LotState = "approved"
)

// A Lot is a frozen list of letters, each by its hash, that is approved as a
// whole once a sample of it was read.
type Lot struct {
	ID       int64
	Campaign string
	View     string // how its letters were chosen, for people
	By       string
	At       time.Time
	State    LotState
	Hash     string // of all its letters, as [LotHash] makes it
	Letters  int
	Approved int
	Refused  int    // letters that had changed, or that somebody held
	Note     string // why it was stopped
}

// A LotLetter is a letter of a lot, as it was when the lot was made.
type LotLetter struct{ ID, Hash string }

// LotHash is SHA-256 over the IDs and hashes of letters, in hexadecimal.
func LotHash(letters []LotLetter) string {
	h := sha256.New()
	for _, f := range letters {
		fmt.Fprintf(h, "%s@%s\n", f.ID, f.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// What of a lot is read: one letter of each shape, a random sample of the
// others, and letters that are wrong on purpose and are in no list to be sent.
const (
	ReadShape  = "shape"
	ReadSample = "sample"
	ReadPlant  = "plant"
)

// What a reader says of a letter.
const (
	ReadRight = "right"
	ReadWrong = "wrong"
)

// A LotRead is a letter that is to be read before a lot is approved.
type LotRead struct {
	N       int // from 1
	Letter  string
	Kind    string // ReadShape, ReadSample or ReadPlant
	Plant   string // what was made wrong in it
	Verdict string // ReadRight, ReadWrong, or empty
	Reason  string
	By      string
	At      time.Time
}

// Lots are those of a ledger.
type Lots struct{ l *Ledger }

// NewLots returns the lots of a ledger.
func NewLots(l *Ledger) Lots { return Lots{l} }

// Make stores a new lot and what is to be read of it, and returns its number.
func (b Lots) Make(ctx context.Context, of Lot, letters []LotLetter, reads []LotRead) (id int64, err error) {
	err = inTx(ctx, b.l, func(t *tx) error {
		err := t.QueryRowContext(ctx, `
INSERT INTO lots (campaign, view, by_whom, at, state, hash, letters) VALUES ($1, $2, $3, `+t.d.now+`, 'reading', $4, $5) RETURNING id`,
			of.Campaign, text(of.View), text(of.By), LotHash(letters), len(letters)).Scan(&id)
		if err != nil {
			return err
		}
		rows := make([][]any, len(letters))
		for i, f := range letters {
			rows[i] = []any{id, f.ID, f.Hash}
		}
		if _, err := t.d.bulk(ctx, t, bulk{"lot_letters", []string{"lot_id", "letter_id", "hash"}, rows, "DO NOTHING"}); err != nil {
			return err
		}
		return addReads(ctx, t, id, reads)
	})
	return id, err
}

// addReads numbers what is to be read behind what is.
func addReads(ctx context.Context, t *tx, id int64, reads []LotRead) error {
	var last int
	if err := t.QueryRowContext(ctx, "SELECT COALESCE(max(n), 0) FROM lot_reads WHERE lot_id = $1", id).Scan(&last); err != nil {
		return err
	}
	for i, r := range reads {
		if err := t.must(ctx, "INSERT INTO lot_reads (lot_id, n, letter_id, kind, plant) VALUES ($1, $2, $3, $4, $5)",
			id, last+i+1, r.Letter, r.Kind, r.Plant); err != nil {
			return err
		}
	}
	return nil
}

const lotColumns = "id, campaign, view, by_whom, at, state, hash, letters, approved, refused, note"

// List returns the lots of a campaign, the latest first.
func (b Lots) List(ctx context.Context, campaign string) ([]Lot, error) {
	return lots(ctx, b.l.r, "campaign = $1 ORDER BY id DESC", campaign)
}

// Get returns a lot of a campaign, or [ErrNoLot].
func (b Lots) Get(ctx context.Context, campaign string, id int64) (Lot, error) {
	found, err := lots(ctx, b.l.r, "campaign = $1 AND id = $2", campaign, id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%w: %d", ErrNoLot, id)
	}
	if err != nil {
		return Lot{}, err
	}
	return found[0], nil
}

func lots(ctx context.Context, q querier, where string, args ...any) (all []Lot, err error) {
	rows, err := q.QueryContext(ctx, "SELECT "+lotColumns+" FROM lots WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var b Lot
		var at int64
		err := rows.Scan(&b.ID, &b.Campaign, &b.View, &b.By, &at, &b.State, &b.Hash, &b.Letters, &b.Approved, &b.Refused, &b.Note)
		b.At = timeOf(at)
		all = append(all, b)
		return err
	})
	return all, err
}

// LettersOf returns up to limit letters of a lot whose IDs come after one, by ID.
func (b Lots) LettersOf(ctx context.Context, id int64, after string, limit int) (all []LotLetter, err error) {
	rows, err := b.l.r.QueryContext(ctx, "SELECT letter_id, hash FROM lot_letters WHERE lot_id = $1 AND letter_id > $2 ORDER BY letter_id LIMIT $3", id, after, limit)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var f LotLetter
		err := rows.Scan(&f.ID, &f.Hash)
		all = append(all, f)
		return err
	})
	return all, err
}

// Reads returns what is to be read of a lot, in order.
func (b Lots) Reads(ctx context.Context, id int64) (all []LotRead, err error) {
	rows, err := b.l.r.QueryContext(ctx, "SELECT n, letter_id, kind, plant, verdict, reason, by_whom, at FROM lot_reads WHERE lot_id = $1 ORDER BY n", id)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var r LotRead
		var at int64
		err := rows.Scan(&r.N, &r.Letter, &r.Kind, &r.Plant, &r.Verdict, &r.Reason, &r.By, &at)
		r.At = timeOf(at)
		all = append(all, r)
		return err
	})
	return all, err
}

// Judge stores what somebody says of a letter that was read, with further ones
// that are to be read therefore, and stops the lot for a reason unless stop
// is empty. It returns [ErrState] where somebody was quicker, or the lot is
// read no more.
func (b Lots) Judge(ctx context.Context, id int64, r LotRead, stop string, further []LotRead) error {
	return inTx(ctx, b.l, func(t *tx) error {
		n, err := t.exec(ctx, `
UPDATE lot_reads SET verdict = $3, reason = $4, by_whom = $5, at = `+t.d.now+` WHERE lot_id = $1 AND n = $2 AND verdict = ''
   AND EXISTS (SELECT 1 FROM lots WHERE id = $1 AND state = 'reading')`, id, r.N, r.Verdict, text(r.Reason), text(r.By))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: letter %d of lot %d is judged, or the lot is read no more", ErrState, r.N, id)
		}
		switch {
		case err != nil:
			return err
		case stop == "":
			return addReads(ctx, t, id, further)
		}
		return t.must(ctx, "UPDATE lots SET state = 'stopped', note = $2 WHERE id = $1 AND state = 'reading'", id, text(stop))
	})
}

// Turn moves a lot from one state to another, or returns [ErrState] where it
// is in none of those.
func (b Lots) Turn(ctx context.Context, id int64, from, to LotState) error {
	return inTx(ctx, b.l, func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE lots SET state = $3 WHERE id = $1 AND state = $2", id, string(from), string(to))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: lot %d is not %s", ErrState, id, from)
		}
		return err
	})
}

// End says what approving a lot came to.
func (b Lots) End(ctx context.Context, id int64, approved, refused int) error {
	return inTx(ctx, b.l, func(t *tx) error {
		return t.must(ctx, "UPDATE lots SET state = 'approved', approved = $2, refused = $3 WHERE id = $1 AND state = 'approving'", id, approved, refused)
	})
}
