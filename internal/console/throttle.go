package console

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle limits how often anybody may try to log in: from one address, and
// altogether.
type throttle struct {
	mu  sync.Mutex
	by  map[netip.Prefix]*rate.Limiter
	all *rate.Limiter
}

// How often: from one address some at once, as when an office opens in the morning, and
// then one each few seconds. Nobody guesses a passkey; this keeps a flood from the store.
const (
	triesAtOnce   = 20
	triesEvery    = 3 * time.Second
	allTries      = 50 // a second
	mostAddresses = 10_000
)

func newThrottle() *throttle {
	return &throttle{by: map[netip.Prefix]*rate.Limiter{}, all: rate.NewLimiter(allTries, 10*allTries)}
}

// allow tells whether an address may try once more.
func (t *throttle) allow(a netip.Addr) bool {
	bits := 32
	if a.Is6() {
		bits = 64 // who has one address has as many as these
	}
	network, err := a.Prefix(bits)
	if err != nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.by[network]
	if l == nil {
		if len(t.by) >= mostAddresses {
			t.thin()
		}
		l = rate.NewLimiter(rate.Every(triesEvery), triesAtOnce)
		t.by[network] = l
	}
	return l.Allow() && t.all.Allow()
}

// thin forgets the addresses that have not tried for long; all of them, where there are
// too many that have.
func (t *throttle) thin() {
	for a, l := range t.by {
		if l.Tokens() >= triesAtOnce {
			delete(t.by, a)
		}
	}
	if len(t.by) >= mostAddresses {
		clear(t.by)
	}
}
