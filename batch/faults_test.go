package batch_test

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"flexybatch/journal/journaltest"
)

// trouble draws one thing that will happen to a process while it runs.
func (s *schedule) trouble(ctx context.Context, done *sync.WaitGroup, process *journaltest.Process, abort, stop context.CancelFunc) {
	at := time.Duration(s.rng.IntN(40_000)) * time.Millisecond
	var what string
	var act func()
	switch s.rng.IntN(8) {
	case 0, 1, 2:
		what, act = "SIGKILL", process.Kill
	case 3:
		what, act = "SIGTERM", stop
	case 4:
		what, act = "SIGTERM twice", abort
	case 5:
		what, act = "the key is revoked", func() { s.sim.RevokeKey("first"); s.keys = []string{"second"} }
	case 6:
		what, act = "a plan is disabled", func() { s.sim.DisablePlan("PREPAID_DJEZZY") }
	default:
		return
	}
	done.Go(func() {
		select {
		case <-ctx.Done():
		case <-time.After(at):
			s.say("%s", what)
			act()
			if what == "SIGKILL" {
				s.counts.crashes++
				abort() // its connections break too
			}
		}
	})
}

// endTrouble ends all trouble that an operator can end.
func (s *schedule) endTrouble() {
	s.armed = diskFault{}
	if err := s.sim.Deposit(1_000_000_00); err != nil {
		s.t.Fatal(err)
	}
}

// diskFault is a fault that the disk will have.
type diskFault struct {
	in    int // after how many operations; 0 means never
	err   error
	kind  journaltest.OpKind // the kind of operation that fails; empty means any
	power bool               // the machine loses its power when the process has ended
}

// arm draws the disk's fault for one process.
func (s *schedule) arm() {
	s.armed = diskFault{power: s.rng.IntN(3) == 0}
	if s.rng.IntN(2) == 0 {
		return
	}
	s.armed.in = 1 + s.rng.IntN(30)
	switch s.rng.IntN(6) {
	case 0:
		s.armed.err = journaltest.ErrKilled
	case 1:
		s.armed.err, s.armed.kind = syscall.ENOSPC, journaltest.OpWrite
	case 2:
		s.armed.err, s.armed.kind = syscall.EIO, journaltest.OpWrite
	case 3:
		s.armed.err, s.armed.kind = syscall.EIO, journaltest.OpSync
	case 4:
		s.armed.err, s.armed.kind = &journaltest.Short{Bytes: s.rng.IntN(400), Err: syscall.ENOSPC}, journaltest.OpWrite
	case 5:
		s.armed.err, s.armed.kind = &journaltest.Short{Bytes: s.rng.IntN(400), Err: journaltest.ErrKilled}, journaltest.OpWrite
	}
}

// failDisk is called before every operation of the disk and returns its error.
func (s *schedule) failDisk(op journaltest.Op) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.armed
	if p.in == 0 || op.Process == "a reader" || p.kind != "" && op.Kind != p.kind {
		return nil
	}
	if p.in--; p.in > 0 {
		return nil
	}
	s.counts.diskFaults++
	if errors.Is(p.err, journaltest.ErrKilled) {
		s.counts.crashes++
	}
	s.say("the disk: %s: %v", op.Kind, p.err)
	return p.err
}
