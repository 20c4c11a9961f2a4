package report

import (
	"fmt"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/internal/lang"
)

// Explain puts a difference in words: who says what, and what to do. The words
// are those of a language; nil is English.
func Explain(d reconcile.Difference, words *lang.Printer) string {
	return words.Say(difference(d))
}

// difference is the message of a difference.
func difference(d reconcile.Difference) lang.Message {
	switch v := d.Detail.(type) {
	case reconcile.Held:
		return held(v)
	case reconcile.Outcome:
		return outcome(v)
	case reconcile.Money:
		return money(d.Kind, v)
	case reconcile.Ordered:
		return ordered(v)
	case reconcile.OrderRef:
		return lang.Msg("the order %s that the journal has for this row carries another reference, %s", v.OrderID, v.Ref)
	case reconcile.MovementRef:
		return lang.Msg("%s is of this row's order and carries another reference, %s", movement(v.Movement), v.Movement.Ref)
	case reconcile.SeveralOrders:
		return lang.Msg("the provider holds %d orders under this row's reference: %s and %s", len(v.Orders), v.Orders[0].ID, v.Orders[1].ID)
	case reconcile.SeveralCharges:
		return lang.Msg("charged %d times, %s DA in all, and %s came back: %s", len(v.Charges), v.Charged, v.Refunded, charges(v))
	case reconcile.Price:
		return price(v)
	}
	return strange(d.Detail)
}

// strange is the message of a difference that concerns no row.
func strange(d reconcile.Detail) lang.Message {
	switch v := d.(type) {
	case reconcile.StrangeOrder:
		o := v.Order
		return lang.Msg("the provider holds the order %s for %s, %s, %d dinars (%s), whose reference is made as this batch's are, and the journal does not have it: was the batch run from another machine or folder?",
			o.ID, o.Phone, o.Plan, o.Amount, o.Status)
	case reconcile.StrangeMovement:
		return lang.Msg("%s moved %s DA for a reference that is made as this batch's are, and the journal does not have it: was the batch run from another machine or folder?", movement(v.Movement), v.Movement.Amount)
	case reconcile.NoDirection:
		return lang.Msg("%s does not say whether it took money or brought it; it is not counted", movement(v.Movement))
	case reconcile.WrongBalances:
		return lang.Msg("%s says %s DA, and its balances differ by %s", movement(v.Movement), v.Amount, v.Step)
	case reconcile.Gap:
		return lang.Msg("%s begins at a balance of %s DA, which no other transaction ends at: transactions are missing or listed twice", movement(v.Movement), *v.Movement.Before)
	case reconcile.Unexplained:
		return unexplained(v)
	case reconcile.NoBalance:
		return lang.Msg("neither the statement nor the journal tells the balance before")
	case reconcile.NeverShown:
		return lang.Msg("the journal noted a balance of %s DA before the first send (%s), and the statement never shows it: does it begin too late?", v.Balance, v.At)
	}
	panic(fmt.Sprintf("a difference of type %T has no words", d))
}

// held says what the provider has of a row that it should not know.
func held(v reconcile.Held) lang.Message {
	evidence := lang.Msg("has no order for it, charged %s DA and gave %s back", v.Charged, v.Refunded)
	if o := v.Order; o != nil {
		evidence = lang.Msg("holds the order %s (%s, %s, %d dinars, %s), charged %s DA and gave %s back", o.ID, o.Phone, o.Plan, o.Amount, o.Status, v.Charged, v.Refunded)
	}
	switch v.Journal {
	case batch.Unsent:
		return lang.Msg("the journal says that this row was not sent, and the provider %s. Run the batch again: the reference keeps it from being paid twice", evidence)
	case batch.Rejected:
		return lang.Msg("the journal says that the provider refused this row, and the provider %s. Ask the provider's support before it is paid again", evidence)
	}
	return lang.Msg("another order stands under this row's reference: the provider %s. A person must decide", evidence)
}

// outcome says that the provider lists another state than the journal.
func outcome(v reconcile.Outcome) lang.Message {
	switch v.Journal {
	case batch.Fulfilled:
		return lang.Msg("the journal says fulfilled, and the provider says %s; it gave %s DA back", v.Provider, v.Refunded)
	case batch.Refunded:
		return lang.Msg("the journal says refunded, and the provider says %s; it charged %s DA and gave %s back", v.Provider, v.Charged, v.Refunded)
	}
	return lang.Msg("the journal has it %s, and the provider says %s. %s", stateName(v.Journal), v.Provider, settleFirst())
}

// settleFirst is what to do about an open row.
func settleFirst() lang.Message { return lang.Msg("Run settle, then reconcile again") }

