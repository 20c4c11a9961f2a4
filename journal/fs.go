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

// FS is where journals live: Disk, or a disk that fails as a test wants it to.
type FS interface {
	// OpenFile is os.OpenFile.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// SyncDir makes the creation of files in dir survive a power loss.
	SyncDir(dir string) error
	// Lock takes the one lock of that name or fails with a *Locked at once. The
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

// Locked says that another process has the journal open for appending.
type Locked struct {
	Holder string // what that process wrote of itself
}

// Error names the holder.
func (l *Locked) Error() string { return fmt.Sprintf("the journal is in use by %s", l.Holder) }

// Disk is the machine's own file system.
type Disk struct{}

// OpenFile is os.OpenFile.
func (Disk) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // not f: a nil *os.File is no nil File
	}
	return f, nil
}

// SyncDir syncs a folder. Windows has no such thing: there, a file's own sync
// takes its directory entry along.
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

// Lock locks the file of that name, which is made if need be and is left where
// it is: taking it away would let two processes lock two files.
func (Disk) Lock(name string) (io.Closer, error) {
	l := flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	got, err := l.TryLock()
	if err != nil {
		return nil, err
	}
	if !got {
		return nil, &Locked{Holder: holder(name)}
	}
	if err := sign(name); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// sign tells others who holds the lock.
func sign(name string) error {
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

// holder reads what sign wrote.
func holder(name string) string {
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
