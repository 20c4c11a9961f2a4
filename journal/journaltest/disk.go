package journaltest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"flexybatch/journal"
)

// Disk is a disk with its page cache. It may be used from many goroutines.
type Disk struct {
	// Hook, if it is set, is called before every operation, and its result decides
	// what becomes of the operation. It is called without any lock held: it may run
	// in many goroutines at once, may block, and may itself use the Disk. It may be
	// changed while no process is using the disk.
	Hook func(Op) error

	mu        sync.Mutex
	ops       int               // operations begun so far
	files     map[string]*inode // by clean path
	locks     map[string]*lock  // by clean path
	processes []*Process        // all since the last crash
}

// NewDisk returns a disk without files.
func NewDisk() *Disk {
	return &Disk{files: map[string]*inode{}, locks: map[string]*lock{}}
}

// ReadFile returns what a process would read, whether it is on disk or only in the
// page cache.
func (d *Disk) ReadFile(name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.files[filepath.Clean(name)]
	if n == nil {
		return nil, &fs.PathError{Op: string(OpRead), Path: name, Err: fs.ErrNotExist}
	}
	return slices.Clone(n.cache), nil
}

// WriteFile replaces the file of that name. The new one is on disk already. A
// process that has the old one open keeps the old one.
func (d *Disk) WriteFile(name string, content []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[filepath.Clean(name)] = storedInode(content)
}

// Names lists the files, sorted.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names()
}

// Process returns a new process that uses the disk. Other processes are told its
// name when it holds a lock.
func (d *Disk) Process(name string) *Process {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := &Process{disk: d, name: name}
	d.processes = append(d.processes, p)
	return p
}

// Process is a process that uses a Disk, and the journal.FS that it sees. When it
// was killed, all its operations fail.
type Process struct {
	disk *Disk
	name string
	dead bool // guarded by disk.mu
}

// ErrKilled is wrapped by the error of every operation of a process that was
// killed. If a Hook returns it, it kills the process.
var ErrKilled = errors.New("the process was killed")

// Kill ends the process as SIGKILL does: its locks are released, what it wrote
// stays in the page cache, and nothing that it does has an effect any more. An
// operation whose Hook is still running fails.
func (p *Process) Kill() {
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	p.kill()
}

func (p *Process) kill() {
	p.dead = true
	for name, l := range p.disk.locks {
		if l.process == p {
			delete(p.disk.locks, name)
		}
	}
}

// OpenFile is os.OpenFile, as far as a journal needs it: O_RDONLY, O_WRONLY or
// O_RDWR, O_CREATE and O_EXCL.
func (p *Process) OpenFile(name string, flag int, _ fs.FileMode) (journal.File, error) {
	const known = os.O_RDONLY | os.O_WRONLY | os.O_RDWR | os.O_CREATE | os.O_EXCL
	var f *file
	err := p.do(Op{Kind: OpOpen, Name: name}, func() error {
		if flag&^known != 0 {
			return fmt.Errorf("flags %#x: %w", flag, errors.ErrUnsupported)
		}
		n, err := p.disk.open(filepath.Clean(name), flag)
		f = &file{process: p, inode: n, name: name, mode: flag & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)}
		return err
	})
	if err != nil {
		return nil, err // not f: a File that holds a nil *file is not nil
	}
	return f, nil
}

func (d *Disk) open(name string, flag int) (*inode, error) {
	n := d.files[name]
	switch {
	case n == nil && flag&os.O_CREATE == 0:
		return nil, fs.ErrNotExist
	case n == nil:
		n = newInode()
		d.files[name] = n
	case flag&(os.O_CREATE|os.O_EXCL) == os.O_CREATE|os.O_EXCL:
		return nil, fs.ErrExist
	}
	return n, nil
}

// SyncDir makes sure that the names of all files in dir survive a power loss.
func (p *Process) SyncDir(dir string) error {
	return p.do(Op{Kind: OpSyncDir, Name: dir}, func() error {
		for name, n := range p.disk.files {
			if filepath.Dir(name) == filepath.Clean(dir) {
				n.nameSynced = true
			}
		}
		return nil
	})
}

// Lock takes the lock of that name, or fails at once with a *journal.Locked.
func (p *Process) Lock(name string) (io.Closer, error) {
	l := &lock{process: p, name: filepath.Clean(name)}
	err := p.do(Op{Kind: OpLock, Name: name}, func() error {
		if other := p.disk.locks[l.name]; other != nil {
			return &journal.Locked{Holder: other.process.name}
		}
		p.disk.locks[l.name] = l
		return nil
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// lock is a lock that a process holds.
type lock struct {
	process *Process
	name    string
}

// Close releases the lock.
func (l *lock) Close() error {
	return l.process.do(Op{Kind: OpUnlock, Name: l.name}, func() error {
		if l.process.disk.locks[l.name] != l {
			return fs.ErrClosed
		}
		delete(l.process.disk.locks, l.name)
		return nil
	})
}
