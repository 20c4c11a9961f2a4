package simulator

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Simulator is a simulated provider. It is an http.Handler, and its methods show
// the provider's own records. They may be called from many goroutines.
type Simulator struct {
	config Config
	access *access
	chance *chance
	calls  map[Endpoint]*atomic.Int64

	mu      sync.Mutex // guards the fields below
	plans   map[string]*priced
	account account
	store   *store
	late    []lateSend           // in the order in which they are due
	given   map[Endpoint][]given // the last answers of each endpoint that the provider itself gave
}

// New makes a simulated provider and reads its store if it has one. Its errors
// wrap ErrConfig or ErrStore.
func New(config Config) (sim *Simulator, err error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	c := config.withDefaults()
	s := &Simulator{config: c, calls: map[Endpoint]*atomic.Int64{}}
	for _, e := range endpoints {
		s.calls[e] = new(atomic.Int64)
	}
	if s.access, err = newAccess(c); err != nil {
		return nil, err
	}
	if s.chance, err = newChance(c); err != nil {
		return nil, err
	}
	if s.plans, err = pricedPlans(c.Plans); err != nil {
		return nil, err
	}
	s.account = account{aging: aging{c.Speed, c.SettleUnknown}, byRef: map[string]int32{}}
	s.given = map[Endpoint][]given{}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.store.close())
	}
	return s, nil
}

// open replays the store, and makes the first deposit into a new account.
func (s *Simulator) open() (err error) {
	opened := false
	if s.config.Store != "" {
		s.store, err = openStore(s.config.Store, func(r record) {
			opened = true
			s.account.apply(r)
		})
	}
	if err != nil || opened {
		return err
	}
	s.now()
	return s.commit(record{Deposit: &s.config.Balance})
}

// now carries out the sends that are due late, makes the refunds that are due, and
// returns the account's time. The caller holds the lock.
func (s *Simulator) now() int64 {
	for len(s.late) > 0 && s.late[0].at <= time.Now().UnixNano() {
		due := s.late[0]
		s.late = s.late[1:]
		s.account.settle(due.at)
		_ = s.accept(due.call) // nobody waits for the answer
	}
	return s.account.now()
}

// commit stores a record and then applies it to the account. The caller holds
// the lock.
func (s *Simulator) commit(r record) error {
	r.At = s.account.clock
	if err := s.store.append(r); err != nil {
		return err
	}
	s.account.apply(r)
	return nil
}

// Close closes the store. Orders and deposits that come after it are refused.
func (s *Simulator) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.close()
}
