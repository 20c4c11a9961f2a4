package journal

import (
	"fmt"
	"slices"
	"time"
)

// Message is a sentence for a person that is not yet in a language: an English format
// and the values that go into it. Whoever shows it says it in the reader's language.
type Message struct {
	format string
	args   []any
}

// say makes a message. The format is fmt.Sprintf's.
func say(format string, args ...any) Message {
	if false {
		_ = fmt.Sprintf(format, args...) // vet checks calls of say because of this line
	}
	return Message{format, args}
}

// Parts returns what the message is made of. It counts nothing, so many is empty.
func (m Message) Parts() (format, many string, n int, args []any) { return m.format, "", 0, m.args }

// String returns the message in English.
func (m Message) String() string {
	args := slices.Clone(m.args)
	for i, v := range args {
		if at, ok := v.(time.Time); ok {
			args[i] = at.Local().Format(time.DateTime)
		}
	}
	return fmt.Sprintf(m.format, args...)
}

// messageError is an error that says a message.
type messageError struct {
	Message
	wraps error // as fmt.Errorf wraps what the format's %w are given
}

// errorf makes an error that keeps its format and values. The format is fmt.Errorf's.
func errorf(format string, args ...any) error {
	return &messageError{Message{format, args}, fmt.Errorf(format, args...)}
}

func (e *messageError) Error() string { return e.wraps.Error() }
func (e *messageError) Unwrap() error { return e.wraps }
