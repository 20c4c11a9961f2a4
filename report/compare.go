package report

import (
	"flexybatch/batch"
)

// comparer holds the books of one row after the other against each other.
type comparer struct {
	*Reconciliation
	st     Statement
	prices map[string]bool // plans whose price the catalogue gives
}

// differ adds a difference of a row.
func (c *comparer) differ(b *RowBooks, k Kind, format string, args ...any) {
	b.Kinds = append(b.Kinds, k)
	c.Reconciliation.differ(k, b.Ref, b.Number, messagef(format, args...))
}

// row compares what the three books say of a row.
func (c *comparer) row(b *RowBooks) {
	state := b.State
	if !state.Final() {
		c.Open++
	}
	switch {
	case !c.st.Taken.IsZero() && b.Settled().After(c.st.Taken):
		// The statement may lack what became of it since.
	case state == batch.Invalid:
		return // it has no ref that anything could be matched by
	case state == batch.Unsent && b.known():
		c.differ(b, ChargedNotInJournal, "the journal says that this row was not sent, and the provider %s. Run the batch again: the reference keeps it from being paid twice", b.evidence())
		return
	case state == batch.Rejected && b.known():
		c.differ(b, StateDiffers, "the journal says that the provider refused this row, and the provider %s. Ask the provider's support before it is paid again", b.evidence())
		return
	case state == batch.Conflict && b.known():
		c.differ(b, ForeignOrder, "another order stands under this row's reference: the provider %s. A person must decide", b.evidence())
		return
	case state == batch.Fulfilled:
		c.fulfilled(b)
	case state == batch.Refunded:
		c.refunded(b)
	case state.Open():
		c.open(b)
	}
	c.order(b)
	c.charge(b)
}

// evidence is what the provider has of a row, in words.
func (b *RowBooks) evidence() message {
	word, ok := b.shown()
	if !ok {
		return messagef("has no order for it, charged %s DZD and gave %s back", b.taken(), b.given())
	}
	o := b.Orders[0]
	return messagef("holds the order %s (%s, %s, %d dinars, %s), charged %s DZD and gave %s back", o.ID, o.Phone, o.Plan, o.Amount, word, b.taken(), b.given())
}

// fulfilled compares a row that the journal says was topped up.
func (c *comparer) fulfilled(b *RowBooks) {
	word, listed := b.shown()
	switch {
	case listed && batch.StateOf(word) != batch.Fulfilled:
		c.differ(b, StateDiffers, "the journal says fulfilled, and the provider says %s; it gave %s DZD back", word, b.given())
	case len(b.Refunds) > 0:
		c.differ(b, StateDiffers, "the journal says fulfilled, and the account got %s DZD back", b.given())
	case len(b.Charges) == 0:
		c.differ(b, FulfilledNotCharged, "the journal says fulfilled and %s DZD charged, and no transaction says so", b.Charged)
	}
}

// refunded compares a row whose money came back, as the journal says.
func (c *comparer) refunded(b *RowBooks) {
	word, listed := b.shown()
	taken, given := b.taken(), b.given()
	switch {
	case listed && batch.StateOf(word) != batch.Refunded:
		c.differ(b, StateDiffers, "the journal says refunded, and the provider says %s; it charged %s DZD and gave %s back", word, taken, given)
	case len(b.Charges) == 0:
		c.differ(b, ChargeMissing, "the journal says %s DZD charged and given back; no transaction charges them, and %s came back", b.Charged, given)
	case len(b.Charges) > 1:
	case given < taken:
		c.differ(b, RefundMissing, "%s DZD were charged, and %s came back: %s are missing. Ask the provider for them", taken, given, taken-given)
	case given > taken:
		c.differ(b, CostDiffers, "%s DZD were charged, and %s came back", taken, given)
	}
}

