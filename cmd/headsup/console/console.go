// Package console is what a verb writes to: results on standard output, as
// columns or as JSON, and all else on standard error.
package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// A Console writes for one run of the program. Its methods may be called by
// several goroutines at a time.
type Console struct {
	Stdout, Stderr io.Writer
	JSON           bool // one object a line instead of columns
	Quiet          bool // no progress

	mu        sync.Mutex // of Stdout, and of what stands below
	unprinted error
	bars      map[string]*progressBar
}

// Print writes one result: v as an object a line with --json, else the
// columns separated by tabs. Text from outside cannot move the cursor.
func (c *Console) Print(v any, columns ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.JSON {
		enc := json.NewEncoder(c.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	for i, column := range columns {
		columns[i] = strings.Map(func(r rune) rune {
			if r == '\t' || r == '\n' {
				return ' '
			}
			return r
		}, Printable(column))
	}
	_, err := fmt.Fprintln(c.Stdout, strings.TrimRight(strings.Join(columns, "\t"), "\t"))
	return err
}

// Result prints what an event tells, and remembers the first that could not be
// printed: [Console.Unprinted].
func (c *Console) Result(v any, columns ...string) {
	if err := c.Print(v, columns...); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.unprinted = cmp.Or(c.unprinted, err)
	}
}

// Say tells the operator something that is not a result.
func (c *Console) Say(format string, args ...any) {
	fmt.Fprintf(c.Stderr, "headsup: %s\n", Printable(fmt.Sprintf(format, args...)))
}

// Follow shows how far a task has come: done of total, or over.
func (c *Console) Follow(task string, done, total int, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	bar := c.bars[task]
	if bar == nil {
		if c.bars == nil {
			c.bars = map[string]*progressBar{}
		}
		bar = c.progress(task, total)
		c.bars[task] = bar
	}
	bar.reach(done)
	if over {
		bar.done()
		delete(c.bars, task)
	}
}

// Unprinted returns why the first result could not be printed that could not, or nil.
func (c *Console) Unprinted() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unprinted
}

// progress shows how far long work has come: on a terminal only, and not with
// --quiet. total may be 0 for "not known".
func (c *Console) progress(what string, total int) *progressBar {
	f, ok := c.Stderr.(*os.File)
	if c.Quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return &progressBar{}
	}
	pool := mpb.New(mpb.WithOutput(f), mpb.WithWidth(40))
	bar := pool.AddBar(int64(total),
		mpb.PrependDecorators(decor.Name(what+" "), decor.CountersNoUnit("%d/%d")),
		mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)),
		mpb.BarRemoveOnComplete())
	return &progressBar{pool: pool, bar: bar}
}

// A progressBar counts; the zero value counts in silence.
type progressBar struct {
	pool *mpb.Progress
	bar  *mpb.Bar
}

// reach says that so much is done.
func (b *progressBar) reach(n int) {
	if b.bar != nil {
		b.bar.SetCurrent(int64(n))
	}
}

// done takes the bar off the terminal.
func (b *progressBar) done() {
	if b.bar != nil {
		b.bar.Abort(true)
		b.pool.Wait()
	}
}
