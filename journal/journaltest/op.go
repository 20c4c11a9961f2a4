package journaltest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// OpKind is what a process asks of the disk.
type OpKind string

// The kinds of operations.
const (
	OpOpen     OpKind = "open"
	OpRead     OpKind = "read"
	OpWrite    OpKind = "write"
	OpTruncate OpKind = "truncate"
	OpSync     OpKind = "sync"
	OpClose    OpKind = "close"
	OpSyncDir  OpKind = "syncdir"
	OpLock     OpKind = "lock"
	OpIsAt     OpKind = "isat"
)

// Op is one operation, as a Hook sees it.
type Op struct {
	N       int // 1 for the first operation on the disk
	Kind    OpKind
	Process string // the name of the process
	Name    string // of the file or folder, as the process wrote it
	Offset  int64  // OpRead, OpWrite: where; OpTruncate: the new size; in bytes
	Bytes   int    // OpRead, OpWrite: how many are asked for
}

// Short is the error by which a Hook makes a write stop half way.
type Short struct {
	Bytes int   // how many are written
	Err   error // why no more are written, such as syscall.ENOSPC or ErrKilled
}

// Error says how far the write came.
func (s *Short) Error() string { return fmt.Sprintf("after %d bytes: %v", s.Bytes, s.Err) }

// Unwrap returns s.Err.
func (s *Short) Unwrap() error { return s.Err }

// do calls act, unless the hook makes the operation fail.
func (p *Process) do(op Op, act func() error) error {
	return p.doWithFault(op, func(fault error) error {
		if fault != nil {
			return fault
		}
		return act()
	})
}

// doWithFault calls act with the hook's result. It is for operations that leave
// something behind when they fail.
func (p *Process) doWithFault(op Op, act func(fault error) error) error {
	fault := p.callHook(op)
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	if p.dead {
		return &fs.PathError{Op: string(op.Kind), Path: op.Name, Err: ErrKilled}
	}
	err := act(fault)
	if errors.Is(fault, ErrKilled) {
		p.kill()
	}
	if err != nil && err != io.EOF {
		err = &fs.PathError{Op: string(op.Kind), Path: op.Name, Err: err}
	}
	return err
}

// callHook numbers the operation and calls the hook, if the process is alive.
func (p *Process) callHook(op Op) error {
	p.disk.mu.Lock()
	if p.dead {
		p.disk.mu.Unlock()
		return ErrKilled
	}
	p.disk.ops++
	op.N, op.Process = p.disk.ops, p.name
	hook := p.disk.Hook
	p.disk.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(op)
}
