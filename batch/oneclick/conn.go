package oneclick

import (
	"bufio"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"time"
)

// longestHead is the most bytes before an answer's body.
const longestHead = 64 << 10

// conn is a connection of a wire.
type conn struct {
	net.Conn
	probe probe         // of the connection below TLS
	in    *bufio.Reader // of the answers
	out   []byte        // the request
	room  int64         // how many more bytes may be read
	used  time.Time     // when it became idle
}

// newConn returns a connection that was made just now.
func newConn(raw net.Conn, look probe) *conn {
	c := &conn{Conn: raw, probe: look}
	c.in = bufio.NewReader(c)
	return c
}

// Read reads from the network, and not more than there is room for.
func (c *conn) Read(p []byte) (int, error) {
	if c.room <= 0 {
		return 0, errTooLong
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), c.room)])
	c.room -= int64(n)
	return n, err
}

// quiet reports whether the other side has said nothing since the last answer: what it
// says now answers no request, and if it has hung up, a request would be lost. It sets
// the deadline of the call to come.
func (c *conn) quiet(deadline time.Time) bool {
	c.room = longestHead
	return c.SetDeadline(deadline) == nil && c.in.Buffered() == 0 && c.probe(c, deadline)
}

// probe reports whether nothing has come on a connection, not even its end. It leaves
// the deadline as it was.
type probe func(c *conn, deadline time.Time) (quiet bool)

// probeByReading is the probe of any connection. It takes a millisecond.
func probeByReading(c *conn, deadline time.Time) bool {
	if c.SetReadDeadline(time.Now().Add(time.Millisecond)) != nil {
		return false
	}
	_, err := c.in.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded) && c.SetReadDeadline(deadline) == nil
}

// exchange sends the request, once, and reads the answer to its end. again reports
// whether the connection can carry one more call.
func (c *conn) exchange(q call) (a *response, again bool, err error) {
	if _, err := c.Write(c.out); err != nil {
		return nil, false, err
	}
	return c.receive(q)
}

// receive reads the answer to its end.
func (c *conn) receive(q call) (a *response, again bool, err error) {
	c.room = longestHead
	if _, err := c.in.Peek(1); err != nil {
		return nil, false, cutShort(err)
	}
	if h, ok := readPlainHead(c.in, q.limit()); ok {
		c.room = math.MaxInt64
		a, err := c.readPlain(h, q)
		return a, err == nil && c.in.Buffered() == 0, err
	}
	resp, err := c.head() //nolint:bodyclose // that would read a body without end; the connection is closed
	if err != nil {
		return nil, false, err
	}
	c.room = math.MaxInt64
	a = &response{status: resp.StatusCode, read: resp.Header}
	a.body, err = q.readBody(resp)
	return a, err == nil && !resp.Close && c.in.Buffered() == 0, err
}

// head reads an answer up to its body, past the interim answers before it.
func (c *conn) head() (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(c.in, nil)
		switch {
		case err != nil:
			return nil, cutShort(err)
		case resp.StatusCode/100 != 1:
			return resp, nil
		case resp.StatusCode == http.StatusSwitchingProtocols:
			resp.Close = true // what follows is not HTTP
			return resp, nil
		}
	}
}

// cutShort returns the error of an answer that is not whole: its end is none that was
// expected.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
