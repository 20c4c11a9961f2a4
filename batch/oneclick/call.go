package oneclick

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"flexybatch/batch"
)

// call is one call of the API.
type call struct {
	method string
	path   string        // below /v3, percent-encoded
	query  url.Values    // nil: none
	body   []byte        // JSON; nil: none
	large  bool          // the answer is a list
	order  bool          // the call asks for one order, so NOT_FOUND is an answer
	into   *bytes.Buffer // takes the answer's body
}

// The longest bodies that are read, in bytes. A page of a hundred top-ups is
// about 40 kB.
const (
	longestBody = 1 << 20
	longestList = 16 << 20
)

// response is an answer that was read to its end.
type response struct {
	status int
	fields []byte      // of the header, unless it was read
	read   http.Header // nil: it was not read
	body   []byte
}

// do makes a call once. The error is a *batch.Fault unless the provider said
// success in its own envelope.
func (c *Client) do(ctx context.Context, q call) (result, error) {
	c.calls.Add(1)
	q.into = c.body(q)
	defer c.giveBack(q) // what is parsed is a copy
	a, fault := c.roundTrip(ctx, q)
	if fault != nil {
		return result{}, fault
	}
	r, fault := a.parse(q, c.key)
	if fault != nil {
		return result{}, fault
	}
	return r, nil
}

// roundTrip has the call carried, and the answer read to its end, within the
// client's timeout.
func (c *Client) roundTrip(ctx context.Context, q call) (*response, *batch.Fault) {
	a, connected, err := c.carrier.carry(ctx, time.Now().Add(c.timeout), c.key, q)
	if err == nil {
		return a, nil
	}
	f := c.noAnswer(err, connected)
	if a != nil {
		f.Status, f.RequestID = a.status, a.headerID(c.key)
	}
	return nil, f
}

// segment encodes s as one segment of a path. url.PathEscape would leave the plus
// sign, which some servers read as a space.
func segment(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (q call) limit() int64 {
	if q.large {
		return longestList
	}
	return longestBody
}

var errTooLong = batch.Errorf("the answer is too long")

// readBody reads the body of an answer to its end, so that the connection can be used
// again.
func (q call) readBody(resp *http.Response) ([]byte, error) {
	limit := q.limit()
	if n := resp.ContentLength; n > 0 && n <= limit {
		q.into.Grow(int(n) + bytes.MinRead) // so that it need not grow while it is read
	}
	n, err := q.into.ReadFrom(io.LimitReader(resp.Body, limit+1))
	if err == nil && n > limit {
		err = batch.Errorf("%w: more than %d bytes", errTooLong, limit)
	}
	return q.into.Bytes(), err
}

// body returns an empty buffer for the body of the answer.
func (c *Client) body(q call) *bytes.Buffer {
	if b, ok := c.pool(q).Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

// giveBack keeps the buffer for another answer, unless this one was longer than they are.
func (c *Client) giveBack(q call) {
	largest := 16 << 10
	if q.large {
		largest = 256 << 10
	}
	if q.into.Cap() <= largest {
		q.into.Reset()
		c.pool(q).Put(q.into)
	}
}

// pool keeps buffers of pages apart: few are needed at a time, and each is many times as
// large as the hundreds of others.
func (c *Client) pool(q call) *sync.Pool {
	if q.large {
		return &c.pages
	}
	return &c.bodies
}

// noAnswer returns the fault of a call that got no whole answer. Only if there
// was never a connection is it certain that the provider was not asked.
func (c *Client) noAnswer(err error, connected bool) *batch.Fault {
	f := &batch.Fault{Err: c.key.redactError(err)}
	switch late := errors.Is(err, context.DeadlineExceeded); {
	case connected && late:
		f.Class, f.Message = batch.ClassUnknown, batch.Msg("no whole answer came in time")
	case connected:
		f.Class, f.Message = batch.ClassUnknown, batch.Msg("no whole answer came")
	case late:
		f.Class, f.Message = batch.ClassUnreached, batch.Msg("the provider could not be reached in time")
	default:
		f.Class, f.Message = batch.ClassUnreached, batch.Msg("the provider could not be reached")
	}
	return f
}
