// Mutate counts how many small wrong changes the tests notice.
//
// It draws changes by a seed from the conditions, comparisons, constants and
// error returns of some packages, makes one at a time in a copy of the tree,
// and runs the tests of the package and then of those that import it, until
// one fails. Its table is a file to which every result is appended at once, so
// that a run which was stopped goes on where it was. It never writes to the
// tree, and the programs of the system are out of reach of the tests: what is
// measured are the tests that need nothing but Go.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

const rooms = "finding,lookup,letter,ledger,mailer,inbox,outcome,campaign,render,sheet,wire"

type options struct {
	n        int
	seed     uint64
	packages string
	jobs     int
	out      string
	own      bool
	again    bool
	list     bool
}

func main() {
	var o options
	flag.IntVar(&o.n, "n", 150, "how many changes are counted")
	flag.Uint64Var(&o.seed, "seed", 1, "which changes are drawn")
	flag.StringVar(&o.packages, "packages", rooms, "folders of the packages that are changed; those that do not exist are left out")
	flag.IntVar(&o.jobs, "jobs", 1, "how many changes are tried at a time")
	flag.StringVar(&o.out, "out", "mutations.tsv", "the table, to which results are added")
	flag.BoolVar(&o.own, "own", false, "run only the tests of the changed package")
	flag.BoolVar(&o.again, "again", false, "try again what survived")
	flag.BoolVar(&o.list, "list", false, "list what would be tried, in its order, and stop")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	drawn, err := draw(root, o)
	if err != nil {
		return err
	}
	if o.list {
		for _, c := range drawn[:min(o.n, len(drawn))] {
			fmt.Println(c.listed())
		}
		return nil
	}
	t, err := openTable(o.out)
	if err != nil {
		return err
	}
	defer t.close()
	if o.again {
		t.forget(survived)
	}
	if err := try(ctx, root, o, drawn, t); err != nil {
		return err
	}
	return t.sum(os.Stdout, drawn, o.n)
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("no go.mod here")
	}
	return filepath.Dir(mod), nil
}

// draw returns all changes in the order in which they are tried: one of each
// kind in turn, those of a kind by their rank, without the equivalent ones.
func draw(root string, o options) ([]change, error) {
	left, err := readEquivalents(filepath.Join(root, ".ci", "mutate", "equivalent.txt"))
	if err != nil {
		return nil, err
	}
	of := map[kind][]change{}
	for pkg := range strings.SplitSeq(o.packages, ",") {
		some, err := changesOf(root, pkg, o.seed)
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			if !left.has(c) {
				of[c.kind] = append(of[c.kind], c)
			}
		}
	}
	if stale := left.unused(strings.Split(o.packages, ",")); len(stale) > 0 {
		return nil, fmt.Errorf("equivalent.txt lists what is no longer there:\n%s", strings.Join(stale, "\n"))
	}
	var all []change
	for _, k := range kinds {
		slices.SortFunc(of[k], func(a, b change) int { return bytes.Compare(a.rank(o.seed), b.rank(o.seed)) })
	}
	for i, more := 0, true; more; i++ {
		more = false
		for _, k := range kinds {
			if i < len(of[k]) {
				all, more = append(all, of[k][i]), true
			}
		}
	}
	return all, nil
}

// try has workers make the first changes of the draw that can be built, until
// enough are counted.
func try(ctx context.Context, root string, o options, drawn []change, t *table) error {
	var idle []*copied
	for range o.jobs {
		w, err := copyTree(ctx, root)
		if err != nil {
			return err
		}
		defer w.remove()
		idle = append(idle, w)
	}
	suites, err := findSuites(ctx, idle[0], drawn, o.own, t)
	if err != nil {
		return err
	}
	var (
		mu      sync.Mutex
		room    = sync.NewCond(&mu)
		running int
		counted int
		failed  error
	)
	mu.Lock()
	for _, c := range drawn {
		for counted+running >= o.n && running > 0 || len(idle) == 0 {
			room.Wait()
		}
		if counted >= o.n || failed != nil || ctx.Err() != nil {
			break
		}
		if r, known := t.of(c); known {
			if r.verdict != notBuilt {
				counted++
			}
			continue
		}
		w := idle[len(idle)-1]
		idle = idle[:len(idle)-1]
		running++
		go func() {
			r, err := w.try(ctx, c, suites[filepath.ToSlash(filepath.Dir(c.file))])
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				err = t.add(c, r)
			}
			failed = first(failed, err)
			if r.verdict != notBuilt {
				counted++
			}
			fmt.Fprintf(os.Stderr, "%d/%d\t%s:%d\t%s\t%s\t%s\n", counted, o.n, c.file, c.line, c.what(), r.verdict, r.by)
			running--
			idle = append(idle, w)
			room.Signal()
		}()
	}
	for running > 0 {
		room.Wait()
	}
	mu.Unlock()
	return first(failed, ctx.Err())
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
