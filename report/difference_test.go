package report

import (
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
)

// Every kind and detail has its own words.
func TestDifferencesInWords(t *testing.T) {
	order := batch.RemoteOrder{ID: "o1", Ref: "r9", Phone: "0550000001", Plan: "P", Amount: 500, Status: "FULFILLED"}
	before, after := batch.Centimes(100_00), batch.Centimes(90_00)
	move := reconcile.Movement{ID: "t1", Type: "FLEXY", Amount: 480_00, Ref: "r9", Before: &before, After: &after}
	bare := reconcile.Movement{}
	for _, c := range []struct {
		kind   reconcile.Kind
		detail reconcile.Detail
		want   string
	}{
		{reconcile.ChargedNotInJournal, reconcile.Held{Journal: batch.Unsent, Charged: 480_00},
			"the journal says that this row was not sent, and the provider has no order for it, charged 480.00 DA and gave 0.00 back. Run the batch again: the reference keeps it from being paid twice"},
		{reconcile.StateDiffers, reconcile.Held{Journal: batch.Rejected, Order: &order},
			"the journal says that the provider refused this row, and the provider holds the order o1 (0550000001, P, 500 dinars, FULFILLED), charged 0.00 DA and gave 0.00 back. Ask the provider's support before it is paid again"},
		{reconcile.ForeignOrder, reconcile.Held{Journal: batch.Conflict, Refunded: 1_00},
			"another order stands under this row's reference: the provider has no order for it, charged 0.00 DA and gave 1.00 back. A person must decide"},
		{reconcile.StateDiffers, reconcile.Outcome{Journal: batch.Fulfilled, Provider: "REFUNDED", Refunded: 480_00},
			"the journal says fulfilled, and the provider says REFUNDED; it gave 480.00 DA back"},
		{reconcile.StateDiffers, reconcile.Outcome{Journal: batch.Refunded, Provider: "SUCCESS", Charged: 480_00},
			"the journal says refunded, and the provider says SUCCESS; it charged 480.00 DA and gave 0.00 back"},
		{reconcile.OpenRow, reconcile.Outcome{Journal: batch.Pending, Provider: "FULFILLED"},
			"the journal has it pending, and the provider says FULFILLED. Run settle, then reconcile again"},
		{reconcile.StateDiffers, reconcile.Money{Journal: batch.Fulfilled, Refunded: 480_00}, "the journal says fulfilled, and the account got 480.00 DA back"},
		{reconcile.FulfilledNotCharged, reconcile.Money{Journal: batch.Fulfilled, Recorded: 480_00}, "the journal says fulfilled and 480.00 DA charged, and no transaction says so"},
		{reconcile.ChargeMissing, reconcile.Money{Journal: batch.Refunded, Recorded: 480_00}, "the journal says 480.00 DA charged and given back; no transaction charges them, and 0.00 came back"},
		{reconcile.RefundMissing, reconcile.Money{Journal: batch.Refunded, Charged: 480_00, Refunded: 400_00}, "480.00 DA were charged, and 400.00 came back: 80.00 are missing. Ask the provider for them"},
		{reconcile.CostDiffers, reconcile.Money{Journal: batch.Refunded, Charged: 480_00, Refunded: 500_00}, "480.00 DA were charged, and 500.00 came back"},
		{reconcile.OpenRow, reconcile.Money{Journal: batch.Pending, Refunded: 480_00}, "the journal has it pending, and the account got 480.00 DA back. Run settle, then reconcile again"},
		{reconcile.ChargedNotInJournal, reconcile.Money{Journal: batch.Unknown, Charged: 480_00}, "the journal does not know what became of it, and the account was charged 480.00 DA. Run settle, then reconcile again"},
		{reconcile.AmountDiffers, reconcile.Ordered{Field: reconcile.Amount, Asked: batch.Topup{Amount: 400}, Order: order}, "asked for 400 dinars, and the provider's order o1 is for 500"},
		{reconcile.AmountDiffers, reconcile.Ordered{Field: reconcile.Phone, Asked: batch.Topup{Phone: "0660000002"}, Order: order}, "asked for 0660000002, and the provider's order o1 is for 0550000001"},
		{reconcile.AmountDiffers, reconcile.Ordered{Field: reconcile.Plan, Asked: batch.Topup{Plan: "Q"}, Order: order}, "asked for Q, and the provider's order o1 is for P"},
		{reconcile.ForeignOrder, reconcile.OrderRef{OrderID: "o1", Ref: "r9"}, "the order o1 that the journal has for this row carries another reference, r9"},
		{reconcile.ForeignOrder, reconcile.MovementRef{Movement: move}, "transaction t1 (FLEXY) is of this row's order and carries another reference, r9"},
		{reconcile.ForeignOrder, reconcile.SeveralOrders{Orders: []batch.RemoteOrder{order, {ID: "o2"}, {ID: "o3"}}}, "the provider holds 3 orders under this row's reference: o1 and o2"},
		{reconcile.ChargedTwice, reconcile.SeveralCharges{Charges: []reconcile.Movement{move, {ID: "t2"}}, Charged: 960_00}, "charged 2 times, 960.00 DA in all, and 0.00 came back: first transaction t1 (FLEXY) and then the transaction t2"},
		{reconcile.ChargedTwice, reconcile.SeveralCharges{Charges: []reconcile.Movement{move, move}, Charged: 960_00},
			"charged 2 times, 960.00 DA in all, and 0.00 came back: first transaction t1 (FLEXY) and then transaction t1 (FLEXY); they are one and the same id, so the statement may list it twice by mistake"},
		{reconcile.CostDiffers, reconcile.Price{Source: reconcile.CataloguePrice, Charged: 490_00, Expected: 480_00, Recorded: 470_00}, "charged 490.00 DA, and the catalogue says 480.00 (the journal 470.00)"},
		{reconcile.CostDiffers, reconcile.Price{Source: reconcile.JournalPrice, Charged: 490_00, Expected: 480_00}, "charged 490.00 DA, and the journal says 480.00"},
		{reconcile.CostDiffers, reconcile.Price{Source: reconcile.OrderPrice, Charged: 490_00, Expected: 480_00}, "charged 490.00 DA, and the provider's own order says 480.00"},
		{reconcile.ForeignOrder, reconcile.StrangeOrder{Order: order},
			"the provider holds the order o1 for 0550000001, P, 500 dinars (FULFILLED), whose reference is made as this batch's are, and the journal does not have it: was the batch run from another machine or folder?"},
		{reconcile.ForeignOrder, reconcile.StrangeMovement{Movement: move},
			"transaction t1 (FLEXY) moved 480.00 DA for a reference that is made as this batch's are, and the journal does not have it: was the batch run from another machine or folder?"},
		{reconcile.BalanceDiffers, reconcile.NoDirection{Movement: bare}, "a transaction does not say whether it took money or brought it; it is not counted"},
		{reconcile.BalanceDiffers, reconcile.WrongBalances{Movement: move, Amount: -480_00, Step: -10_00}, "transaction t1 (FLEXY) says -480.00 DA, and its balances differ by -10.00"},
		{reconcile.BalanceDiffers, reconcile.Gap{Movement: move}, "transaction t1 (FLEXY) begins at a balance of 100.00 DA, which no other transaction ends at: transactions are missing or listed twice"},
		{reconcile.BalanceDiffers, reconcile.Unexplained{Before: 100_00, Moved: -20_00, After: 90_00}, "the balance before, 100.00 DA, and the transactions, -20.00, do not make the balance after, 90.00: 10.00 cannot be explained"},
		{reconcile.BalanceDiffers, reconcile.Unexplained{Before: 100_00, Moved: -20_00, After: 90_00, FromJournal: true},
			"the statement tells no balances. The journal noted 100.00 DA before the first send and 90.00 at its last end, and the transactions come to -20.00: 10.00 cannot be explained"},
		{reconcile.BalanceDiffers, reconcile.NoBalance{}, "neither the statement nor the journal tells the balance before"},
		{reconcile.BalanceDiffers, reconcile.NeverShown{Balance: 100_00, At: time.Date(2026, 10, 1, 9, 0, 0, 0, time.Local)},
			"the journal noted a balance of 100.00 DA before the first send (2026-10-01 09:00), and the statement never shows it: does it begin too late?"},
	} {
		if got := Explain(reconcile.Difference{Kind: c.kind, Detail: c.detail}, nil); got != c.want {
			t.Errorf("%s, %T: %q\nwant %q", c.kind, c.detail, got, c.want)
		}
	}
}
