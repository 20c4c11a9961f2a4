package oneclick

import (
	"context"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// lane is the context of one call at a time: it ends after the timeout, and notes
// whether the call got a connection. A context, a timer and a trace of its own for
// each call cost a twelfth of the call.
type lane struct {
	parent    context.Context
	ctx       context.Context
	cancel    context.CancelCauseFunc
	timeout   *time.Timer
	connected atomic.Bool
}

// newLane returns a lane whose timeout is not running.
func newLane(parent context.Context) *lane {
	l := &lane{parent: parent}
	l.ctx, l.cancel = context.WithCancelCause(parent)
	l.ctx = httptrace.WithClientTrace(l.ctx, &httptrace.ClientTrace{
		// This is called after the dial, the proxy's CONNECT and the TLS
		// handshake, and before the first byte of the request is written.
		GotConn: func(httptrace.GotConnInfo) { l.connected.Store(true) },
	})
	l.timeout = time.AfterFunc(time.Hour, func() { l.cancel(context.DeadlineExceeded) })
	l.timeout.Stop()
	return l
}

// lanes is the lanes that no call uses.
type lanes struct {
	mu   sync.Mutex
	idle []*lane
}

// take returns a lane for one call.
func (s *lanes) take(parent context.Context, timeout time.Duration) *lane {
	l := s.pop(parent)
	if l == nil {
		l = newLane(parent)
	}
	l.connected.Store(false)
	l.timeout.Reset(timeout)
	return l
}

// pop returns an idle lane with this parent, or nil. It drops those with another: they
// belong to a run that has ended.
func (s *lanes) pop(parent context.Context) *lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.idle) > 0 {
		last := len(s.idle) - 1
		l := s.idle[last]
		s.idle = s.idle[:last]
		if l.parent == parent {
			return l
		}
		l.cancel(nil)
	}
	return nil
}

// giveBack ends a call. Only the lane of a call whose answer was read whole, in time,
// is used again: with any other, the transport may still be at work.
func (s *lanes) giveBack(l *lane, whole bool) {
	if inTime := l.timeout.Stop(); !whole || !inTime {
		l.cancel(nil)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, l)
}
