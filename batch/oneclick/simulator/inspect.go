package simulator

import (
	"fmt"
	"time"
)

// Order is an accepted order as the provider's own records have it.
type Order struct {
	ID, Ref, Phone, Plan string
	Amount               int64  // face value, in dinars
	Cost                 int64  // by the catalogue, in centimes
	Charged              int64  // taken from the account, in centimes: Cost, whatever came later
	Refunded             int64  // given back, in centimes: Cost or nothing
	Status               string // the present one: Pending, Handling, …
	Created              time.Time
	Late                 bool // it was carried out some time after its call (FaultLate)
}

// Orders returns every order, oldest first.
func (s *Simulator) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	orders := make([]Order, len(s.account.orders))
	for i := range orders {
		o, status := &s.account.orders[i], s.account.status(int32(i))
		orders[i] = Order{
			ID: s.account.id(int32(i)), Ref: o.Ref, Phone: o.phone(), Plan: o.Plan, Amount: o.Amount,
			Cost: o.Cost, Charged: o.Cost, Status: status, Created: time.Unix(0, o.created).UTC(), Late: o.Late,
		}
		if status == Refunded {
			orders[i].Refunded = o.Cost
		}
	}
	return orders
}

// The types of Transaction that the simulator has (API page).
const (
	TypeFlexy   = "FLEXY"        // a top-up's charge
	TypeRefund  = "REFUND-FLEXY" // its refund
	TypeDeposit = "DEPOSIT"      // money paid in
)

// Transaction is one line of the account's statement. Money is in centimes.
type Transaction struct {
	ID, Type string
	Amount   int64  // below zero for a charge
	Old, New int64  // the balance before and after
	OrderID  string // empty for a deposit
	Time     time.Time
}

// Transactions returns the account's statement, oldest first. The first line is
// the opening balance, unless that is zero.
func (s *Simulator) Transactions() []Transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	lines := make([]Transaction, len(s.account.movements))
	for i := range lines {
		lines[i] = s.account.transaction(i)
	}
	return lines
}

// transaction returns line i of the statement.
func (a *account) transaction(i int) Transaction {
	e := a.movements[i]
	t := Transaction{
		ID: a.movementID(i), Type: TypeDeposit, Amount: e.amount, Old: e.after - e.amount, New: e.after,
		Time: time.Unix(0, e.at).UTC(),
	}
	if e.order == noOrder {
		return t
	}
	t.OrderID, t.Type = a.id(e.order), TypeRefund
	if e.amount < 0 {
		t.Type = TypeFlexy
	}
	return t
}

// Balance returns the account's balance in centimes.
func (s *Simulator) Balance() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	return s.account.balance
}

// Calls returns how often each endpoint was called. Refused calls and calls that
// met a fault count too.
func (s *Simulator) Calls() map[Endpoint]int64 {
	calls := make(map[Endpoint]int64, len(s.calls))
	for e, n := range s.calls {
		calls[e] = n.Load()
	}
	return calls
}

// Deposit pays centimes into the account. On an error nothing was paid in. The
// error wraps ErrConfig if the amount is not above zero, and ErrStore if the
// deposit could not be stored.
func (s *Simulator) Deposit(centimes int64) error {
	if centimes <= 0 {
		return fmt.Errorf("%w: a deposit of %d centimes", ErrConfig, centimes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	return s.commit(record{Deposit: &centimes})
}

// DisablePlan stops the sale of a plan, as the provider does without notice.
func (s *Simulator) DisablePlan(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.plans[code]; p != nil {
		p.Disabled = true
	}
}

// RevokeKey makes a key unknown to the provider.
func (s *Simulator) RevokeKey(key string) { s.access.revoke(key) }
