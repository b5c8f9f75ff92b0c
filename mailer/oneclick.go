package mailer

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"path"
	"regexp"
)

// A OneClick answers those who follow the List-Unsubscribe address of a
// letter. A POST with List-Unsubscribe=One-Click, which mail programs send
// (RFC 8058 §3.2), asks not to be written to; a GET only shows the form, for
// scanners follow every link. It knows no cookies, and redirects nowhere.
type OneClick struct {
	// Honour is given the last part of the path. It reports false if that
	// stands for no letter, and returns true only when the wish is durable.
	Honour func(ctx context.Context, token string) (bool, error)
}

// maxOptOut is the size of the body of a POST.
const maxOptOut = 16 << 10

var optOutToken = regexp.MustCompile(`^[0-9a-z-]{1,64}$`)

var optOutPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body><h1>{{.Title}}</h1>
<p>{{.Text}}</p>{{if .Form}}
<form method="post"><button name="List-Unsubscribe" value="One-Click">Do not write to this address again</button></form>{{end}}
</body></html>
`))

func (o OneClick) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
		"Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'", "Content-Type": "text/html; charset=utf-8"} {
		w.Header().Set(name, value)
	}
	status, title, text := o.answer(w, r)
	w.WriteHeader(status)
	optOutPage.Execute(w, map[string]any{"Title": title, "Text": text, "Form": status == http.StatusOK && r.Method != http.MethodPost})
}

func (o OneClick) answer(w http.ResponseWriter, r *http.Request) (status int, title, text string) {
	token := path.Base(r.URL.Path)
	switch {
	case !optOutToken.MatchString(token):
		return http.StatusNotFound, "No such page", "Use the address as it stands in the letter."
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		return http.StatusOK, "Do you wish to get no more letters?", "Press the button, and the mailbox that the letter went to is not written to again."
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, HEAD, POST")
		return http.StatusMethodNotAllowed, "Not possible", "This page knows GET and POST."
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxOptOut)
	if err := r.ParseMultipartForm(maxOptOut); err != nil && !errors.Is(err, http.ErrNotMultipart) || r.PostForm.Get("List-Unsubscribe") != "One-Click" {
		return http.StatusBadRequest, "Not understood", "The wish is the form field List-Unsubscribe with the value One-Click."
	}
	switch ok, err := o.Honour(r.Context(), token); {
	case err != nil:
		return http.StatusServiceUnavailable, "Not now", "Your wish could not be noted. Please try again, or answer the letter."
	case !ok:
		return http.StatusNotFound, "No such letter", "Use the address as it stands in the letter, or answer the letter."
	}
	return http.StatusOK, "Noted", "The mailbox that the letter went to is not written to again."
}
