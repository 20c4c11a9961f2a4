package lang

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Message is a sentence that is not yet in a language: an English format and the
// values that go into it. Whatever has something to tell a person makes a Message,
// or an error with Errorf; a Printer says it in the reader's language where it is
// shown. The format is the message's key in the catalogues. The zero Message says
// nothing.
type Message struct {
	context string // of the key in the catalogues; titles, or empty
	format  string // English, for one where plural is set
	plural  string // the format for any other number; empty: the message counts nothing
	n       int    // what is counted
	args    []any  // n among them, in front
}

// Msg makes a message. The format is fmt.Sprintf's. A value that is a Message, a
// []Message or an error, or that has a method Message() Message, is said in the
// reader's language too. An amount of money (batch.Dinars, batch.Centimes), a
// time.Time, a Moment, a time.Duration and a float64 are written as the language
// writes them, a time to the minute. Any other value stands as it is, also a whole
// number: see Number for one that is many.
func Msg(format string, args ...any) Message {
	if false {
		_ = fmt.Sprintf(format, args...) // vet checks calls of Msg because of this line
	}
	return Message{format: format, args: args}
}

// Count makes a message about n things, which each language says in its own plural
// form, with its digits in groups. Both formats are given n first and args then, and
// may leave them out.
func Count(n int, one, many string, args ...any) Message {
	return Message{format: one, plural: many, n: n, args: append([]any{n}, args...)}
}

// Title makes a message of a word or two that stand alone: a title, or the name of
// a state.
func Title(word string) Message {
	return Message{context: titles, format: strings.ReplaceAll(word, "%", "%%")}
}

// String returns the message in English.
func (m Message) String() string { return (*Printer)(nil).Say(m) }

// IsZero tells whether there is no message.
func (m Message) IsZero() bool { return m.format == "" && m.plural == "" }

// key returns the format by whose verbs the values are written.
func (m Message) key() string {
	if m.plural != "" {
		return m.plural
	}
	return m.format
}

// Say says a message in the printer's language.
func (p *Printer) Say(m Message) string {
	said := map[int]string{}
	for _, v := range verbsOf(m.key()) {
		switch {
		case v.arg >= len(m.args): // vet and the catalogue's test complain
		case v.arg == 0 && m.plural != "":
			said[v.arg] = padded(v, p.style().grouped(int64(m.n)))
		default:
			said[v.arg] = p.value(v, m.args[v.arg])
		}
	}
	return insert(p.format(m), said)
}

// format returns the format of a message in the printer's language.
func (p *Printer) format(m Message) string {
	switch {
	case m.plural != "":
		return p.counted(m.n, m.format, m.plural)
	case m.context == titles:
		return p.Title(m.format)
	}
	return p.one(m.format)
}

// value writes a value as its verb wants it, and in the printer's language if it is
// a message or an error.
func (p *Printer) value(v verb, arg any) string {
	switch a := arg.(type) {
	case Message:
		arg = p.Say(a)
	case []Message:
		arg = p.list(a)
	case worded:
		arg = p.Say(a.Message())
	case titled:
		arg = p.Title(a.Title())
	case parted:
		arg = p.Say(assembled(a))
	case error:
		arg = p.Error(a)
	case money:
		return p.marked(padded(v, p.amount(a)))
	case time.Time:
		return padded(v, minute(a).in(p.style()))
	case dated:
		return padded(v, Day(a.OnlyDay()).in(p.style()))
	case Moment:
		return padded(v, a.in(p.style()))
	case time.Duration:
		return padded(v, p.Say(Duration(a)))
	case Decimal:
		return padded(v, p.style().fraction(string(a)))
	case float64:
		return p.style().fraction(fmt.Sprintf(v.text, a))
	default:
		if messages := reflect.ValueOf(arg); messages.Kind() == reflect.Slice && messages.Type().Elem().Implements(reflect.TypeFor[parted]()) {
			return padded(v, p.list(allOf(messages)))
		}
		return p.marked(fmt.Sprintf(strings.Replace(v.text, "w", "v", 1), arg))
	}
	return fmt.Sprintf(strings.Replace(v.text, "w", "v", 1), arg)
}

// worded is a value that says itself by a message.
type worded interface{ Message() Message }

// parted is a message or an error of the rooms that know no language: batch.Message
// and whatever is made of it.
type parted interface {
	Parts() (format, many string, n int, args []any)
}

// dated is a time of which only the day is said, as batch.Day is.
type dated interface{ OnlyDay() time.Time }

// titled is a value that says itself by a word that stands alone, as a state does.
type titled interface{ Title() string }

// assembled makes a message of its parts.
func assembled(m parted) Message {
	format, many, n, args := m.Parts()
	return Message{format: format, plural: many, n: n, args: args}
}

// allOf returns the messages of a slice of another room's.
func allOf(slice reflect.Value) []Message {
	list := make([]Message, slice.Len())
	for i := range list {
		list[i] = assembled(slice.Index(i).Interface().(parted))
	}
	return list
}

// list says messages one after the other.
func (p *Printer) list(messages []Message) string {
	said := make([]string, len(messages))
	for i, m := range messages {
		said[i] = p.Say(m)
	}
	if !p.RightToLeft() {
		return strings.Join(said, ", ")
	}
	return arabicList(said)
}

// Quote writes the name of a file as it may be typed in a command that a message
// gives.
func Quote(file string) string {
	if strings.ContainsAny(file, " '&()") {
		return `"` + file + `"`
	}
	return file
}
