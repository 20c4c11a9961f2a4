package journal_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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

// Where a crowd appends to a fast disk, those who come a little later share the fsync of
// the first. Where few do, or the disk is slow, nobody waits for others.
func TestCrowdGathers(t *testing.T) {
	for name, c := range map[string]struct {
		callers, records int
		disk             time.Duration
		fsyncs           int
	}{
		"a crowd":                 {16, 1, 0, 1},
		"few":                     {15, 1, 0, 2},
		"few with many records":   {15, 2, 0, 2},
		"a crowd and a slow disk": {16, 1, 4 * time.Millisecond, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				disk := journaltest.NewDisk()
				j, _, _ := open(t, disk.Process("p"))
				var syncs atomic.Int32
				release := make(chan struct{})
				disk.Hook = func(op journaltest.Op) error {
					if op.Kind == journaltest.OpSync && syncs.Add(1) == 1 {
						<-release
					} else if op.Kind == journaltest.OpSync {
						time.Sleep(c.disk)
					}
					return nil
				}
				var callers sync.WaitGroup
				appendSome := func(first, records int) {
					callers.Go(func() {
						var some [][]byte
						for n := range records {
							some = append(some, rec(first+n))
						}
						if err := j.Append(at, some...); err != nil {
							t.Error(err)
						}
					})
				}
				appendSome(0, 1)
				synctest.Wait() // it is in its fsync
				for n := range c.callers {
					appendSome(10*n+1, c.records)
				}
				synctest.Wait() // they wait for it together
				release <- struct{}{}
				callers.Wait()
				before := syncs.Load()
				appendSome(1000, 1)
				time.Sleep(500 * time.Microsecond)
				appendSome(1001, 1)
				callers.Wait()
				if n := int(syncs.Load() - before); n != c.fsyncs {
					t.Errorf("%d fsyncs for the two who came after them, want %d", n, c.fsyncs)
				}
				must(t, j.Close())
			})
		})
	}
}
