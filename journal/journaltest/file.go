package journaltest

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"flexybatch/journal"
)

// file is an open file. One goroutine uses it at a time.
type file struct {
	process *Process
	inode   *inode
	name    string
	mode    int   // os.O_RDONLY, os.O_WRONLY or os.O_RDWR
	at      int64 // where the next read or write begins
	closed  bool
}

// usable returns why a file that is closed, or that was opened in the forbidden
// mode, cannot be used.
func (f *file) usable(forbidden int) error {
	switch {
	case f.closed:
		return fs.ErrClosed
	case f.mode == forbidden:
		return fs.ErrPermission
	}
	return nil
}

// anyMode is the forbidden mode of operations that every open file can do.
const anyMode = -1

// Read reads from where the last operation ended.
func (f *file) Read(b []byte) (n int, err error) {
	op := Op{Kind: OpRead, Name: f.name, Offset: f.at, Bytes: len(b)}
	err = f.process.do(op, func() error {
		if err := f.usable(os.O_WRONLY); err != nil {
			return err
		}
		if f.at >= int64(len(f.inode.cache)) && len(b) > 0 {
			return io.EOF
		}
		n = copy(b, f.inode.cache[f.at:])
		f.at += int64(n)
		return nil
	})
	return n, err
}

// Write writes where the last operation ended, all of b or up to a fault.
func (f *file) Write(b []byte) (n int, err error) {
	op := Op{Kind: OpWrite, Name: f.name, Offset: f.at, Bytes: len(b)}
	err = f.process.doWithFault(op, func(fault error) error {
		if err := f.usable(os.O_RDONLY); err != nil {
			return err
		}
		var short *Short
		switch {
		case errors.As(fault, &short):
			n = min(short.Bytes, len(b))
			fault = short.Err
		case fault == nil:
			n = len(b)
		}
		f.inode.write(f.at, b[:n])
		f.at += int64(n)
		return fault
	})
	return n, err
}

// Sync puts the file's content and size on disk. If it fails, no later Sync will
// put the same content there.
func (f *file) Sync() error {
	return f.process.doWithFault(Op{Kind: OpSync, Name: f.name}, func(fault error) error {
		if err := f.usable(anyMode); err != nil {
			return err
		}
		switch {
		case errors.Is(fault, ErrKilled): // how far it came is decided by the crash
		case fault != nil:
			f.inode.failSync()
		default:
			f.inode.sync()
		}
		return fault
	})
}

// Truncate changes the file's size.
func (f *file) Truncate(size int64) error {
	return f.process.do(Op{Kind: OpTruncate, Name: f.name, Offset: size}, func() error {
		if err := f.usable(os.O_RDONLY); err != nil {
			return err
		}
		if size < 0 {
			return fs.ErrInvalid
		}
		f.inode.truncate(size)
		return nil
	})
}

// Seek sets where the next read or write begins. It is not an operation of the
// disk, so no hook is called.
func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.process.disk.mu.Lock()
	defer f.process.disk.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += int64(len(f.inode.cache))
	}
	if f.closed || f.process.dead || offset < 0 {
		return 0, &fs.PathError{Op: "seek", Path: f.name, Err: fs.ErrInvalid}
	}
	f.at = offset
	return offset, nil
}

// Lock takes the lock of the file, or fails at once with a *journal.Locked.
func (f *file) Lock() error {
	return f.process.do(Op{Kind: OpLock, Name: f.name}, func() error {
		if err := f.usable(anyMode); err != nil {
			return err
		}
		locks := f.process.disk.locks
		if holder := locks[f.inode]; holder != nil && holder != f {
			return &journal.Locked{Holder: holder.process.name}
		}
		locks[f.inode] = f
		return nil
	})
}

// IsAt tells whether name leads to the file.
func (f *file) IsAt(name string) (there bool, err error) {
	err = f.process.do(Op{Kind: OpIsAt, Name: name}, func() error {
		there = f.process.disk.files[f.process.disk.resolve(name)] == f.inode
		return f.usable(anyMode)
	})
	return there && err == nil, err
}

// Close closes the file and gives up its lock. It syncs nothing.
func (f *file) Close() error {
	return f.process.do(Op{Kind: OpClose, Name: f.name}, func() error {
		if err := f.usable(anyMode); err != nil {
			return err
		}
		f.closed = true
		if locks := f.process.disk.locks; locks[f.inode] == f {
			delete(locks, f.inode)
		}
		return nil
	})
}
