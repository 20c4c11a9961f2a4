package batch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Message is a sentence for a person that is not yet in a language: an English format
// and the values that go into it. The rooms of this program that know no language make
// Messages, or errors with Errorf; whoever shows one says it in the reader's language,
// for which the format is the key. A Message survives the journal: the record holds it
// in English, for whoever reads the journal itself, and in its parts. The zero Message
// says nothing.
type Message struct {
	format string // English; for one where many is set
	many   string // the format for any other number; empty: the message counts nothing
	n      int    // what is counted
	args   []any  // n among them, in front
}

// Msg makes a message. The format is fmt.Sprintf's; the values are texts, whole
// numbers, Dinars, Centimes, times, Messages, []Message or errors.
func Msg(format string, args ...any) Message {
	if false {
		_ = fmt.Sprintf(format, args...) // vet checks calls of Msg because of this line
	}
	return Message{format: format, args: args}
}

// Count makes a message about n things, which each language says in its own plural
// form. Both formats are given n first and args then, and may leave them out.
func Count(n int, one, many string, args ...any) Message {
	return Message{format: one, many: many, n: n, args: append([]any{n}, args...)}
}

// Literal makes a message of a text that is in nobody's catalogue: the provider's own
// words, or those of a journal that was written before messages had parts.
func Literal(text string) Message {
	if text == "" {
		return Message{}
	}
	return Message{format: "%s", args: []any{text}}
}

// IsZero reports whether the message says nothing.
func (m Message) IsZero() bool { return m.format == "" && m.many == "" }

// Equal reports whether both say the same.
func (m Message) Equal(o Message) bool { return m.String() == o.String() }

// Parts returns what the message is made of. many is empty unless the message counts
// n things, and then args begins with n.
func (m Message) Parts() (format, many string, n int, args []any) {
	return m.format, m.many, m.n, m.args
}

// String returns the message in English.
func (m Message) String() string {
	format := m.format
	if m.many != "" && m.n != 1 {
		format = m.many
	}
	// The form for one thing may leave values out. The last value writes nothing, and
	// its number in the format tells fmt that the others are left out on purpose.
	args := append(slices.Clone(m.args), nothing{})
	for i, v := range args {
		if list, ok := v.([]Message); ok {
			args[i] = inEnglish(list)
		}
	}
	return fmt.Sprintf(format+"%["+strconv.Itoa(len(args))+"]s", args...)
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
	m.args = slices.Clone(m.args)
	for i, v := range m.args {
		switch v := v.(type) {
		case string:
			m.args[i] = f(v)
		case Phone:
			m.args[i] = f(string(v))
		case Message:
			m.args[i] = v.WithTexts(f)
		case []Message:
			list := slices.Clone(v)
			for k := range list {
				list[k] = list[k].WithTexts(f)
			}
			m.args[i] = list
		case error:
			m.args[i] = f(v.Error())
		case interface {
			Parts() (string, string, int, []any)
		}:
			format, many, n, args := v.Parts()
			m.args[i] = Message{format, many, n, args}.WithTexts(f)
		}
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
	return &messageError{Message{format: format, args: args}, fmt.Errorf(format, args...)}
}

// messageError is an error that says a message.
type messageError struct {
	Message
	wraps error // as fmt.Errorf wraps what the format's %w are given
}

func (e *messageError) Error() string { return e.wraps.Error() }
func (e *messageError) Unwrap() error { return e.wraps }
