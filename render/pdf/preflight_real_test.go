package pdf_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"headsup/render/pdf"
	"headsup/render/prose"
)

// jars are PDFBox's preflight and what it needs, as Debian packs them.
var jars = []string{"preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "commons-io", "javax.activation", "jaxb-api"}

// allowed is what preflight, which knows the first part of PDF/A alone, finds
// wrong in files of the second: packed tables of objects, profiles of the ICC's
// fourth version, fonts without a list of their glyphs, transparency.
var allowed = []string{"7.11.2 Error on MetaData, part must be 1", "1.4 Trailer Syntax error, /XRef cross reference streams are not allowed",
	"2.1.6 Invalid graphics object, Invalid version of the ICCProfile", "The CIDSet entry is missing for the Composite Subset",
	"2.2.1 Invalid graphics transparency, Group has a transparency", "4.1.1 Transparency error, SoftMask must be null", "4.1.2 Transparency error, "}

// A second judge reads the pages of every script, short and long, and the logos.
func TestPreflightFindsNothingElse(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes PDFBox: HEADSUP_REAL=1")
	}
	dir, wr := t.TempDir(), pdf.New(fonts)
	var list []string
	add := func(name string, l pdf.Letter) {
		file, err := wr.Print(l)
		if err != nil {
			t.Fatal(err)
		}
		name = filepath.Join(dir, name+".pdf")
		if err := os.WriteFile(name, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("qpdf", "--check", name).CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
			t.Errorf("%s: %v\n%s", filepath.Base(name), err, out)
		}
		list = append(list, name)
	}
	for _, c := range scripts {
		for _, rows := range []int{1, 150} {
			l := sheet(t, c.lang, c.form, c.rtl)
			i := slices.IndexFunc(l.Parts[0].Blocks, func(b prose.Block) bool { return b.Kind == prose.Table })
			l.Parts[0].Blocks[i] = hosts(rows, "A", "B", "C", "D")
			add(fmt.Sprintf("%s-%d", c.lang, rows), l)
		}
	}
	names, data, _ := logos(t)
	for i, b := range data {
		l := sample()
		l.Head.Logo = b
		add(filepath.Base(names[i]), l)
	}
	for name, found := range preflight(t, filepath.Join(dir, "list"), list) {
		for _, f := range found {
			if !slices.ContainsFunc(allowed, func(a string) bool { return strings.Contains(f, a) }) {
				t.Errorf("%s: %s", name, f)
			}
		}
	}
}

// preflight returns what it finds in each file of a list.
func preflight(t *testing.T, name string, list []string) map[string][]string {
	t.Helper()
	if err := os.WriteFile(name, []byte(strings.Join(list, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	var classes []string
	for _, j := range jars {
		classes = append(classes, "/usr/share/java/"+j+".jar")
	}
	if out, err := exec.Command("java", "-cp", strings.Join(classes, ":"), "org.apache.pdfbox.preflight.Validator_A1b", "xml", "group", name).CombinedOutput(); err != nil {
		t.Logf("%v\n%s", err, out) // it ends so where it found anything
	}
	b, err := os.ReadFile(name + ".preflight.xml")
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		Files []struct {
			Name   string `xml:"name,attr"`
			Errors []struct {
				Code    string `xml:"code"`
				Details string `xml:"details"`
			} `xml:"errors>error"`
		} `xml:"preflight"`
	}
	if err := xml.Unmarshal(b, &result); err != nil {
		t.Fatal(err)
	}
	if len(result.Files) != len(list) {
		t.Errorf("%d files of %d", len(result.Files), len(list))
	}
	found := map[string][]string{}
	for _, f := range result.Files {
		found[f.Name] = nil
		for _, e := range f.Errors {
			found[f.Name] = append(found[f.Name], strings.Join(strings.Fields(e.Code+" "+e.Details), " "))
		}
		if len(f.Errors) == 0 {
			t.Errorf("%s: not even what the first part forbids", f.Name)
		}
	}
	return found
}
