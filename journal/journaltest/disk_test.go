package journaltest_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"

	"github.com/google/go-cmp/cmp"
)

// The disk in memory behaves as a real one does: the same operations return the same
// results on both.
func TestBehavesAsTheRealDisk(t *testing.T) {
	real := script(journal.Disk{}, t.TempDir())
	memory := script(journaltest.NewDisk().Process("p"), "/somewhere")
	if diff := cmp.Diff(real, memory); diff != "" {
		t.Errorf("real (-), memory (+):\n%s", diff)
	}
}

func script(fsys journal.FS, dir string) (trace []string) {
	say := func(what string, values ...any) { trace = append(trace, what+": "+fmt.Sprintln(values...)) }
	name := filepath.Join(dir, "file")
	_, err := fsys.OpenFile(name, os.O_RDWR, 0)
	say("open what is not there", errors.Is(err, fs.ErrNotExist))
	f, err := fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	say("create", err)
	_, err = fsys.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	say("create again", errors.Is(err, fs.ErrExist))

	write := func(text string) {
		n, err := f.Write([]byte(text))
		say("write", n, err)
	}
	seek := func(offset int64, whence int) {
		at, err := f.Seek(offset, whence)
		say("seek", at, err != nil)
	}
	read := func() {
		b, err := io.ReadAll(f)
		say("read", fmt.Sprintf("%q", b), err)
	}
	write("hello, world")
	read()
	seek(5, io.SeekStart)
	write("!")
	seek(-2, io.SeekCurrent)
	read()
	say("truncate", f.Truncate(3))
	seek(0, io.SeekEnd)
	seek(8, io.SeekStart)
	write("x")
	seek(0, io.SeekStart)
	read()
	seek(-1, io.SeekStart)
	say("grow", f.Truncate(12), f.Sync(), fsys.SyncDir(dir))

	r, err := fsys.OpenFile(name, os.O_RDONLY, 0)
	say("open to read", err)
	b, err := io.ReadAll(r)
	say("read", fmt.Sprintf("%q", b), err)
	_, err = r.Write([]byte("x"))
	say("write where one may only read", err != nil)
	n, err := r.Read(nil)
	say("read nothing", n, err)
	say("close", r.Close())
	_, err = r.Read(make([]byte, 1))
	say("read what is closed", errors.Is(err, fs.ErrClosed))
	say("close what is closed", errors.Is(r.Close(), fs.ErrClosed))

	lock, err := fsys.Lock(name + ".lock")
	say("lock", err)
	_, err = fsys.Lock(name + ".lock")
	_, locked := errors.AsType[*journal.Locked](err)
	say("lock again", locked)
	say("unlock", lock.Close())
	lock, err = fsys.Lock(name + ".lock")
	say("lock once more", err, lock.Close(), f.Close())
	return trace
}
