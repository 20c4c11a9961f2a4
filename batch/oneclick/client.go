package oneclick

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"flexybatch/batch"
)

// DefaultBaseURL is the provider's host. It serves sandbox and production alike;
// the key decides which (API page).
const DefaultBaseURL = "https://api.oneclickdz.com"

// Config says how the provider is reached.
type Config struct {
	BaseURL     string        // scheme and host, without /v3; empty: DefaultBaseURL
	Key         Key           // sent as X-Access-Token
	Timeout     time.Duration // of one call, including the reading of its body; 0: 30 s
	Connections int           // most connections, and so most calls under way at once; 0: 8
	UserAgent   string        // the program's name and version

	// Dial replaces the network in tests in virtual time; nil: the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

var (
	// ErrPlainHTTP says that the key would cross the network unencrypted.
	ErrPlainHTTP = batch.Errorf("plain http is allowed to this machine only; use https")
	// ErrProxyPassword says that a proxy wants a name and a password first.
	ErrProxyPassword = batch.Errorf("the proxy wants a name and a password (HTTP 407)")
	// ErrBaseURL says that a text is not a base URL.
	ErrBaseURL = batch.Errorf("a base URL is a scheme and a host and nothing else, such as https://api.oneclickdz.com")
)

// Client calls the provider's API. Its methods may be called from many
// goroutines.
type Client struct {
	base      *url.URL
	key       Key
	timeout   time.Duration
	userAgent string
	transport *http.Transport
	lanes     lanes
	calls     atomic.Int64
}

var _ batch.Provider = (*Client)(nil)

// New returns a Client. The error wraps ErrPlainHTTP, ErrBaseURL or ErrKey. Proxy
// settings come from the environment (HTTPS_PROXY and NO_PROXY).
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

// parseBase parses a base URL. Its errors do not repeat the URL, which can hold a
// password.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	if err != nil {
		return nil, ErrBaseURL
	}
	bare := url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}
	if u.Hostname() == "" || !strings.EqualFold(u.String(), bare.String()) {
		return nil, batch.Errorf("%w (no /v3, no user, no question)", ErrBaseURL)
	}
	switch {
	case u.Scheme == "https":
		return &bare, nil
	case u.Scheme != "http":
		return nil, batch.Errorf("%w (%q is no scheme for it)", ErrBaseURL, u.Scheme)
	case !loopback(u.Hostname()):
		return nil, ErrPlainHTTP
	}
	return &bare, nil
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}

// newTransport returns an http.Transport with the settings that the money rules
// need.
func newTransport(c Config) *http.Transport {
	const handshake = 10 * time.Second
	dial := c.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: handshake}).DialContext
	}
	// With HTTP/1.1 a connection carries one call at a time, so a connection
	// that breaks leaves one order unknown and not all that are under way.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment, // it is not used for loopback, so the key reaches no proxy unencrypted
		OnProxyConnectResponse: proxyAnswer,
		DialContext:            dial,
		Protocols:              &protocols,
		TLSHandshakeTimeout:    handshake,
		MaxConnsPerHost:        c.Connections,
		MaxIdleConnsPerHost:    c.Connections,    // the default of 2 would have the others dialled again each time
		IdleConnTimeout:        30 * time.Second, // shorter than the server's, which could close a connection just as a POST is sent
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // so that the bounds on an answer's size hold
	}
}

// proxyAnswer returns what a proxy's answer to CONNECT means; nil where the transport
// knows it itself.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusProxyAuthRequired {
		return ErrProxyPassword
	}
	return nil
}

// Close closes the idle connections. No call may be under way.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Calls returns how many calls were begun.
func (c *Client) Calls() int { return int(c.calls.Load()) }
