package journal_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"flexybatch/journal"
)

// countingDisk is the real disk. It counts fsyncs.
type countingDisk struct {
	journal.Disk
	syncs *atomic.Int64
}

type countingFile struct {
	journal.File
	syncs *atomic.Int64
}

func (d countingDisk) OpenFile(name string, flag int, perm fs.FileMode) (journal.File, error) {
	f, err := d.Disk.OpenFile(name, flag, perm)
	return countingFile{f, d.syncs}, err
}

func (f countingFile) Sync() error {
	f.syncs.Add(1)
	return f.File.Sync()
}

// BenchmarkAppend appends one record a call to a real file, as the engine does when
// a row is about to be sent.
func BenchmarkAppend(b *testing.B) {
	for _, goroutines := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("goroutines=%d", goroutines), func(b *testing.B) {
			disk := countingDisk{syncs: new(atomic.Int64)}
			j, _, err := journal.Open(disk, filepath.Join(b.TempDir(), "b.journal"), nil)
			must(b, err)
			record := rec(123456)
			disk.syncs.Store(0)
			b.ResetTimer()
			var wg sync.WaitGroup
			var taken atomic.Int64
			for range goroutines {
				wg.Go(func() {
					for taken.Add(1) <= int64(b.N) {
						if err := j.Append(time.Now(), record); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(disk.syncs.Load())/float64(b.N), "fsyncs/op")
			must(b, j.Close())
		})
	}
}

// BenchmarkRead reads a real file with the records of a large batch.
func BenchmarkRead(b *testing.B) {
	const records, perGroup = 300_000, 1000
	path := filepath.Join(b.TempDir(), "b.journal")
	j, _, err := journal.Open(journal.Disk{}, path, nil)
	must(b, err)
	for n := 0; n < records; n += perGroup {
		group := make([][]byte, perGroup)
		for i := range group {
			group[i] = rec(n + i)
		}
		must(b, j.Append(time.Now(), group...))
	}
	must(b, j.Close())
	b.ReportAllocs()
	for b.Loop() {
		info, err := journal.Read(journal.Disk{}, path, func(journal.Entry) error { return nil })
		if err != nil || info.Records != records {
			b.Fatal(info, err)
		}
		b.SetBytes(info.Size)
	}
}
