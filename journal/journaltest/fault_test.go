package journaltest_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

const errIO = syscall.EIO

// on returns a hook that returns err for one kind of operation.
func on(kind journaltest.OpKind, err error) func(journaltest.Op) error {
	return func(op journaltest.Op) error {
		if op.Kind == kind {
			return err
		}
		return nil
	}
}

// Every kind of operation fails as the hook says, and changes nothing.
func TestHookMakesItFail(t *testing.T) {
	for kind, do := range map[journaltest.OpKind]func(p *journaltest.Process, f journal.File) error{
		journaltest.OpOpen: func(p *journaltest.Process, _ journal.File) error {
			_, err := p.OpenFile("b", os.O_RDWR|os.O_CREATE, 0)
			return err
		},
		journaltest.OpRead:     func(_ *journaltest.Process, f journal.File) error { _, err := f.Read(make([]byte, 1)); return err },
		journaltest.OpWrite:    func(_ *journaltest.Process, f journal.File) error { _, err := f.Write([]byte("x")); return err },
		journaltest.OpTruncate: func(_ *journaltest.Process, f journal.File) error { return f.Truncate(0) },
		journaltest.OpSync:     func(_ *journaltest.Process, f journal.File) error { return f.Sync() },
		journaltest.OpSyncDir:  func(p *journaltest.Process, _ journal.File) error { return p.SyncDir(".") },
		journaltest.OpLock:     func(_ *journaltest.Process, f journal.File) error { return f.Lock() },
		journaltest.OpIsAt:     func(_ *journaltest.Process, f journal.File) error { _, err := f.IsAt("a"); return err },
	} {
		disk := journaltest.NewDisk()
		disk.WriteFile("a", []byte("before"))
		p := disk.Process("p")
		f, err := p.OpenFile("a", os.O_RDWR, 0)
		must(t, err)
		disk.Hook = on(kind, errIO)
		if err := do(p, f); !errors.Is(err, errIO) {
			t.Errorf("%s: error %v, want EIO", kind, err)
		}
		if b, _ := disk.ReadFile("a"); string(b) != "before" || len(disk.Names()) != 1 {
			t.Errorf("%s: failed, and changed the disk", kind)
		}
	}
}

// A short write returns how much it wrote, and wrote it.
func TestShortWrite(t *testing.T) {
	disk := journaltest.NewDisk()
	disk.Hook = on(journaltest.OpWrite, &journaltest.Short{Bytes: 3, Err: syscall.ENOSPC})
	f := create(t, disk.Process("p"), "a")
	n, err := f.Write([]byte("hello"))
	if n != 3 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("wrote %d, %v", n, err)
	}
	if b, _ := disk.ReadFile("a"); string(b) != "hel" {
		t.Errorf("the file has %q", b)
	}
}

// A process that is killed in the middle of a write leaves half of it, loses its
// lock, and can do nothing more. Other processes can.
func TestKilledInAWrite(t *testing.T) {
	disk := journaltest.NewDisk()
	first, second := disk.Process("first"), disk.Process("second")
	f := create(t, first, "a")
	must(t, f.Lock())
	g, err := second.OpenFile("a", os.O_RDWR, 0)
	must(t, err)
	if locked, ok := errors.AsType[*journal.Locked](g.Lock()); !ok || locked.Holder != "first" {
		t.Fatalf("second lock: %v", locked)
	}
	disk.Hook = on(journaltest.OpWrite, &journaltest.Short{Bytes: 2, Err: journaltest.ErrKilled})
	if _, err := f.Write([]byte("hello")); !errors.Is(err, journaltest.ErrKilled) {
		t.Errorf("killed write: %v", err)
	}
	disk.Hook = nil
	_, readErr := f.Read(make([]byte, 1))
	_, seekErr := f.Seek(0, io.SeekStart)
	_, openErr := first.OpenFile("a", os.O_RDWR, 0)
	_, placeErr := f.IsAt("a")
	for _, err := range []error{readErr, openErr, placeErr, f.Lock(), f.Sync(), f.Truncate(0), f.Close(), first.SyncDir(".")} {
		if !errors.Is(err, journaltest.ErrKilled) {
			t.Errorf("a dead process's operation: %v", err)
		}
	}
	if seekErr == nil {
		t.Error("a dead process can seek")
	}
	if b, _ := disk.ReadFile("a"); string(b) != "he" {
		t.Errorf("the file has %q", b)
	}
	if err := g.Lock(); err != nil {
		t.Errorf("the dead process's lock: %v", err)
	}
}

// An operation that is under way when the crash comes has no effect.
func TestCrashDuringAnOperation(t *testing.T) {
	disk := journaltest.NewDisk()
	p := disk.Process("p")
	f := create(t, p, "a")
	disk.Hook = func(op journaltest.Op) error {
		disk.Crash(rand.New(rand.NewPCG(1, 2)), journaltest.ProcessDeath)
		return nil
	}
	if _, err := f.Write([]byte("x")); !errors.Is(err, journaltest.ErrKilled) {
		t.Errorf("write during the crash: %v", err)
	}
	if b, _ := disk.ReadFile("a"); len(b) > 0 {
		t.Errorf("the file has %q", b)
	}
}

// A hook that sleeps is a slow disk, in virtual time, for many goroutines at once.
func TestSlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := journaltest.NewDisk()
		disk.Hook = func(op journaltest.Op) error {
			if op.Kind == journaltest.OpSync {
				time.Sleep(3 * time.Second)
			}
			return nil
		}
		p, start := disk.Process("p"), time.Now()
		var wg sync.WaitGroup
		for _, name := range []string{"a", "b", "c"} {
			f := create(t, p, name)
			wg.Go(func() {
				for range 4 {
					_, err := f.Write([]byte("x"))
					if err := errors.Join(err, f.Sync()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if took := time.Since(start); took != 12*time.Second {
			t.Errorf("four slow syncs took %v", took)
		}
	})
}
