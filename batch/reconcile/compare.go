package reconcile

import (
	"flexybatch/batch"
)

// comparer compares the books of one row after the other.
type comparer struct {
	*Result
	st     Statement
	priced map[string]bool // the plans whose price the catalogue gives
}

// compareRows compares what the three books say of every row.
func (r *Result) compareRows(st Statement) {
	c := comparer{Result: r, st: st, priced: map[string]bool{}}
	for _, p := range r.Batch.Catalogue {
		c.priced[p.Code] = p.Cost.Known()
	}
	for _, b := range r.Rows {
		c.row(b)
	}
}

// differ adds a difference of a row.
func (c *comparer) differ(b *RowBooks, k Kind, d Detail) {
	b.Kinds = append(b.Kinds, k)
	c.Result.differ(k, b.Ref, b.Number, d)
}

// row compares what the three books say of a row.
func (c *comparer) row(b *RowBooks) {
	if !b.State.Final() {
		c.Open++
	}
	if b.State == batch.Invalid {
		return // it has no reference by which anything could be matched
	}
	if !c.mayLack(b) {
		if kind, ok := heldKind(b.State); ok && b.known() {
			c.differ(b, kind, b.held())
			return
		}
		c.outcome(b)
	}
	c.order(b)
	c.charge(b)
}

// mayLack reports whether the row was settled after the statement was taken, so
// that the statement may lack what became of it.
func (c *comparer) mayLack(b *RowBooks) bool {
	return !c.st.Taken.IsZero() && b.Settled().After(c.st.Taken)
}

// heldKind is how the books differ where the provider knows a row of which, by
// its state in the journal, it should know nothing.
func heldKind(s batch.State) (Kind, bool) {
	switch s {
	case batch.Unsent:
		return ChargedNotInJournal, true
	case batch.Rejected:
		return StateDiffers, true
	case batch.Conflict:
		return ForeignOrder, true
	}
	return "", false
}

// held is what the provider has of a row.
func (b *RowBooks) held() Held {
	h := Held{Journal: b.State, Charged: b.Taken(), Refunded: b.Given()}
	if len(b.Orders) > 0 {
		h.Order = &b.Orders[0]
	}
	return h
}

// outcome compares what has become of a row.
func (c *comparer) outcome(b *RowBooks) {
	switch {
	case b.State == batch.Fulfilled:
		c.fulfilled(b)
	case b.State == batch.Refunded:
		c.refunded(b)
	case b.State.Open():
		c.open(b)
	}
}

// outcome and money are the details of a row's outcome.
func (b *RowBooks) outcome(word string) Outcome {
	return Outcome{b.State, word, b.Taken(), b.Given()}
}

func (b *RowBooks) money() Money { return Money{b.State, b.Charged, b.Taken(), b.Given()} }

// fulfilled compares a row that the journal says was topped up.
func (c *comparer) fulfilled(b *RowBooks) {
	word, listed := b.status()
	switch {
	case listed && batch.StateOf(word) != batch.Fulfilled:
		c.differ(b, StateDiffers, b.outcome(word))
	case len(b.Refunds) > 0:
		c.differ(b, StateDiffers, b.money())
	case len(b.Charges) == 0:
		c.differ(b, FulfilledNotCharged, b.money())
	}
}

// refunded compares a row whose money came back, as the journal says.
func (c *comparer) refunded(b *RowBooks) {
	word, listed := b.status()
	switch {
	case listed && batch.StateOf(word) != batch.Refunded:
		c.differ(b, StateDiffers, b.outcome(word))
	case len(b.Charges) == 0:
		c.differ(b, ChargeMissing, b.money())
	case len(b.Charges) > 1: // charge tells it
	case b.Given() < b.Taken():
		c.differ(b, RefundMissing, b.money())
	case b.Given() > b.Taken():
		c.differ(b, CostDiffers, b.money())
	}
}

// open compares a row whose outcome the journal does not have yet.
func (c *comparer) open(b *RowBooks) {
	word, listed := b.status()
	switch {
	case listed && batch.StateOf(word).Final():
		c.differ(b, OpenRow, b.outcome(word))
	case !listed && len(b.Refunds) > 0:
		c.differ(b, OpenRow, b.money())
	case !listed && len(b.Charges) > 0 && b.Charged == 0:
		c.differ(b, ChargedNotInJournal, b.money())
	}
}

// order compares what was asked for with the provider's order.
func (c *comparer) order(b *RowBooks) {
	for _, o := range b.Orders {
		if otherRef(o.Ref, b.Ref) {
			c.differ(b, ForeignOrder, OrderRef{o.ID, o.Ref})
		}
		if f, differs := otherField(b.Topup, o); differs {
			c.differ(b, AmountDiffers, Ordered{f, b.Topup, o})
		}
	}
	if len(b.Orders) > 1 && len(b.Charges) < 2 {
		c.differ(b, ForeignOrder, SeveralOrders{b.Orders})
	}
}

// otherRef reports whether the provider's reference is there and is not ours.
func otherRef(theirs string, ours batch.Ref) bool {
	return theirs != "" && theirs != string(ours) && ending(theirs, len(ours)) != string(ours)
}

// otherField finds the first field in which an order differs from what was asked
// for. What the order does not say does not differ.
func otherField(t batch.Topup, o batch.RemoteOrder) (Field, bool) {
	switch {
	case o.Amount != 0 && o.Amount != t.Amount:
		return Amount, true
	case o.Phone != "" && o.Phone != string(t.Phone):
		return Phone, true
	case o.Plan != "" && o.Plan != t.Plan:
		return Plan, true
	}
	return "", false
}

// charge compares the account's transactions of a row with its reference and its
// price.
func (c *comparer) charge(b *RowBooks) {
	for _, v := range b.Movements() {
		if otherRef(v.Ref, b.Ref) {
			c.differ(b, ForeignOrder, MovementRef{v})
		}
	}
	switch len(b.Charges) {
	case 0:
	case 1:
		c.price(b)
	default:
		c.differ(b, ChargedTwice, SeveralCharges{b.Charges, b.Taken(), b.Given()})
	}
}

// price compares what was taken with the catalogue's price, the journal's, and
// the one of the provider's own order.
func (c *comparer) price(b *RowBooks) {
	taken := b.Taken()
	var order batch.Centimes // 0 where the order says nothing, or was refunded
	if len(b.Orders) > 0 && b.Orders[0].Charged != nil {
		order = *b.Orders[0].Charged
	}
	switch {
	case c.priced[b.Topup.Plan] && taken != b.Cost:
		c.differ(b, CostDiffers, Price{CataloguePrice, taken, b.Cost, b.Charged})
	case b.Charged != 0 && taken != b.Charged:
		c.differ(b, CostDiffers, Price{JournalPrice, taken, b.Charged, b.Charged})
	case order != 0 && taken != order:
		c.differ(b, CostDiffers, Price{OrderPrice, taken, order, b.Charged})
	}
}
