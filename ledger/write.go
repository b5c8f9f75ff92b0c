package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"headsup/ledger/mark"
	"headsup/letter"
)

// A write is what a letter on the wire writes down: before its final dot that
// the dot is about to be sent, afterwards what became of it.
type write struct {
	box *Outbox
	e   letter.Envelope
	out *letter.Outcome // nil: the mark

	version int64 // of the stops that the letter was last judged by

	line *mark.Line // of the mark outside the ledger, once the transaction has one
}

// submit has w written soon, in one transaction with others that wait.
func (w *write) submit() *job {
	w.box.mu.Lock()
	w.version = w.box.judged[w.e.LetterID]
	w.box.mu.Unlock()
	j := &job{write: w, run: func(ctx context.Context, t *tx) error {
		if w.out == nil {
			return t.mark(ctx, w)
		}
		return t.settled(ctx, w)
	}}
	enqueue(w.box.l, j)
	return j
}

// note keeps in mind whose outcome could not be written down. Until it is,
// nothing is marked: a letter whose fate is not recorded must not be followed
// by another one. One that was taken back has its fate.
func (o *Outbox) note(w *write, err error) {
	if w.out == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil || errors.Is(err, ErrLost) {
		delete(o.unsettled, w.e.LetterID)
		delete(o.judged, w.e.LetterID)
	} else {
		o.unsettled[w.e.LetterID] = err
	}
}

// clear returns an error if a letter before is not settled.
func (o *Outbox) clear() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, err := range o.unsettled {
		return fmt.Errorf("what became of letter %q is not recorded: %w", id, err)
	}
	return nil
}

// errOdd sends the writes of a transaction back to be done one by one, which
// finds out whose fault it is.
var errOdd = errors.New("not all letters are as expected")

// writeAll is what many letters write, outcomes before marks, in as few
// statements as it takes.
func (t *tx) writeAll(ctx context.Context, ws []*write) error {
	marks := slices.IndexFunc(ws, func(w *write) bool { return w.out == nil })
	if marks < 0 {
		marks = len(ws)
	}
	plain, rest, err := t.plain(ctx, ws[:marks])
	if err != nil {
		return err
	}
	for _, w := range rest {
		if err := t.settled(ctx, w); err != nil {
			return err
		}
	}
	for _, same := range byBox(plain) {
		if err := t.sent(ctx, same); err != nil {
			return err
		}
	}
	for _, same := range byBox(ws[marks:]) {
		if err := t.markAll(ctx, same); err != nil {
			return err
		}
	}
	return nil
}

func byBox(ws []*write) (boxes [][]*write) {
	for _, w := range ws {
		if i := slices.IndexFunc(boxes, func(b []*write) bool { return b[0].box == w.box }); i >= 0 {
			boxes[i] = append(boxes[i], w)
		} else {
			boxes = append(boxes, []*write{w})
		}
	}
	return boxes
}

// plain finds the letters that were sent, by lanes with nothing to learn from it.
func (t *tx) plain(ctx context.Context, ws []*write) (plain, rest []*write, err error) {
	var keys []string
	for _, w := range ws {
		keys = append(keys, w.e.Lanes...)
	}
	slices.Sort(keys)
	lanes, err := t.peek(ctx, slices.Compact(keys))
	if err != nil {
		return nil, nil, err
	}
	learns := map[string]bool{}
	for _, a := range lanes {
		learns[a.Key] = a.Learns()
	}
	for _, w := range ws {
		if w.out.State == letter.Sent && !w.out.Slow && !slices.ContainsFunc(w.e.Lanes, func(key string) bool { return learns[key] }) {
			plain = append(plain, w)
		} else {
			rest = append(rest, w)
		}
	}
	return plain, rest, nil
}

