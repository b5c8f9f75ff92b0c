package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// print writes one result: v as an object a line with --json, else the
// columns separated by tabs. Text from outside cannot move the cursor.
func (p *program) print(v any, columns ...string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.json {
		enc := json.NewEncoder(p.stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	for i, c := range columns {
		columns[i] = strings.Map(func(r rune) rune {
			if r == '\t' || r == '\n' {
				return ' '
			}
			return r
		}, printable(c))
	}
	_, err := fmt.Fprintln(p.stdout, strings.TrimRight(strings.Join(columns, "\t"), "\t"))
	return err
}

// result prints what an event tells, and remembers the first result that could
// not be printed: inCampaign returns it.
func (p *program) result(v any, columns ...string) {
	if err := p.print(v, columns...); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.unprinted = cmp.Or(p.unprinted, err)
	}
}

// say tells the operator something that is not a result.
func (p *program) say(format string, args ...any) {
	fmt.Fprintf(p.stderr, "headsup: %s\n", printable(fmt.Sprintf(format, args...)))
}

// progress shows how far long work has come: on a terminal only, and not with
// --quiet. total may be 0 for "not known".
func (p *program) progress(what string, total int) *progressBar {
	f, ok := p.stderr.(*os.File)
	if p.quiet || !ok || !term.IsTerminal(int(f.Fd())) {
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
