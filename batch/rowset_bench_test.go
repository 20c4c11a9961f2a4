package batch

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// BenchmarkLedger measures what a row costs in the books while it is sent and becomes
// final: the bytes that stay alive, and the time that its records take.
func BenchmarkLedger(b *testing.B) {
	const rows = 100_000
	before := live()
	var l *Ledger
	for b.Loop() {
		l = NewLedger()
		refs := foldRows(b, l, rows)
		for i, ref := range refs {
			pay(b, l, i, ref)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	b.ReportMetric(float64(live()-before)/rows, "live-B/row")
	runtime.KeepAlive(l)
}

// live returns how many bytes are alive.
func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// foldRows folds the rows of a batch into a ledger and returns their refs.
func foldRows(t testing.TB, l *Ledger, n int) (list []Ref) {
	refs, cells := newRefs("payroll"), CellPacker{}
	mustFold(t, l, Record{Batch: &BatchRecord{Name: "payroll", Header: []string{"phone", "plan", "amount", "id"}}})
	for i := range n {
		phone, id := fmt.Sprintf("07%08d", i), fmt.Sprintf("E%07d", i)
		r := RowRecord{Number: i + 2, Ref: refs.byID(id), Cost: 48000, Cells: cells.Pack([]string{phone, "PREPAID_DJEZZY", "500", id}),
			Topup: Topup{Phone: Phone(phone), Plan: "PREPAID_DJEZZY", Amount: 500, ID: id}}
		mustFold(t, l, Record{Row: &r})
		list = append(list, r.Ref)
	}
	mustFold(t, l, Record{Sealed: &SealRecord{Rows: n, Valid: n}})
	return list
}

// pay folds what a run writes about a row that is fulfilled.
func pay(t testing.TB, l *Ledger, i int, ref Ref) {
	id := fmt.Sprintf("%024x", i)
	mustFold(t, l, Record{Intent: &IntentRecord{Ref: ref, Attempt: 1}})
	mustFold(t, l, Record{Answer: &AnswerRecord{Ref: ref, Attempt: 1, Result: Accepted, TopupID: id}})
	mustFold(t, l, Record{Look: &LookRecord{Ref: ref, By: "list", Found: true, Status: "FULFILLED", TopupID: id}})
}

func mustFold(t testing.TB, l *Ledger, r Record) {
	if err := l.Fold(r, time.UnixMilli(1_800_000_000_000)); err != nil {
		t.Fatal(err)
	}
}
