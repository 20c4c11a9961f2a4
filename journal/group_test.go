package journal_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"flexybatch/journal/journaltest"
)

// While one group is being synced, all callers who append meanwhile join the next:
// a hundred callers cost two fsyncs. No call returns before its own fsync is done.
func TestCallersShareFsyncs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := journaltest.NewDisk()
		j, _, _ := open(t, disk.Process("p"))
		syncs, release := 0, make(chan struct{})
		disk.Hook = func(op journaltest.Op) error {
			if op.Kind == journaltest.OpSync {
				syncs++ // without a lock: the race detector finds two fsyncs at once
				<-release
			}
			return nil
		}
		var told atomic.Int32
		var wg sync.WaitGroup
		appendOne := func(n int) {
			wg.Go(func() {
				if err := j.Append(at, rec(n)); err != nil {
					t.Error(err)
				}
				told.Add(1)
			})
		}
		appendOne(0)
		synctest.Wait() // the first is in its fsync
		for n := 1; n <= 100; n++ {
			appendOne(n)
		}
		synctest.Wait() // the others wait for it
		if syncs != 1 || told.Load() != 0 {
			t.Errorf("%d fsyncs begun and %d callers told, want 1 and 0", syncs, told.Load())
		}
		release <- struct{}{}
		synctest.Wait()
		if syncs != 2 || told.Load() != 1 {
			t.Errorf("%d fsyncs begun and %d callers told, want 2 and 1", syncs, told.Load())
		}
		release <- struct{}{}
		wg.Wait()
		if syncs != 2 || told.Load() != 101 {
			t.Errorf("%d fsyncs for %d callers, want 2 for 101", syncs, told.Load())
		}
		disk.Hook = nil
		must(t, j.Close())
		_, records, _ := open(t, disk.Process("q"))
		if len(records) != 101 {
			t.Errorf("%d records", len(records))
		}
	})
}
