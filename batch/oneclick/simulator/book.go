package simulator

import (
	"container/heap"
	"fmt"
	"strconv"
	"time"
)

// record is a thing that happened to the account. The books are the fold of all
// records and of the time now; the store keeps records as JSON lines.
type record struct {
	At      int64  `json:"at"`                // Unix nanoseconds
	Deposit *int64 `json:"deposit,omitempty"` // centimes paid in; or
	Order   *order `json:"order,omitempty"`   // an order accepted
}

// order is an accepted order: a million of them must fit into memory.
type order struct {
	Ref     string `json:"ref"`
	Plan    string `json:"plan"`
	Phone   uint32 `json:"phone"`  // without the leading zero
	Amount  int64  `json:"amount"` // dinars
	Cost    int64  `json:"cost"`   // centimes
	Course  course `json:"course"`
	created int64  // the record's time
}

func (o *order) phone() string { return fmt.Sprintf("%010d", o.Phone) }

// entry is a line of the account's statement.
type entry struct {
	at     int64
	amount int64 // centimes, negative for a charge
	after  int64 // the balance then
	order  int32 // index of the order; none for a deposit
}

const none = -1

// refund is an order that gives its money back at that time.
type refund struct {
	at    int64
	order int32
}

// book is the account: orders and statement, oldest first, and what follows
// from them. It belongs to who holds the Simulator's lock.
type book struct {
	aging   aging
	clock   int64 // the latest time seen; it never goes back
	balance int64 // at clock
	orders  []order
	byRef   map[string]int32
	entries []entry
	pending refunds // still to come
}

// now brings the books up to the present, and tells what time it is in them.
func (b *book) now() int64 {
	b.settle(time.Now().UnixNano())
	return b.clock
}

// settle gives back what is to be given back until t.
func (b *book) settle(t int64) {
	for len(b.pending) > 0 && b.pending[0].at <= t {
		due := heap.Pop(&b.pending).(refund)
		b.clock = max(b.clock, due.at)
		b.enter(b.orders[due.order].Cost, due.order)
	}
	b.clock = max(b.clock, t)
}

// apply folds a record: when it happens, and when the store is read again.
func (b *book) apply(r record) {
	b.settle(r.At)
	if r.Deposit != nil && *r.Deposit != 0 {
		b.enter(*r.Deposit, none)
	}
	if r.Order == nil {
		return
	}
	o, i := *r.Order, int32(len(b.orders))
	o.created = b.clock
	b.orders = append(b.orders, o)
	b.byRef[o.Ref] = i
	b.enter(-o.Cost, i)
	if at, ok := b.aging.refund(o.Course, o.created); ok {
		heap.Push(&b.pending, refund{at, i})
	}
}

// enter writes a line of the statement.
func (b *book) enter(amount int64, order int32) {
	b.balance += amount
	b.entries = append(b.entries, entry{at: b.clock, amount: amount, after: b.balance, order: order})
}

// status is what order i shows at the books' time.
func (b *book) status(i int32) string {
	return b.aging.status(b.orders[i].Course, b.orders[i].created, b.clock)
}

// id is the provider's id of order i: 24 hex digits, made of its time and its
// place, so that it needs no memory.
func (b *book) id(i int32) string { return objectID(b.orders[i].created, uint64(i)+1) }

// entryID is the id of a line of the statement.
func (b *book) entryID(i int) string { return objectID(b.entries[i].at, 1<<40|uint64(i)+1) }

func objectID(at int64, n uint64) string {
	return fmt.Sprintf("%08x%016x", uint32(at/int64(time.Second)), n)
}

// find is the order of an id.
func (b *book) find(id string) (int32, bool) {
	if len(id) != 24 {
		return 0, false
	}
	n, err := strconv.ParseUint(id[8:], 16, 64)
	if err != nil || n == 0 || n > uint64(len(b.orders)) {
		return 0, false
	}
	i := int32(n - 1)
	return i, b.id(i) == id
}

// refunds is a heap, the next one on top.
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
