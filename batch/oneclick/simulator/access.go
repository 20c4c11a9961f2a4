package simulator

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	badTries = 5                // calls with a bad key after which an address is blocked (API page)
	blockFor = 15 * time.Minute // how long it is blocked (API page)
)

// access decides who may call: it knows the keys, the blocked addresses and the
// rate limit.
type access struct {
	limit        int
	noRetryAfter bool

	mu        sync.Mutex
	keys      map[string]Key
	addresses map[string]failedKeys
	minutes   map[string]minuteCount
}

// failedKeys counts the bad keys that came from one address.
type failedKeys struct {
	bad     int
	blocked time.Time // when the last of them came, if it brought the block
}

// minuteCount counts the calls that a key makes within one minute.
type minuteCount struct {
	began time.Time
	calls int
}

func newAccess(c Config) (*access, error) {
	a := &access{
		limit: c.RateLimit, noRetryAfter: c.NoRetryAfter,
		keys: map[string]Key{}, addresses: map[string]failedKeys{}, minutes: map[string]minuteCount{},
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
		a.keys[k.Key] = k
	}
	return a, nil
}

// admit returns the key that a call is made with, or the refusal of the call.
func (a *access) admit(r *http.Request) (Key, *response) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, refused := a.authenticate(r)
	if refused == nil {
		refused = a.count(k)
	}
	return k, refused
}

// authenticate checks the key, and blocks an address that tries too many keys.
func (a *access) authenticate(r *http.Request) (Key, *response) {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr // a connection of Memory has no port
	}
	t := a.addresses[address]
	if !t.blocked.IsZero() {
		if time.Since(t.blocked) < blockFor {
			return Key{}, new(fail(http.StatusForbidden, "IP_BLOCKED", "Too many failed attempts, this address is blocked for 15 minutes", nil))
		}
		t = failedKeys{}
	}
	given := r.Header.Get("X-Access-Token")
	if given == "" {
		return Key{}, new(fail(http.StatusUnauthorized, "MISSING_ACCESS_TOKEN", "Access token is missing", nil))
	}
	k, known := a.keys[given]
	if !known {
		t.bad++
		if t.bad >= badTries {
			t.blocked = time.Now()
		}
		a.addresses[address] = t
		return Key{}, new(fail(http.StatusUnauthorized, "INVALID_ACCESS_TOKEN", "Access token is invalid",
			map[string]int{"attemptsLeft": badTries - t.bad}))
	}
	delete(a.addresses, address)
	if k.Disabled {
		return Key{}, new(fail(http.StatusForbidden, "API_DISABLED", "API access is disabled", nil))
	}
	return k, nil
}

// count counts one call against the key's rate limit. It returns the refusal of
// a call that is above the limit.
func (a *access) count(k Key) *response {
	if a.limit == 0 {
		return nil
	}
	w := a.minutes[k.Key]
	if time.Since(w.began) >= time.Minute {
		w = minuteCount{began: time.Now()}
	}
	w.calls++
	a.minutes[k.Key] = w
	if w.calls <= a.limit {
		return nil
	}
	wait := time.Minute - time.Since(w.began)
	refusal := throttled(int((wait + time.Second - 1) / time.Second))
	if a.noRetryAfter {
		refusal.retryAfter = 0
	}
	return &refusal
}

func throttled(seconds int) response {
	a := fail(http.StatusTooManyRequests, "RATE_LIMIT_EXCEEDED", "Too many requests", nil)
	a.retryAfter = seconds
	return a
}

// revoke makes a key unknown.
func (a *access) revoke(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.keys, key)
}
