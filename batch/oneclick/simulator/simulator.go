package simulator

import (
	"errors"
	"sync"
	"sync/atomic"
)

// Simulator is a simulated provider: an http.Handler, and the means to look at
// its books from behind the counter. All its methods may be called at any time
// by anybody.
type Simulator struct {
	config Config
	gate   *gate
	dice   *dice
	calls  map[Endpoint]*atomic.Int64

	mu    sync.Mutex // of what follows
	plans map[string]*priced
	book  book
	store *store
}

// New makes a simulated provider, and reads its store if it has one. Its errors
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
	if s.gate, err = newGate(c); err != nil {
		return nil, err
	}
	if s.dice, err = newDice(c); err != nil {
		return nil, err
	}
	if s.plans, err = pricedPlans(c.Plans); err != nil {
		return nil, err
	}
	s.book = book{aging: aging{c.Speed, c.SettleUnknown}, byRef: map[string]int32{}}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.store.close())
	}
	return s, nil
}

// open replays the store, and opens the account if there is none yet.
func (s *Simulator) open() (err error) {
	opened := false
	if s.config.Store != "" {
		s.store, err = openStore(s.config.Store, func(r record) {
			opened = true
			s.book.apply(r)
		})
	}
	if err != nil || opened {
		return err
	}
	return s.happen(record{Deposit: &s.config.Balance})
}

// happen stores a record and folds it into the books. The lock is held, or
// nobody else knows the Simulator yet.
func (s *Simulator) happen(r record) error {
	r.At = s.book.now()
	if err := s.store.append(r); err != nil {
		return err
	}
	s.book.apply(r)
	return nil
}

// Close ends the use of the store. What is asked to be kept after it is refused.
func (s *Simulator) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.close()
}
