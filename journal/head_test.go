package journal_test

import (
	"syscall"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// Head returns what Read finds as the last line: after Open, after each Append, and
// also after an Append that failed.
func TestHead(t *testing.T) {
	content, _ := written(t, 1, 2)
	disk := journaltest.NewDisk()
	disk.WriteFile(name, content)
	j, _, _ := open(t, disk.Process("p"))
	same := func(when string) {
		t.Helper()
		info, err := journal.Read(disk.Process("reader"), name, collect(new([]string)))
		must(t, err)
		if link, line := j.Head(); link != info.Head || line != info.Lines {
			t.Errorf("%s: Head is %s in line %d; Read finds %s in line %d", when, link, line, info.Head, info.Lines)
		}
	}
	same("after Open")
	must(t, j.Append(at, rec(1)))
	same("after Append")
	disk.Hook = func(op journaltest.Op) error {
		if op.Kind == journaltest.OpWrite {
			return syscall.EIO
		}
		return nil
	}
	if err := j.Append(at, rec(2)); err == nil {
		t.Fatal("Append succeeded without a write")
	}
	same("after a failed Append")
	must(t, j.Close())
}
