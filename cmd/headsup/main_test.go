package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/mailer/loopback"
)

func TestMain(m *testing.M) {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(_ context.Context, _, server string) (net.Conn, error) {
		panic("a test asks the name server " + server)
	}}
	// Most scripts wait most of their time: for registries that fail, for a mail server that is gone.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"headsup": main})
}

// sideBySide tells the scripts in which a program does several things at a
// time: it sends to a mail server, watches, listens, or does all of its work.
// What one verb does alone after another has no races to find.
var sideBySide = regexp.MustCompile(`(?m)^mailserver|--watch|--listen|headsup demo|headsup lookup`)

// TestScripts runs the verbs as a user would: one script for each, and one for
// each thing that went wrong once.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples/many-agencies")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		scripts = slices.DeleteFunc(scripts, func(name string) bool {
			text, err := os.ReadFile(name)
			return err == nil && !sideBySide.Match(text)
		})
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("GOGC", "400") // a verb that ends in a moment need not tidy up
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			now := time.Now().UTC()
			env.Setenv("NOW", now.Format(time.RFC3339))
			for hours := 1; hours <= 9; hours++ { // scanners' clocks may be ahead
				env.Setenv(fmt.Sprintf("HOUR%d", hours), now.Add(time.Duration(hours)*time.Hour).Format(time.RFC3339))
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			real := os.Getenv("HEADSUP_REAL") != ""
			if name == "real" {
				return real, nil
			}
			found, err := filepath.Glob("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
			return name == "fonts" && (len(found) > 0 || real), err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"campaign":   newCampaign,
			"count":      count,
			"edit":       edit,
			"link":       link,
			"mailserver": mailserver,
			"pgpkey":     pgpkey,
			"sums":       sums,
		},
	})
}

// newCampaign makes a campaign folder whose registries and mail server run on
// this machine until the script ends: "campaign DIR" with a mail server,
// "campaign -files DIR" without. Its letters have pages after "campaign -pdf DIR"
// alone: to set them is most of the work.
func newCampaign(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("campaign", flag.ContinueOnError)
	files, pages := flags.Bool("files", false, ""), flags.Bool("pdf", false, "")
	if err := flags.Parse(args); neg || err != nil || flags.NArg() != 1 {
		ts.Fatalf("usage: campaign [-files] [-pdf] DIR")
	}
	dir := ts.MkAbs(flags.Arg(0))
	more := map[string]any{}
	if !*files {
		post, err := loopback.Start(filepath.Join(dir, "Maildir"), loopback.Options{TLS: true})
		ts.Check(err)
		ts.Defer(func() { ts.Check(post.Close()) })
		more["smtp"] = settings.SMTP{Server: post.Settings()}
	}
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(campaigntest.Write(dir, more))
	if !*pages {
		edit(ts, false, []string{filepath.Join(dir, settings.File), "[letters]", `[letters]\npdf = false`})
	}
}

// edit replaces the first of a text in each file of a pattern: "edit FILE OLD NEW";
// \n in NEW ends a line.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("there is no %s", args[0])
	}
	for _, name := range files {
		text := ts.ReadFile(name)
		if !strings.Contains(text, args[1]) {
			ts.Fatalf("%s does not hold %q", name, args[1])
		}
		ts.Check(os.WriteFile(name, []byte(strings.Replace(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)), 0o644))
	}
}

// link gives a file another name: "link FILE NAME".
func link(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: link FILE NAME")
	}
	ts.Check(os.Link(ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

// count says how many files match, and hold a text: "count 3 Maildir/new/* [TEXT]".
func count(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: count N PATTERN [TEXT]")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(args) == 3 {
		found = slices.DeleteFunc(found, func(name string) bool { return !strings.Contains(ts.ReadFile(name), args[2]) })
	}
	if got := len(found); args[0] != strconv.Itoa(got) {
		ts.Fatalf("%d files match %s, want %s", got, args[1:], args[0])
	}
}

// sums says whether files have the hashes that a list of sha256sum gives them:
// "sums SHA256SUMS".
func sums(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: sums LIST")
	}
	right := true
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		hash, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		right = right && ok && hash == fmt.Sprintf("%x", sha256.Sum256([]byte(ts.ReadFile(name))))
	}
	if right == neg {
		ts.Fatalf("the files have the hashes of %s: %v", args[0], right)
	}
}

// alone skips a long test in which nothing runs side by side: -short, which the
// race detector goes with, leaves it out.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
}
