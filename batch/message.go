package batch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a sentence for a person that is not yet in a language: an English format
// and the values that go into it. The rooms of this program that know no language make
// Messages, or errors with Errorf; whoever shows one says it in the reader's language,
// for which the format is the key. A Message survives the journal: the record holds it
// in English, for whoever reads the journal itself, and in its parts. The zero Message
// says nothing.
type Message struct {
	format  string  // English; for one where many is set
	with    *values // what goes into it; nil: nothing
	literal bool    // format is a text that is in nobody's catalogue
}

// values are what goes into a format. They stand apart since few messages of a
// million rows have any, and the provider's own words never do.
type values struct {
	many string // the format for any other number; empty: the message counts nothing
	n    int    // what is counted
	args []any  // n among them, in front
}

// Msg makes a message. The format is fmt.Sprintf's; the values are texts, whole
// numbers, Dinars, Centimes, times, Days, States, Messages, []Message or errors.
func Msg(format string, args ...any) Message {
	if false {
		_ = fmt.Sprintf(format, args...) // vet checks calls of Msg because of this line
	}
	if len(args) == 0 {
		return Message{format: format}
	}
	return Message{format: format, with: &values{args: args}}
}

// Count makes a message about n things, which each language says in its own plural
// form. Both formats are given n first and args then, and may leave them out.
func Count(n int, one, many string, args ...any) Message {
	return Message{format: one, with: &values{many, n, append([]any{n}, args...)}}
}

// Number makes a message of a number of things, which the reader's language writes with
// its digits in groups. A number that is a name, such as a row's, is a value as it is.
func Number(n int) Message { return Count(n, "%d", "%d") }

// Literal makes a message of a text that is in nobody's catalogue: the provider's own
// words, or those of a journal that was written before messages had parts.
func Literal(text string) Message { return Message{format: text, literal: text != ""} }

// Said returns what an error says, as a message: of an error of Errorf, or of another
// that has parts, also where others wrap it without a word of their own, and else a
// Literal of its text.
func Said(err error) Message {
	for e := err; e != nil; {
		if p, ok := e.(parted); ok {
			return messageOf(p)
		}
		outer, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		if e = outer.Unwrap(); e == nil || e.Error() != err.Error() {
			break
		}
	}
	if err == nil {
		return Message{}
	}
	return Literal(err.Error())
}

// parted is whatever is made as a Message is.
type parted interface {
	Parts() (format, many string, n int, args []any)
}

// messageOf makes a Message of its parts.
func messageOf(p parted) Message {
	if m, ok := p.(Message); ok {
		return m
	}
	format, many, n, args := p.Parts()
	return Message{format: format, with: &values{many, n, args}}
}

// Literal returns the text of a message that is in nobody's catalogue.
func (m Message) Literal() (text string, ok bool) {
	if !m.literal {
		return "", m.IsZero()
	}
	return m.format, true
}

// IsZero reports whether the message says nothing.
func (m Message) IsZero() bool { return m.format == "" && (m.with == nil || m.with.many == "") }

// Equal reports whether both say the same.
func (m Message) Equal(o Message) bool { return m.String() == o.String() }

// Parts returns what the message is made of. many is empty unless the message counts
// n things, and then args begins with n.
func (m Message) Parts() (format, many string, n int, args []any) {
	switch {
	case m.literal:
		return "%s", "", 0, []any{m.format}
	case m.with == nil:
		return m.format, "", 0, nil
	}
	return m.format, m.with.many, m.with.n, m.with.args
}

// String returns the message in English, with times as RFC 3339 writes them in UTC.
func (m Message) String() string {
	if m.literal || m.IsZero() {
		return m.format
	}
	format, many, n, args := m.Parts()
	if many != "" && n != 1 {
		format = many
	}
	// The form for one thing may leave values out. The last value writes nothing, and
	// its number in the format tells fmt that the others are left out on purpose.
	args = append(slices.Clone(args), nothing{})
	for i, v := range args {
		switch v := v.(type) {
		case []Message:
			args[i] = inEnglish(v)
		case time.Time:
			args[i] = v.UTC().Format(time.RFC3339)
		}
	}
	return fmt.Sprintf(strings.ReplaceAll(format, "%w", "%v")+"%["+strconv.Itoa(len(args))+"]s", args...)
}

// inEnglish returns messages one after the other, in English.
func inEnglish(list []Message) string {
	said := make([]string, len(list))
	for i, m := range list {
		said[i] = m.String()
	}
	return strings.Join(said, ", ")
}

// WithTexts returns the message with f of each text among its values, also within
// messages: so a report hides what it may not show.
func (m Message) WithTexts(f func(string) string) Message {
	if m.literal {
		return Literal(f(m.format))
	}
	if m.with == nil {
		return m
	}
	with := *m.with
	with.args = slices.Clone(with.args)
	for i, v := range with.args {
		switch v := v.(type) {
		case string:
			with.args[i] = f(v)
		case Phone:
			with.args[i] = f(string(v))
		case []Message:
			list := slices.Clone(v)
			for k := range list {
				list[k] = list[k].WithTexts(f)
			}
			with.args[i] = list
		case parted:
			with.args[i] = messageOf(v).WithTexts(f)
		case error:
			with.args[i] = f(v.Error())
		}
	}
	m.with = &with
	return m
}

// kept returns the message with a copy of its text, where that may share memory with
// many others.
func (m Message) kept() Message {
	if m.literal {
		m.format = strings.Clone(m.format)
	}
	return m
}

// nothing writes nothing.
type nothing struct{}

func (nothing) Format(fmt.State, rune) {}

// MarshalJSON writes the message in English, as a JSON string.
func (m Message) MarshalJSON() ([]byte, error) { return json.Marshal(m.String()) }

// UnmarshalJSON reads what MarshalJSON writes, as a Literal.
func (m *Message) UnmarshalJSON(b []byte) error {
	var s string
	err := json.Unmarshal(b, &s)
	*m = Literal(s)
	return err
}

// Errorf makes an error that keeps its format and values. The format is fmt.Errorf's:
// %w wraps an error, also several. Its text is English.
func Errorf(format string, args ...any) error {
	return &messageError{Msg(format, args...), fmt.Errorf(format, args...)}
}

// messageError is an error that says a message.
type messageError struct {
	Message
	wraps error // as fmt.Errorf wraps what the format's %w are given
}

func (e *messageError) Error() string { return e.String() }
func (e *messageError) Unwrap() error { return e.wraps }

// Day is a time of which only the day is told, by the clock of whoever reads it.
type Day struct{ time.Time }

// OnlyDay returns the time, whose day a Message says as the reader's language writes it.
func (d Day) OnlyDay() time.Time { return d.Time }

// String returns the day as ISO 8601 writes it.
func (d Day) String() string { return d.Local().Format(time.DateOnly) }
