//go:build unix

package oneclick

import (
	"errors"
	"net"
	"syscall"
)

// probe looks at what has come on a connection without taking it. The zero probe is of
// a connection in memory, and sees nothing.
type probe struct {
	raw   syscall.RawConn
	there error // what the last look gave
	b     [1]byte
	look  func(fd uintptr) (done bool)
}

// newProbe returns the probe of a connection.
func newProbe(c net.Conn) *probe {
	p := &probe{}
	if s, ok := c.(syscall.Conn); ok {
		p.raw, _ = s.SyscallConn() // without it nothing is seen, and a call says what is wrong
	}
	p.look = func(fd uintptr) bool {
		_, _, p.there = syscall.Recvfrom(int(fd), p.b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true // it is not to wait
	}
	return p
}

// quiet reports whether nothing has come, not even the end.
func (p *probe) quiet(*conn) bool {
	return p.raw == nil || p.raw.Read(p.look) == nil && errors.Is(p.there, syscall.EAGAIN)
}
