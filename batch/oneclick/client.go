package oneclick

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"flexybatch/batch"
)

// DefaultBaseURL is the provider's one host, for sandbox and production alike:
// the key decides (API page).
const DefaultBaseURL = "https://api.oneclickdz.com"

// Config is how the provider is reached.
type Config struct {
	BaseURL     string        // scheme and host, without /v3; DefaultBaseURL where empty
	Key         Key           // sent as X-Access-Token
	Timeout     time.Duration // of one call, its body included; 30 s where 0
	Connections int           // kept open at once, and calls under way at once; 8 where 0
	UserAgent   string        // the program's name and version

	// Dial replaces the network, for tests in virtual time.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

var (
	// ErrPlainHTTP says that the key would go over the network in the clear.
	ErrPlainHTTP = errors.New("plain http is allowed to this machine only; use https")
	// ErrBaseURL says that a base URL is none.
	ErrBaseURL = errors.New("a base URL is a scheme and a host and nothing else, such as https://api.oneclickdz.com")
)

// Client is the provider. Its methods may be called from many goroutines.
type Client struct {
	base      *url.URL
	key       Key
	timeout   time.Duration
	userAgent string
	transport *http.Transport
	calls     atomic.Int64
}

var _ batch.Provider = (*Client)(nil)

// New makes a Client. The error wraps ErrPlainHTTP, ErrBaseURL or ErrKey. Proxy
// settings come from the environment (HTTPS_PROXY and its kin).
func New(c Config) (*Client, error) {
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Connections == 0 {
		c.Connections = 8
	}
	base, err := parseBase(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if !c.Key.valid() {
		return nil, ErrKey
	}
	return &Client{base: base, key: c.Key, timeout: c.Timeout, userAgent: c.UserAgent, transport: newTransport(c)}, nil
}

// parseBase reads a base URL. Its errors do not repeat it: a URL can hold a
// password.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	if err != nil {
		return nil, ErrBaseURL
	}
	bare := url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	if u.Hostname() == "" || !strings.EqualFold(u.String(), bare.String()) {
		return nil, fmt.Errorf("%w (no /v3, no user, no question)", ErrBaseURL)
	}
	switch {
	case u.Scheme == "https":
		return &bare, nil
	case u.Scheme != "http":
		return nil, fmt.Errorf("%w (%q is no scheme for it)", ErrBaseURL, u.Scheme)
	case !loopback(u.Hostname()):
		return nil, ErrPlainHTTP
	}
	return &bare, nil
}

// loopback tells a host that is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}

// newTransport is net/http as the money rules want it.
func newTransport(c Config) *http.Transport {
	const handshake = 10 * time.Second
	dial := c.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: handshake}).DialContext
	}
	// HTTP/1.1 only: a connection carries one call at a time, so one that dies
	// leaves one order unknown, not all that are under way.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment, // never used for loopback, so never in the clear
		DialContext:            dial,
		Protocols:              &protocols,
		TLSHandshakeTimeout:    handshake,
		MaxConnsPerHost:        c.Connections,
		MaxIdleConnsPerHost:    c.Connections,    // 2 by default: the others would be dialled anew each time
		IdleConnTimeout:        30 * time.Second, // before the other side closes it under a POST
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // an answer is as large as it looks
	}
}

// Close ends the connections that are kept open. No call may be under way.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Calls is how many calls were begun.
func (c *Client) Calls() int { return int(c.calls.Load()) }
