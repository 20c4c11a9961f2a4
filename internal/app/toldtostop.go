package app

import "flexybatch/internal/lang"

// ToldToStop is the cause of a drain that a person asked for, so that the books say who
// it was: context.WithCancelCause takes it.
type ToldToStop struct {
	notDone
	Who string
}

func (e *ToldToStop) Error() string { return e.Message().String() }

// Message names the person.
func (e *ToldToStop) Message() lang.Message { return lang.Msg("told to stop by %s", e.Who) }
