package journaltest_test

import (
	"os"
	"runtime"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// The real disk is as package journal needs it.
func TestRealDisk(t *testing.T) {
	journaltest.TestFS(t, func(t *testing.T) journaltest.Storage {
		s := journaltest.Storage{
			Process: func() journal.FS { return journal.Disk{} },
			Folder:  t.TempDir(),
			Link:    os.Link,
			Symlink: os.Symlink,
			Rename:  os.Rename,
			Remove:  os.Remove,
		}
		if runtime.GOOS == "windows" { // no open file can be renamed there, and links need a privilege
			s.Rename, s.Remove, s.Symlink = nil, nil, nil
		}
		return s
	})
}

// The disk in memory behaves as the real one does.
func TestMemoryDisk(t *testing.T) {
	journaltest.TestFS(t, func(*testing.T) journaltest.Storage {
		disk := journaltest.NewDisk()
		return journaltest.Storage{
			Process: func() journal.FS { return disk.Process("another process") },
			Folder:  "/somewhere",
			Link:    disk.Link,
			Symlink: disk.Symlink,
			Rename:  disk.Rename,
			Remove:  disk.Remove,
		}
	})
}
