package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// copied is a copy of the tree in which one change is made at a time.
type copied struct {
	dir string
	env []string
}

// copyTree copies what git knows or would add, with its times, since Go's test
// cache looks at them.
func copyTree(ctx context.Context, root string) (*copied, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return nil, err
	}
	w := &copied{dir: dir}
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		w.remove()
		return nil, err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(root, name), filepath.Join(dir, "tree", name)); err != nil {
			w.remove()
			return nil, err
		}
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		w.remove()
		return nil, err
	}
	if goTool, err = filepath.EvalSymlinks(goTool); err != nil {
		w.remove()
		return nil, err
	}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "PATH" && name != "TMPDIR" && !strings.HasPrefix(name, "HEADSUP_") {
			w.env = append(w.env, v)
		}
	}
	w.env = append(w.env, "PATH="+filepath.Dir(goTool), "TMPDIR="+filepath.Join(dir, "tmp"))
	return w, w.clear()
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if errors.Is(err, os.ErrNotExist) { // removed, but not yet committed
		return nil
	}
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(to, data, info.Mode()); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}

func (w *copied) remove() { os.RemoveAll(w.dir) }

// clear removes what tests left that were stopped.
func (w *copied) clear() error {
	tmp := filepath.Join(w.dir, "tmp")
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	return os.Mkdir(tmp, 0o777)
}

// A suite is the tests of a package, and how long they take unchanged.
type suite struct {
	pkg  string // folder from the root
	took time.Duration
}

// findSuites returns for each changed package its own suite, then those of the
// packages that import it, the quickest first. Each has passed unchanged.
func findSuites(ctx context.Context, w *copied, drawn []change, own bool, t *table) (map[string][]suite, error) {
	importers, err := w.importers(ctx)
	if err != nil {
		return nil, err
	}
	suites, times := map[string][]suite{}, map[string]suite{}
	for _, c := range drawn {
		changed := path.Dir(c.file)
		if suites[changed] != nil {
			continue
		}
		all := []string{changed}
		if !own {
			all = append(all, importers[changed]...)
		}
		for _, pkg := range all {
			s, ok := times[pkg]
			if !ok {
				if s, err = w.unchanged(ctx, pkg, t); err != nil {
					return nil, err
				}
				times[pkg] = s
			}
			suites[changed] = append(suites[changed], s)
		}
		slices.SortStableFunc(suites[changed][1:], func(a, b suite) int { return cmp.Compare(a.took, b.took) })
	}
	return suites, nil
}

const longest = 20 * time.Minute

func (w *copied) unchanged(ctx context.Context, pkg string, t *table) (suite, error) {
	if took, ok := t.took[pkg]; ok {
		return suite{pkg, took}, nil
	}
	r, err := w.test(ctx, pkg, longest)
	if err == nil && r.verdict != survived {
		err = fmt.Errorf("the tests of %s fail without a change: %s %s", pkg, r.verdict, r.by)
	}
	if err != nil {
		return suite{}, err
	}
	fmt.Fprintf(os.Stderr, "%s unchanged: %s s\n", pkg, inSeconds(r.took))
	return suite{pkg, r.took}, t.addUnchanged(pkg, r.took)
}

// importers lists for each package those with tests whose tests depend on it.
func (w *copied) importers(ctx context.Context) (map[string][]string, error) {
	type listed struct {
		ImportPath, ForTest, Dir  string
		Deps                      []string
		TestGoFiles, XTestGoFiles []string
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-json=ImportPath,ForTest,Dir,Deps,TestGoFiles,XTestGoFiles", "-test", "./...")
	cmd.Dir, cmd.Env = filepath.Join(w.dir, "tree"), w.env
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	folder := map[string]string{} // of an import path
	var tests []listed            // the test binaries
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(cmd.Dir, p.Dir)
		if err != nil {
			return nil, err
		}
		folder[p.ImportPath] = filepath.ToSlash(rel)
		if strings.HasSuffix(p.ImportPath, ".test") {
			tests = append(tests, p)
		}
	}
	importers := map[string][]string{}
	for _, p := range tests {
		tested := folder[strings.TrimSuffix(p.ImportPath, ".test")]
		for _, dep := range p.Deps {
			dep, _, _ = strings.Cut(dep, " ") // "p [q.test]"
			if f, ok := folder[dep]; ok && f != tested && !slices.Contains(importers[f], tested) {
				importers[f] = append(importers[f], tested)
			}
		}
	}
	return importers, nil
}

// try makes a change, runs the suites until one fails, and takes it back.
func (w *copied) try(ctx context.Context, c change, suites []suite) (r result, err error) {
	name := filepath.Join(w.dir, "tree", c.file)
	src, err := os.ReadFile(name)
	if err != nil {
		return r, err
	}
	defer func() {
		err = errors.Join(err, os.WriteFile(name, src, 0o666), w.clear())
	}()
	changed := slices.Concat(src[:c.from], []byte(c.new), src[c.to:])
	if err := os.WriteFile(name, changed, 0o666); err != nil {
		return r, err
	}
	began := time.Now()
	for _, s := range suites {
		if r, err = w.test(ctx, s.pkg, max(time.Minute, 4*s.took)); err != nil || r.verdict != survived {
			break
		}
	}
	r.took = time.Since(began)
	return r, err
}

// test runs the tests of a package until one fails. A change after which they
// run too long counts as noticed.
func (w *copied) test(ctx context.Context, pkg string, limit time.Duration) (r result, err error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, limit+5*time.Minute) // to build
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-failfast", "-vet=off", "-trimpath", "-ldflags=-s -w", "-timeout="+limit.String(), "./"+pkg)
	cmd.Dir, cmd.Env = filepath.Join(w.dir, "tree"), w.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := cmd.Start(); err != nil {
		return r, err
	}
	r = judge(out, pkg)
	if r.verdict == noticed { // the other tests need not run
		cancel()
	}
	err = cmd.Wait()
	r.took = time.Since(began)
	if r.verdict == survived && err != nil {
		return r, fmt.Errorf("go test ./%s: %w", pkg, err)
	}
	return r, nil
}

// judge reads what go test -json writes, up to the first test that fails.
func judge(events io.Reader, pkg string) result {
	r := result{verdict: survived}
	s := bufio.NewScanner(events)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var e struct{ Action, Test, Output, FailedBuild string }
		if json.Unmarshal(s.Bytes(), &e) != nil {
			continue
		}
		switch {
		case strings.HasPrefix(e.Output, "panic: test timed out"):
			return result{verdict: noticed, by: pkg + ": time limit"}
		case e.Action == "build-fail" || e.FailedBuild != "":
			r.verdict = notBuilt
		case e.Action == "fail" && r.verdict != notBuilt:
			return result{verdict: noticed, by: strings.TrimSpace(pkg + " " + e.Test)}
		}
	}
	return r
}
