package batch

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWarnings(t *testing.T) {
	row := func(n int, phone Phone, amount Dinars) Row {
		return Row{Number: n, Topup: Topup{Phone: phone, Plan: "PREPAID_MOBILIS", Amount: amount}}
	}
	rows := []Row{row(2, "0660000001", 100), row(3, "0660000002", 100), row(4, "0660000001", 200), row(5, "0660000002", 300)}
	rows[3].AddProblem(Problem{Code: AmountRange}) // an invalid row is not paid, so it shares no phone
	got := Warnings(rows)
	if len(got) != 1 || got[0].Row != 4 || got[0].Code != PhoneAgain || !strings.Contains(got[0].Message.String(), "row 2 too, with 100 dinars") {
		t.Errorf("%+v", got)
	}
}

// A row is shared with another batch if it was paid there, may have been paid or is
// to be paid. Each row of the other batch counts once.
func TestShared(t *testing.T) {
	other := NewLedger()
	fold := func(r Record) {
		t.Helper()
		if err := other.Fold(r, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	fold(Record{Batch: &BatchRecord{Name: "october"}})
	topups := []Topup{
		{Phone: "0660000001", Plan: "P", Amount: 100, ID: "E1"},
		{Phone: "0660000002", Plan: "P", Amount: 100},
		{Phone: "0660000003", Plan: "P", Amount: 100},
		{Phone: "0660000003", Plan: "P", Amount: 100},
		{Phone: "0660000004", Plan: "P", Amount: 100},
	}
	for i, x := range topups {
		fold(Record{Row: &RowRecord{Number: i + 2, Ref: Ref(string(rune('a' + i))), Topup: x}})
	}
	fold(Record{Sealed: &SealRecord{Rows: len(topups), Valid: len(topups)}})
	fold(Record{Intent: &IntentRecord{Ref: "a", Attempt: 1}})
	fold(Record{Answer: &AnswerRecord{Ref: "a", Attempt: 1, Result: Accepted, TopupID: "x"}})
	fold(Record{Intent: &IntentRecord{Ref: "b", Attempt: 1}})
	fold(Record{Answer: &AnswerRecord{Ref: "b", Attempt: 1, Result: ClassRefused.String(), Status: 400}})
	rows := make([]Row, 0, len(topups))
	for _, x := range slices.Backward(topups) {
		x.ID = "N" + string(x.Phone)
		rows = append(rows, Row{Topup: x})
	}
	rows[0].Topup.Amount = 101 // it asks for something else
	if got := other.Shared(rows); got != 3 {
		t.Errorf("%d rows are shared: row 1 (accepted) and both of phone 3 (to be sent) are; phone 2 was refused, phone 4 gets another amount", got)
	}
	if got := other.Shared(rows[:2]); got != 1 {
		t.Errorf("%d rows are shared: only one of phone 3 is in the file", got)
	}
}
