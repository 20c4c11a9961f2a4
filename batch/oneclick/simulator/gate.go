package simulator

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	badTries = 5                // after which an address is blocked (API page)
	blockFor = 15 * time.Minute // likewise
)

// gate decides who may call: keys, blocked addresses, call budget.
type gate struct {
	limit        int
	noRetryAfter bool

	mu        sync.Mutex
	keys      map[string]Key
	addresses map[string]tries
	windows   map[string]window
}

// tries are the bad keys that came from an address.
type tries struct {
	bad     int
	blocked time.Time // when the last of them came, if it brought the block
}

// window is the minute in which a key's calls are counted.
type window struct {
	began time.Time
	calls int
}

func newGate(c Config) (*gate, error) {
	g := &gate{
		limit: c.RateLimit, noRetryAfter: c.NoRetryAfter,
		keys: map[string]Key{}, addresses: map[string]tries{}, windows: map[string]window{},
	}
	for _, k := range c.Keys {
		if k.Type == "" {
			k.Type = Sandbox
		}
		if k.Username == "" {
			k.Username = "simulator"
		}
		if k.Key == "" || k.Type != Sandbox && k.Type != Production {
			return nil, fmt.Errorf("%w: a key without text, or of type %q", ErrConfig, k.Type)
		}
		g.keys[k.Key] = k
	}
	return g, nil
}

// admit tells whose call it is, or how it is refused.
func (g *gate) admit(r *http.Request) (Key, *answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k, refused := g.know(r)
	if refused == nil {
		refused = g.count(k)
	}
	return k, refused
}

// know checks the key, and blocks an address that guesses.
func (g *gate) know(r *http.Request) (Key, *answer) {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr // of a pipe
	}
	t := g.addresses[address]
	if !t.blocked.IsZero() {
		if time.Since(t.blocked) < blockFor {
			return Key{}, new(fail(http.StatusForbidden, "IP_BLOCKED", "Too many failed attempts, this address is blocked for 15 minutes", nil))
		}
		t = tries{}
	}
	given := r.Header.Get("X-Access-Token")
	if given == "" {
		return Key{}, new(fail(http.StatusUnauthorized, "MISSING_ACCESS_TOKEN", "Access token is missing", nil))
	}
	k, known := g.keys[given]
	if !known {
		t.bad++
		if t.bad >= badTries {
			t.blocked = time.Now()
		}
		g.addresses[address] = t
		return Key{}, new(fail(http.StatusUnauthorized, "INVALID_ACCESS_TOKEN", "Access token is invalid",
			map[string]int{"attemptsLeft": badTries - t.bad}))
	}
	delete(g.addresses, address)
	if k.Disabled {
		return Key{}, new(fail(http.StatusForbidden, "API_DISABLED", "API access is disabled", nil))
	}
	return k, nil
}

// count spends one call of the key's budget.
func (g *gate) count(k Key) *answer {
	if g.limit == 0 {
		return nil
	}
	w := g.windows[k.Key]
	if time.Since(w.began) >= time.Minute {
		w = window{began: time.Now()}
	}
	w.calls++
	g.windows[k.Key] = w
	if w.calls <= g.limit {
		return nil
	}
	wait := time.Minute - time.Since(w.began)
	a := throttled(int((wait + time.Second - 1) / time.Second))
	if g.noRetryAfter {
		a.retryAfter = 0
	}
	return &a
}

func throttled(seconds int) answer {
	a := fail(http.StatusTooManyRequests, "RATE_LIMIT_EXCEEDED", "Too many requests", nil)
	a.retryAfter = seconds
	return a
}

// revoke forgets a key.
func (g *gate) revoke(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.keys, key)
}
