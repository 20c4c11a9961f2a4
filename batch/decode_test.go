package batch

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// storedRecords returns records of every kind in their stored form.
func storedRecords(t testing.TB) [][]byte {
	t.Helper()
	money := Centimes(123_456)
	order := Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 500, ID: "E001"}
	var all [][]byte
	for _, r := range []Record{
		{Batch: &BatchRecord{Name: "october", Header: []string{"id"}, Fields: map[string]string{"id": "id"}}},
		{Row: &RowRecord{Number: 2, Ref: "october-aaaa", Topup: order, Cost: 48_005, Cells: CellsOf("E001", "0660000001", "500")}},
		{Row: &RowRecord{Number: 3, Ref: "october-bbbb", Topup: Topup{Phone: "0660000002", Plan: "P", Amount: 1}, Cells: CellsOf("زينة", "+213660000002", ""), Written: "+213 660000002", Hidden: true}},
		{Row: &RowRecord{Number: 4, Cells: CellsOf("a \"b\" <c>", "\x01"), Problems: []Problem{{Code: PhoneMissing, Message: Msg("write one")}}}},
		{Row: &RowRecord{Number: 5, Ref: "october-cccc"}},
		{Sealed: &SealRecord{Rows: 4, Valid: 3, Requested: 1, Cost: 2}},
		{Intent: &IntentRecord{Ref: "october-aaaa", Attempt: 1}},
		{Answer: &AnswerRecord{Ref: "october-aaaa", Attempt: 1, Result: Accepted, TopupID: "aabbccddeeff001122334455", RequestID: "req", Balance: &money}},
		{Answer: &AnswerRecord{Ref: "october-bbbb", Attempt: 1, Result: "refused", Status: 400, Code: "ERR_PHONE", Message: Literal("bad number")}},
		{Look: &LookRecord{Ref: "october-aaaa", By: "list", Found: true, Status: "FULFILLED", TopupID: "aabbccddeeff001122334455", Charged: &money}},
		{Look: &LookRecord{Ref: "october-bbbb", By: "ref", Clear: true, RequestID: "req"}},
		{Look: &LookRecord{Ref: "october-bbbb", By: "id", Found: true, Status: "REFUNDED", Message: "لم تتم", Offers: []Offer{{Name: "MIX"}}}},
		{Look: &LookRecord{Ref: "october-bbbb", By: "id", Found: true, Conflict: Literal("another phone")}},
		{Note: &NoteRecord{What: NoteStarted, Text: Literal("somebody"), Balance: &money}},
	} {
		b, err := r.encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// The decoder gives the same result as encoding/json for every record.
func FuzzDecode(f *testing.F) {
	all := storedRecords(f)
	for _, b := range all {
		f.Add(b)
		for _, change := range [][2]string{
			{`"ref":"october`, `"ref":"octo\u0062er`}, {`"attempt":1`, `"attempt":01`}, {`"attempt":1`, `"attempt":-1`}, {`"attempt":1`, `"attempt":1e0`},
			{`"cost":"480.05"`, `"cost":"0480.05"`}, {`"cost":"480.05"`, `"cost":"480.5"`}, {`"cost":"480.05"`, `"cost":480.05`}, {`"cost":"480.05"`, `"cost":"480.0:"`},
			{`"E001"`, `""`}, {`"cells":[`, `"cells": [`}, {`"cells":[`, `"cells":[null,`}, {`}}`, `},"note":{"what":"x"}}`}, {`"status":"FULFILLED"`, `"status":"FULFILLED","status":"REFUNDED"`},
			{`"ref":`, `"Ref":`}, {`"found":true`, `"found":null`}, {`october`, "oct\xffber"}, {`october`, "oct\u2028ber"}, {`"row":2`, `"row":99999999999999999999`},
		} {
			if changed := bytes.Replace(b, []byte(change[0]), []byte(change[1]), 1); !bytes.Equal(changed, b) {
				f.Add(changed)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d decoder
		for range 2 { // the second time with memory that the first has used
			got, err := d.decode(b)
			want, wantErr := decodeRecord(b)
			if (err == nil) != (wantErr == nil) || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s\nis %s (%v)\nnot %s (%v)", b, shownRecord(got), err, shownRecord(want), wantErr)
			}
		}
	})
}

func shownRecord(r Record) string {
	b, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// The decoder must parse the records about rows itself, without encoding/json, in
// the form that encode writes. Otherwise it saves no time.
func TestDecodesByHand(t *testing.T) {
	for _, b := range storedRecords(t) {
		s := string(b)
		var d decoder
		if _, err := d.decode(b); err != nil {
			t.Fatal(err)
		}
		left := len(d.text) != len("}}")
		byHand := !strings.HasPrefix(s, `{"batch"`) && !strings.HasPrefix(s, `{"planned"`) && !strings.HasPrefix(s, `{"note"`) &&
			!strings.Contains(s, `problems`) && !strings.Contains(s, `offers`)
		if left == byHand {
			t.Errorf("read by hand: %v, wanted: %v\n%s", !left, byHand, s)
		}
	}
}

// The ledger copies the texts that it keeps of a decoded record. Otherwise a text of
// 24 letters would keep a block with thousands of others in memory.
func TestBooksKeepTheirOwnTexts(t *testing.T) {
	all := storedRecords(t)
	l, at := NewLedger(), time.Unix(0, 0)
	var d decoder
	for _, b := range all {
		if bytes.Contains(b, []byte("cccc")) || bytes.Contains(b, []byte("another phone")) {
			continue
		}
		b = bytes.Replace(b, []byte(`"rows":4`), []byte(`"rows":3`), 1)
		if bytes.HasPrefix(b, []byte(`{"answer":{"ref":"october-bbbb"`)) {
			intent, err := d.decode([]byte(`{"intent":{"ref":"october-bbbb","attempt":1}}`))
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Fold(intent, at); err != nil {
				t.Fatal(err)
			}
		}
		r, err := d.decode(b)
		if err != nil {
			t.Fatal(err)
		}
		err = l.Fold(r, at)
		if r.Look == nil && err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if a := r.Answer; a != nil {
			s, _ := l.Row(a.Ref)
			if s.TopupID != a.TopupID || s.TopupID != "" && same(s.TopupID, a.TopupID) {
				t.Errorf("the id of %s is the record's own", a.Ref)
			}
			if e := s.Evidence; e != nil && same(e.Message.format, a.Message.format) {
				t.Errorf("the message of %s is the record's own", a.Ref)
			}
		}
	}
}

// same reports whether two texts share their memory.
func same(a, b string) bool { return unsafe.StringData(a) == unsafe.StringData(b) }

// Testing eight bytes at a time gives the same result as testing each byte.
func TestPlain(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				b := bytes.Repeat([]byte("x"), size)
				b[at] = byte(c)
				if want := c >= ' ' && c < 0x80 && c != '\\'; plain(b) != want {
					t.Fatalf("%q: %v", b, !want)
				}
			}
		}
	}
}
