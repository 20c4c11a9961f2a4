package batch_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"flexybatch/batch"
	"flexybatch/journal/journaltest"
)

// Answers that give no order share an fsync, as all others do.
func TestAnswersWithoutOrderShareFsyncs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := journaltest.NewDisk()
		books, err := batch.OpenBooks(disk.Process("p"), "b.journal")
		if err != nil {
			t.Fatal(err)
		}
		rows := makeRows(20)
		batch.Assign("b", rows, plans, batch.Limits{})
		if err := books.Begin(batch.BatchRecord{Name: "b"}, rows); err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if _, ok, err := books.Intend(rows[i].Ref); err != nil || !ok {
				t.Fatal(ok, err)
			}
		}
		var syncs atomic.Int32
		release := make(chan struct{})
		disk.Hook = func(op journaltest.Op) error {
			if op.Kind == journaltest.OpSync && syncs.Add(1) == 1 {
				<-release
			}
			return nil
		}
		var answers sync.WaitGroup
		for i := range rows {
			answers.Go(func() {
				if err := books.Answer(batch.AnswerRecord{Ref: rows[i].Ref, Attempt: 1, Result: batch.ClassRefused.String()}); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		close(release)
		answers.Wait()
		if n := syncs.Load(); n > 2 {
			t.Errorf("%d fsyncs for 20 answers, want 2 at most", n)
		}
		disk.Hook = nil
		if err := books.Close(); err != nil {
			t.Error(err)
		}
	})
}
