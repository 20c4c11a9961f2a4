package journaltest

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// file is an open file. As with journal.File, one goroutine uses it at a time.
type file struct {
	process *Process
	node    *node
	name    string
	mode    int   // os.O_RDONLY, os.O_WRONLY or os.O_RDWR
	at      int64 // where the next read or write begins
	closed  bool
}

// usable returns why a descriptor of this kind cannot do that.
func (f *file) usable(forbidden int) error {
	switch {
	case f.closed:
		return fs.ErrClosed
	case f.mode == forbidden:
		return fs.ErrPermission
	}
	return nil
}

// Read reads from where the last operation ended.
func (f *file) Read(b []byte) (n int, err error) {
	op := Op{Kind: OpRead, Name: f.name, Offset: f.at, Bytes: len(b)}
	err = f.process.do(op, func() error {
		if err := f.usable(os.O_WRONLY); err != nil {
			return err
		}
		if f.at >= int64(len(f.node.cache)) && len(b) > 0 {
			return io.EOF
		}
		n = copy(b, f.node.cache[f.at:])
		f.at += int64(n)
		return nil
	})
	return n, err
}

// Write writes where the last operation ended, all of b or up to a fault.
func (f *file) Write(b []byte) (n int, err error) {
	op := Op{Kind: OpWrite, Name: f.name, Offset: f.at, Bytes: len(b)}
	err = f.process.try(op, func(fault error) error {
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
		f.node.write(f.at, b[:n])
		f.at += int64(n)
		return fault
	})
	return n, err
}

// Sync puts the file's content and size on disk. After a fault no later Sync
// will.
func (f *file) Sync() error {
	return f.process.try(Op{Kind: OpSync, Name: f.name}, func(fault error) error {
		if err := f.usable(-1); err != nil {
			return err
		}
		switch {
		case errors.Is(fault, ErrKilled): // nobody knows how far it came
		case fault != nil:
			f.node.giveUp()
		default:
			f.node.sync()
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
		f.node.resize(size)
		return nil
	})
}

// Seek chooses where the next read or write begins. The disk has no part in it.
func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.process.disk.mu.Lock()
	defer f.process.disk.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += int64(len(f.node.cache))
	}
	if f.closed || f.process.dead || offset < 0 {
		return 0, &fs.PathError{Op: "seek", Path: f.name, Err: fs.ErrInvalid}
	}
	f.at = offset
	return offset, nil
}

// Close gives the descriptor back. It syncs nothing.
func (f *file) Close() error {
	return f.process.do(Op{Kind: OpClose, Name: f.name}, func() error {
		if err := f.usable(-1); err != nil {
			return err
		}
		f.closed = true
		return nil
	})
}
