package console

import (
	"errors"

	"flexybatch/internal/app"
	"flexybatch/internal/secret"
)

// worded says an error of the job in the words of a page: with what to do there.
// Package app says what is the matter.
func (k *Console) worded(err error) error { return err }

// noKey tells an error of a missing API key.
func noKey(err error) bool {
	if _, ok := errors.AsType[*app.NoKey](err); ok {
		return true
	}
	_, ok := errors.AsType[*secret.NoKey](err)
	return ok
}
