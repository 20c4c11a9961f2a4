package batch

import (
	"fmt"
	"path/filepath"
	"testing"

	"flexybatch/journal"
)

// bigJournal writes the journal of a batch with so many rows, all of them
// fulfilled, and returns its path. Each row has an intent, an answer and a look,
// written in groups of sixty-four.
func bigJournal(t testing.TB, rows int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "big.journal")
	b, err := OpenBooks(journal.Disk{}, path)
	if err != nil {
		t.Fatal(err)
	}
	rest := make([]Row, rows)
	made := newRefs("big")
	for i := range rest {
		id, phone := fmt.Sprintf("E%07d", i), fmt.Sprintf("06%08d", i)
		rest[i] = Row{
			Number: i + 2, Cells: CellsOf(id, phone, "PREPAID_MOBILIS", "500"), Ref: made.byID(id), Cost: 480_00,
			Topup: Topup{Phone: Phone(phone), Plan: "PREPAID_MOBILIS", Amount: 500, ID: id},
		}
	}
	write := func(records []Record) {
		if err := b.write(records...); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Begin(BatchRecord{Name: "big", Header: []string{"id", "phone", "plan", "amount"}}, rest); err != nil {
		t.Fatal(err)
	}
	for len(rest) > 0 {
		n := min(64, len(rest))
		var intents, answers, looks []Record
		for _, r := range rest[:n] {
			id := fmt.Sprintf("%024x", r.Number)
			intents = append(intents, Record{Intent: &IntentRecord{Ref: r.Ref, Attempt: 1}})
			answers = append(answers, Record{Answer: &AnswerRecord{Ref: r.Ref, Attempt: 1, Result: Accepted, TopupID: id, RequestID: id, Balance: &r.Cost}})
			looks = append(looks, Record{Look: &LookRecord{Ref: r.Ref, By: "list", Found: true, Status: "FULFILLED", TopupID: id, Charged: &r.Cost, RequestID: id}})
		}
		write(intents)
		write(answers)
		write(looks)
		rest = rest[n:]
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// BenchmarkReplay reads the journal of a finished batch.
func BenchmarkReplay(b *testing.B) {
	const rows = 50_000
	path := bigJournal(b, rows)
	b.ReportAllocs()
	for b.Loop() {
		l, info, err := ReadLedger(journal.Disk{}, path)
		if err != nil || l.Tally().Of(Fulfilled) != rows {
			b.Fatal(info, err)
		}
		b.SetBytes(info.Size)
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
