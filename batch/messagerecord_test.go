package batch

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"
)

// everyValue is a message with a value of every kind.
func everyValue() Message {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	return Count(3, "%d thing", "%d things: %s %d %d %s %s %s %s %.1f %s %s; %v; %s; %q; %s",
		"text", 7, Dinars(500), Centimes(12_345), at, Day{at}, 90*time.Second, 2.5, Refunded, Phone("0660000001"),
		Errorf("%w: row %d", ErrRecord, 4), []Message{Msg("phone %s, not %s", "a", "b"), Literal("100%")}, "", Msg("no values, 100%%"))
}

// A message that was recorded is the one that it was, to the type of each value.
func TestMessageIsRecordedInItsParts(t *testing.T) {
	for _, m := range []Message{everyValue(), Msg("no values"), Count(1, "one row", "%d rows"), Msg("%s", Payment{Topup: Topup{Phone: "0660000001", Amount: 500}, Row: 3, Batch: "september"})} {
		b, err := json.Marshal(m.record())
		if err != nil {
			t.Fatal(err)
		}
		var r messageRecord
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatal(err)
		}
		got := r.message()
		if got.String() != m.String() {
			t.Errorf("%q was read as %q from %s", m, got, b)
		}
		again, err := json.Marshal(got.record())
		if err != nil || string(again) != string(b) {
			t.Errorf("%s was read and is recorded as %s, %v", b, again, err)
		}
		_, _, _, was := m.Parts()
		_, _, _, is := got.Parts()
		if len(is) != len(was) {
			t.Fatalf("%q has %d values, %d were recorded", m, len(is), len(was))
		}
		for i := range was {
			switch was[i].(type) {
			case Dinars, Centimes, time.Time, Day, time.Duration, int, float64, string, []Message:
				if reflect.TypeOf(is[i]) != reflect.TypeOf(was[i]) {
					t.Errorf("the value %v of type %T was read as %T", was[i], was[i], is[i])
				}
			}
		}
	}
	if Literal("words of the provider").record() != nil || (Message{}).record() != nil {
		t.Error("a message without parts is recorded with some")
	}
}

// Each message of a record is read back in its parts; its English text stands where
// it always stood, and a record without parts has that.
func TestRecordsKeepTheirMessages(t *testing.T) {
	m := everyValue()
	for what, c := range map[string]struct {
		record Record
		text   func(map[string]any) any
		of     func(Record) Message
	}{
		"a note": {Record{Note: &NoteRecord{What: NoteStopped, Text: m}},
			func(r map[string]any) any { return r["note"].(map[string]any)["text"] }, func(r Record) Message { return r.Note.Text }},
		"an override": {Record{Note: &NoteRecord{What: NoteOverride, Override: &OverrideRecord{Who: m}}},
			func(r map[string]any) any { return r["note"].(map[string]any)["override"].(map[string]any)["who"] }, func(r Record) Message { return r.Note.Override.Who }},
		"an answer": {Record{Answer: &AnswerRecord{Ref: "a", Attempt: 1, Result: "unknown", Message: m}},
			func(r map[string]any) any { return r["answer"].(map[string]any)["message"] }, func(r Record) Message { return r.Answer.Message }},
		"a conflict": {Record{Look: &LookRecord{Ref: "a", By: "id", Found: true, Conflict: m}},
			func(r map[string]any) any { return r["look"].(map[string]any)["conflict"] }, func(r Record) Message { return r.Look.Conflict }},
		"another's order": {Record{Look: &LookRecord{Ref: "a", By: "id", Found: true, Foreign: m}},
			func(r map[string]any) any { return r["look"].(map[string]any)["foreign"] }, func(r Record) Message { return r.Look.Foreign }},
		"a problem": {Record{Row: &RowRecord{Number: 2, Problems: []Problem{{Code: PhoneFormat, Message: Literal("as it is")}, {Code: IDChanged, Message: m}}}},
			func(r map[string]any) any {
				return r["row"].(map[string]any)["problems"].([]any)[1].(map[string]any)["message"]
			}, func(r Record) Message { return r.Row.Problems[1].Message }},
	} {
		b, err := c.record.encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		var stored map[string]any
		if err := json.Unmarshal(b, &stored); err != nil {
			t.Fatal(err)
		}
		if got := c.text(stored); got != m.String() {
			t.Errorf("%s: the record says %q in English, want %q", what, got, m)
		}
		var d decoder
		read, err := d.decode(b)
		if err != nil || read.Words != nil {
			t.Fatalf("%s: %v, %+v", what, err, read.Words)
		}
		if got := c.of(read); !reflect.DeepEqual(got.record(), m.record()) {
			t.Errorf("%s: read as %+v, want %+v", what, got.record(), m.record())
		}
		delete(stored, "words")
		if b, err = json.Marshal(stored); err != nil {
			t.Fatal(err)
		}
		if read, err = d.decode(b); err != nil || c.of(read).String() != m.String() || c.of(read).record() != nil {
			t.Errorf("%s: without parts it is read as %q, %v", what, c.of(read), err)
		}
	}
}

// An error says what it was made of also where others wrap it without a word.
func TestSaid(t *testing.T) {
	e := Errorf("row %d", 4)
	for _, err := range []error{e, wordless{e}, wordless{wordless{e}}} {
		if format, _, _, args := Said(err).Parts(); format != "row %d" || len(args) != 1 {
			t.Errorf("it says %q of %v", format, args)
		}
	}
	for _, err := range []error{errors.New("row 4"), errors.Join(e, e)} {
		if text, ok := Said(err).Literal(); !ok || text != err.Error() {
			t.Errorf("it says %q, %t", text, ok)
		}
	}
	if !Said(nil).IsZero() {
		t.Error("no error says something")
	}
}

type wordless struct{ err error }

func (w wordless) Error() string { return w.err.Error() }
func (w wordless) Unwrap() error { return w.err }
