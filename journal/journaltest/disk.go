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

// Disk is a disk and the page cache before it. It may be used from many
// goroutines.
type Disk struct {
	// Hook, if there is one, is asked before every operation and holds no lock
	// meanwhile: it may be called from many goroutines at once, may block, and may
	// itself use the Disk. It may be changed while no process is using the disk.
	Hook func(Op) error

	mu        sync.Mutex
	ops       int              // operations begun so far
	files     map[string]*node // by clean path
	locks     map[string]*lock // by clean path
	processes []*Process       // all since the last crash
}

// NewDisk is a disk without files.
func NewDisk() *Disk {
	return &Disk{files: map[string]*node{}, locks: map[string]*lock{}}
}

// ReadFile returns what processes would read, whether it is on disk or not.
func (d *Disk) ReadFile(name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.files[filepath.Clean(name)]
	if n == nil {
		return nil, &fs.PathError{Op: string(OpRead), Path: name, Err: fs.ErrNotExist}
	}
	return slices.Clone(n.cache), nil
}

// WriteFile puts a file on disk, safe from a power loss, in place of the one of
// that name. Processes that have the old one open keep it.
func (d *Disk) WriteFile(name string, content []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[filepath.Clean(name)] = stored(content)
}

// Names lists the files, sorted.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names()
}

// Process is a process that uses the disk: a journal.FS until it is killed.
// name is what others are told of it when it holds a lock.
func (d *Disk) Process(name string) *Process {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := &Process{disk: d, name: name}
	d.processes = append(d.processes, p)
	return p
}

// Process is what a process sees of a Disk.
type Process struct {
	disk *Disk
	name string
	dead bool // guarded by disk.mu
}

// ErrKilled is wrapped by the error of every operation of a process that was
// killed. A Hook that returns it kills the process.
var ErrKilled = errors.New("the process was killed")

// Kill ends the process as SIGKILL does: its locks are free, what it wrote
// stays in the page cache, and nothing that it does has an effect any more. An
// operation that is under way, in the Hook, fails.
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
		f = &file{process: p, node: n, name: name, mode: flag & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)}
		return err
	})
	if err != nil {
		return nil, err // not f: a nil *file is no nil File
	}
	return f, nil
}

func (d *Disk) open(name string, flag int) (*node, error) {
	n := d.files[name]
	switch {
	case n == nil && flag&os.O_CREATE == 0:
		return nil, fs.ErrNotExist
	case n == nil:
		n = newNode()
		d.files[name] = n
	case flag&(os.O_CREATE|os.O_EXCL) == os.O_CREATE|os.O_EXCL:
		return nil, fs.ErrExist
	}
	return n, nil
}

// SyncDir makes the names of all files in dir outlive a power loss.
func (p *Process) SyncDir(dir string) error {
	return p.do(Op{Kind: OpSyncDir, Name: dir}, func() error {
		for name, n := range p.disk.files {
			if filepath.Dir(name) == filepath.Clean(dir) {
				n.named = true
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

// lock is a lock that is held.
type lock struct {
	process *Process
	name    string
}

// Close gives the lock back.
func (l *lock) Close() error {
	return l.process.do(Op{Kind: OpUnlock, Name: l.name}, func() error {
		if l.process.disk.locks[l.name] != l {
			return fs.ErrClosed
		}
		delete(l.process.disk.locks, l.name)
		return nil
	})
}
