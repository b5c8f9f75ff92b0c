// Package pagetest has Chromium open pages, at several widths, in light and in
// dark, and axe look at them.
package pagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
	"time"
)

// looked runs in Chromium: it opens each page at each width, and reports what
// axe finds, and whether the page is wider than the window, or a part of it that
// is no command. In light and at the first width, axe tries all its rules; else
// those that colours and widths decide, and of a long page, whose rows are alike,
// those alone that widths do.
const looked = `<!DOCTYPE html><title>looking</title><iframe height="700"></iframe><script>
const frame = document.querySelector("iframe");
(async () => {
	const found = [], widths = %s;
	const colours = ["color-contrast", "link-in-text-block"], sizes = ["target-size", "scrollable-region-focusable"];
	for (const width of widths) for (const name of %s) {
		frame.width = width;
		await new Promise((done) => { frame.onload = done; frame.src = "/" + name; });
		const w = frame.contentWindow, d = w.document;
		d.querySelectorAll("details").forEach((x) => { x.open = true; });
		const dark = w.matchMedia("(prefers-color-scheme: dark)").matches, first = width === widths[0];
		const rules = !first && d.querySelectorAll("*").length > 900 ? sizes : [...colours, ...sizes];
		const r = await w.axe.run(d, {resultTypes: ["violations"], ...(first && !dark ? {} : {runOnly: rules})});
		const out = [...d.body.querySelectorAll("*")].filter((x) => !x.closest(".cmd") && x.getBoundingClientRect().width > 0 &&
			(x.getBoundingClientRect().right > w.innerWidth + 1 || x.getBoundingClientRect().left < -1));
		found.push({name, width, out: out.map((x) => x.outerHTML.slice(0, 120)), dark, all: first && !dark,
			wide: d.documentElement.scrollWidth - d.documentElement.clientWidth, passes: r.passes.length,
			violations: r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html + " " + n.failureSummary).join("; "))});
	}
	await fetch("/what-was-seen", {method: "POST", body: JSON.stringify(found)});
})().catch((e) => fetch("/what-was-seen", {method: "POST", body: JSON.stringify([{name: String(e), violations: ["script"]}])}));
</script>`

// A Look is what was seen of a page at a width.
type Look struct {
	Name       string
	Width      int
	Out        []string // elements that reach over an edge
	Dark, All  bool     // All: axe tried all its rules
	Wide       int      // by how many pixels the page is wider than the window
	Passes     int      // rules that axe found kept
	Violations []string
}

// Files serves pages that are text, by name.
func Files(files map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		text, ok := files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		io.WriteString(w, text)
	})
}

// LookAt opens the pages of a handler by their paths, without a slash before. axe
// is put into each of them, past its content security policy. HEADSUP_AXE names
// axe.min.js of axe-core.
func LookAt(t *testing.T, chromium string, dark bool, h http.Handler, pages []string, widths ...int) (looks []Look) {
	t.Helper()
	axe, err := os.ReadFile(os.Getenv("HEADSUP_AXE"))
	if err != nil {
		t.Fatalf("HEADSUP_AXE should name axe.min.js of axe-core: %v", err)
	}
	names, err := json.Marshal(pages)
	if err != nil {
		t.Fatal(err)
	}
	report := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/what-was-seen":
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			report <- body
		case "/look.html":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, looked, strings.ReplaceAll(fmt.Sprint(widths), " ", ","), names)
		case "/axe.js":
			w.Header().Set("Content-Type", "text/javascript")
			w.Write(axe)
		default:
			withAxe(w, r, h)
		}
	}))
	defer server.Close()
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, chromium, append(headless(t, dark), "--remote-debugging-port=0", server.URL+"/look.html")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case body := <-report:
		if err := json.Unmarshal(body, &looks); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	case <-ctx.Done():
		t.Error("Chromium did not report in time")
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil { // so that it tidies up behind itself
		t.Error(err)
	}
	cmd.Wait() // it was told to end: how it did says nothing
	return looks
}

// headless are the arguments of a Chromium that shows no window and asks nobody,
// in light or in dark.
func headless(t *testing.T, dark bool) []string {
	setting := map[bool]string{false: "preferredColorScheme=1", true: "preferredColorScheme=0"}[dark]
	return []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--blink-settings=" + setting, "--user-data-dir=" + t.TempDir()}
}

// withAxe answers as a handler does, but that a page loads axe too.
func withAxe(w http.ResponseWriter, r *http.Request, h http.Handler) {
	r.Header.Del("Accept-Encoding")
	got := httptest.NewRecorder()
	h.ServeHTTP(got, r)
	for name, values := range got.Header() {
		if name != "Content-Security-Policy" && name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(got.Code)
	io.WriteString(w, strings.Replace(got.Body.String(), "</head>", `<script src="/axe.js"></script></head>`, 1))
}
