package simulator

import (
	"context"
	"net"
	"sync"
)

// Memory is a net.Listener without a network: each of its connections is a
// net.Pipe. Unlike a socket it works under testing/synctest, where time is
// virtual.
type Memory struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewMemory returns a listener that DialContext connects to.
func NewMemory() *Memory {
	return &Memory{dialed: make(chan net.Conn), closed: make(chan struct{})}
}

// DialContext connects to the listener, whatever the address. It has the form
// that http.Transport needs. After Close it returns net.ErrClosed.
func (m *Memory) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case m.dialed <- theirs:
		return ours, nil
	case <-m.closed:
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: ctx.Err()}
	}
}

// Accept waits for the next connection. After Close it returns net.ErrClosed.
func (m *Memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.dialed:
		return c, nil
	case <-m.closed:
		return nil, &net.OpError{Op: "accept", Net: "memory", Err: net.ErrClosed}
	}
}

// Close ends the listener. Its connections stay open.
func (m *Memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

// Addr returns the listener's name.
func (m *Memory) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
