package office

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"flexybatch/journal"
)

// file is an open file of a Storage. What Write has returned for is committed. It is
// used by one goroutine at a time, as a journal uses its file.
type file struct {
	storage *Storage
	id      int64
	name    string
	by      writer
	write   bool // opened for writing
	closed  bool

	at     int64
	buffer []byte // what was read ahead, from at on
}

// check returns why the file cannot be used.
func (f *file) check(writing bool) error {
	switch {
	case f.closed:
		return f.failed("use", fs.ErrClosed)
	case writing && f.storage.lease == nil:
		return f.failed("write", errReadOnly)
	case writing && !f.write:
		return f.failed("write", fs.ErrPermission)
	}
	return nil
}

func (f *file) failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// Read reads from where the last operation ended.
func (f *file) Read(b []byte) (int, error) {
	if err := f.check(false); err != nil || len(b) == 0 {
		return 0, err
	}
	if len(f.buffer) == 0 {
		ctx, cancel := limited(context.Background())
		defer cancel()
		var err error
		if f.buffer, err = f.storage.store.read(ctx, f.id, f.at); err != nil {
			return 0, f.failed("read", err)
		}
		if len(f.buffer) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(b, f.buffer)
	f.buffer = f.buffer[n:]
	f.at += int64(n)
	return n, nil
}

// Write writes where the last operation ended, in one transaction.
func (f *file) Write(b []byte) (int, error) {
	if err := f.check(true); err != nil || len(b) == 0 {
		return 0, err
	}
	f.buffer = nil
	ctx, cancel := limited(context.Background())
	defer cancel()
	if err := f.storage.store.write(ctx, f.by, f.id, f.name, f.at, b); err != nil {
		return 0, f.failed("write", err)
	}
	f.at += int64(len(b))
	return len(b), nil
}

// Sync has nothing to do: what was written is committed.
func (f *file) Sync() error { return f.check(false) }

// Truncate changes the file's size.
func (f *file) Truncate(size int64) error {
	if err := f.check(true); err != nil {
		return err
	}
	if size < 0 {
		return f.failed("truncate", fs.ErrInvalid)
	}
	f.buffer = nil
	ctx, cancel := limited(context.Background())
	defer cancel()
	return f.failed("truncate", f.storage.store.truncate(ctx, f.by, f.id, f.name, size))
}

// Seek sets where the next read or write begins.
func (f *file) Seek(offset int64, whence int) (int64, error) {
	if err := f.check(false); err != nil {
		return 0, err
	}
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		ctx, cancel := limited(context.Background())
		defer cancel()
		size, err := f.storage.store.size(ctx, f.id)
		if err != nil {
			return 0, f.failed("seek", err)
		}
		offset += size
	}
	if offset < 0 {
		return 0, f.failed("seek", fs.ErrInvalid)
	}
	f.at, f.buffer = offset, nil
	return offset, nil
}

// Lock takes the lock of the file, for this handle and its owner's epoch.
func (f *file) Lock() error {
	if err := f.check(true); err != nil {
		return err
	}
	ctx, cancel := limited(context.Background())
	defer cancel()
	by := f.by
	by.handle = newHandle()
	if err := f.storage.store.lock(ctx, by, f.id); err != nil {
		return err
	}
	f.by = by
	return nil
}

// IsAt tells whether name leads to this file. For the name of a file that is locked it
// says yes without asking: each write makes sure of it in its own transaction.
func (f *file) IsAt(name string) (bool, error) {
	if err := f.check(false); err != nil {
		return false, err
	}
	if f.by.handle != "" && f.storage.Same(name, f.name) {
		return true, nil
	}
	ctx, cancel := limited(context.Background())
	defer cancel()
	info, err := f.storage.store.find(ctx, f.storage.account, filepath.Base(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.id == f.id, err
}

// Close closes the file, and gives up its lock.
func (f *file) Close() error {
	if err := f.check(false); err != nil {
		return err
	}
	f.closed = true
	if f.by.handle == "" {
		return nil
	}
	ctx, cancel := limited(context.Background())
	defer cancel()
	return f.failed("close", f.storage.store.unlock(ctx, f.by, f.id))
}

var _ journal.File = (*file)(nil)