// money says that the account's transactions do not fit the state of a row.
func money(k reconcile.Kind, v reconcile.Money) lang.Message {
	switch k {
	case reconcile.StateDiffers:
		return lang.Msg("the journal says fulfilled, and the account got %s DA back", v.Refunded)
	case reconcile.FulfilledNotCharged:
		return lang.Msg("the journal says fulfilled and %s DA charged, and no transaction says so", v.Recorded)
	case reconcile.ChargeMissing:
		return lang.Msg("the journal says %s DA charged and given back; no transaction charges them, and %s came back", v.Recorded, v.Refunded)
	case reconcile.RefundMissing:
		return lang.Msg("%s DA were charged, and %s came back: %s are missing. Ask the provider for them", v.Charged, v.Refunded, v.Charged-v.Refunded)
	case reconcile.CostDiffers:
		return lang.Msg("%s DA were charged, and %s came back", v.Charged, v.Refunded)
	case reconcile.OpenRow:
		return lang.Msg("the journal has it %s, and the account got %s DA back. %s", stateName(v.Journal), v.Refunded, settleFirst())
	}
	return lang.Msg("the journal does not know what became of it, and the account was charged %s DA. %s", v.Charged, settleFirst())
}

// ordered says that an order is for something else than its row.
func ordered(v reconcile.Ordered) lang.Message {
	switch o := v.Order; v.Field {
	case reconcile.Amount:
		return lang.Msg("asked for %d dinars, and the provider's order %s is for %d", v.Asked.Amount, o.ID, o.Amount)
	case reconcile.Phone:
		return lang.Msg("asked for %s, and the provider's order %s is for %s", v.Asked.Phone, o.ID, o.Phone)
	default:
		return lang.Msg("asked for %s, and the provider's order %s is for %s", v.Asked.Plan, o.ID, o.Plan)
	}
}

// charges names the first two charges of a row that was charged more than once.
func charges(v reconcile.SeveralCharges) lang.Message {
	first, second := movement(v.Charges[0]), movement(v.Charges[1])
	if v.SameID() {
		return lang.Msg("first %s and then %s; they are one and the same id, so the statement may list it twice by mistake", first, second)
	}
	return lang.Msg("first %s and then %s", first, second)
}

// price says that a charge is not the price.
func price(v reconcile.Price) lang.Message {
	switch v.Source {
	case reconcile.CataloguePrice:
		return lang.Msg("charged %s DA, and the catalogue says %s (the journal %s)", v.Charged, v.Expected, v.Recorded)
	case reconcile.JournalPrice:
		return lang.Msg("charged %s DA, and the journal says %s", v.Charged, v.Expected)
	}
	return lang.Msg("charged %s DA, and the provider's own order says %s", v.Charged, v.Expected)
}

// unexplained says that the transactions do not make the balance.
func unexplained(v reconcile.Unexplained) lang.Message {
	if v.FromJournal {
		return lang.Msg("the statement tells no balances. The journal noted %s DA before the first send and %s at its last end, and the transactions come to %s: %s cannot be explained",
			v.Before, v.After, v.Moved, v.Missing())
	}
	return lang.Msg("the balance before, %s DA, and the transactions, %s, do not make the balance after, %s: %s cannot be explained", v.Before, v.Moved, v.After, v.Missing())
}

// movement names a transaction.
func movement(v reconcile.Movement) lang.Message {
	id, kind, at := v.ID, v.Type, v.Time
	switch dated := !at.IsZero(); {
	case id != "" && kind != "" && dated:
		return lang.Msg("transaction %s (%s) of %s", id, kind, at)
	case id != "" && kind != "":
		return lang.Msg("transaction %s (%s)", id, kind)
	case id != "" && dated:
		return lang.Msg("transaction %s of %s", id, at)
	case id != "":
		return lang.Msg("the transaction %s", id)
	case kind != "" && dated:
		return lang.Msg("a transaction (%s) of %s", kind, at)
	case kind != "":
		return lang.Msg("a transaction (%s)", kind)
	case dated:
		return lang.Msg("a transaction of %s", at)
	}
	return lang.Msg("a transaction")
}

// owner says what is known of a transaction that is no row's.
func owner(o reconcile.Owner) lang.Message {
	switch {
	case o.Batch != "":
		return lang.Msg("row %d of the batch %s", o.Row, o.Batch)
	case o.Ref != "":
		return lang.Msg("of the reference %s, which is in no batch here", o.Ref)
	case o.Order != "":
		return lang.Msg("of %s, which is in no batch here", o.Order)
	case o.Note != "":
		return lang.Msg("it names no order; its note: %s", o.Note)
	}
	return lang.Msg("it names no order")
}
