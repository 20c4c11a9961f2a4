package office

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"flexybatch/journal"
)

// model is a database in memory, for tests in virtual time. PostgreSQL does the same
// (TestStorage, TestFencing).
type model struct {
	mu    sync.Mutex
	lease standing
	files map[string]*modelFile
	next  int64
	noise *rand.Rand // draws what goes wrong; nil: nothing
	blind bool       // a mutant: the epoch is not checked when something is written
}

type modelFile struct {
	id, epoch int64 // epoch and handle hold the lock
	handle    string
	bytes     []byte
}

func newModel(noise *rand.Rand) *model { return &model{files: map[string]*modelFile{}, noise: noise} }

// process is the database as one process sees it, which may be stopped at any moment,
// and may be cut off.
type process struct {
	*model
	name string

	mu      sync.Mutex
	stopped time.Time // until then it is stopped
	cutOff  time.Time // until then the database does not answer
}

// gate waits while the process is stopped.
func (p *process) gate() {
	for {
		p.mu.Lock()
		left := time.Until(p.stopped)
		p.mu.Unlock()
		if left <= 0 {
			return
		}
		time.Sleep(left)
	}
}

// stop stops the process for a time.
func (p *process) stop(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = time.Now().Add(d)
}

// draw draws a number below n.
func (m *model) draw(n int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.noise == nil {
		return n - 1
	}
	return m.noise.IntN(n)
}

// do does one transaction, before and after which the process may be stopped, and whose
// answer may be lost.
func (p *process) do(ctx context.Context, act func() error) error {
	p.gate()
	p.mu.Lock()
	cut := time.Until(p.cutOff)
	p.mu.Unlock()
	if cut > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(cut):
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	time.Sleep(time.Millisecond)
	p.model.mu.Lock()
	err := act()
	p.model.mu.Unlock()
	switch p.draw(150) {
	case 0:
		p.stop(time.Duration(1+p.draw(400)) * time.Second)
	case 1:
		p.gate()
		return fmt.Errorf("the answer is lost: %w", context.DeadlineExceeded)
	}
	p.gate()
	return err
}

func (p *process) look(ctx context.Context, _ int64) (s standing, err error) {
	err = p.do(ctx, func() error { s = p.lease; return nil })
	return s, err
}

func (p *process) claim(ctx context.Context, _ int64, seen standing, holder string, length time.Duration) (epoch int64, ok bool, err error) {
	err = p.do(ctx, func() error {
		if ok = p.lease.epoch == seen.epoch && p.lease.beat == seen.beat; ok {
			p.lease = standing{seen.epoch + 1, seen.beat + 1, holder, length}
			epoch = p.lease.epoch
		}
		return nil
	})
	return epoch, ok && err == nil, err
}

func (p *process) renew(ctx context.Context, _, epoch int64) (ok bool, err error) {
	err = p.do(ctx, func() error {
		if ok = p.lease.epoch == epoch && p.lease.holder != ""; ok {
			p.lease.beat++
		}
		return nil
	})
	return ok, err
}

func (p *process) release(ctx context.Context, _, epoch int64) error {
	return p.do(ctx, func() error {
		if p.lease.epoch == epoch {
			p.lease.beat++
			p.lease.holder = ""
		}
		return nil
	})
}

func (p *process) find(ctx context.Context, _ int64, name string) (info fileInfo, err error) {
	err = p.do(ctx, func() error {
		f := p.files[name]
		if f == nil {
			return fs.ErrNotExist
		}
		info = fileInfo{id: f.id, size: int64(len(f.bytes))}
		return nil
	})
	return info, err
}

func (p *process) names(ctx context.Context, _ int64) (names []string, err error) {
	err = p.do(ctx, func() error {
		for name := range p.files {
			names = append(names, name)
		}
		slices.Sort(names)
		return nil
	})
	return names, err
}

// owned makes sure that the writer is the owner.
func (m *model) owned(by writer) error {
	if by.epoch != m.lease.epoch && !m.blind {
		return &LeaseLost{}
	}
	return nil
}

func (p *process) create(ctx context.Context, by writer, name string) (id int64, err error) {
	err = p.do(ctx, func() error {
		if p.files[name] != nil {
			return fs.ErrExist
		}
		if err := p.owned(by); err != nil {
			return err
		}
		p.next++
		p.files[name], id = &modelFile{id: p.next}, p.next
		return nil
	})
	return id, err
}

// file is the file of that number.
func (m *model) file(id int64) (name string, f *modelFile) {
	for name, f := range m.files {
		if f.id == id {
			return name, f
		}
	}
	return "", nil
}

func (p *process) size(ctx context.Context, id int64) (size int64, err error) {
	err = p.do(ctx, func() error { _, f := p.file(id); size = int64(len(f.bytes)); return nil })
	return size, err
}

func (p *process) read(ctx context.Context, id, at int64) (b []byte, err error) {
	err = p.do(ctx, func() error {
		if _, f := p.file(id); at < int64(len(f.bytes)) {
			b = slices.Clone(f.bytes[at:])
		}
		return nil
	})
	return b, err
}

// change changes a file that the writer may change.
func (p *process) change(ctx context.Context, by writer, id int64, name string, act func(f *modelFile)) error {
	return p.do(ctx, func() error {
		if err := p.owned(by); err != nil {
			return err
		}
		is, f := p.file(id)
		switch {
		case is != name:
			return journal.ErrMoved
		case f.handle != by.handle && !p.blind:
			return &LeaseLost{}
		}
		act(f)
		return nil
	})
}

func (p *process) write(ctx context.Context, by writer, id int64, name string, at int64, b []byte) error {
	return p.change(ctx, by, id, name, func(f *modelFile) {
		if short := at + int64(len(b)) - int64(len(f.bytes)); short > 0 {
			f.bytes = append(f.bytes, make([]byte, short)...)
		}
		copy(f.bytes[at:], b)
	})
}

func (p *process) truncate(ctx context.Context, by writer, id int64, name string, size int64) error {
	return p.change(ctx, by, id, name, func(f *modelFile) { f.bytes = append(f.bytes, make([]byte, size)...)[:size] })
}

func (p *process) lock(ctx context.Context, by writer, id int64) error {
	return p.do(ctx, func() error {
		if err := p.owned(by); err != nil {
			return err
		}
		_, f := p.file(id)
		if f.handle != "" && f.epoch >= by.epoch {
			return &journal.Locked{Holder: "another worker"}
		}
		f.handle, f.epoch = by.handle, by.epoch
		return nil
	})
}

func (p *process) unlock(ctx context.Context, by writer, id int64) error {
	return p.do(ctx, func() error {
		if _, f := p.file(id); f.handle == by.handle {
			f.handle = ""
		}
		return nil
	})
}

var _ store = (*process)(nil)
