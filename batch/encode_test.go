package batch

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The encoder gives the same result as encoding/json for every record, and gives it
// without encoding/json for those that a journal has many of.
func TestEncodesAsJSONDoes(t *testing.T) {
	text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,12}`), rapid.StringMatching(`[a-z0-9-]{0,30}`), rapid.String(), rapid.Just(""), rapid.Just("\x7f"), rapid.Just("a\xffb"))
	number := rapid.OneOf(rapid.Int(), rapid.IntRange(0, 3))
	money := rapid.Custom(func(t *rapid.T) *Centimes {
		c := Centimes(rapid.Int64().Draw(t, "centimes"))
		return rapid.SampledFrom([]*Centimes{nil, &c}).Draw(t, "money")
	})
	message := rapid.Custom(func(t *rapid.T) Message {
		s := text.Draw(t, "said")
		return rapid.SampledFrom([]Message{{}, Literal(s), Msg("so"), Msg("%s: %v", s, Dinars(5)), Count(2, "%d row", "%d rows")}).Draw(t, "message")
	})
	byHand := 0
	rapid.Check(t, func(t *rapid.T) {
		draw := func(what string) string { return text.Draw(t, what) }
		flag := func(what string) bool { return rapid.Bool().Draw(t, what) }
		var r Record
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			r.Intent = &IntentRecord{Ref: Ref(draw("ref")), Attempt: number.Draw(t, "attempt")}
		case 1:
			r.Answer = &AnswerRecord{Ref: Ref(draw("ref")), Attempt: number.Draw(t, "attempt"), Result: draw("result"), Status: number.Draw(t, "status"),
				Code: draw("code"), Message: message.Draw(t, "message"), TopupID: draw("id"), RequestID: draw("request"), Balance: money.Draw(t, "balance"), Unnamed: flag("unnamed")}
		case 2:
			r.Look = &LookRecord{Ref: Ref(draw("ref")), By: draw("by"), Found: flag("found"), Clear: flag("clear"), Conflict: message.Draw(t, "conflict"), Foreign: message.Draw(t, "foreign"),
				Nameless: flag("nameless"), Taken: Literal(draw("taken")), Status: draw("status"), TopupID: draw("id"), Charged: money.Draw(t, "charged"), Message: draw("message"), RequestID: draw("request")}
			if rapid.IntRange(0, 9).Draw(t, "rare") == 0 {
				at := time.UnixMilli(rapid.Int64Range(0, 1<<40).Draw(t, "earlier")).UTC()
				r.Look.Earlier, r.Look.Offers = &at, []Offer{{Name: draw("offer")}}
			}
		case 3:
			cells := rapid.SliceOfN(text, 0, 4).Draw(t, "cells")
			r.Row = &RowRecord{Number: number.Draw(t, "row"), Ref: Ref(draw("ref")), Topup: Topup{Phone: Phone(draw("phone")), Plan: draw("plan"), Amount: Dinars(rapid.Int64().Draw(t, "amount")), ID: draw("id")},
				Cost: Centimes(rapid.Int64().Draw(t, "cost")), Cells: CellsOf(cells...), Written: draw("written"), Hidden: flag("hidden"), Origin: draw("origin"), Again: Ref(draw("again"))}
			if rapid.IntRange(0, 9).Draw(t, "rare") == 0 {
				r.Row.Problems = []Problem{{Code: PhoneMissing}}
			}
		case 4:
			r.Note = &NoteRecord{What: draw("what"), Balance: money.Draw(t, "balance")}
		}
		stored := r
		stored.Words = r.words()
		want, err := json.Marshal(&stored)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.encode(nil)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%s\nand not %s (%v)", got, want, err)
		}
		var e encoder
		if e.record(&r) {
			byHand++
		}
	})
	if byHand < 5 {
		t.Errorf("only %d records were written by hand", byHand)
	}
}

// Money is written as it always was.
func TestCentimesAsText(t *testing.T) {
	for c, want := range map[Centimes]string{0: "0.00", 7: "0.07", 100: "1.00", 123_450: "1234.50", -5: "-0.05", -123_456: "-1234.56", -1 << 63: "-92233720368547758.08"} {
		if got := c.String(); got != want {
			t.Errorf("%d: %s, want %s", int64(c), got, want)
		}
	}
}
