package journaltest

import (
	"errors"
	"fmt"
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
	files     map[string]*inode // by clean path; a file with hard links has several
	symlinks  map[string]string // what they lead to, by clean path
	locks     map[*inode]*file  // which open file holds the lock
	processes []*Process        // all since the last crash
}

// NewDisk returns a disk without files.
func NewDisk() *Disk {
	return &Disk{files: map[string]*inode{}, symlinks: map[string]string{}, locks: map[*inode]*file{}}
}

// ReadFile returns what a process would read, whether it is on disk or only in the
// page cache.
func (d *Disk) ReadFile(name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.files[d.resolve(name)]
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
	d.files[d.resolve(name)] = storedInode(content)
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
	for n, f := range p.disk.locks {
		if f.process == p {
			delete(p.disk.locks, n)
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
		n, err := p.disk.open(p.disk.resolve(name), flag)
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

// Resolve follows symbolic links. It is not an operation of the disk, so no hook is
// called.
func (p *Process) Resolve(name string) string {
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	if to := p.disk.resolve(name); p.disk.files[to] != nil {
		return to
	}
	return name
}

// SyncDir makes sure that the names of all files in dir survive a power loss.
func (p *Process) SyncDir(dir string) error {
	return p.do(Op{Kind: OpSyncDir, Name: dir}, func() error {
		dir := p.disk.resolve(dir)
		for name, n := range p.disk.files {
			if filepath.Dir(name) == dir {
				n.nameSynced = true
			}
		}
		return nil
	})
}
