package journal_test

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// bigRecord returns a record of the greatest length.
func bigRecord() []byte {
	return []byte(`{"a":"` + strings.Repeat("x", journal.MaxRecord-8) + `"}`)
}

// Records of any length up to MaxRecord are read back, and records that find the
// group full go to the next one.
func TestFullGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := journaltest.NewDisk()
		j, _, _ := open(t, disk.Process("p"))
		big := bigRecord()
		if err := j.Append(at, big, big, big, big); !errors.Is(err, journal.ErrTooLong) {
			t.Errorf("32 MiB in one call: %v", err)
		}
		release := make(chan struct{})
		disk.Hook = func(op journaltest.Op) error {
			if op.Kind == journaltest.OpSync {
				<-release
			}
			return nil
		}
		var wg sync.WaitGroup
		for n := range 5 {
			if n == 1 {
				synctest.Wait() // the first is in its fsync; the others fill the next group
			}
			record := big
			if n == 0 {
				record = rec(0)
			}
			wg.Go(func() {
				if err := j.Append(at, record); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		close(release)
		wg.Wait()
		must(t, j.Close())
		disk.Hook = nil
		same := 0
		info, err := journal.Read(disk.Process("q"), name, func(e journal.Entry) error {
			if bytes.Equal(e.Record, big) {
				same++
			}
			return nil
		})
		if err != nil || same != 4 || info.Groups != 4 { // 1 + 3 + 1, and the empty one of Close
			t.Errorf("%d records of 4 came back in %d groups, %v", same, info.Groups, err)
		}
	})
}

// Whatever is in a file, reading it takes little memory, and the error says what is
// wrong and where.
func TestHugeFiles(t *testing.T) {
	content, _ := written(t, 1, 2)
	firstGroups := bytes.Join(lines(content)[:6], nil)
	lastGroup := bytes.Join(lines(content)[6:], nil)
	const hole = 80 << 20
	for what, c := range map[string]struct {
		before, after []byte
		want          func(error) bool
	}{
		"zeros behind a journal":    {content, nil, corruptIn(8)},
		"zeros, then a later group": {firstGroups, lastGroup, corruptIn(7)},
		"zeros within a line":       {firstGroups[:len(firstGroups)-9], slices.Concat([]byte("\n"), lastGroup), corruptIn(6)},
		"zeros only":                {nil, nil, corruptIn(1)},
		"one word":                  {[]byte("hello"), nil, func(err error) bool { return errors.Is(err, journal.ErrNotJournal) }},
	} {
		path := tempFile(t, c.before)
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		must(t, err)
		_, err = f.WriteAt(append(c.after, 0), int64(len(c.before))+hole) // the file system keeps the hole short
		must(t, err, f.Close())
		before := allocated()
		_, err = journal.Read(journal.Disk{}, path, collect(new([]string)))
		if used := allocated() - before; used > 64<<20 {
			t.Errorf("%s: took %d MiB of memory", what, used>>20)
		}
		if !c.want(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func corruptIn(line uint64) func(error) bool {
	return func(err error) bool {
		corrupt, ok := errors.AsType[*journal.Corrupt](err)
		return ok && corrupt.Line == line
	}
}

// allocated returns how many bytes were ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
