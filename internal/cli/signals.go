package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signals turns what the machine or the person says into two contexts: drain
// is done at the first request to stop, abort at the second. A closed terminal
// (SIGHUP) is a request to stop; a closed pipe is none, since what becomes of
// the money matters more than who reads along.
func (w machine) signals(ctx context.Context) (abort, drain context.Context, stop func()) {
	abort, cancelAbort := context.WithCancel(ctx)
	drain, cancelDrain := context.WithCancel(abort)
	heard := make(chan os.Signal, 2)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE)
	finished, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for first := true; ; first = false {
			select {
			case <-finished:
				return
			case <-heard:
			}
			if first { // first of all it is done: a terminal may be stuck
				cancelDrain()
				w.words.Fprintf(w.stderr, "\nStopping: no new top-ups; waiting for the answers under way. Once more to leave at once.\n")
				continue
			}
			cancelAbort()
			w.words.Fprintf(w.stderr, "\nLeaving at once. Run the same command again: what was under way is checked first.\n")
		}
	}()
	return abort, drain, func() {
		signal.Stop(heard)
		close(finished)
		<-gone
		cancelAbort()
		cancelDrain()
	}
}
