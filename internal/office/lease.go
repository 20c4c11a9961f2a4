package office

import (
	"context"
	"math"
	"sync"
	"time"

	"flexybatch/internal/lang"
)

// clock is a clock that goes on while the machine sleeps and never goes back.
type clock func() time.Duration

// never is later than any time that a lease is sure.
const never = time.Duration(math.MaxInt64)

// standing is what the database says of an account's lease.
type standing struct {
	epoch  int64         // grows with each change of owner
	beat   int64         // grows with each renewal
	holder string        // empty: nobody holds it
	length time.Duration // of the holder's lease
}

// Lease is the right to write the journals of an account, and to send its rows.
type Lease struct {
	store   store
	clock   clock
	account int64
	epoch   int64
	length  time.Duration

	over chan struct{} // closed when somebody else may have the lease

	mu    sync.Mutex
	until time.Duration // by the clock; until then the lease is surely ours
	ended bool          // over is closed
}

// LeaseLost says that the account's lease is not surely ours any more.
type LeaseLost struct{}

func (e *LeaseLost) Error() string { return e.Message().String() }

// Message says so.
func (*LeaseLost) Message() lang.Message {
	return lang.Msg("the account's lease is not surely this worker's any more")
}

// claim takes the lease, if it is still as it was seen. It returns nil if it is not.
func claim(ctx context.Context, s store, c clock, account int64, seen standing, holder string, length time.Duration) (*Lease, error) {
	began := c()
	epoch, ok, err := s.claim(ctx, account, seen, holder, length)
	if err != nil || !ok {
		return nil, err
	}
	l := &Lease{store: s, clock: c, account: account, epoch: epoch, length: length, over: make(chan struct{})}
	l.renewed(began)
	return l, nil
}

// renewed notes a renewal that began at a time.
func (l *Lease) renewed(began time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = began + l.length*3/4
}

// Sure returns a *LeaseLost if the lease is not surely ours now.
func (l *Lease) Sure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.clock() >= l.until {
		return &LeaseLost{}
	}
	return nil
}

// Over is closed when the lease has ended: somebody else may have it.
func (l *Lease) Over() <-chan struct{} { return l.over }

// end ends the lease.
func (l *Lease) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.ended = true
		close(l.over)
	}
}

// keep renews the lease until ctx is done or the lease is over.
func (l *Lease) keep(ctx context.Context) {
	last := l.clock()
	for {
		pause := time.NewTimer(l.length / 5)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		began := l.clock()
		ok, err := l.renew(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && !ok, l.clock()-last >= l.length:
			l.end()
			return
		case err == nil:
			last = began
			l.renewed(began)
		}
	}
}

// renew renews the lease once. It does not wait for the database longer than the lease
// can wait.
func (l *Lease) renew(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, l.length/4)
	defer cancel()
	return l.store.renew(ctx, l.account, l.epoch)
}

// release gives the lease back, so that another worker need not wait for its end.
func (l *Lease) release(ctx context.Context) error {
	l.end()
	ctx, cancel := limited(ctx)
	defer cancel()
	return l.store.release(ctx, l.account, l.epoch)
}

// watch is what one process has seen of an account's lease.
type watch struct {
	clock clock

	mu    sync.Mutex
	seen  standing
	since time.Duration // by the clock: when seen was seen first
	any   bool
}

// free notes what the database has just said, and tells whether the lease may be taken:
// nobody holds it, or its holder has let its whole length pass without a renewal.
func (w *watch) free(s standing) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock()
	if !w.any || s.epoch != w.seen.epoch || s.beat != w.seen.beat {
		w.any, w.seen, w.since = true, s, now
	}
	return s.holder == "" || now-w.since >= s.length
}
