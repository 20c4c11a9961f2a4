package app

import (
	"errors"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Outcome is how a task ended, in one word. Each door has one table of what it
// makes of them: an exit code, or the status of a page.
type Outcome uint8

// The outcomes. Those from Nothing on are what an error says.
const (
	Done     Outcome = iota // all was done, and every row is well
	Problems                // all was done, and a person must look at some rows
	Open                    // not all is done: the same task goes on when it is begun again
	Nothing                 // nothing could be done, and nothing was sent
	Usage                   // what was asked for contradicts itself; nothing was done
	Internal                // a fault of the program; the journal is whole
)

// OutcomeOfTally is the outcome of a batch that stands like this.
func OutcomeOfTally(t batch.Tally) Outcome {
	switch {
	case t.Of(batch.Unsent)+t.Open()+t.Of(batch.Conflict) > 0:
		return Open
	case t.Of(batch.Fulfilled) < t.Total:
		return Problems
	}
	return Done
}

// OutcomeOf is the outcome that an error of this package says; ok is false for an
// error of anybody else.
func OutcomeOf(err error) (o Outcome, ok bool) {
	var e interface{ Outcome() Outcome }
	if errors.As(err, &e) {
		return e.Outcome(), true
	}
	return Internal, false
}

// Error is a refusal, or a failure, that needs no type of its own: its text says
// all there is to know.
type Error struct {
	outcome Outcome
	err     error
}

// Failed makes an Error.
func Failed(o Outcome, err error) error { return &Error{o, err} }

func (e *Error) Error() string { return e.err.Error() }
func (e *Error) Unwrap() error { return e.err }

// Outcome is what the error means for the task.
func (e *Error) Outcome() Outcome { return e.outcome }

// refusef makes an Error of outcome Nothing; the format is lang.Errorf's.
func refusef(format string, args ...any) error {
	return Failed(Nothing, lang.Errorf(format, args...))
}

// nothing makes an Error of outcome Nothing.
func nothing(err error) error { return Failed(Nothing, err) }

// What most refusals say of their outcome: they embed it.
type (
	nothingDone struct{}
	wrongUse    struct{}
	notDone     struct{}
)

func (nothingDone) Outcome() Outcome { return Nothing }
func (wrongUse) Outcome() Outcome    { return Usage }
func (notDone) Outcome() Outcome     { return Open }
