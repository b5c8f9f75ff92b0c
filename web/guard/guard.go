// Package guard stands before every page of the desk: which hosts it answers
// for, which sites may write to it, how much it reads, and what a browser may
// do with an answer.
//
// It knows no person and no page.
package guard

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// Policy is the content security policy of every answer that has none of its
// own: nothing from elsewhere, nothing inline, no markup made by script.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// Hostile is the policy of a document that somebody else may have written: it
// runs nothing, loads nothing, sends nothing, and may be shown in a frame of
// the desk alone. It may have styles of its own, as mail has.
const Hostile = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"

// maxBody is how much of a form is read.
const maxBody = 256 << 10

// headers are those of every answer.
var headers = map[string]string{
	"Content-Security-Policy":      Policy,
	"Cache-Control":                "no-store",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "SAMEORIGIN",
	"X-Robots-Tag":                 "noindex",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

// Options say what a desk answers to.
type Options struct {
	Hosts []string     // of the Host header, with port; none: every host
	TLS   bool         // browsers come by https alone
	Log   *slog.Logger // of what went wrong inside; nil: nobody reads it
}

// Wrap puts the guard before a handler.
func Wrap(h http.Handler, o Options) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusForbidden, "This came from another site.")
	}))
	inner := gzhttp.GzipHandler(cross.Handler(h))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if o.TLS {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer recovered(w, r, o.Log)
		switch {
		case len(o.Hosts) > 0 && !slices.Contains(o.Hosts, strings.ToLower(r.Host)): // a name that was rebound
			plain(w, http.StatusMisdirectedRequest, "This host is not served here.")
		case strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch"):
			plain(w, http.StatusServiceUnavailable, "Nothing is fetched before somebody asks for it.")
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			inner.ServeHTTP(w, r)
		}
	})
}

// recovered answers for a page that broke, in words that say nothing of why.
func recovered(w http.ResponseWriter, r *http.Request, log *slog.Logger) {
	switch v := recover(); {
	case v == nil:
	case v == http.ErrAbortHandler:
		panic(v)
	default:
		if log != nil {
			log.Error("page", "path", r.URL.Path, "panic", fmt.Sprint(v))
		}
		plain(w, http.StatusInternalServerError, "Something went wrong inside.")
	}
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// Server returns an HTTP server that no slow client can hold up.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}
