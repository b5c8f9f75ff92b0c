package render_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"headsup/render"
)

// program skips a test that takes a program of the system, unless all real
// parts are wanted: then the program has to be there.
func program(t *testing.T, name string) string {
	t.Helper()
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes " + name + ": HEADSUP_REAL=1")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

const defects = `
import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
for p in m.walk():
    for d in p.defects: print("defect", p.get_content_type(), repr(d))
    for name, value in p.items():
        for d in value.defects: print("defect", name, repr(d))
    if not p.is_multipart():
        p.get_content()
        print(p.get_content_type(), p.get_filename())
print(m["subject"])
`

func TestPythonReadsItWithoutDefects(t *testing.T) {
	python := program(t, "python3")
	r := renderer(t, render.Options{Site: "https://advice.example.org", Printer: &paper{}})
	for _, lang := range r.Languages() {
		out := must(t, r, example(lang))
		cmd := exec.Command(python, "-c", defects)
		cmd.Stdin = bytes.NewReader(out.Mail)
		got, err := cmd.CombinedOutput()
		want := "text/plain None\ntext/html None\ntext/csv findings.csv\napplication/json xarf.json\napplication/json xarf-2.json\napplication/pdf relay26-k3v9xq2m7d.pdf\n" + out.Subject + "\n"
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", lang, err, got, want)
		}
	}
}
