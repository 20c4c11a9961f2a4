package app

import (
	"testing"
	"time"

	"flexybatch/batch"
)

// What is told of a running process comes from its own session: how many rows it has
// sent, and how long it takes to send the rest at that pace.
func TestRunning(t *testing.T) {
	l, at := batch.NewLedger(), time.Date(2026, 11, 2, 9, 0, 0, 0, time.Local)
	tell := func(after time.Duration, r batch.Record) {
		t.Helper()
		if err := l.Fold(r, at.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	refs := []batch.Ref{"a", "b", "c", "d", "e", "f"}
	tell(0, batch.Record{Batch: &batch.BatchRecord{Name: "payroll"}})
	for i, ref := range refs {
		tell(0, batch.Record{Row: &batch.RowRecord{Number: i + 2, Ref: ref, Topup: batch.Topup{Phone: "0660000001", Plan: "P", Amount: 100}}})
	}
	tell(0, batch.Record{Sealed: &batch.SealRecord{Rows: len(refs)}})
	send := func(after time.Duration, ref batch.Ref, look bool) {
		t.Helper()
		tell(after, batch.Record{Intent: &batch.IntentRecord{Ref: ref, Attempt: 1}})
		tell(after, batch.Record{Answer: &batch.AnswerRecord{Ref: ref, Attempt: 1, Result: batch.Accepted, TopupID: string(ref)}})
		if look {
			tell(after, batch.Record{Look: &batch.LookRecord{Ref: ref, By: "id", Found: true, Status: "FULFILLED", TopupID: string(ref)}})
		}
	}
	holder := "process 7 on desk, since 2026-11-02 10:00:00"
	now := at.Add(time.Hour + 20*time.Second)
	if r := running(holder, l, now); !r.Since.IsZero() || r.Left != 0 || r.Rows != 6 || r.Sent != 0 || r.By.String() != "process 7 on desk, since 2026-11-02 10:00" {
		t.Errorf("before it sends: %+v, %s", r, r.By)
	}
	tell(0, batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Text: batch.Literal("karim")}})
	send(time.Second, "a", true)
	tell(time.Minute, batch.Record{Note: &batch.NoteRecord{What: batch.NoteEnded}})
	tell(time.Hour, batch.Record{Note: &batch.NoteRecord{What: batch.NoteStarted, Text: batch.Literal("amel on desk, process 7")}})
	if r := running(holder, l, now); r.Left != 0 || r.Sent != 1 {
		t.Errorf("when it begins: %+v", r)
	}
	send(time.Hour+time.Second, "b", false)
	send(time.Hour+2*time.Second, "c", true)
	r := running(holder, l, now)
	if r.By.String() != "amel on desk, process 7" || !r.Since.Equal(at.Add(time.Hour)) || r.Sent != 3 || r.Settled != 2 || r.Left != 30*time.Second {
		t.Errorf("in the middle: %+v, %s", r, r.By)
	}
}
