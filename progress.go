package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"flexybatch/batch"
)

// showProgress shows what the engine does until the function it returns is
// called: a bar on a terminal, a line each ten seconds elsewhere. One goroutine
// draws, from snapshots, so a stuck terminal holds up nobody.
func (r *runner) showProgress(e *batch.Engine) (hide func()) {
	if r.quiet {
		return func() {}
	}
	// A row is two steps: sent, and settled. What is left is the maximum, so that
	// a resumed batch tells its own pace and time.
	steps := func(t batch.Tally) int { return 2*t.Of(batch.Unsent) + t.Open() }
	todo := steps(r.books.Tally())
	stop, gone := make(chan struct{}), make(chan struct{})
	var draw func()
	every := 10 * time.Second
	var bar *progressbar.ProgressBar
	if terminal(r.stderr) && todo > 0 {
		every = 200 * time.Millisecond
		bar = progressbar.NewOptions(todo,
			progressbar.OptionSetWriter(r.stderr), progressbar.OptionSetWidth(20), progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionUseANSICodes(false))
		draw = func() {
			t := r.books.Tally()
			bar.Describe(states(t, e.Progress()))
			_ = bar.Set(min(todo, max(0, todo-steps(t)))) // a bar that cannot be drawn changes nothing
		}
	} else {
		draw = func() {
			fmt.Fprintln(r.stderr, states(r.books.Tally(), e.Progress()))
		}
	}
	go func() {
		defer close(gone)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				draw()
			}
		}
	}()
	return func() {
		close(stop)
		<-gone
		if bar != nil {
			_ = bar.Clear()
		}
	}
}

// states is one line that tells where a batch stands.
func states(t batch.Tally, p batch.Progress) string {
	var parts []string
	for _, s := range batch.States {
		if n := t.Of(s); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	line := strings.Join(parts, ", ") + fmt.Sprintf("; %d in flight", p.InFlight)
	if p.Rate > 0 {
		line += fmt.Sprintf(", %.0f calls a minute", p.Rate)
	}
	return line
}
