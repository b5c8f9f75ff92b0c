package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"headsup/campaign"
	"headsup/ledger"
)

// batchesPage lists batches, and offers to make one.
type batchesPage struct {
	*frame
	Batches []ledger.Lot
	Waiting int // letters that await review
}

// batchList shows all batches of the campaign.
func batchList(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) (err error) {
	return showBatches(d, w, r, f, http.StatusOK)
}

func showBatches(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) (err error) {
	if err := d.full(r, f, f.T("batches.title")); err != nil {
		return err
	}
	p := batchesPage{frame: f}
	if p.Batches, err = campaign.Lots(r.Context(), d.c); err != nil {
		return err
	}
	counts, err := campaign.Counts(r.Context(), d.c)
	p.Waiting = counts.States["drafted"]
	if err != nil {
		return err
	}
	return d.show(w, status, "batches", p)
}

// newBatch freezes the letters of a view.
func newBatch(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	q, err := url.ParseQuery(r.PostFormValue("view"))
	if err != nil {
		return formError(err)
	}
	v := readView(q)
	id, err := campaign.NewLot(r.Context(), d.c, v.Filter, v.values().Encode(), f.Person)
	if errors.Is(err, campaign.ErrNoLetters) {
		f.Fault = f.T("batch.empty")
		return showBatches(d, w, r, f, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, batchPath(id), http.StatusSeeOther)
	return nil
}

func batchPath(id int64) string { return "/batches/" + strconv.FormatInt(id, 10) }

// batchPage says what was read of a batch, and what that proves.
type batchPage struct {
	*frame
	campaign.LotCount
	Words string // six of them
	Busy  bool   // this desk is approving it
}

// batchNumber reads the number of a batch, or of a letter to read in it.
func batchNumber(r *http.Request, name string) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 32)
	if err != nil {
		return 0, errNoPage
	}
	return n, nil
}

func batchAt(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showBatch(d, w, r, f, http.StatusOK)
}

func showBatch(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) error {
	id, err := batchNumber(r, "batch")
	if err != nil {
		return err
	}
	p := batchPage{frame: f}
	if p.LotCount, err = campaign.LotOf(r.Context(), d.c, id); err != nil {
		return noBatch(err)
	}
	if err := d.full(r, f, f.T("batch.title", "id", strconv.FormatInt(id, 10))); err != nil {
		return err
	}
	p.Words = strings.Join(p.SixWords, " ")
	d.mu.Lock()
	p.Busy = d.approving[id]
	d.mu.Unlock()
	switch q := r.URL.Query().Get("did"); q {
	case "missed", "caught":
		f.Did.What = q
	}
	return d.show(w, status, "batch", p)
}

func noBatch(err error) error {
	if errors.Is(err, ledger.ErrNoLot) {
		return errNoPage
	}
	return err
}

// readPage is a letter of a batch, to be called right or wrong. It shows nothing
// that would tell a letter that is wrong on purpose from the others.
type readPage struct {
	*frame
	campaign.LotCount
	N       int
	Whole   bool // one of its shape, of which everything is to be read
	Rec     ledger.Record
	Mail    message
	English string
	Judged  bool
	Typed   string
}

func readOne(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showRead(d, w, r, f, http.StatusOK)
}

func showRead(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) error {
	ctx := r.Context()
	id, err := batchNumber(r, "batch")
	if err != nil {
		return err
	}
	n, err := batchNumber(r, "n")
	if err != nil {
		return err
	}
	p := readPage{frame: f, N: int(n), Typed: cut(r.PostFormValue("reason"))}
	of, rec, err := campaign.ToRead(ctx, d.c, id, p.N)
	if err != nil {
		return noBatch(err)
	}
	p.Rec, p.Judged, p.Whole = rec, of.Verdict != "", of.Kind == ledger.ReadShape
	if p.LotCount, err = campaign.LotOf(ctx, d.c, id); err != nil {
		return err
	}
	if p.Mail, err = readMail(rec.Rendered.Mail); err != nil {
		return err
	}
	if !hasEnglish(p.Rec.Letter.Languages) {
		p.English = englishOf(d.c, p.Rec.Letter)
	}
	if err := d.full(r, f, f.T("batch.read.title", "n", p.N, "of", p.ToRead)); err != nil {
		return err
	}
	return d.show(w, status, "read", p)
}

// judgeOne takes what somebody says of a letter of a batch, and goes on.
func judgeOne(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	ctx := r.Context()
	id, err := batchNumber(r, "batch")
	if err != nil {
		return err
	}
	n, err := batchNumber(r, "n")
	if err != nil {
		return err
	}
	verdict, reason := r.PostFormValue("verdict"), cut(strings.TrimSpace(r.PostFormValue("reason")))
	if verdict != ledger.ReadRight && verdict != ledger.ReadWrong {
		return errForm
	}
	if verdict == ledger.ReadWrong && reason == "" {
		f.Fault = f.T("batch.wrong.why")
		return showRead(d, w, r, f, http.StatusUnprocessableEntity)
	}
	of, _, err := campaign.ToRead(ctx, d.c, id, int(n))
	if err != nil {
		return noBatch(err)
	}
	missed, err := campaign.JudgeRead(ctx, d.c, id, int(n), verdict == ledger.ReadWrong, reason, f.Person)
	if errors.Is(err, ledger.ErrState) {
		f.Fault = f.T("fault.state")
		return showRead(d, w, r, f, http.StatusConflict)
	}
	if err != nil {
		return noBatch(err)
	}
	b, err := campaign.LotOf(ctx, d.c, id)
	if err != nil {
		return err
	}
	to := batchPath(id)
	switch {
	case missed:
		to += "?did=missed"
	case of.Kind == ledger.ReadPlant:
		to += "?did=caught"
	case b.State == ledger.LotReading && b.Next != 0:
		to += "/read/" + strconv.Itoa(b.Next)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// approveBatch begins to approve a batch. The page says how it goes on.
func approveBatch(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	id, err := batchNumber(r, "batch")
	if err != nil {
		return err
	}
	b, err := campaign.LotOf(r.Context(), d.c, id)
	if err != nil {
		return noBatch(err)
	}
	if b.Hash != r.PostFormValue("hash") || b.Next != 0 || b.State != ledger.LotReading && b.State != ledger.LotApproving {
		f.Fault = f.T("batch.unread")
		return showBatch(d, w, r, f, http.StatusConflict)
	}
	d.mu.Lock()
	busy := d.approving[id]
	d.approving[id] = true
	d.mu.Unlock()
	if !busy {
		d.work.Add(1)
		go approveAll(d, d.ctx, id, f.Person)
	}
	http.Redirect(w, r, batchPath(id), http.StatusSeeOther)
	return nil
}

// approveAll approves a batch while nobody waits. What is cut short goes on
// when somebody asks for it again.
func approveAll(d *Desk, ctx context.Context, id int64, person string) {
	defer d.work.Done()
	err := campaign.ApproveLot(ctx, d.c, id, person)
	if err != nil && d.o.Log != nil {
		d.o.Log.Error("batch", "batch", id, "error", err)
	}
	d.mu.Lock()
	delete(d.approving, id)
	d.mu.Unlock()
}
