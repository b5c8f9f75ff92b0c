package mailer

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOneClick(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	var parts bytes.Buffer
	m := multipart.NewWriter(&parts)
	m.WriteField("List-Unsubscribe", "One-Click")
	m.Close()
	for _, tt := range []struct {
		name, method, path, kind, body string
		status                         int
		honoured                       bool
	}{
		{"a mail program", "POST", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=One-Click", 200, true},
		{"a mail program that sends parts", "POST", "/optout/relay26-k3v9xq2m7d-0000-0000", m.FormDataContentType(), parts.String(), 200, true},
		{"a scanner that follows links", "GET", "/relay26-k3v9xq2m7d-0000-0000", "", "", 200, false},
		{"a scanner that puts the wish in the link", "POST", "/relay26-k3v9xq2m7d-0000-0000?List-Unsubscribe=One-Click", form, "", 400, false},
		{"another wish", "POST", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=Two-Clicks", 400, false},
		{"a letter that is none", "POST", "/unknown", form, "List-Unsubscribe=One-Click", 404, false},
		{"a ledger that is gone", "POST", "/gone", form, "List-Unsubscribe=One-Click", 503, false},
		{"no letter", "POST", "/", form, "List-Unsubscribe=One-Click", 404, false},
		{"a path that is no token", "GET", "/%3Cscript%3E", "", "", 404, false},
		{"a body without end", "POST", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=One-Click&x=" + strings.Repeat("x", maxOptOut), 400, false},
		{"parts without end", "POST", "/relay26-k3v9xq2m7d-0000-0000", m.FormDataContentType(), strings.Repeat("x", 2*maxOptOut) + parts.String(), 400, false},
		{"another method", "PUT", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=One-Click", 405, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			honoured := false
			o := OneClick{Honour: func(_ context.Context, token string) (bool, error) {
				switch token {
				case "relay26-k3v9xq2m7d-0000-0000":
					honoured = true
					return true, nil
				case "gone":
					return false, errors.New("gone")
				}
				return false, nil
			}}
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.kind)
			w := httptest.NewRecorder()
			o.ServeHTTP(w, r)
			if w.Code != tt.status || honoured != tt.honoured {
				t.Errorf("%d, honoured %v; want %d, %v\n%s", w.Code, honoured, tt.status, tt.honoured, w.Body)
			}
			if w.Header().Get("Set-Cookie") != "" || w.Header().Get("Location") != "" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("header %v", w.Header())
			}
			if asks := strings.Contains(w.Body.String(), "<form"); asks != (tt.method == http.MethodGet && tt.status == 200) {
				t.Errorf("a form: %v\n%s", asks, w.Body)
			}
		})
	}
}
