package office

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"flexybatch/batch"
)

// handClock is a clock that is set by hand.
type handClock struct {
	mu  sync.Mutex
	now time.Duration
}

func (c *handClock) read() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += d
}

// asked is a provider that notes what it is asked for.
type asked struct {
	batch.Provider
	calls []string
	known error // what it answers to CheckRef
	fault error // what it answers to Send
}

func (a *asked) Send(context.Context, batch.Order) (batch.Receipt, error) {
	a.calls = append(a.calls, "send")
	return batch.Receipt{}, a.fault
}

func (a *asked) CheckRef(context.Context, batch.Ref) (batch.RemoteOrder, error) {
	a.calls = append(a.calls, "look")
	return batch.RemoteOrder{}, a.known
}

func leaseOf(c *handClock, length time.Duration) *Lease {
	l := &Lease{clock: c.read, length: length, over: make(chan struct{})}
	l.renewed(c.read())
	return l
}

// A lease is sure for three quarters of its length, from before its renewal began.
func TestLeaseMargin(t *testing.T) {
	c := &handClock{now: time.Hour}
	l := leaseOf(c, 20*time.Second)
	c.pass(15*time.Second - 1)
	if err := l.Sure(); err != nil {
		t.Errorf("just before the margin: %v", err)
	}
	c.pass(1)
	if _, lost := errors.AsType[*LeaseLost](l.Sure()); !lost {
		t.Error("at the margin the lease counts as sure")
	}
	l.renewed(c.read())
	if err := l.Sure(); err != nil {
		t.Errorf("after a renewal: %v", err)
	}
	l.end()
	if l.Sure() == nil {
		t.Error("a lease that has ended counts as sure")
	}
}

// Without a sure lease the provider is not called, and the row counts as not sent.
func TestGuard(t *testing.T) {
	c := &handClock{}
	l := leaseOf(c, 20*time.Second)
	p := &asked{}
	f := &Fence{lease: l}
	g := f.Guard(p)
	if _, err := g.Send(t.Context(), batch.Order{}); err != nil {
		t.Fatal(err)
	}
	c.pass(15 * time.Second)
	_, sent := g.Send(t.Context(), batch.Order{})
	_, looked := g.CheckRef(t.Context(), "r")
	for what, err := range map[string]error{"Send": sent, "CheckRef": looked} {
		if batch.FaultOf(err) == nil || batch.FaultOf(err).Class != batch.ClassUnreached {
			t.Errorf("%s without a sure lease: %v", what, err)
		}
	}
	if len(p.calls) != 1 {
		t.Errorf("calls of the provider: %q, want one", p.calls)
	}
}

// After the database was replaced, a reference is looked up before it is sent.
func TestDoubtedIsLookedUp(t *testing.T) {
	for _, c := range []struct {
		what  string
		known error
		class batch.Class // of the answer
		sent  bool
	}{
		{"the provider knows it", nil, batch.ClassDuplicate, false},
		{"the provider does not know it", &batch.Fault{Class: batch.ClassNotFound}, 0, true},
		{"nobody can say", &batch.Fault{Class: batch.ClassUnknown}, batch.ClassUnreached, false},
		{"it asks for patience", &batch.Fault{Class: batch.ClassThrottled}, batch.ClassThrottled, false},
		{"the key is refused", &batch.Fault{Class: batch.ClassDenied}, batch.ClassDenied, false},
	} {
		p := &asked{known: c.known}
		f := &Fence{lease: leaseOf(&handClock{}, time.Minute), doubted: true}
		_, err := f.Guard(p).Send(t.Context(), batch.Order{Ref: "r"})
		if sent := len(p.calls) == 2; sent != c.sent || p.calls[0] != "look" {
			t.Errorf("%s: calls %q", c.what, p.calls)
		}
		if fault := batch.FaultOf(err); (fault == nil) != c.sent || fault != nil && fault.Class != c.class {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// How long the provider is out of reach is known.
func TestSilent(t *testing.T) {
	p := &asked{fault: &batch.Fault{Class: batch.ClassUnreached}}
	f := &Fence{lease: leaseOf(&handClock{}, time.Minute)}
	if _, err := f.Guard(p).Send(t.Context(), batch.Order{}); err == nil || f.Silent() <= 0 {
		t.Errorf("a provider out of reach: %v, silent for %v", err, f.Silent())
	}
	p.fault = &batch.Fault{Class: batch.ClassUnknown} // the request left, and no answer came
	if _, err := f.Guard(p).Send(t.Context(), batch.Order{}); err == nil || f.Silent() <= 0 {
		t.Errorf("a provider that does not answer: %v, silent for %v", err, f.Silent())
	}
	p.fault = &batch.Fault{Class: batch.ClassUnknown, Status: 500}
	if _, err := f.Guard(p).Send(t.Context(), batch.Order{}); err == nil || f.Silent() != 0 {
		t.Errorf("a provider that answers: %v, silent for %v", err, f.Silent())
	}
}

// Nothing is written on a connection without a sure lease.
func TestDialedConnection(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	received := make(chan string, 1)
	go func() {
		conn, err := server.Accept()
		if err != nil {
			received <- err.Error()
			return
		}
		b, _ := io.ReadAll(conn) // until the other end is closed
		received <- string(b)
	}()
	c := &handClock{}
	l := leaseOf(c, 20*time.Second)
	conn, err := (&Fence{lease: l}).Dial(t.Context(), "tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("in time")); err != nil {
		t.Error(err)
	}
	c.pass(15 * time.Second)
	if _, err := conn.Write([]byte("too late")); err == nil {
		t.Error("a write without a sure lease is no error")
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if got := <-received; got != "in time" {
		t.Errorf("the server received %q", got)
	}
	if err := server.Close(); err != nil { // not before: it need not have accepted until then
		t.Error(err)
	}
}

// A lease may be taken when nobody holds it, or when its holder has let its whole length
// pass since it was seen last.
func TestWatch(t *testing.T) {
	c := &handClock{}
	w := &watch{clock: c.read}
	held := standing{epoch: 3, beat: 7, holder: "other", length: 15 * time.Second}
	if w.free(held) {
		t.Error("a lease that is seen for the first time is free")
	}
	c.pass(14 * time.Second)
	held.beat++
	if w.free(held) {
		t.Error("a lease that was renewed is free")
	}
	c.pass(15*time.Second - 1)
	if w.free(held) {
		t.Error("a lease is free before its length has passed")
	}
	c.pass(1)
	if !w.free(held) {
		t.Error("a lease is not free after its length has passed")
	}
	if !w.free(standing{epoch: 3, beat: 9}) {
		t.Error("a lease that was given back is not free")
	}
}
