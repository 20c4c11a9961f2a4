package reconciletest

import (
	"fmt"
	"testing"
	"time"

	"flexybatch/batch"
)

// Ledger is the journal of a batch with a row in every state, and its references
// by row.
func Ledger(t testing.TB, name string) (*batch.Ledger, map[int]batch.Ref) {
	t.Helper()
	plans := catalogue(t)
	rows := rowsOf(name, plans)
	w := &writer{t: t, ledger: batch.NewLedger()}
	w.record(batch.Record{Batch: &batch.BatchRecord{Name: name, File: name + ".csv", Catalogue: plans}})
	refs := map[int]batch.Ref{}
	for _, r := range rows {
		refs[r.Number] = r.Ref
		w.record(batch.Record{Row: &batch.RowRecord{Number: r.Number, Ref: r.Ref, Topup: r.Topup, Cost: r.Cost, Problems: r.Problems()}})
	}
	w.record(batch.Record{Sealed: &batch.SealRecord{Rows: len(rows)}})
	balance := before
	w.record(batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Balance: &balance}})
	w.send(refs)
	return w.ledger, refs
}

// catalogue is that of the one plan that the rows ask for.
func catalogue(t testing.TB) batch.Catalogue {
	t.Helper()
	price, err := batch.ParsePrice("0.96")
	if err != nil {
		t.Fatal(err)
	}
	return batch.Catalogue{{Code: "PREPAID_MOBILIS", Operator: "Mobilis", Cost: price, Enabled: true, Min: 40, Max: 3999}}
}

// rowsOf are the rows of a batch, the last of them invalid.
func rowsOf(name string, plans batch.Catalogue) []batch.Row {
	rows := make([]batch.Row, Invalid-1)
	for i := range rows {
		rows[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("066000000%d", i)), Plan: "PREPAID_MOBILIS", Amount: 500}}
	}
	rows[Invalid-2].Remarks = &batch.Remarks{Problems: []batch.Problem{{Code: batch.AmountFormat}}}
	batch.Assign(name, rows, plans, batch.Limits{})
	return rows
}

// writer writes a ledger, a record a second.
type writer struct {
	t       testing.TB
	ledger  *batch.Ledger
	seconds int
}

func (w *writer) record(r batch.Record) {
	w.t.Helper()
	w.seconds++
	if err := w.ledger.Fold(r, Begun.Add(time.Duration(w.seconds)*time.Second)); err != nil {
		w.t.Fatal(err)
	}
}

// send records what became of the rows that were sent.
func (w *writer) send(refs map[int]batch.Ref) {
	w.t.Helper()
	for row, result := range map[int]string{Fulfilled: batch.Accepted, Refunded: batch.Accepted, Rejected: "refused",
		Pending: batch.Accepted, Unknown: "unknown", Conflict: "duplicate"} {
		w.record(batch.Record{Intent: &batch.IntentRecord{Ref: refs[row], Attempt: 1}})
		w.record(batch.Record{Answer: &batch.AnswerRecord{Ref: refs[row], Attempt: 1, Result: result, TopupID: ID(row)}})
	}
	w.record(batch.Record{Look: &batch.LookRecord{Ref: refs[Fulfilled], Found: true, Status: "FULFILLED", TopupID: ID(Fulfilled)}})
	w.record(batch.Record{Look: &batch.LookRecord{Ref: refs[Refunded], Found: true, Status: "REFUNDED", TopupID: ID(Refunded)}})
	w.record(batch.Record{Look: &batch.LookRecord{Ref: refs[Conflict], Found: true, Status: "FULFILLED", Conflict: batch.Literal("phone")}})
}
