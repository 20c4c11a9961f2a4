package cli

import (
	"errors"
	"fmt"

	"flexybatch/batch"
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

// failure is an error with the exit code it leads to.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

// failf makes a failure; the format is fmt.Errorf's.
func failf(code int, format string, args ...any) error {
	return failure{code, fmt.Errorf(format, args...)}
}

// outcome is an exit code that is no error of anybody: what there was to say
// has been said.
type outcome struct{ code int }

func (o outcome) Error() string { return fmt.Sprintf("exit code %d", o.code) }

// codeOf is the exit code of a batch that stands like this.
func codeOf(t batch.Tally) int {
	switch {
	case t.Of(batch.Unsent)+t.Open()+t.Of(batch.Conflict) > 0:
		return exitOpen
	case t.Of(batch.Fulfilled) < t.Total:
		return exitProblems
	}
	return exitDone
}

// exitOf is the exit code that an error of a command leads to.
func exitOf(err error) int {
	var done outcome
	var bad failure
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &done):
		return done.code
	case errors.As(err, &bad):
		return bad.code
	}
	return exitUsage
}

// exitWith is the error that leads to a code; nil for success.
func exitWith(code int) error {
	if code == exitDone {
		return nil
	}
	return outcome{code}
}
