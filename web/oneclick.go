// Package web answers those who come by HTTP. So far these are the recipients
// of letters who ask by one click not to be written to, and the house's own
// Prometheus.
//
// It decides nothing: what a request means for a letter is a call to its caller.
package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"path"

	"headsup/pattern"
	"headsup/render"
)

// A OneClick answers those who follow the List-Unsubscribe address of a
// letter. A POST with List-Unsubscribe=One-Click, which mail programs send
// (RFC 8058 §3.2), asks not to be written to; a GET only shows the form, for
// scanners follow every link. It knows no cookies, and redirects nowhere.
type OneClick struct {
	// Honour is given the last part of the path. It reports false if that
	// stands for no letter, and returns true only when the wish is durable.
	Honour func(ctx context.Context, token string) (bool, error)
	// Say puts an answer ("ask", "noted", "unknown", "unclear" or "failed") in
	// words for a browser with that Accept-Language: in the language of the
	// page first. There is always one.
	Say func(answer, accept string) []render.Notice
}

// maxOptOut is the size of the body of a POST.
const maxOptOut = 16 << 10

var optOutToken = pattern.New(`^[0-9a-z-]{1,64}$`)

var optOutPage = template.Must(template.New("").Parse(`<!DOCTYPE html>
{{- with index .Notices 0}}
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
{{- end}}
<body>
{{- range $i, $notice := .Notices}}
<section lang="{{.Lang}}" dir="{{.Dir}}">
{{if $i}}<h2>{{.Title}}</h2>{{else}}<h1>{{.Title}}</h1>{{end}}
<p>{{.Text}}</p>
{{- if $.Form}}
<form method="post"><button name="List-Unsubscribe" value="One-Click">{{.Button}}</button></form>
{{- end}}
</section>
{{- end}}
</body></html>
`))

func (o OneClick) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
		"Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'", "Content-Type": "text/html; charset=utf-8"} {
		w.Header().Set(name, value)
	}
	status, answer := o.answer(w, r)
	w.WriteHeader(status)
	optOutPage.Execute(w, map[string]any{"Notices": o.Say(answer, r.Header.Get("Accept-Language")), "Form": answer == "ask"})
}

func (o OneClick) answer(w http.ResponseWriter, r *http.Request) (status int, answer string) {
	token := path.Base(r.URL.Path)
	switch {
	case !optOutToken.MatchString(token):
		return http.StatusNotFound, "unknown"
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		return http.StatusOK, "ask"
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, HEAD, POST")
		return http.StatusMethodNotAllowed, "unclear"
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxOptOut)
	if err := r.ParseMultipartForm(maxOptOut); err != nil && !errors.Is(err, http.ErrNotMultipart) || r.PostForm.Get("List-Unsubscribe") != "One-Click" {
		return http.StatusBadRequest, "unclear"
	}
	switch ok, err := o.Honour(r.Context(), token); {
	case err != nil:
		return http.StatusServiceUnavailable, "failed"
	case !ok:
		return http.StatusNotFound, "unknown"
	}
	return http.StatusOK, "noted"
}
