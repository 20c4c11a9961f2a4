// Package reconciletest makes three books that agree, for tests to change.
package reconciletest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
)

// The rows of a Ledger, each in the state of its name.
const (
	Fulfilled = 2 + iota
	Refunded
	Rejected
	Pending
	Unknown
	Unsent
	Conflict
	Invalid
)

// The transactions of New, by their index.
const (
	MoveDeposit = iota
	MoveFulfilled
	MoveRefunded
	MovePending
	MoveBack
)

// Books are the three books of a batch.
type Books struct {
	Ledger    *batch.Ledger
	Refs      map[int]batch.Ref // by row
	Statement reconcile.Statement
	Beside    []*batch.Ledger
}

// Begun is when every batch of this package begins.
var Begun = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// before is the balance before the first transaction.
const before batch.Centimes = 1_000_000

// ID is the provider's id of a row's order.
func ID(row int) string { return fmt.Sprintf("%024x", row) }

// New makes books that agree. The provider holds the fulfilled, the refunded and
// the pending row, and a deposit.
func New(t testing.TB) *Books {
	t.Helper()
	l, refs := Ledger(t, "october")
	b := &Books{Ledger: l, Refs: refs, Statement: reconcile.Statement{Listed: true, Taken: Begun.Add(time.Hour)}}
	b.Order(Fulfilled, "FULFILLED")
	b.Order(Refunded, "REFUNDED")
	b.Order(Pending, "HANDLING")
	b.Move("", "DEPOSIT", 500_00)
	b.Move(ID(Fulfilled), "FLEXY", -480_00)
	b.Move(ID(Refunded), "FLEXY", -480_00)
	b.Move(ID(Pending), "FLEXY", -480_00)
	b.Move(ID(Refunded), "REFUND-FLEXY", 480_00)
	return b
}

// Order adds an order of a row to the provider's list.
func (b *Books) Order(row int, status string) {
	s, _ := b.Ledger.Row(b.Refs[row])
	b.Statement.Orders = append(b.Statement.Orders, batch.RemoteOrder{
		ID: ID(row), Ref: "API-acme-" + string(b.Refs[row]), Status: status,
		Phone: string(s.Topup.Phone), Plan: s.Topup.Plan, Amount: s.Topup.Amount,
	})
}

// Move adds a transaction at the account's end.
func (b *Books) Move(object, kind string, amount batch.Centimes) {
	n := len(b.Statement.Movements)
	from := before
	if n > 0 {
		from = *b.Statement.Movements[n-1].After
	}
	to := from + amount
	b.Statement.Movements = append(b.Statement.Movements, reconcile.Movement{
		ID: fmt.Sprintf("t%d", n), Type: kind, Operation: "?", Amount: max(amount, -amount), Before: &from, After: &to, Object: object,
		Time: Begun.Add(time.Duration(n+1) * time.Minute),
	})
}

// Take takes transaction i out.
func (b *Books) Take(i int) {
	b.Statement.Movements = slices.Delete(b.Statement.Movements, i, i+1)
}
