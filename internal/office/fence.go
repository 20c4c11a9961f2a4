package office

import (
	"context"
	"net"
	"sync"
	"time"

	"flexybatch/batch"
)

// Fence keeps requests from leaving unless the lease is surely ours. It asks at two
// places: Guard before a request is made, and Dial's connections before each byte of it
// is written, since the process may have been stopped in between.
type Fence struct {
	lease   *Lease
	doubted bool // each reference is looked up before it is sent

	mu     sync.Mutex
	silent time.Time // since when the provider does not answer; zero: it answered last
}

// Guard is a provider that answers "not sent" unless the lease is surely ours.
func (f *Fence) Guard(p batch.Provider) batch.Provider { return &guarded{p, f} }

// Silent is how long the provider has not answered; 0: it answered last.
func (f *Fence) Silent() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.silent.IsZero() {
		return 0
	}
	return time.Since(f.silent)
}

// heard notes what a call came to. A provider that does not answer is as far away as one
// that cannot be reached: it may answer another worker.
func (f *Fence) heard(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch fault := batch.FaultOf(err); {
	case fault == nil || fault.Status != 0:
		f.silent = time.Time{}
	case f.silent.IsZero():
		f.silent = time.Now()
	}
}

// notSent is the fault of a request that did not leave.
func notSent(err error) *batch.Fault {
	return &batch.Fault{Class: batch.ClassUnreached, Message: batch.Msg("it was not sent"), Err: err}
}

// guarded is a provider behind a Fence.
type guarded struct {
	batch.Provider // which sends, looks, and tells of the account
	fence          *Fence
}

// Send sends, if the lease is surely ours, and if the provider does not know the
// reference where the books may have forgotten it.
func (g *guarded) Send(ctx context.Context, o batch.Order) (batch.Receipt, error) {
	if err := g.fence.lease.Sure(); err != nil {
		return batch.Receipt{}, notSent(err)
	}
	if g.fence.doubted {
		if err := g.unknown(ctx, o.Ref); err != nil {
			return batch.Receipt{}, err
		}
		if err := g.fence.lease.Sure(); err != nil {
			return batch.Receipt{}, notSent(err)
		}
	}
	r, err := g.Provider.Send(ctx, o)
	g.fence.heard(err)
	return r, err
}

// unknown is nil if the provider says that it knows no order of this reference. What
// the database has lost may have been sent: then the order is taken for a duplicate,
// which the engine checks and adopts (money rule 4).
func (g *guarded) unknown(ctx context.Context, ref batch.Ref) error {
	_, err := g.Provider.CheckRef(ctx, ref)
	g.fence.heard(err)
	if err == nil {
		return &batch.Fault{Class: batch.ClassDuplicate, Message: batch.Msg("the provider holds this reference already")}
	}
	switch f := batch.FaultOf(err); f.Class {
	case batch.ClassNotFound:
		return nil
	case batch.ClassThrottled, batch.ClassDenied:
		return f
	default:
		return notSent(err)
	}
}

// CheckRef looks, if the lease is surely ours: the budget of calls belongs to its owner.
func (g *guarded) CheckRef(ctx context.Context, ref batch.Ref) (batch.RemoteOrder, error) {
	return look(g, func() (batch.RemoteOrder, error) { return g.Provider.CheckRef(ctx, ref) })
}

// CheckID looks as CheckRef does.
func (g *guarded) CheckID(ctx context.Context, id string) (batch.RemoteOrder, error) {
	return look(g, func() (batch.RemoteOrder, error) { return g.Provider.CheckID(ctx, id) })
}

// List looks as CheckRef does.
func (g *guarded) List(ctx context.Context, q batch.ListQuery) (batch.Page, error) {
	return look(g, func() (batch.Page, error) { return g.Provider.List(ctx, q) })
}

func look[T any](g *guarded, ask func() (T, error)) (answer T, err error) {
	if err := g.fence.lease.Sure(); err != nil {
		return answer, notSent(err)
	}
	answer, err = ask()
	g.fence.heard(err)
	return answer, err
}

// dialLimit is how long it may take to reach the provider.
const dialLimit = 10 * time.Second

// Dial opens a connection on which nothing is written unless the lease is surely ours.
func (f *Fence) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &fencedConn{c, f.lease}, nil
}

// fencedConn is a connection behind a Fence.
type fencedConn struct {
	net.Conn
	lease *Lease
}

// Write writes, if the lease is surely ours.
func (c *fencedConn) Write(b []byte) (int, error) {
	if err := c.lease.Sure(); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
