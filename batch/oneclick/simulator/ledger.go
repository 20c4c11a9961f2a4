package simulator

import (
	"fmt"
	"time"
)

// Order is an accepted order as the provider's own books show it.
type Order struct {
	ID, Ref, Phone, Plan string
	Amount               int64  // face value, in dinars
	Cost                 int64  // by the catalogue, in centimes
	Charged              int64  // taken from the account, in centimes: Cost, whatever came later
	Refunded             int64  // given back, in centimes: Cost or nothing
	Status               string // Pending, Handling, … as it is now
	Created              time.Time
}

// Orders is every order there is, oldest first.
func (s *Simulator) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.now()
	orders := make([]Order, len(s.book.orders))
	for i := range orders {
		o, status := &s.book.orders[i], s.book.status(int32(i))
		orders[i] = Order{
			ID: s.book.id(int32(i)), Ref: o.Ref, Phone: o.phone(), Plan: o.Plan, Amount: o.Amount,
			Cost: o.Cost, Charged: o.Cost, Status: status, Created: time.Unix(0, o.created).UTC(),
		}
		if status == Refunded {
			orders[i].Refunded = o.Cost
		}
	}
	return orders
}

// The types of Transaction that there are here (API page).
const (
	TypeFlexy   = "FLEXY"        // a top-up's charge
	TypeRefund  = "REFUND-FLEXY" // its refund
	TypeDeposit = "DEPOSIT"      // money paid in
)

// Transaction is a line of the account's statement. Money is in centimes.
type Transaction struct {
	ID, Type string
	Amount   int64  // below zero for a charge
	Old, New int64  // the balance before and after
	OrderID  string // empty for a deposit
	Time     time.Time
}

// Transactions is the account's statement, oldest first. The first line is what
// the account was opened with, unless that was nothing.
func (s *Simulator) Transactions() []Transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.now()
	lines := make([]Transaction, len(s.book.entries))
	for i := range lines {
		lines[i] = s.book.transaction(i)
	}
	return lines
}

// transaction is line i of the statement.
func (b *book) transaction(i int) Transaction {
	e := b.entries[i]
	t := Transaction{
		ID: b.entryID(i), Type: TypeDeposit, Amount: e.amount, Old: e.after - e.amount, New: e.after,
		Time: time.Unix(0, e.at).UTC(),
	}
	if e.order == none {
		return t
	}
	t.OrderID, t.Type = b.id(e.order), TypeRefund
	if e.amount < 0 {
		t.Type = TypeFlexy
	}
	return t
}

// Balance is what the account holds now, in centimes.
func (s *Simulator) Balance() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.now()
	return s.book.balance
}

// Calls tells how often each endpoint was called, refused calls and calls that
// met a fault included.
func (s *Simulator) Calls() map[Endpoint]int64 {
	calls := make(map[Endpoint]int64, len(s.calls))
	for e, n := range s.calls {
		calls[e] = n.Load()
	}
	return calls
}

// Deposit pays centimes into the account. On an error nothing was paid in: it
// wraps ErrConfig for a sum that is none, ErrStore for one that could not be
// kept.
func (s *Simulator) Deposit(centimes int64) error {
	if centimes <= 0 {
		return fmt.Errorf("%w: a deposit of %d centimes", ErrConfig, centimes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.happen(record{Deposit: &centimes})
}

// DisablePlan takes a plan out of sale, as the provider does without notice.
func (s *Simulator) DisablePlan(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.plans[code]; p != nil {
		p.Disabled = true
	}
}

// RevokeKey makes a key one that the provider does not know.
func (s *Simulator) RevokeKey(key string) { s.gate.revoke(key) }
