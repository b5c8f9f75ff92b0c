package desk

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"rsc.io/qr"

	"headsup/campaign"
	"headsup/campaign/people"
)

// What a session holds of one-time codes: until when the last one counts, and
// what is being set up, sealed.
const (
	inProof = "proof"
	inOffer = "offer"
)

// errProof is answered with the form that asks for a one-time code.
var errProof = errors.New("a one-time code is asked for")

// proved lists what takes a one-time code, where somebody is asked for them.
var proved = []people.Act{people.ToApprove, people.ToResume, people.ToAllow, people.ToAdmit}

// unproved returns [errProof] where somebody has to show a one-time code first.
func unproved(d *Desk, r *http.Request, f *frame, act people.Act) error {
	s := campaign.Within(d.c).Settings
	switch {
	case !slices.Contains(proved, act), d.sessions.GetBool(r.Context(), inLocal), !f.Coded && !s.Desk.Asks(campaign.Approvers(d.c)):
		return nil
	case time.Now().Unix() < d.sessions.GetInt64(r.Context(), inProof):
		return nil
	}
	return errProof
}

// provePage asks for a one-time code, and holds the form that was sent meanwhile.
type provePage struct {
	*frame
	To     string
	Fields []field
}

// A field is a value of a form.
type field struct{ Name, Value string }

// proofField is the field of the code. No other form has one of that name.
const proofField = "one-time-code"

// askCode asks for a code. What was to be done is done once it is right.
func askCode(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, to string) error {
	f.Title = f.T("code.title")
	p := provePage{frame: f, To: "/prove?" + url.Values{"to": {to}}.Encode()}
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	for name, values := range r.PostForm {
		for _, v := range values {
			if name != proofField {
				p.Fields = append(p.Fields, field{name, v})
			}
		}
	}
	slices.SortStableFunc(p.Fields, func(a, b field) int { return strings.Compare(a.Name, b.Name) })
	return d.show(w, http.StatusUnauthorized, "prove", p)
}

// prove takes a code, and hands what was to be done on as it came: 307 sends the
// same form to where it belongs.
func prove(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	to := local(r.URL.Query().Get("to"))
	switch err := d.door.Prove(r.Context(), f.Person, r.PostFormValue(proofField)); {
	case errors.Is(err, people.ErrCode), errors.Is(err, people.ErrNoCode):
		f.Fault = f.T("code.wrong")
		return askCode(d, w, r, f, to)
	case errors.Is(err, people.ErrTooOften):
		f.Fault = f.T("code.often")
		return askCode(d, w, r, f, to)
	case err != nil:
		return err
	}
	if err := d.sessions.RenewToken(r.Context()); err != nil { // who had the old one has not shown a code
		return err
	}
	d.sessions.Put(r.Context(), inProof, time.Now().Add(campaign.Within(d.c).Settings.Desk.CodeLife()).Unix())
	if to == "/" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	return nil
}

// codePage sets one-time codes up.
type codePage struct {
	*frame
	Square   template.HTML // of what a program for codes reads
	Secret   string        // the same to be typed
	Recovery []string      // once it is set up
}

func showCode(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showCodes(d, w, r, codePage{frame: f}, http.StatusOK)
}

func showCodes(d *Desk, w http.ResponseWriter, r *http.Request, p codePage, status int) error {
	if err := d.full(r, p.frame, p.T("codes.title")); err != nil {
		return err
	}
	return d.show(w, status, "code", p)
}

// offerCode makes what codes of a person are made with, and shows it. It takes
// the password, and, of who has codes, one of these: a session that somebody
// left open is not enough.
func offerCode(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if d.sessions.GetBool(r.Context(), inLocal) {
		return errForm
	}
	if f.Coded {
		if err := unproved(d, r, f, people.ToApprove); err != nil {
			return err
		}
	}
	_, err := d.door.Enter(r.Context(), f.Person, r.PostFormValue("password"))
	for of, say := range map[error]string{people.ErrWrong: "password.wrong", people.ErrTooOften: "signin.often"} {
		if errors.Is(err, of) {
			f.Fault = f.T(say)
			return showCodes(d, w, r, codePage{frame: f}, http.StatusUnprocessableEntity)
		}
	}
	if err != nil {
		return err
	}
	sealed, err := d.door.NewCode(f.Person, "headsup "+d.c.ID())
	if errors.Is(err, people.ErrSealed) {
		f.Fault = f.T("codes.key")
		return showCodes(d, w, r, codePage{frame: f}, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	d.sessions.Put(r.Context(), inOffer, sealed)
	return showOffer(d, w, r, f, sealed, http.StatusOK)
}

func showOffer(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, sealed string, status int) error {
	p := codePage{frame: f}
	text, secret, err := d.door.Offered(f.Person, sealed)
	if err != nil {
		return err
	}
	for len(secret) > 4 { // as people read it out
		p.Secret, secret = p.Secret+secret[:4]+" ", secret[4:]
	}
	p.Secret += secret
	if p.Square, err = square(text); err != nil {
		return err
	}
	return showCodes(d, w, r, p, status)
}

// setCode keeps what was offered, once a code shows that it was taken over.
func setCode(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	sealed := d.sessions.GetString(r.Context(), inOffer)
	if sealed == "" {
		return errForm
	}
	recovery, err := d.door.SetCode(r.Context(), f.Person, sealed, strings.ReplaceAll(r.PostFormValue("code"), " ", ""))
	for of, say := range map[error]string{people.ErrCode: "code.wrong", people.ErrTooOften: "code.often"} {
		if errors.Is(err, of) {
			f.Fault = f.T(say)
			return showOffer(d, w, r, f, sealed, http.StatusUnprocessableEntity)
		}
	}
	if err != nil {
		return err
	}
	d.sessions.Remove(r.Context(), inOffer)
	f.Coded, f.Did.What = true, "codes"
	return showCodes(d, w, r, codePage{frame: f, Recovery: recovery}, http.StatusOK)
}

// square draws a QR code.
func square(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	const quiet = 4 // modules around it (ISO/IEC 18004)
	return template.HTML(fmt.Sprintf(`<svg class="square" viewBox="-%d -%d %d %d" role="img" aria-labelledby="square"><path d="%s"/></svg>`,
		quiet, quiet, code.Size+2*quiet, code.Size+2*quiet, path.String())), nil
}
