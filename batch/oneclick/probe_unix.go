//go:build unix

package oneclick

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// newProbe returns the probe of a connection: it looks at what has come without taking
// it. On a connection in memory it sees nothing.
func newProbe(raw net.Conn) probe {
	s, ok := raw.(syscall.Conn)
	if !ok {
		return func(*conn, time.Time) bool { return true }
	}
	socket, err := s.SyscallConn()
	if err != nil {
		return func(*conn, time.Time) bool { return false }
	}
	var there error // what the look gave
	var b [1]byte
	look := func(fd uintptr) (done bool) {
		_, _, there = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return true // it is not to wait
	}
	return func(*conn, time.Time) bool {
		return socket.Read(look) == nil && errors.Is(there, syscall.EAGAIN)
	}
}
