package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/campaign/settings"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/lookup"
)

func TestBootstrapFromURL(t *testing.T) {
	tables := map[string]string{}
	for _, b := range lookup.BuiltInTables() {
		tables["/rdap/"+b.Kind+".json"] = strings.Replace(string(b.Bytes()), `"publication": "20`, `"publication":"20`, 1)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(tables[r.URL.Path])) }))
	defer server.Close()
	dir := t.TempDir()
	text := "[campaign]\nid = \"a26\"\n[[agency]]\nid = \"a\"\nname = \"A\"\nfrom = \"a@example.org\"\n"
	if err := os.WriteFile(filepath.Join(dir, settings.File), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &program{Lines: &show.Lines{Console: &console.Console{Stdout: &out, Stderr: &out}}, dir: dir}
	if err := p.bootstrap(t.Context(), nil, server.URL+"/rdap/"); err != nil {
		t.Fatal(err)
	}
	for _, kind := range lookup.TableKinds {
		kept, err := os.ReadFile(filepath.Join(dir, "iana", kind+".json"))
		if err != nil || string(kept) != tables["/rdap/"+kind+".json"] {
			t.Errorf("%s: %d bytes kept, %v", kind, len(kept), err)
		}
	}
	tables["/rdap/asn.json"] = "<html>"
	if err := p.bootstrap(t.Context(), nil, server.URL+"/rdap/"); err == nil || !strings.HasPrefix(err.Error(), server.URL+"/rdap/asn.json: not a bootstrap table") {
		t.Errorf("%v", err)
	}
}
