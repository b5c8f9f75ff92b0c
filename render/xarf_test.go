package render_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// xarfs returns the reports of a letter, and the part that each came in.
func xarfs(t testing.TB, l letter.Letter) (reports []map[string]any, files []part) {
	t.Helper()
	_, ps := parts(t, must(t, renderer(t, render.Options{}), l).Mail)
	for _, p := range ps {
		if p.kind != "application/json" {
			continue
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(p.text), &v); err != nil {
			t.Fatal(err)
		}
		reports, files = append(reports, v), append(files, p)
	}
	return reports, files
}

func TestXARF(t *testing.T) {
	l := full("de", "en")
	reports, files := xarfs(t, l)
	if len(reports) != len(l.Findings) {
		t.Fatalf("%d reports for %d findings", len(reports), len(l.Findings))
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	ids := map[any]bool{}
	for i, v := range reports {
		f := l.Findings[i]
		for name, want := range map[string]any{
			"xarf_version": "4.2.0", "category": "vulnerability", "type": "open_service", "service": f.Service,
			"source_identifier": f.Addr.String(), "port": float64(f.Port), "protocol": f.Proto,
			"timestamp": "2026-03-01T10:30:00Z", "evidence_source": "automated_scan",
		} {
			if v[name] != want {
				t.Errorf("%s of report %d is %v, want %v", name, i, v[name], want)
			}
		}
		for _, who := range []string{"reporter", "sender"} {
			if got := fmt.Sprint(v[who]); got != "map[contact:notices@example.org domain:example.org org:Office for Communications]" {
				t.Errorf("%s: %s", who, got)
			}
		}
		if id, _ := v["report_id"].(string); !uuid.MatchString(id) || ids[id] {
			t.Errorf("report_id %v: not a version 5 UUID, or used twice", v["report_id"])
		}
		ids[v["report_id"]] = true
		checkEvidence(t, v, f.Evidence)
	}
	if files[0].name != "xarf.json" || files[1].name != "xarf-2.json" {
		t.Errorf("files %q, %q", files[0].name, files[1].name)
	}
	if mail := must(t, renderer(t, render.Options{}), l).Mail; bytes.Count(mail, []byte(`application/json; name="xarf.json"`)) != len(l.Findings) {
		t.Error("readers look for the name xarf.json in Content-Type")
	}
}

func checkEvidence(t *testing.T, report map[string]any, want string) {
	t.Helper()
	list, _ := report["evidence"].([]any)
	if want == "" {
		if len(list) != 0 {
			t.Errorf("evidence out of nothing: %v", list)
		}
		return
	}
	item := list[0].(map[string]any)
	payload, err := base64.StdEncoding.DecodeString(item["payload"].(string))
	sum := sha256.Sum256(payload)
	if err != nil || string(payload) != want || item["hash"] != "sha256:"+hex.EncodeToString(sum[:]) || item["size"] != float64(len(payload)) || item["content_type"] != "text/plain" {
		t.Errorf("evidence %v of %q", item, want)
	}
}

func TestReportIDsStayTheSame(t *testing.T) {
	a, _ := xarfs(t, example("en"))
	b, _ := xarfs(t, full("de", "en"))
	if a[0]["report_id"] != b[0]["report_id"] {
		t.Error("the same service of the same letter has another ID")
	}
	l := example("en")
	l.ID += "-2"
	if c, _ := xarfs(t, l); c[0]["report_id"] == a[0]["report_id"] {
		t.Error("a reminder has the ID of the first report")
	}
}

func TestOfficialSchema(t *testing.T) {
	schema := officialSchema(t)
	letters := []letter.Letter{full("de", "en")}
	for _, v := range hostile {
		letters = append(letters, poisoned(example("en"), v))
	}
	for _, l := range letters {
		if l.Agency.Name == "" {
			l.Agency.Name = "Agency"
		}
		_, files := xarfs(t, l)
		for _, f := range files {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(f.text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%v\n%s", err, f.text)
			}
		}
	}
}

// officialSchema compiles the schemas of github.com/xarf/xarf-spec v4.2.0.
func officialSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	const base = "https://xarf.org/schemas/v4/"
	dir := filepath.Join("..", "..", "shared", "samples", "xarf", "schemas")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the official XARF schemas are not here: ", err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		doc, err := jsonschema.UnmarshalJSON(f)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return c.AddResource(base+filepath.ToSlash(name), doc)
	})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(base + "xarf-v4-master.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// FuzzRender puts any text wherever a letter takes text from outside.
func FuzzRender(f *testing.F) {
	for _, v := range hostile {
		f.Add(v)
	}
	r := renderer(f, render.Options{Site: "https://advice.example.org", Printer: &paper{}})
	f.Fuzz(func(t *testing.T, v string) {
		l := poisoned(example("en"), v)
		l.Languages = []string{"ja", "en"}
		out, err := r.Render(l)
		if err != nil {
			t.Fatal(err)
		}
		checkShape(t, out.Mail)
		_, ps := parts(t, out.Mail)
		if len(ps) != 6 {
			t.Errorf("%d parts", len(ps))
		}
		for _, p := range ps[:3] {
			if found := escape.FindString(p.text); found != "" {
				t.Errorf("%s has %q", p.kind, found)
			}
		}
		checkCSV(t, ps[2].text)
		if strings.Count(ps[1].text, "<a ") != 4 {
			t.Errorf("%d links", strings.Count(ps[1].text, "<a "))
		}
	})
}

// FuzzRecipient: whoever is written to stands in To, alone, or nothing is written.
func FuzzRecipient(f *testing.F) {
	for _, v := range []string{"abuse@example.net", "a@b, c@d", "a@b\r\nBcc: c@d", "<a@b>", "\"a\"@b", "a@[192.0.2.1]", "=?utf-8?q?a?=@b", "a@b (c)"} {
		f.Add(v)
	}
	r := renderer(f, render.Options{})
	f.Fuzz(func(t *testing.T, v string) {
		l := example("en")
		l.To.Email = v
		l.Findings = append([]finding.Finding{}, finding.Finding{Addr: netip.MustParseAddr("192.0.2.7"), Kind: finding.OpenRelay, Seen: seen})
		out, err := r.Render(l)
		if err != nil {
			return
		}
		checkShape(t, out.Mail)
		head, _ := parts(t, out.Mail)
		to, err := head.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != v {
			t.Errorf("written to %q for %q: %v", head.Get("To"), v, err)
		}
	})
}

func TestReportsAreForThoseWhoReadThem(t *testing.T) {
	for _, c := range []struct {
		role, reports string
		want          bool
	}{
		{"abuse", "", true}, {"abuse", lookup.NoReports, false},
		{lookup.Customer, "", false}, {lookup.Customer, lookup.DigestReports, true},
	} {
		l := example("en")
		l.To.Role, l.To.Reports = c.role, c.reports
		_, ps := parts(t, must(t, renderer(t, render.Options{}), l).Mail)
		got := slices.ContainsFunc(ps, func(p part) bool { return strings.HasPrefix(p.name, "xarf") })
		if got != c.want || !slices.ContainsFunc(ps, func(p part) bool { return p.name == "findings.csv" }) {
			t.Errorf("%s, %q: reports %v, want %v", c.role, c.reports, got, c.want)
		}
	}
}
