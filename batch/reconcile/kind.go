package reconcile

// Kind names how the three books differ. Kinds are stable: scripts rely on them.
type Kind string

// The kinds of difference.
const (
	// ChargedNotInJournal means that the provider holds an order, or took
	// money, of which the journal knows nothing.
	ChargedNotInJournal Kind = "charged-not-in-journal"
	// FulfilledNotCharged means that the journal says fulfilled, and no
	// transaction charges the row.
	FulfilledNotCharged Kind = "fulfilled-not-charged"
	// ChargeMissing means that the journal says refunded, and no transaction
	// charges the row.
	ChargeMissing Kind = "charge-missing"
	// RefundMissing means that the journal says refunded, and less came back
	// than was taken.
	RefundMissing Kind = "refund-missing"
	// ChargedTwice means that more than one transaction charges the row.
	ChargedTwice Kind = "charged-twice"
	// AmountDiffers means that the provider's order is for another amount,
	// phone or plan than the row.
	AmountDiffers Kind = "amount-differs"
	// CostDiffers means that what was taken or given back is not what the
	// catalogue, the journal or the provider's order says.
	CostDiffers Kind = "cost-differs"
	// StateDiffers means that the provider says another outcome than the
	// journal.
	StateDiffers Kind = "state-differs"
	// ForeignOrder means an order that is no row's, though its reference is
	// made as this batch's are or it stands in the place of a row.
	ForeignOrder Kind = "foreign-order"
	// OpenRow means that the provider has the outcome, and the journal does
	// not yet.
	OpenRow Kind = "open"
	// BalanceDiffers means that the balance before and the transactions do not
	// make the balance after.
	BalanceDiffers Kind = "balance-differs"
	// OtherTransaction is no difference: it is a transaction that belongs to
	// no row of this batch.
	OtherTransaction Kind = "other-transaction"
)

// KindCount is how many differences are of a kind.
type KindCount struct {
	Kind   Kind
	Number int
}

// Kinds counts the differences by kind, in the order in which the kinds first
// appear.
func (r *Result) Kinds() []KindCount {
	at := map[Kind]int{}
	var list []KindCount
	for _, d := range r.Differences {
		i, seen := at[d.Kind]
		if !seen {
			i = len(list)
			at[d.Kind] = i
			list = append(list, KindCount{Kind: d.Kind})
		}
		list[i].Number++
	}
	return list
}
