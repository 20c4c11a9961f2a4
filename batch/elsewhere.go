package batch

import (
	"slices"
	"time"
)

// Elsewhere collects what was paid outside of a batch and its lineage: by other
// batches, and by anybody else who uses the account. It finds rows that look like
// the same payments under another name. An order that is known from several
// places counts once.
type Elsewhere struct {
	since time.Time // what was paid before is too old to matter
	paid  map[purchase][]Payment
	seen  map[string]bool // ids and refs of the orders so far
}

// purchase is what makes two payments look like one: the phone and the amount.
type purchase struct {
	phone  Phone
	amount Dinars
}

// NewElsewhere begins a collection of what was paid since that time.
func NewElsewhere(since time.Time) *Elsewhere {
	return &Elsewhere{since: since, paid: map[purchase][]Payment{}, seen: map[string]bool{}}
}

// Exclude leaves out an order that is no payment elsewhere: one of the batch itself,
// or one that its lineage paid and holds against the rows.
func (e *Elsewhere) Exclude(ref Ref) {
	if ref != "" {
		e.seen[refName(string(ref))] = true
	}
}

// refName names an order by the hash that its ref ends with: the provider may put
// something in front of it.
func refName(ref string) string {
	return "ref " + ref[max(0, len(ref)-hashLength):]
}

// AddLedger adds what another batch paid, or may have paid.
func (e *Elsewhere) AddLedger(l *Ledger) {
	for _, p := range l.payments(func(*RowStatus) bool { return true }) {
		e.add(*p)
	}
}

// AddOrders adds what the provider shows, but for orders that were refunded.
func (e *Elsewhere) AddOrders(orders []RemoteOrder) {
	for _, o := range orders {
		if StateOf(o.Status) == Refunded {
			continue
		}
		e.add(Payment{Topup: Topup{Phone: Phone(o.Phone), Plan: o.Plan, Amount: o.Amount}, TopupID: o.ID, Ref: Ref(o.Ref), At: o.Created, State: StateOf(o.Status)})
	}
}

// add adds a payment that is not too old and was not added before.
func (e *Elsewhere) add(p Payment) {
	if p.At.Before(e.since) {
		return
	}
	var names []string
	if p.TopupID != "" {
		names = append(names, "id "+p.TopupID)
	}
	if p.Ref != "" {
		names = append(names, refName(string(p.Ref)))
	}
	if slices.ContainsFunc(names, func(name string) bool { return e.seen[name] }) {
		return
	}
	for _, name := range names {
		e.seen[name] = true
	}
	key := purchase{p.Phone, p.Amount}
	e.paid[key] = append(e.paid[key], p)
}

// Find sets the rows that are still to be paid against what was paid elsewhere,
// each payment against one row for the same phone and amount, in the order of the
// file. unpaid says which valid rows are still to be paid.
func (e *Elsewhere) Find(rows []Row, unpaid func(*Row) bool) (found []EarlierPayment) {
	taken := map[purchase]int{}
	for i := range rows {
		r := &rows[i]
		key := purchase{r.Topup.Phone, r.Topup.Amount}
		if n := taken[key]; r.Valid() && n < len(e.paid[key]) && unpaid(r) {
			found = append(found, EarlierPayment{Row: r.Number, Payment: e.paid[key][n]})
			taken[key]++
		}
	}
	return found
}
