package oneclick

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
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
	base    *url.URL
	key     Key
	timeout time.Duration
	carrier carrier
	calls   atomic.Int64
	bodies  sync.Pool // of *bytes.Buffer, each for an answer about one order
	pages   sync.Pool // the same for a page of a list
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
	return &Client{base: base, key: c.Key, timeout: c.Timeout, carrier: newCarrier(c, base)}, nil
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

// newCarrier returns what takes the calls to the provider. A proxy that the
// environment names is not used for this machine itself, so the key reaches none
// unencrypted.
func newCarrier(c Config, base *url.URL) carrier {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: base})
	if proxy != nil || err != nil {
		return newProxied(c, base, http.ProxyFromEnvironment)
	}
	return newWire(c, base)
}

// Close closes the idle connections. No call may be under way.
func (c *Client) Close() { c.carrier.close() }

// Calls returns how many calls were begun.
func (c *Client) Calls() int { return int(c.calls.Load()) }