// open compares a row whose outcome the journal does not have yet.
func (c *comparer) open(b *RowBooks) {
	word, listed := b.shown()
	settle := messagef("Run settle, then reconcile again")
	switch {
	case listed && batch.StateOf(word).Final():
		c.differ(b, OpenRow, "the journal has it %s, and the provider says %s. %s", b.State, word, settle)
	case !listed && len(b.Refunds) > 0:
		c.differ(b, OpenRow, "the journal has it %s, and the account got %s DZD back. %s", b.State, b.given(), settle)
	case !listed && len(b.Charges) > 0 && b.Charged == 0:
		c.differ(b, ChargedNotInJournal, "the journal does not know what became of it, and the account was charged %s DZD. %s", b.taken(), settle)
	}
}

// order compares what was asked with the provider's order.
func (c *comparer) order(b *RowBooks) {
	for _, o := range b.Orders {
		if o.Ref != "" && o.Ref != string(b.Ref) && ending(o.Ref, len(b.Ref)) != string(b.Ref) {
			c.differ(b, ForeignOrder, "the order %s that the journal has for this row carries another reference, %s", o.ID, o.Ref)
		}
		switch t := b.Topup; {
		case o.Amount != 0 && o.Amount != t.Amount:
			c.differ(b, AmountDiffers, "asked for %d dinars, and the provider's order %s is for %d", t.Amount, o.ID, o.Amount)
		case o.Phone != "" && o.Phone != string(t.Phone):
			c.differ(b, AmountDiffers, "asked for %s, and the provider's order %s is for %s", t.Phone, o.ID, o.Phone)
		case o.Plan != "" && o.Plan != t.Plan:
			c.differ(b, AmountDiffers, "asked for %s, and the provider's order %s is for %s", t.Plan, o.ID, o.Plan)
		}
	}
	if n := len(b.Orders); n > 1 && len(b.Charges) < 2 {
		c.differ(b, ForeignOrder, "the provider holds %d orders under this row's reference: %s and %s", n, b.Orders[0].ID, b.Orders[1].ID)
	}
}

// charge compares the price: the catalogue's, the journal's, the order's, and
// the one that was taken.
func (c *comparer) charge(b *RowBooks) {
	for _, v := range append(b.Charges[:len(b.Charges):len(b.Charges)], b.Refunds...) {
		if v.Ref != "" && v.Ref != string(b.Ref) && ending(v.Ref, len(b.Ref)) != string(b.Ref) {
			c.differ(b, ForeignOrder, "%s is of this row's order and carries another reference, %s", v.what(), v.Ref)
		}
	}
	switch n := len(b.Charges); {
	case n == 0:
		return
	case n > 1:
		c.differ(b, ChargedTwice, "charged %d times, %s DZD in all, and %s came back: %s", n, b.taken(), b.given(), again(b.Charges))
		return
	}
	taken := b.taken()
	var order batch.Centimes // what its order says; 0 where it says nothing, or was refunded
	if len(b.Orders) > 0 && b.Orders[0].Charged != nil {
		order = *b.Orders[0].Charged
	}
	switch {
	case c.prices[b.Topup.Plan] && taken != b.Cost:
		c.differ(b, CostDiffers, "charged %s DZD, and the catalogue says %s (the journal %s)", taken, b.Cost, b.Charged)
	case b.Charged != 0 && taken != b.Charged:
		c.differ(b, CostDiffers, "charged %s DZD, and the journal says %s", taken, b.Charged)
	case order != 0 && taken != order:
		c.differ(b, CostDiffers, "charged %s DZD, and the provider's own order says %s", taken, order)
	}
}

// again names the charges of a row that was charged more than once.
func again(charges []Movement) message {
	if charges[0].ID != "" && charges[0].ID == charges[1].ID {
		return messagef("first %s and then %s; they are one and the same id, so the statement may list it twice by mistake", charges[0].what(), charges[1].what())
	}
	return messagef("first %s and then %s", charges[0].what(), charges[1].what())
}
