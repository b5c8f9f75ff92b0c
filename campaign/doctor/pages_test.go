package doctor_test

import (
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"headsup/campaign/doctor"
)

const button = `<form method="post"><button name="List-Unsubscribe" value="One-Click">Stop</button></form>`

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestPages(t *testing.T) {
	for _, tt := range []struct {
		name    string
		page    string
		handler http.HandlerFunc
		status  doctor.Status
		words   string
	}{
		{"the button", "opt-out", answering(200, "<!DOCTYPE html><title>x</title>"+button), doctor.OK, ""},
		{"no page of opt-outs", "opt-out", answering(404, button), doctor.Fault, "headsup inbox --listen"},
		{"a page that took a GET for a wish", "opt-out", answering(200, "<h1>You will get no more letters.</h1>"), doctor.Fault, "a GET shows the button"},
		{"a button that a GET presses", "opt-out", answering(200, `<form><button name="List-Unsubscribe" value="One-Click"></form>`), doctor.Fault, "a GET shows the button"},
		{"a redirect of the opt-out", "opt-out", http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP, doctor.Fault, "without a redirect"},
		{"a site", "site", answering(200, "advice"), doctor.OK, ""},
		{"no site", "site", answering(404, ""), doctor.Fault, "headsup export --site"},
		{"a code that is not confirmed", "verify", answering(404, "unknown"), doctor.OK, ""},
		{"a code that is confirmed", "verify", answering(200, "genuine"), doctor.Fault, "404.html"},
		{"a server that is ill", "verify", answering(502, ""), doctor.Fault, "repair the web server"},
		{"a redirect to the page of all codes", "verify", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/x" {
				http.Redirect(w, r, "/x/", http.StatusMovedPermanently)
			}
		}, doctor.Fault, "404.html"},
		{"a slash before nothing", "verify", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/x" {
				http.Redirect(w, r, "/x/", http.StatusMovedPermanently)
				return
			}
			http.NotFound(w, r)
		}, doctor.OK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewTLSServer(tt.handler)
			defer server.Close()
			roots := x509.NewCertPool()
			roots.AddCert(server.Certificate())
			client := doctor.Client(doctor.DNS{Resolver: net.DefaultResolver}, roots)
			look := map[string]func() (doctor.Check, doctor.Page){
				"opt-out": func() (doctor.Check, doctor.Page) { return doctor.OptOut(t.Context(), client, server.URL+"/x") },
				"site":    func() (doctor.Check, doctor.Page) { return doctor.Site(t.Context(), client, server.URL+"/x") },
				"verify":  func() (doctor.Check, doctor.Page) { return doctor.Verification(t.Context(), client, server.URL+"/x") },
			}[tt.page]
			c, page := look()
			expect(t, c, tt.status, tt.words)
			if page.Date.IsZero() {
				t.Error("nobody knows the server's clock")
			}
			client = doctor.Client(doctor.DNS{Resolver: net.DefaultResolver}, x509.NewCertPool())
			c, _ = look()
			expect(t, c, doctor.Fault, "a certificate that browsers accept")
		})
	}
}

func TestWhoCanReadAFile(t *testing.T) {
	for _, tt := range []struct {
		mode   os.FileMode
		status doctor.Status
		words  string
	}{
		{0o600, doctor.OK, ""},
		{0o400, doctor.OK, ""},
		{0o640, doctor.OK, ""},
		{0o644, doctor.Fault, "chmod 600"},
		{0o660, doctor.Fault, "chmod 600"},
		{0o602, doctor.Fault, "chmod 600"},
	} {
		name := filepath.Join(t.TempDir(), "key")
		must(t, os.WriteFile(name, []byte("secret"), 0o600))
		must(t, os.Chmod(name, tt.mode))
		expect(t, doctor.Private("secret", name), tt.status, tt.words)
	}
	expect(t, doctor.Private("secret", filepath.Join(t.TempDir(), "none")), doctor.Fault, "put the file back")
}

func TestClocks(t *testing.T) {
	asked := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	heard := asked.Add(10 * time.Second)
	for _, tt := range []struct {
		name   string
		theirs time.Time
		status doctor.Status
		words  string
	}{
		{"between", asked.Add(time.Second), doctor.OK, ""},
		{"a little early", asked.Add(-doctor.MaxSkew), doctor.OK, ""},
		{"a little late", heard.Add(doctor.MaxSkew), doctor.OK, ""},
		{"too early", asked.Add(-doctor.MaxSkew - time.Second), doctor.Fault, "2m1s behind"},
		{"too late", heard.Add(time.Hour), doctor.Fault, "1h0m0s ahead of"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, doctor.Clock("ledger", tt.theirs, asked, heard), tt.status, tt.words)
		})
	}
}

func TestASearchWithoutAnIndexIsAFault(t *testing.T) {
	expect(t, doctor.Search("postgres://db.example/headsup", nil), doctor.OK, "words have an index")
	expect(t, doctor.Search("postgres://db.example/headsup", errors.New("permission denied to create extension")), doctor.Fault, "CREATE EXTENSION pg_trgm")
	expect(t, doctor.Search("postgres://db.example/headsup", errors.New("permission denied to create extension")), doctor.Fault, "permission denied")
}
