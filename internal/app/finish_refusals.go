package app

import "flexybatch/internal/lang"

// BooksFailed says that the books could not be kept, so that nothing more was sent
// (money rule 9).
type BooksFailed struct {
	Err  error
	Sent int // requests of this run, before
}

func (e *BooksFailed) Error() string { return e.Message().String() }
func (e *BooksFailed) Unwrap() error { return e.Err }

// Outcome is Nothing where nothing was sent.
func (e *BooksFailed) Outcome() Outcome {
	if e.Sent == 0 {
		return Nothing
	}
	return Open
}

// Message says why, and what was sent.
func (e *BooksFailed) Message() lang.Message {
	if e.Sent == 0 {
		return lang.Msg("%v; nothing was sent", e.Err)
	}
	return lang.Msg("%v\nNothing more was sent.", e.Err)
}

// JournalMoved says that the journal was taken from its place during the run, so
// that nothing more was sent (money rule 18).
type JournalMoved struct {
	notDone
	Err error
}

func (e *JournalMoved) Error() string { return e.Message().String() }
func (e *JournalMoved) Unwrap() error { return e.Err }

// Message says what was found in its place.
func (e *JournalMoved) Message() lang.Message { return lang.Msg("%v\nNothing more was sent.", e.Err) }

// NotReported says that all was done but for the report.
type NotReported struct {
	notDone
	File string // the input
	Err  error
}

func (e *NotReported) Error() string { return e.Message().String() }
func (e *NotReported) Unwrap() error { return e.Err }

// Message says why.
func (e *NotReported) Message() lang.Message { return lang.Msg("writing the report: %v", e.Err) }
