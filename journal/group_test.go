package journal_test

import (
	"slices"
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
// the first. Where there is no crowd, or none any more, or the disk is slow, nobody waits
// for others.
func TestCrowdGathers(t *testing.T) {
	for name, c := range map[string]struct {
		groups []int // how many callers each has
		disk   time.Duration
		fsyncs int // of two who come after them
	}{
		"a crowd":                 {groups: []int{260}, fsyncs: 1},
		"no crowd":                {groups: []int{259}, fsyncs: 2},
		"a part of a crowd":       {groups: []int{400, 16}, fsyncs: 1},
		"few after a crowd":       {groups: []int{400, 15}, fsyncs: 2},
		"long after a crowd":      {groups: append([]int{400}, slices.Repeat([]int{100}, 20)...), fsyncs: 2},
		"a crowd and a slow disk": {groups: []int{260}, disk: 4 * time.Millisecond, fsyncs: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				disk := journaltest.NewDisk()
				j, _, _ := open(t, disk.Process("p"))
				var syncs, held atomic.Int32
				release := make(chan struct{})
				disk.Hook = func(op journaltest.Op) error {
					if op.Kind != journaltest.OpSync {
						return nil
					}
					syncs.Add(1)
					if held.CompareAndSwap(1, 0) {
						<-release
					}
					time.Sleep(c.disk)
					return nil
				}
				var callers sync.WaitGroup
				appendOne := func(n int) {
					callers.Go(func() {
						if err := j.Append(at, rec(n)); err != nil {
							t.Error(err)
						}
					})
				}
				for _, size := range c.groups {
					held.Store(1)
					appendOne(0)
					time.Sleep(time.Second) // it is in its fsync
					for n := range size {
						appendOne(n + 1)
					}
					synctest.Wait() // they wait for it together
					release <- struct{}{}
					callers.Wait()
				}
				before := syncs.Load()
				appendOne(1000)
				time.Sleep(500 * time.Microsecond)
				appendOne(1001)
				callers.Wait()
				if n := int(syncs.Load() - before); n != c.fsyncs {
					t.Errorf("%d fsyncs for the two who came after them, want %d", n, c.fsyncs)
				}
				must(t, j.Close())
			})
		})
	}
}
