package settings

import (
	"errors"

	"flexybatch/internal/lang"
)

// Invalid is the error of a value that cannot be used: it names the flag, and where
// the value stands.
type Invalid struct {
	Name string // of the flag; empty: the place as a whole is at fault
	From Origin
	err  error
}

func (e *Invalid) Error() string { return e.err.Error() }
func (e *Invalid) Unwrap() error { return e.err }

// Flag returns the name of the flag.
func (e *Invalid) Flag() string { return e.Name }

func invalid(name string, from Origin, format string, args ...any) error {
	return &Invalid{name, from, lang.Errorf(format, args...)}
}

// BadFlag makes an error about the value of a flag, wherever that stands. The format
// is lang.Errorf's.
func BadFlag(name, format string, args ...any) error {
	return &Invalid{Name: name, err: lang.Errorf(format, args...)}
}

// Blame adds to an error about the value of a flag where that stands, as origin
// knows. Which flag it is, an error in the chain says, with a method Flag() string:
// an *Invalid, or one of another package.
func Blame(err error, origin func(flag string) (Origin, bool)) error {
	named, ok := errors.AsType[interface {
		error
		Flag() string
	}](err)
	if !ok {
		return err
	}
	if bad, ok := named.(*Invalid); ok && bad.From != (Origin{}) {
		return err // which says it already
	}
	from, ok := origin(named.Flag())
	if !ok {
		return err
	}
	return invalid(named.Flag(), from, "%w\nThe value stands here: %s", err, from.Message())
}
