package cli

import (
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// The exit codes. 2 is what a crashed Go program leaves, so it is never used.
const (
	exitDone     = 0  // every row was fulfilled
	exitNothing  = 1  // nothing could be done
	exitProblems = 3  // done; some rows were invalid, rejected or refunded
	exitOpen     = 4  // not done: run the same command again
	exitUsage    = 64 // the command line is wrong
	exitInternal = 70 // a fault of our own; the journal is whole
)

// exitFor is the one table of exit codes.
func exitFor(o app.Outcome) int {
	switch o {
	case app.Done:
		return exitDone
	case app.Problems:
		return exitProblems
	case app.Open:
		return exitOpen
	case app.Nothing:
		return exitNothing
	case app.Usage:
		return exitUsage
	}
	return exitInternal
}

// ended is the outcome of a command that is no error of anybody: what there was to
// say has been said.
type ended struct{ outcome app.Outcome }

func (ended) Error() string          { return "" }
func (e ended) Outcome() app.Outcome { return e.outcome }

// ends is the error that leads to an outcome; nil for success.
func ends(o app.Outcome) error {
	if o == app.Done {
		return nil
	}
	return ended{o}
}

// exitOf is the exit code that an error of a command leads to. The library of the
// command line complains of wrong ones, and of nothing else.
func exitOf(err error) int {
	if err == nil {
		return exitDone
	}
	if o, ok := app.OutcomeOf(err); ok {
		return exitFor(o)
	}
	return exitUsage
}

// usagef makes an error of a wrong command line; the format is lang.Errorf's.
func usagef(format string, args ...any) error {
	return app.Failed(app.Usage, lang.Errorf(format, args...))
}

// nothingf makes an error of what could not be done; the format is lang.Errorf's.
func nothingf(format string, args ...any) error {
	return app.Failed(app.Nothing, lang.Errorf(format, args...))
}
