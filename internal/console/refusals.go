package console

import (
	"errors"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
	"flexybatch/journal"
)

// refusal is an error of the job in the words of a page.
type refusal struct {
	message lang.Message
	err     error
}

func (r *refusal) Error() string         { return r.message.String() }
func (r *refusal) Unwrap() error         { return r.err }
func (r *refusal) Message() lang.Message { return r.message }

// worded says an error of the job in the words of a page: with what to do there.
// Package app says what is the matter.
func worded(err error) error {
	if noKey(err) {
		return &refusal{lang.Msg("There is no API key yet."), err}
	}
	if file := wordedFile(err); file != nil {
		return file
	}
	if controls := wordedControls(err); controls != nil {
		return controls
	}
	if m := advice(err); !m.IsZero() {
		return &refusal{lang.Msg("%v\n%s", err, m), err}
	}
	return err
}

// advice is what to do about a refusal; nothing where it goes without saying.
func advice(err error) lang.Message {
	is := func(target any) bool { return errors.As(err, target) }
	switch {
	case is(new(*app.PaidElsewhere)):
		return lang.Msg("If it is the same payroll, go to its old batch. If these people are to be paid once more, say so below.")
	case is(new(*app.PaysForNone)):
		return lang.Msg("Put money on the account, then go on.")
	case is(new(*app.OtherAccount)):
		return lang.Msg("Enter the key of that account.")
	case is(new(*app.Denied)):
		return lang.Msg("Check the key, and the addresses it is allowed from, before trying again: after a few bad tries the provider blocks this address for a while")
	case is(new(*app.BooksFailed)):
		return lang.Msg("Make room or mend the disk, then go on with the batch.")
	case is(new(*app.StaleApproval)):
		return lang.Msg("Give the file as it was, or have it approved again.")
	case is(new(*app.OtherProvider)):
		return lang.Msg("Give the file once more as a new batch.")
	case is(new(*journal.Locked)):
		return lang.Msg("Wait until it has ended.")
	case is(new(*journal.Corrupt)):
		return lang.Msg("Restore the journal from a copy, or ask somebody who knows the program for help.")
	}
	return lang.Message{}
}

// noKey tells an error of a missing API key.
func noKey(err error) bool {
	if _, ok := errors.AsType[*app.NoKey](err); ok {
		return true
	}
	_, ok := errors.AsType[*secret.NoKey](err)
	return ok
}
