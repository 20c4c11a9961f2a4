package journal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// FS is where journals are stored: Disk, or a disk that fails as a test wants it
// to. Package journaltest has a suite of tests (TestFS) for every implementation.
type FS interface {
	// OpenFile is os.OpenFile.
	OpenFile(name string, flag int, perm fs.FileMode) (File, error)
	// Resolve returns the name of the file that name leads to, after all links that
	// are followed when it is opened. It returns name if there is no such file.
	Resolve(name string) string
	// SyncDir makes sure that the names of new files in dir survive a power loss.
	SyncDir(dir string) error
}

// File is what a journal needs of an open file.
type File interface {
	io.ReadWriteCloser
	Sync() error
	Truncate(size int64) error
	Seek(offset int64, whence int) (int64, error)

	// Lock takes the one lock of the file, or fails with a *Locked at once. The lock
	// is on the file itself: it does not matter by which name the file was opened,
	// nor what becomes of its names. Others can read the file meanwhile. The lock
	// ends when the file is closed, and with the process, however it ends.
	Lock() error
	// IsAt tells whether name leads to this file now. An error means that this
	// cannot be told.
	IsAt(name string) (bool, error)
}

// Locked is the error for a journal that another process has open for appending.
type Locked struct {
	Holder string // what that process has written about itself
}

// Error names the holder.
func (l *Locked) Error() string { return l.message().String() }

// Parts returns what a message says of the error.
func (l *Locked) Parts() (format, many string, n int, args []any) { return l.message().Parts() }

func (l *Locked) message() Message { return say("the journal is in use by %s", l.By()) }

// By returns who has the journal open.
func (l *Locked) By() Message { return holderMessage(l.Holder) }

// Disk is the machine's own file system.
type Disk struct{}

// OpenFile is os.OpenFile.
func (Disk) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // not f: a File that holds a nil *os.File is not nil
	}
	return &diskFile{File: f}, nil
}

// Resolve follows symbolic links.
func (Disk) Resolve(name string) string {
	if to, err := filepath.EvalSymlinks(name); err == nil {
		return to
	}
	return name // opening it says what is wrong, if anything is
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

// diskFile is an open file of a Disk.
type diskFile struct {
	*os.File
	holder holderFile // empty while the file is not locked
}

// Lock locks the file, and writes beside it who holds the lock.
func (f *diskFile) Lock() error {
	holder := holderOf(f.Name())
	got, err := lockFile(f.File)
	if err != nil {
		return err
	}
	if !got {
		return &Locked{Holder: holder.read()}
	}
	f.holder = holder
	f.holder.write()
	return nil
}

// IsAt compares the open file with the one that name leads to.
func (f *diskFile) IsAt(name string) (bool, error) {
	own, err := f.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(own, there), err
}

// Close closes the file, and with it gives up the lock.
func (f *diskFile) Close() error {
	if f.holder != "" {
		f.holder.remove() // before the lock ends: later it may be the next holder's
	}
	return f.File.Close()
}
