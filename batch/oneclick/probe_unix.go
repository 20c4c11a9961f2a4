//go:build unix

package oneclick

import (
	"errors"
	"net"
	"syscall"
)

// probe looks at what has come on a connection without taking it. The zero probe is of
// a connection in memory, and sees nothing.
type probe struct{ raw syscall.RawConn }

// newProbe returns the probe of a connection.
func newProbe(c net.Conn) probe {
	if s, ok := c.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			return probe{raw}
		}
	}
	return probe{}
}

// quiet reports whether nothing has come, not even the end.
func (p probe) quiet(*conn) bool {
	if p.raw == nil {
		return true
	}
	var there error
	err := p.raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, there = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true // it is not to wait
	})
	return err == nil && errors.Is(there, syscall.EAGAIN)
}
