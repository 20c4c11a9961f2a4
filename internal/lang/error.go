package lang

import (
	"errors"
	"fmt"
	"strings"
)

// messageError is an error that says a message.
type messageError struct {
	message Message
	wraps   error // as fmt.Errorf wraps what the format's %w are given
}

// Errorf makes an error that keeps its format and values, so that a Printer can say
// it in any language. The format is fmt.Errorf's: %w wraps an error, also several.
// Its text is English.
func Errorf(format string, args ...any) error {
	return &messageError{Message{format: format, args: args}, fmt.Errorf(format, args...)}
}

func (e *messageError) Error() string    { return e.message.String() }
func (e *messageError) Message() Message { return e.message }
func (e *messageError) Unwrap() error    { return e.wraps }

// Error says an error in the printer's language: by its own message, which Errorf
// gave it or its method Message() returns; else by the errors that it wraps without
// a word of its own, as an exit code does, or errors.Join; else, if it is the
// system's, by a sentence of ours about it. What is none of this is said as it is.
func (p *Printer) Error(err error) string {
	if err == nil {
		return ""
	}
	switch e := err.(type) { //nolint:errorlint // the chain is walked link by link
	case worded:
		return p.Say(e.Message())
	case parted:
		return p.Say(assembled(e))
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil && inner.Error() == err.Error() {
			return p.Error(inner)
		}
	case interface{ Unwrap() []error }:
		if list := e.Unwrap(); errors.Join(list...).Error() == err.Error() {
			return p.lines(list)
		}
	}
	if m, ok := system(err); ok {
		return p.Say(m)
	}
	return err.Error()
}

// lines says errors, a line each.
func (p *Printer) lines(list []error) string {
	said := make([]string, len(list))
	for i, err := range list {
		said[i] = p.Error(err)
	}
	return strings.Join(said, "\n")
}
