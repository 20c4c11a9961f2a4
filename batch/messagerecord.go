package batch

import (
	"fmt"
	"reflect"
	"time"
)

// messageRecord is a message in its parts, as the journal keeps it beside the English
// text: so that a report which is made of the journal later is in any language.
type messageRecord struct {
	Format string        `json:"format"`
	Many   string        `json:"many,omitempty"`
	N      int           `json:"n,omitempty"`
	Values []valueRecord `json:"values,omitempty"`
}

// valueRecord is a value of a message. One of its fields is set; none is an empty
// text.
type valueRecord struct {
	Text     string          `json:"text,omitempty"`
	Number   *int64          `json:"number,omitempty"`
	Decimal  *float64        `json:"decimal,omitempty"` // never money
	Dinars   *Dinars         `json:"dinars,omitempty"`
	Centimes *Centimes       `json:"centimes,omitempty"`
	Time     *time.Time      `json:"time,omitempty"`
	Day      *Day            `json:"day,omitempty"`
	Duration *time.Duration  `json:"duration,omitempty"` // in nanoseconds
	Title    string          `json:"title,omitempty"`    // a word that stands alone, such as a state
	Message  *messageRecord  `json:"message,omitempty"`
	Messages []messageRecord `json:"messages,omitempty"`
}

// record returns the message in its parts, and nil for one without: it says nothing,
// or is a Literal.
func (m Message) record() *messageRecord {
	if m.literal || m.IsZero() {
		return nil
	}
	r := recordOf(m)
	return &r
}

func recordOf(m Message) messageRecord {
	format, many, n, args := m.Parts()
	r := messageRecord{Format: format, Many: many, N: n}
	for _, v := range args {
		r.Values = append(r.Values, valueOf(v))
	}
	return r
}

// message returns the message that was recorded.
func (r *messageRecord) message() Message {
	if r.Many == "" && r.Values == nil {
		return Message{format: r.Format}
	}
	m := Message{format: r.Format, with: &values{many: r.Many, n: r.N}}
	for i := range r.Values {
		m.with.args = append(m.with.args, r.Values[i].value())
	}
	return m
}

// valueOf returns a value as it is recorded: as what it is if a language writes it in
// its own way, and else as a text or a number.
func valueOf(v any) valueRecord {
	switch v := v.(type) {
	case Dinars:
		return valueRecord{Dinars: &v}
	case Centimes:
		return valueRecord{Centimes: &v}
	case time.Time:
		v = v.UTC()
		return valueRecord{Time: &v}
	case Day:
		return valueRecord{Day: &v}
	case time.Duration:
		return valueRecord{Duration: &v}
	case []Message:
		list := make([]messageRecord, len(v))
		for i, m := range v {
			list[i] = recordOf(m)
		}
		return valueRecord{Messages: list}
	case interface{ Title() string }:
		return valueRecord{Title: v.Title()}
	case parted:
		r := recordOf(messageOf(v))
		return valueRecord{Message: &r}
	case error:
		r := recordOf(Said(v))
		return valueRecord{Message: &r}
	}
	switch x := reflect.ValueOf(v); {
	case x.CanInt():
		n := x.Int()
		return valueRecord{Number: &n}
	case x.CanFloat():
		f := x.Float()
		return valueRecord{Decimal: &f}
	case x.CanUint() && x.Uint() < 1<<63:
		n := int64(x.Uint())
		return valueRecord{Number: &n}
	case x.Kind() == reflect.String:
		return valueRecord{Text: x.String()}
	}
	return valueRecord{Text: fmt.Sprint(v)}
}

// value returns the value that was recorded.
func (r *valueRecord) value() any {
	switch {
	case r.Number != nil:
		return int(*r.Number)
	case r.Decimal != nil:
		return *r.Decimal
	case r.Dinars != nil:
		return *r.Dinars
	case r.Centimes != nil:
		return *r.Centimes
	case r.Time != nil:
		return *r.Time
	case r.Day != nil:
		return *r.Day
	case r.Duration != nil:
		return *r.Duration
	case r.Title != "":
		return word(r.Title)
	case r.Message != nil:
		return r.Message.message()
	case r.Messages != nil:
		list := make([]Message, len(r.Messages))
		for i := range list {
			list[i] = r.Messages[i].message()
		}
		return list
	}
	return r.Text
}

// word is a word that stands alone, as a State does.
type word string

// Title returns the word, which a message says in the reader's language.
func (w word) Title() string { return string(w) }

// wordsRecord is the messages of a record in their parts. Only those that have any
// are there.
type wordsRecord struct {
	Text     *messageRecord  `json:"text,omitempty"`     // of a note
	Who      *messageRecord  `json:"who,omitempty"`      // of an override
	Message  *messageRecord  `json:"message,omitempty"`  // of an answer
	Conflict *messageRecord  `json:"conflict,omitempty"` // of a look
	Foreign  *messageRecord  `json:"foreign,omitempty"`  // of a look
	Problems []problemRecord `json:"problems,omitempty"` // of a row, in the order of its problems
}

// problemRecord is what is recorded of a problem beside what Problem's JSON has.
type problemRecord struct {
	Message *messageRecord `json:"message,omitempty"`
	Against Ref            `json:"against,omitempty"`
}

// words returns the messages of the record in their parts; nil if none has any.
func (r *Record) words() *wordsRecord {
	var w wordsRecord
	switch {
	case r.Note != nil:
		w.Text = r.Note.Text.record()
		if r.Note.Override != nil {
			w.Who = r.Note.Override.Who.record()
		}
	case r.Answer != nil:
		w.Message = r.Answer.Message.record()
	case r.Look != nil:
		w.Conflict, w.Foreign = r.Look.Conflict.record(), r.Look.Foreign.record()
	case r.Row != nil && len(r.Row.Problems) > 0:
		list, parts := make([]problemRecord, len(r.Row.Problems)), false
		for i, p := range r.Row.Problems {
			list[i] = problemRecord{p.Message.record(), p.Against}
			parts = parts || list[i] != (problemRecord{})
		}
		if parts {
			w.Problems = list
		}
	}
	if w.Text == nil && w.Who == nil && w.Message == nil && w.Conflict == nil && w.Foreign == nil && w.Problems == nil {
		return nil
	}
	return &w
}

// restoreWords gives the messages of the record the parts that were recorded. A
// record of a journal that has none keeps their English texts.
func (r *Record) restoreWords() {
	w := r.Words
	r.Words = nil
	if w == nil {
		return
	}
	restore := func(m *Message, from *messageRecord) {
		if from != nil {
			*m = from.message()
		}
	}
	switch {
	case r.Note != nil:
		restore(&r.Note.Text, w.Text)
		if r.Note.Override != nil {
			restore(&r.Note.Override.Who, w.Who)
		}
	case r.Answer != nil:
		restore(&r.Answer.Message, w.Message)
	case r.Look != nil:
		restore(&r.Look.Conflict, w.Conflict)
		restore(&r.Look.Foreign, w.Foreign)
	case r.Row != nil && len(w.Problems) == len(r.Row.Problems):
		for i := range w.Problems {
			restore(&r.Row.Problems[i].Message, w.Problems[i].Message)
			r.Row.Problems[i].Against = w.Problems[i].Against
		}
	}
}