// asJSON is for statements that read it with [dialect.each].
func asJSON(ws []*write) string {
	type row struct {
		Letter  string       `json:"letter"`
		Attempt int          `json:"attempt"`
		Version int64        `json:"version"`
		Phase   letter.Phase `json:"phase,omitempty"`
		Code    int          `json:"code"`
		Reply   string       `json:"reply,omitempty"`
	}
	list := make([]row, len(ws))
	for i, w := range ws {
		list[i] = row{Letter: w.e.LetterID, Attempt: w.e.Attempt, Version: w.version}
		if w.out != nil {
			list[i].Phase, list[i].Code, list[i].Reply = w.out.Phase, w.out.Code, text(w.out.Reply())
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings and numbers
	}
	return string(b)
}

// sent settles letters of one outbox that were accepted.
func (t *tx) sent(ctx context.Context, ws []*write) error {
	now, err := t.now(ctx)
	if err != nil {
		return err
	}
	from := ` FROM (SELECT value ->> 'letter' AS letter, CAST(value ->> 'attempt' AS BIGINT) AS attempt, value ->> 'phase' AS phase,
              CAST(value ->> 'code' AS BIGINT) AS code, COALESCE(value ->> 'reply', '') AS reply FROM ` + t.d.each + `) v`
	list := asJSON(ws)
	if err := t.exactly(ctx, len(ws), `
UPDATE attempts SET state = 'sent', phase = v.phase, code = v.code, reply = v.reply, settled_at = $2`+from+`
 WHERE attempts.letter_id = v.letter AND attempts.attempt = v.attempt AND attempts.owner = $3 AND attempts.settled_at IS NULL`,
		list, msOf(now), ws[0].box.options.Owner); err != nil {
		return err
	}
	return t.exactly(ctx, len(ws), `
UPDATE letters SET state = 'sent', reason = v.reply, changed_at = $2`+from+`
 WHERE letters.id = v.letter AND letters.attempt = v.attempt AND letters.state = 'sending'`, list, msOf(now))
}

// markAll marks letters of one outbox, if nothing was suppressed or stopped since
// they were judged: who does so later waits for this transaction.
func (t *tx) markAll(ctx context.Context, ws []*write) error {
	for _, w := range ws {
		w.line = nil // of a transaction that was undone
	}
	if err := ws[0].box.clear(); err != nil {
		return err
	}
	if err := t.exactly(ctx, len(ws), `
UPDATE attempts SET phase = 'dot', marked_at = `+t.d.now+`
 WHERE (letter_id, attempt) IN (SELECT value ->> 'letter', CAST(value ->> 'attempt' AS BIGINT) FROM `+t.d.each+`
           WHERE CAST(value ->> 'version' AS BIGINT) = (SELECT n FROM versions WHERE what = 'suppressions'`+t.d.share+`))
   AND owner = $2 AND state = 'sending' AND phase <> 'dot'`, asJSON(ws), ws[0].box.options.Owner); err != nil {
		return err
	}
	return leave(ctx, t, ws[0].box.marker, ws)
}

func (t *tx) exactly(ctx context.Context, n int, query string, args ...any) error {
	changed, err := t.exec(ctx, query, args...)
	if err == nil && changed != int64(n) {
		err = errOdd
	}
	return err
}

// mark marks one letter. If something was suppressed or stopped since the letter
// was claimed, it looks whether that is meant.
func (t *tx) mark(ctx context.Context, w *write) error {
	err := t.markAll(ctx, []*write{w})
	if errors.Is(err, errOdd) {
		if err := t.lookAgain(ctx, w); err != nil {
			return err
		}
		err = t.markAll(ctx, []*write{w})
	}
	if errors.Is(err, errOdd) {
		err = fmt.Errorf("%w: attempt %d of letter %q", ErrLost, w.e.Attempt, w.e.LetterID)
	}
	return err
}

// lookAgain returns [letter.ErrStopped] if a letter that is claimed may not leave
// any more. The version of the stops that it is judged by stays the last one
// until the transaction ends.
func (t *tx) lookAgain(ctx context.Context, w *write) error {
	c := claim{t: t, o: w.box.options, stops: &w.box.stops}
	var err error
	if c.known, err = c.refreshStops(ctx, t.d.share); err != nil {
		return err
	}
	if c.now, err = t.now(ctx); err != nil {
		return err
	}
	w.version = c.known.version
	if err := going(ctx, t, w.e.Campaign); err != nil {
		return fmt.Errorf("%w: %w", letter.ErrStopped, err)
	}
	e, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1", w.e.LetterID))
	if err != nil {
		return err
	}
	found, err := c.stopped(ctx, e)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%w: %v", letter.ErrStopped, found[0])
	}
	return err
}
