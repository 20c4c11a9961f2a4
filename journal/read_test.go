package journal_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// A reader of a journal that another process is writing sees whole groups and no
// damage, however far the writer has come.
func TestReadWhileAnotherWrites(t *testing.T) {
	content, records := written(t, 1, 2, 3, 1, 2)
	for size := range content {
		for step := 1; step < len(content)-size; step += 701 {
			disk := journaltest.NewDisk()
			disk.WriteFile(name, nil)
			writer, err := disk.Process("writer").OpenFile(name, 2, 0)
			must(t, err)
			write := func(from, to int) {
				if _, err := writer.Write(content[from:min(to, len(content))]); err != nil {
					t.Fatal(err)
				}
			}
			write(0, size)
			done, atEnd := size, false
			disk.Hook = func(op journaltest.Op) error { // a reader who reads on at the end finds more
				if op.Kind != journaltest.OpRead || op.Offset < int64(done) {
					return nil
				}
				if atEnd {
					write(done, done+step)
					done = min(done+step, len(content))
				}
				atEnd = !atEnd
				return nil
			}
			var got []string
			if _, err := journal.Read(disk.Process("reader"), name, collect(&got)); err != nil {
				t.Fatalf("%d bytes, then %d at a time: %v", size, step, err)
			}
			if !slices.Equal(got, records[:len(got)]) {
				t.Fatalf("%d bytes, then %d at a time: %q", size, step, got)
			}
		}
	}
}

// Reading takes no lock and changes nothing.
func TestReadTouchesNothing(t *testing.T) {
	content, _ := written(t, 2, 2)
	disk := journaltest.NewDisk()
	disk.WriteFile(name, content[:len(content)-10])
	must(t, lock(disk))
	disk.Hook = func(op journaltest.Op) error {
		switch op.Kind {
		case journaltest.OpOpen, journaltest.OpRead, journaltest.OpClose:
			return nil
		}
		t.Errorf("Read did: %s", op.Kind)
		return syscall.EACCES
	}
	info, err := journal.Read(disk.Process("reader"), name, collect(new([]string)))
	must(t, err)
	if info.Torn == nil || info.Records != 4 || info.Groups != 2 {
		t.Errorf("%+v", info)
	}
}

// lock locks the journal, as a process that writes it does.
func lock(disk *journaltest.Disk) error {
	f, err := disk.Process("holder").OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return f.Lock()
}

// A disk that cannot be read is not damage: the error is that of the disk, and
// nothing is cut off.
func TestReadError(t *testing.T) {
	content, _ := written(t, 2, 2)
	for fail := 1; fail < 4; fail++ {
		disk := journaltest.NewDisk()
		disk.WriteFile(name, content[:len(content)-10])
		reads := 0
		disk.Hook = func(op journaltest.Op) error {
			if op.Kind == journaltest.OpRead {
				reads++
				if reads == fail {
					return syscall.EIO
				}
			}
			return nil
		}
		_, _, err := journal.Open(disk.Process("p"), name, collect(new([]string)))
		if _, corrupt := errors.AsType[*journal.Corrupt](err); corrupt || !errors.Is(err, syscall.EIO) {
			t.Errorf("EIO in read %d: %v", fail, err)
		}
		if after, _ := disk.ReadFile(name); !slices.Equal(after, content[:len(content)-10]) {
			t.Errorf("EIO in read %d: the file was changed", fail)
		}
	}
	_, err := journal.Read(journaltest.NewDisk().Process("p"), name, collect(nil))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// An error of the function ends the reading and is returned as it is.
func TestEachRefuses(t *testing.T) {
	content, _ := written(t, 1, 1, 1)
	disk := journaltest.NewDisk()
	disk.WriteFile(name, content)
	p, refusal, calls := disk.Process("p"), errors.New("no such ref"), 0
	each := func(journal.Entry) error {
		if calls++; calls == 2 {
			return refusal
		}
		return nil
	}
	if _, _, err := journal.Open(p, name, each); !errors.Is(err, refusal) || calls != 2 {
		t.Errorf("Open: %v after %d calls", err, calls)
	}
	disk.Crash(rand.New(rand.NewPCG(1, 1)), journaltest.PowerLoss)
	leftBy, _ := disk.ReadFile(name)
	if !slices.Equal(leftBy, content) {
		t.Error("a refused journal was changed")
	}
	j, _, _ := open(t, disk.Process("p")) // the lock is free
	must(t, j.Close())
}
