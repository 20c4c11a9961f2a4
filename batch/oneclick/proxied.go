package oneclick

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// proxied carries calls through a proxy, with net/http's Transport, which knows all
// kinds of them.
type proxied struct {
	base      *url.URL
	agent     string
	transport *http.Transport
}

// newProxied returns a carrier to the host of base through a proxy.
func newProxied(c Config, base *url.URL, proxy func(*http.Request) (*url.URL, error)) *proxied {
	dial := c.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: handshake}).DialContext
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true) // a connection carries one call at a time, as in wire
	return &proxied{base, c.UserAgent, &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: proxyAnswer,
		DialContext:            dial,
		Protocols:              &protocols,
		TLSHandshakeTimeout:    handshake,
		MaxConnsPerHost:        c.Connections,
		MaxIdleConnsPerHost:    c.Connections, // the default of 2 would have the others dialled again each time
		IdleConnTimeout:        longestIdle,
		MaxResponseHeaderBytes: longestHead,
		DisableCompression:     true, // so that the bounds on an answer's size hold
	}}
}

// proxyAnswer returns what a proxy's answer to CONNECT means; nil where the transport
// knows it itself.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusProxyAuthRequired {
		return ErrProxyPassword
	}
	return nil
}

// carry makes the call.
func (p *proxied) carry(ctx context.Context, deadline time.Time, key Key, q call) (a *response, connected bool, err error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	var had atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// This is called after the dial, the proxy's CONNECT and the TLS
		// handshake, and before the first byte of the request is written.
		GotConn: func(httptrace.GotConnInfo) { had.Store(true) },
	})
	req, err := p.request(ctx, key, q)
	if err != nil {
		return nil, false, err
	}
	// The transport is used without an http.Client, which would follow redirects
	// and send the key along.
	resp, err := p.transport.RoundTrip(req)
	if err != nil {
		return nil, had.Load(), err
	}
	defer func() { _ = resp.Body.Close() }() // the body was read before, or an error was returned
	a = &response{status: resp.StatusCode, read: resp.Header}
	a.body, err = q.readBody(resp)
	return a, true, err
}

// request makes a request that net/http can send only once. By itself, net/http
// sends a POST again on a new connection if it has a GetBody or an
// Idempotency-Key.
func (p *proxied) request(ctx context.Context, key Key, q call) (*http.Request, error) {
	target := p.base.String() + "/v3" + q.path
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
	req.Header.Set("X-Access-Token", key.secret())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", p.agent)
	return req, nil
}

// close closes the idle connections.
func (p *proxied) close() { p.transport.CloseIdleConnections() }
