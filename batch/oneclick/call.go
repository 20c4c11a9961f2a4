package oneclick

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"flexybatch/batch"
)

// question is one call.
type question struct {
	method string
	path   string     // below /v3, percent-encoded
	query  url.Values // none where nil
	body   []byte     // JSON; none where nil
	large  bool       // the answer is a list
	order  bool       // it asks for one order, so that NOT_FOUND is an answer
}

// The longest bodies that are read, in bytes. A page of a hundred top-ups is
// about 40 kB.
const (
	mostBody = 1 << 20
	mostList = 16 << 20
)

// answer is an answer that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask makes one call, once. The error is a *batch.Fault unless the provider said
// success in its own envelope.
func (c *Client) ask(ctx context.Context, q question) (reply, error) {
	c.calls.Add(1)
	a, fault := c.exchange(ctx, q)
	if fault != nil {
		return reply{}, fault
	}
	r, fault := a.understand(q, c.key)
	if fault != nil {
		return reply{}, fault
	}
	return r, nil
}

// exchange asks and reads the answer to its end, within the time of a call.
func (c *Client) exchange(ctx context.Context, q question) (*answer, *batch.Fault) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// After the dial, the proxy's CONNECT and the TLS handshake, and before
		// the first byte of the request.
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req, err := c.request(ctx, q)
	if err != nil {
		return nil, &batch.Fault{Class: batch.ClassUnreached, Message: "the request could not be made", Err: c.key.redactError(err)}
	}
	// The transport itself and no http.Client around it: that would follow
	// redirects, with the key.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, c.lost(err, connected.Load())
	}
	defer func() { _ = resp.Body.Close() }() // what counts was read, or an error said so
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = readBody(resp.Body, q.most()); err != nil {
		f := c.lost(err, true)
		f.Status, f.RequestID = a.status, a.headerID(c.key)
		return nil, f
	}
	return a, nil
}

// request makes a request that net/http can send once only. Of a POST it would
// send again by itself, on a new connection, what has a GetBody or an
// Idempotency-Key.
func (c *Client) request(ctx context.Context, q question) (*http.Request, error) {
	target := c.base.String() + "/v3" + q.path
	if q.query != nil {
		target += "?" + q.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, q.method, target, nil)
	if err != nil {
		return nil, err
	}
	if q.body != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(q.body)), int64(len(q.body))
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("X-Access-Token", c.key.secret())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	return req, nil
}

// segment is s as one segment of a path, everything encoded that could be read
// as something else: url.PathEscape leaves the plus sign.
func segment(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (q question) most() int64 {
	if q.large {
		return mostList
	}
	return mostBody
}

var errTooLong = errors.New("the answer is too long")

// readBody reads a body to its end, so that the connection can be used again,
// and no more than most bytes of it.
func readBody(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%w: more than %d bytes", errTooLong, most)
	}
	return b, err
}

// lost is the fault of a call that got no whole answer. Only where no connection
// was ever had is it sure that nothing was asked.
func (c *Client) lost(err error, connected bool) *batch.Fault {
	f := &batch.Fault{Class: batch.ClassUnreached, Message: "the provider could not be reached", Err: c.key.redactError(err)}
	if connected {
		f.Class, f.Message = batch.ClassUnknown, "no whole answer came"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		f.Message += " in time"
	}
	return f
}
