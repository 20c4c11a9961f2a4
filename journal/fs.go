package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// FS is where journals are stored: Disk, or a disk that fails as a test wants it
// to.
type FS interface {
	// OpenFile is os.OpenFile.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// SyncDir makes sure that the names of new files in dir survive a power loss.
	SyncDir(dir string) error
	// Lock takes the one lock of that name, or fails with a *Locked at once. The
	// lock ends with the process, however it ends.
	Lock(name string) (io.Closer, error)
}

// File is what a journal needs of an *os.File.
type File interface {
	io.ReadWriteCloser
	Sync() error
	Truncate(size int64) error
	Seek(offset int64, whence int) (int64, error)
}

// Locked is the error for a journal that another process has open for appending.
type Locked struct {
	Holder string // what that process has written about itself
}

// Error names the holder.
func (l *Locked) Error() string { return fmt.Sprintf("the journal is in use by %s", l.Holder) }

// Disk is the machine's own file system.
type Disk struct{}

// OpenFile is os.OpenFile.
func (Disk) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // not f: a File that holds a nil *os.File is not nil
	}
	return f, nil
}

// SyncDir fsyncs a folder. Windows has no such call: there, the fsync of a file
// includes its directory entry.
func (Disk) SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// holderAt is where the holder's name stands in a lock file. On Windows the
// lock keeps others from reading the first byte.
const holderAt = 1

// Lock locks the file of that name. It makes the file if need be, and leaves it
// there: if it were removed, two processes could lock two files.
func (Disk) Lock(name string) (io.Closer, error) {
	l := flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	got, err := l.TryLock()
	if err != nil {
		return nil, err
	}
	if !got {
		return nil, &Locked{Holder: readHolder(name)}
	}
	if err := writeHolder(name); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// writeHolder tells other processes who holds the lock.
func writeHolder(name string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	text := fmt.Sprintf("process %d on %s, since %s", os.Getpid(), host, time.Now().Format("2006-01-02 15:04:05"))
	f, err := os.OpenFile(name, os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(text), holderAt)
	return errors.Join(err, f.Truncate(int64(holderAt+len(text))), f.Close())
}

// readHolder reads what writeHolder wrote.
func readHolder(name string) string {
	const unknown = "another process"
	f, err := os.Open(name)
	if err != nil {
		return unknown
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.NewSectionReader(f, holderAt, 1<<10))
	if err != nil || len(text) == 0 {
		return unknown
	}
	return strings.TrimSpace(string(text))
}
