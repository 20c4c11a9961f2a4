package app

import (
	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// NoKey says that there is no API key for a host.
type NoKey struct {
	nothingDone
	Host string
}

func (e *NoKey) Error() string { return e.Message().String() }

// Message names the host.
func (e *NoKey) Message() lang.Message { return lang.Msg("there is no API key for %s", e.Host) }

// BadAddress says that an API's address cannot be used.
type BadAddress struct {
	wrongUse
	BaseURL string
	Err     error
}

func (e *BadAddress) Error() string { return e.Err.Error() }
func (e *BadAddress) Unwrap() error { return e.Err }

// Denied says that the provider refuses the key, or the address that it is used
// from.
type Denied struct {
	nothingDone
	Err error
}

func (e *Denied) Error() string { return e.Err.Error() }
func (e *Denied) Unwrap() error { return e.Err }

// OtherAccount says that a key is not of the account that a batch belongs to
// (money rule 8).
type OtherAccount struct {
	nothingDone
	Was, Is batch.Account
}

func (e *OtherAccount) Error() string { return e.Message().String() }

// Message names both accounts.
func (e *OtherAccount) Message() lang.Message {
	return lang.Msg("this batch belongs to account %q (%s, %s), and the key is of account %q (%s, %s): another account cannot say what became of it",
		e.Was.Username, e.Was.Type, e.Was.Host, e.Is.Username, e.Is.Type, e.Is.Host)
}
