package simulator

import (
	"container/heap"
	"fmt"
	"strconv"
	"time"
)

// record is one event on the account: a deposit or an accepted order. The
// account's state follows from all its records and from the present time. The
// store keeps records as JSON lines.
type record struct {
	At      int64  `json:"at"`                // Unix nanoseconds
	Deposit *int64 `json:"deposit,omitempty"` // centimes that were paid in, or
	Order   *order `json:"order,omitempty"`   // an order that was accepted
}

// order is an accepted order. It is kept small because a million of them must
// fit into memory.
type order struct {
	Ref       string    `json:"ref"`
	Plan      string    `json:"plan"`
	Phone     uint32    `json:"phone"`  // without the leading zero
	Amount    int64     `json:"amount"` // dinars
	Cost      int64     `json:"cost"`   // centimes
	Lifecycle lifecycle `json:"course"`
	Late      bool      `json:"late,omitempty"` // it was carried out some time after its call
	created   int64     // the record's time
}

func (o *order) phone() string { return fmt.Sprintf("%010d", o.Phone) }

// movement is one line of the account's statement.
type movement struct {
	at     int64
	amount int64 // centimes, negative for a charge
	after  int64 // the balance after the movement
	order  int32 // index of the order; noOrder for a deposit
}

const noOrder = -1

// refund is an order that gives its money back at that time.
type refund struct {
	at    int64
	order int32
}

// account holds the orders and the statement, oldest first, and what follows
// from them. The Simulator's lock guards it.
type account struct {
	aging     aging
	clock     int64 // the latest time seen, in Unix nanoseconds; it never goes back
	balance   int64 // at clock
	orders    []order
	byRef     map[string]int32
	movements []movement
	pending   refunds // refunds that are still to come
}

// now makes the refunds that have become due, and returns the account's time.
func (a *account) now() int64 {
	a.settle(time.Now().UnixNano())
	return a.clock
}

// settle makes the refunds that are due until t.
func (a *account) settle(t int64) {
	for len(a.pending) > 0 && a.pending[0].at <= t {
		due := heap.Pop(&a.pending).(refund)
		a.clock = max(a.clock, due.at)
		a.enter(a.orders[due.order].Cost, due.order)
	}
	a.clock = max(a.clock, t)
}

// apply takes a record into the account, both when the event happens and when
// the store is read back.
func (a *account) apply(r record) {
	a.settle(r.At)
	if r.Deposit != nil && *r.Deposit != 0 {
		a.enter(*r.Deposit, noOrder)
	}
	if r.Order == nil {
		return
	}
	o, i := *r.Order, int32(len(a.orders))
	o.created = a.clock
	a.orders = append(a.orders, o)
	a.byRef[o.Ref] = i
	a.enter(-o.Cost, i)
	if at, ok := a.aging.refund(o.Lifecycle, o.created); ok {
		heap.Push(&a.pending, refund{at, i})
	}
}

// enter adds a line to the statement.
func (a *account) enter(amount int64, order int32) {
	a.balance += amount
	a.movements = append(a.movements, movement{at: a.clock, amount: amount, after: a.balance, order: order})
}

// status returns the status of order i at the account's time.
func (a *account) status(i int32) string {
	return a.aging.status(a.orders[i].Lifecycle, a.orders[i].created, a.clock)
}

// id returns the provider's id of order i: 24 hex digits, computed from the
// order's time and index so that it takes no memory.
func (a *account) id(i int32) string { return objectID(a.orders[i].created, uint64(i)+1) }

// movementID returns the id of line i of the statement.
func (a *account) movementID(i int) string { return objectID(a.movements[i].at, 1<<40|uint64(i)+1) }

func objectID(at int64, n uint64) string {
	return fmt.Sprintf("%08x%016x", uint32(at/int64(time.Second)), n)
}

// find returns the index of the order that has this id.
func (a *account) find(id string) (int32, bool) {
	if len(id) != 24 {
		return 0, false
	}
	n, err := strconv.ParseUint(id[8:], 16, 64)
	if err != nil || n == 0 || n > uint64(len(a.orders)) {
		return 0, false
	}
	i := int32(n - 1)
	return i, a.id(i) == id
}

// refunds is a heap with the refund that is due first on top.
type refunds []refund

func (h refunds) Len() int           { return len(h) }
func (h refunds) Less(i, j int) bool { return h[i].at < h[j].at }
func (h refunds) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *refunds) Push(x any)        { *h = append(*h, x.(refund)) }
func (h *refunds) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
