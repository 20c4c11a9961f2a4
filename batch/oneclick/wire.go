package oneclick

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"flexybatch/batch"
)

// carrier takes a call to the provider once, and reads the answer to its end before
// the deadline. connected tells whether there was a connection, so that the provider
// may have been asked. An answer that broke off comes with its error.
type carrier interface {
	carry(ctx context.Context, deadline time.Time, key Key, q call) (a *response, connected bool, err error)
	close()
}

const (
	handshake   = 10 * time.Second // the longest that a dial may take, and a TLS handshake
	longestIdle = 30 * time.Second // of a connection; shorter than the server's, which could close it just as a POST is sent
)

// wire carries calls over connections that it keeps open, one call at a time on each:
// a connection that breaks leaves one order unknown and not all that are under way.
// It reads answers with net/http, or those with a plainHead as net/http would, and does
// without net/http's Transport, which hands each call over between four goroutines, and
// which repeats some requests by itself. Wire repeats none.
type wire struct {
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	probe   func(raw net.Conn) probe
	address string      // host and port
	host    string      // as the Host header names it
	agent   string      // the User-Agent header
	secure  *tls.Config // nil: plain HTTP
	turns   chan struct{}

	mu   sync.Mutex
	idle []*conn // the one that was used last comes last
}

// newWire returns a wire to the host of base.
func newWire(c Config, base *url.URL) *wire {
	w := &wire{dial: c.Dial, probe: newProbe, address: base.Host, host: base.Host, agent: c.UserAgent, turns: make(chan struct{}, c.Connections)}
	if w.dial == nil {
		w.dial = (&net.Dialer{Timeout: handshake}).DialContext
	}
	port := "80"
	if base.Scheme == "https" {
		port = "443"
		w.secure = &tls.Config{ServerName: base.Hostname(), NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	}
	if base.Port() == "" {
		w.address = net.JoinHostPort(base.Hostname(), port)
	}
	return w
}

// carry makes the call on an idle connection, or else on a new one.
func (w *wire) carry(ctx context.Context, deadline time.Time, key Key, q call) (a *response, connected bool, err error) {
	if err := w.take(ctx, deadline); err != nil {
		return nil, false, err
	}
	defer func() { <-w.turns }()
	c, err := w.connection(ctx, deadline)
	if err != nil {
		return nil, false, err
	}
	if c.out, err = w.request(c.out[:0], key, q); err != nil {
		_ = c.Close()
		return nil, false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	a, again, err := c.exchange(q)
	if !stop() || !again || err != nil {
		_ = c.Close() // it has served, or it is no longer known what the other side would answer to
	} else {
		w.keep(c)
	}
	return a, true, timed(ctx, err)
}

// take waits until there may be one more connection in use.
func (w *wire) take(ctx context.Context, deadline time.Time) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	select {
	case w.turns <- struct{}{}:
		return nil
	default:
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	select {
	case w.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// timed returns the error of a call, with the reason in place of a deadline of the
// connection that passed.
func timed(ctx context.Context, err error) error {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return context.DeadlineExceeded
}

// connection returns a connection that no other call uses, with its deadline set.
func (w *wire) connection(ctx context.Context, deadline time.Time) (*conn, error) {
	for c := w.pop(); c != nil; c = w.pop() {
		if time.Since(c.used) < longestIdle && c.quiet(deadline) {
			return c, nil
		}
		_ = c.Close()
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	raw, err := w.dial(ctx, "tcp", w.address)
	if err != nil {
		return nil, err
	}
	c := newConn(raw, w.probe(raw))
	if w.secure != nil {
		if c.Conn, err = w.encrypt(ctx, raw); err != nil {
			return nil, err
		}
	}
	if err := c.SetDeadline(deadline); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// encrypt makes the TLS handshake. It closes the connection if that fails.
func (w *wire) encrypt(ctx context.Context, raw net.Conn) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshake)
	defer cancel()
	c := tls.Client(raw, w.secure)
	if err := c.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return c, nil
}

// pop returns the idle connection that was used last, or nil.
func (w *wire) pop() *conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.idle) == 0 {
		return nil
	}
	last := len(w.idle) - 1
	c := w.idle[last]
	w.idle = w.idle[:last]
	return c
}

// keep keeps a connection for further calls, and closes the one that was idle longest if
// that was too long.
func (w *wire) keep(c *conn) {
	c.used = time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.idle) > 0 && c.used.Sub(w.idle[0].used) > longestIdle {
		_ = w.idle[0].Close()
		w.idle = slices.Delete(w.idle, 0, 1)
	}
	w.idle = append(w.idle, c)
}

// close closes the idle connections.
func (w *wire) close() {
	for c := w.pop(); c != nil; c = w.pop() {
		_ = c.Close()
	}
}

var errRequest = batch.Errorf("the request could not be made")

// request appends a request as it goes over the wire.
func (w *wire) request(b []byte, key Key, q call) ([]byte, error) {
	if !within(q.path, '!') || !within(w.agent, ' ') {
		return b, errRequest
	}
	b = append(append(append(b, q.method...), " /v3"...), q.path...)
	if q.query != nil {
		b = append(append(b, '?'), q.query.Encode()...)
	}
	b = append(append(b, " HTTP/1.1\r\nHost: "...), w.host...)
	if w.agent != "" {
		b = append(append(b, "\r\nUser-Agent: "...), w.agent...)
	}
	b = append(append(b, "\r\nAccept: application/json\r\nX-Access-Token: "...), key.secret()...)
	if q.body != nil {
		b = append(b, "\r\nContent-Type: application/json\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(q.body)), 10)
	}
	return append(append(b, "\r\n\r\n"...), q.body...), nil
}

// within reports whether s has no characters but those of ASCII from least on that are
// no control characters.
func within[T string | []byte](s T, least byte) bool {
	for _, c := range []byte(s) {
		if c < least || c > '~' {
			return false
		}
	}
	return true
}
