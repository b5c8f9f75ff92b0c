package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/letter"
	"headsup/outcome/figures"
	"headsup/render"
	"headsup/render/report"
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
	await fetch("/report", {method: "POST", body: JSON.stringify(found)});
})().catch((e) => fetch("/report", {method: "POST", body: JSON.stringify([{name: String(e), violations: ["script"]}])}));
</script>`

type look struct {
	Name       string
	Width      int
	Out        []string // elements that reach over an edge
	Dark, All  bool     // All: axe tried all its rules
	Wide       int
	Passes     int
	Violations []string
}

func TestChromiumAndAxeLikeThePages(t *testing.T) {
	chromium := program(t, "chromium")
	axe, err := os.ReadFile(os.Getenv("HEADSUP_AXE"))
	if err != nil {
		t.Fatalf("HEADSUP_AXE should name axe.min.js of axe-core: %v", err)
	}
	files, _ := site(t)
	for _, lang := range []string{"ja", "ar"} {
		p, err := renderer(t, render.Options{Site: "https://advice.example.org/letters"}).
			Confirmation(example(lang), render.Confirming{Reply: &render.Reply{Said: letter.RuledOther, Outcome: "unclear"}})
		if err != nil {
			t.Fatal(err)
		}
		files["verify/"+lang+"/reply.html"] = string(p.Data)
	}
	for _, lang := range report.Languages() {
		files["report-"+lang+".html"] = sampleReport(t, lang)
	}
	var pages []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".html") && name != "404.html" { // which has its links from the root of its server
			pages = append(pages, name)
		}
	}
	for _, scheme := range []struct {
		name, setting string
		dark          bool
	}{{"light", "preferredColorScheme=1", false}, {"dark", "preferredColorScheme=0", true}} {
		t.Run(scheme.name, func(t *testing.T) {
			t.Parallel()
			looks := lookAt(t, chromium, scheme.setting, files, pages, axe, 340)
			if len(looks) != len(pages) {
				t.Fatalf("looked at %d pages, want %d", len(looks), len(pages))
			}
			for _, l := range looks {
				if len(l.Violations) > 0 {
					t.Errorf("%s: %s", l.Name, strings.Join(l.Violations, "\n"))
				}
				if l.Wide > 0 {
					t.Errorf("%s: %d pixels wider than a phone", l.Name, l.Wide)
				}
				if l.Dark != scheme.dark || l.Passes < 1 || l.All && l.Passes < 10 || l.All == scheme.dark {
					t.Errorf("%s: dark %v, %d rules passed", l.Name, l.Dark, l.Passes)
				}
			}
		})
	}
}

// sampleReport is the report of a campaign with three arms.
func sampleReport(t *testing.T, lang string) string {
	t.Helper()
	var r figures.Report
	var b bytes.Buffer
	text, err := os.ReadFile("report/testdata/sample.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err == nil {
		err = report.Write(&b, r, lang)
	}
	if err != nil {
		t.Fatal(err)
	}
	return noPolicy.ReplaceAllString(b.String(), "") // which would keep axe out
}

var noPolicy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

func lookAt(t *testing.T, chromium, setting string, files map[string]string, pages []string, axe []byte, widths ...int) (looks []look) {
	names, err := json.Marshal(pages)
	if err != nil {
		t.Fatal(err)
	}
	report := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		switch text, ok := files[name]; {
		case name == "report":
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			report <- body
		case name == "look.html":
			fmt.Fprintf(w, looked, strings.ReplaceAll(fmt.Sprint(widths), " ", ","), names)
		case name == "axe.js":
			w.Write(axe)
		case strings.HasSuffix(name, ".html"):
			io.WriteString(w, strings.Replace(text, "</head>", `<script src="/axe.js"></script></head>`, 1))
		case ok:
			io.WriteString(w, text)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "--blink-settings="+setting, "--user-data-dir="+t.TempDir(), server.URL+"/look.html")
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
