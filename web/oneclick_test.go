package web

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"headsup/render"
)

func say(answer, accept string) []render.Notice {
	return []render.Notice{
		{Lang: "ar", Dir: "rtl", Title: "<" + answer + ">", Text: accept, Button: `"`},
		{Lang: "en", Dir: "ltr", Title: "English", Text: "text", Button: "button"},
	}
}

func TestOneClick(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	var parts bytes.Buffer
	m := multipart.NewWriter(&parts)
	m.WriteField("List-Unsubscribe", "One-Click")
	m.Close()
	for _, tt := range []struct {
		name, method, path, kind, body string
		status                         int
		answer                         string
		honoured                       bool
	}{
		{"a mail program", "POST", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=One-Click", 200, "noted", true},
		{"a mail program that sends parts", "POST", "/optout/relay26-k3v9xq2m7d-0000-0000", m.FormDataContentType(), parts.String(), 200, "noted", true},
		{"a scanner that follows links", "GET", "/relay26-k3v9xq2m7d-0000-0000", "", "", 200, "ask", false},
		{"a scanner that puts the wish in the link", "POST", "/relay26-k3v9xq2m7d-0000-0000?List-Unsubscribe=One-Click", form, "", 400, "unclear", false},
		{"another wish", "POST", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=Two-Clicks", 400, "unclear", false},
		{"a letter that is none", "POST", "/unknown", form, "List-Unsubscribe=One-Click", 404, "unknown", false},
		{"a ledger that is gone", "POST", "/gone", form, "List-Unsubscribe=One-Click", 503, "failed", false},
		{"no letter", "POST", "/", form, "List-Unsubscribe=One-Click", 404, "unknown", false},
		{"a path that is no token", "GET", "/%3Cscript%3E", "", "", 404, "unknown", false},
		{"a body without end", "POST", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=One-Click&x=" + strings.Repeat("x", maxOptOut), 400, "unclear", false},
		{"parts without end", "POST", "/relay26-k3v9xq2m7d-0000-0000", m.FormDataContentType(), strings.Repeat("x", 2*maxOptOut) + parts.String(), 400, "unclear", false},
		{"another method", "PUT", "/relay26-k3v9xq2m7d-0000-0000", form, "List-Unsubscribe=One-Click", 405, "unclear", false},
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
			}, Say: say}
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.kind)
			w := httptest.NewRecorder()
			o.ServeHTTP(w, r)
			if w.Code != tt.status || honoured != tt.honoured || !strings.Contains(w.Body.String(), "<h1>&lt;"+tt.answer+"&gt;</h1>") {
				t.Errorf("%d, honoured %v; want %d, %v, %s\n%s", w.Code, honoured, tt.status, tt.honoured, tt.answer, w.Body)
			}
			if w.Header().Get("Set-Cookie") != "" || w.Header().Get("Location") != "" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("header %v", w.Header())
			}
			if asks := strings.Count(w.Body.String(), "<form") == 2; asks != (tt.method == http.MethodGet && tt.status == 200) {
				t.Errorf("a form: %v\n%s", asks, w.Body)
			}
		})
	}
}

func TestOneClickEscapesWhatItIsTold(t *testing.T) {
	r := httptest.NewRequest("GET", "/relay26-k3v9xq2m7d-0000-0000?x=%3Cq%3E", nil)
	r.Header.Set("Accept-Language", `</p><script>alert("1")</script>`)
	w := httptest.NewRecorder()
	OneClick{Say: say}.ServeHTTP(w, r)
	body := w.Body.String()
	for _, want := range []string{`<html lang="ar" dir="rtl">`, `<title>&lt;ask&gt;</title>`, `<section lang="ar" dir="rtl">`, `<h1>&lt;ask&gt;</h1>`,
		`<p>&lt;/p&gt;&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;</p>`, `>&#34;</button>`, `<section lang="en" dir="ltr">`, `<h2>English</h2>`, `>button</button>`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "q>") || strings.Contains(body, "k3v9xq2m7d") {
		t.Errorf("it says what it was told:\n%s", body)
	}
}
