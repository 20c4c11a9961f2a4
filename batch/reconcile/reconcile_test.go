package reconcile_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch"
	"flexybatch/batch/reconcile"
	"flexybatch/batch/reconcile/reconciletest"
)

// kinds are the differences as "kind row".
func kinds(r *reconcile.Result) []string {
	list := []string{}
	for _, d := range r.Differences {
		list = append(list, fmt.Sprintf("%s %d", d.Kind, d.Row))
	}
	return list
}

func TestCompare(t *testing.T) {
	row := func(k reconcile.Kind, n int) string { return fmt.Sprintf("%s %d", k, n) }
	balance := row(reconcile.BalanceDiffers, 0)
	for _, c := range []struct {
		name   string
		change func(b *reconciletest.Books)
		want   []string
	}{
		{"all agree", func(*reconciletest.Books) {}, nil},
		{"the provider's refs are ours as they are", func(b *reconciletest.Books) { b.Statement.Orders[0].Ref = string(b.Refs[reconciletest.Fulfilled]) }, nil},
		{"an order that vanished, its charge in place", func(b *reconciletest.Books) { b.Statement.Orders = b.Statement.Orders[1:] }, nil},
		{"transactions of one time in any order", func(b *reconciletest.Books) {
			for i := range b.Statement.Movements {
				b.Statement.Movements[i].Time = reconciletest.Begun.Add(time.Minute)
			}
			slices.Reverse(b.Statement.Movements)
		}, nil},
		{"ten-thousandths do not add up to centimes", func(b *reconciletest.Books) {
			*b.Statement.Movements[reconciletest.MoveFulfilled].After++
			*b.Statement.Movements[reconciletest.MoveRefunded].Before++
		}, nil},
		{"no balances; operations and types tell", func(b *reconciletest.Books) {
			b.Take(reconciletest.MoveDeposit)
			for i := range b.Statement.Movements {
				b.Statement.Movements[i].Before, b.Statement.Movements[i].After = nil, nil
			}
			b.Statement.Movements[0].Operation = "-"
			after := batch.Centimes(1_000_000 - 960_00)
			if err := b.Ledger.Fold(batch.Record{Note: &batch.NoteRecord{What: batch.NoteEnded, Balance: &after}}, reconciletest.Begun.Add(time.Minute)); err != nil {
				panic(err)
			}
		}, nil},

		{"an unsent row was charged", func(b *reconciletest.Books) {
			b.Order(reconciletest.Unsent, "FULFILLED")
			b.Move(reconciletest.ID(reconciletest.Unsent), "FLEXY", -480_00)
		}, []string{row(reconcile.ChargedNotInJournal, reconciletest.Unsent)}},
		{"an unknown row was charged, and no list tells more", func(b *reconciletest.Books) { b.Move(string(b.Refs[reconciletest.Unknown]), "FLEXY", -480_00) }, []string{row(reconcile.ChargedNotInJournal, reconciletest.Unknown)}},
		{"fulfilled, and no charge", func(b *reconciletest.Books) { b.Take(reconciletest.MoveFulfilled) }, []string{row(reconcile.FulfilledNotCharged, reconciletest.Fulfilled), balance, balance}},
		{"refunded, and no charge", func(b *reconciletest.Books) { b.Take(reconciletest.MoveRefunded) }, []string{row(reconcile.ChargeMissing, reconciletest.Refunded), balance, balance}},
		{"refunded, and nothing came back", func(b *reconciletest.Books) { b.Take(reconciletest.MoveBack) }, []string{row(reconcile.RefundMissing, reconciletest.Refunded)}},
		{"refunded in part", func(b *reconciletest.Books) {
			*b.Statement.Movements[reconciletest.MoveBack].After -= 80_00
			b.Statement.Movements[reconciletest.MoveBack].Amount -= 80_00
		}, []string{row(reconcile.RefundMissing, reconciletest.Refunded)}},
		{"refunded twice", func(b *reconciletest.Books) { b.Move(reconciletest.ID(reconciletest.Refunded), "REFUND-FLEXY", 480_00) }, []string{row(reconcile.CostDiffers, reconciletest.Refunded)}},
		{"charged twice", func(b *reconciletest.Books) { b.Move(reconciletest.ID(reconciletest.Fulfilled), "FLEXY", -480_00) }, []string{row(reconcile.ChargedTwice, reconciletest.Fulfilled)}},
		{"charged twice, two orders", func(b *reconciletest.Books) {
			b.Order(reconciletest.Fulfilled, "FULFILLED")
			b.Statement.Orders[3].ID = "another"
			b.Move("another", "FLEXY", -480_00)
		}, []string{row(reconcile.ChargedTwice, reconciletest.Fulfilled)}},
		{"a transaction listed twice", func(b *reconciletest.Books) {
			b.Statement.Movements = slices.Insert(b.Statement.Movements, 1, b.Statement.Movements[1])
		},
			[]string{row(reconcile.ChargedTwice, reconciletest.Fulfilled), balance, balance}},
		{"another amount", func(b *reconciletest.Books) { b.Statement.Orders[0].Amount = 600 }, []string{row(reconcile.AmountDiffers, reconciletest.Fulfilled)}},
		{"another phone", func(b *reconciletest.Books) { b.Statement.Orders[0].Phone = "0669999999" }, []string{row(reconcile.AmountDiffers, reconciletest.Fulfilled)}},
		{"another cost", func(b *reconciletest.Books) {
			b.Take(reconciletest.MoveBack)
			b.Take(reconciletest.MovePending)
			b.Take(reconciletest.MoveRefunded)
			b.Take(reconciletest.MoveFulfilled)
			b.Move(reconciletest.ID(reconciletest.Fulfilled), "FLEXY", -490_00)
			b.Move(reconciletest.ID(reconciletest.Refunded), "FLEXY", -480_00)
			b.Move(reconciletest.ID(reconciletest.Refunded), "REFUND-FLEXY", 480_00)
		}, []string{row(reconcile.CostDiffers, reconciletest.Fulfilled)}},
		{"an amount that its balances deny", func(b *reconciletest.Books) { b.Statement.Movements[reconciletest.MoveFulfilled].Amount += 10_00 }, []string{row(reconcile.CostDiffers, reconciletest.Fulfilled), balance}},
		{"the order says another charge", func(b *reconciletest.Books) { c := batch.Centimes(470_00); b.Statement.Orders[0].Charged = &c }, []string{row(reconcile.CostDiffers, reconciletest.Fulfilled)}},
		{"refunded after fulfilled", func(b *reconciletest.Books) {
			b.Statement.Orders[0].Status = "REFUNDED"
			b.Move(reconciletest.ID(reconciletest.Fulfilled), "REFUND-FLEXY", 480_00)
		}, []string{row(reconcile.StateDiffers, reconciletest.Fulfilled)}},
		{"refunded after fulfilled, by the account alone", func(b *reconciletest.Books) {
			b.Statement.Listed, b.Statement.Orders = false, nil
			b.Move(reconciletest.ID(reconciletest.Fulfilled), "REFUND-FLEXY", 480_00)
		}, []string{row(reconcile.StateDiffers, reconciletest.Fulfilled)}},
		{"refunded, and the provider says fulfilled", func(b *reconciletest.Books) { b.Statement.Orders[1].Status = "SUCCESS" }, []string{row(reconcile.StateDiffers, reconciletest.Refunded)}},
		{"rejected, and the provider says fulfilled", func(b *reconciletest.Books) {
			b.Order(reconciletest.Rejected, "FULFILLED")
			b.Move(reconciletest.ID(reconciletest.Rejected), "FLEXY", -480_00)
		}, []string{row(reconcile.StateDiffers, reconciletest.Rejected)}},
		{"pending, and the provider has the end", func(b *reconciletest.Books) { b.Statement.Orders[2].Status = "FULFILLED" }, []string{row(reconcile.OpenRow, reconciletest.Pending)}},
		{"pending, and the money is back", func(b *reconciletest.Books) {
			b.Statement.Orders = b.Statement.Orders[:2]
			b.Move(reconciletest.ID(reconciletest.Pending), "REFUND-FLEXY", 480_00)
		}, []string{row(reconcile.OpenRow, reconciletest.Pending)}},
		{"unknown, and the provider has the end", func(b *reconciletest.Books) { b.Order(reconciletest.Unknown, "REFUNDED") }, []string{row(reconcile.OpenRow, reconciletest.Unknown)}},
		{"unknown, and the provider does not know either", func(b *reconciletest.Books) {
			b.Order(reconciletest.Unknown, "UNKNOWN_ERROR")
			b.Move(reconciletest.ID(reconciletest.Unknown), "FLEXY", -480_00)
		}, nil},
		{"in conflict, and it is there", func(b *reconciletest.Books) { b.Order(reconciletest.Conflict, "FULFILLED") }, []string{row(reconcile.ForeignOrder, reconciletest.Conflict)}},
		{"an order with our prefix", func(b *reconciletest.Books) {
			b.Statement.Orders = append(b.Statement.Orders, batch.RemoteOrder{ID: "x", Ref: "API-acme-" + string(refByID("october", "somebody")), Status: "FULFILLED"})
		}, []string{row(reconcile.ForeignOrder, 0)}},
		{"a transaction with our prefix, no list", func(b *reconciletest.Books) {
			b.Move("x", "FLEXY", -480_00)
			b.Statement.Movements[5].Ref = string(refByID("october", "somebody"))
		}, []string{row(reconcile.ForeignOrder, 0)}},
		{"an order that looks like ours and is of a batch beside", func(b *reconciletest.Books) {
			l, refs := reconciletest.Ledger(t, "October ") // another name, and the same beginning of refs
			b.Beside = append(b.Beside, l)
			b.Statement.Orders = append(b.Statement.Orders, batch.RemoteOrder{ID: "x", Ref: string(refs[reconciletest.Fulfilled]), Status: "FULFILLED"})
		}, nil},
		{"the order of a row under another ref", func(b *reconciletest.Books) { b.Statement.Orders[0].Ref = "somebody-else" }, []string{row(reconcile.ForeignOrder, reconciletest.Fulfilled)}},
		{"the transaction of a row under another ref", func(b *reconciletest.Books) { b.Statement.Movements[reconciletest.MoveFulfilled].Ref = "somebody-else" }, []string{row(reconcile.ForeignOrder, reconciletest.Fulfilled)}},
		{"a charge that cannot be matched", func(b *reconciletest.Books) { b.Statement.Movements[reconciletest.MoveFulfilled].Object = "" }, []string{row(reconcile.FulfilledNotCharged, reconciletest.Fulfilled)}},
		{"a gap in what others moved", func(b *reconciletest.Books) { b.Move("", "DEPOSIT", 100_00); b.Move("", "WITHDRAW", -50_00); b.Take(5) }, []string{balance, balance}},
		{"the statement begins too late", func(b *reconciletest.Books) { b.Take(reconciletest.MoveDeposit) }, []string{balance}},
		{"a transaction that took or gave", func(b *reconciletest.Books) { b.Move("", "?", 10_00); b.Statement.Movements[5].Before = nil }, []string{balance, balance}},
		{"what came after the statement is not missing", func(b *reconciletest.Books) {
			b.Statement.Taken = reconciletest.Begun.Add(time.Second)
			b.Statement.Orders, b.Statement.Movements = nil, nil
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := reconciletest.New(t)
			c.change(b)
			r := reconcile.Compare(b.Ledger, b.Statement, b.Beside...)
			want := append([]string{}, c.want...)
			if d := cmp.Diff(want, kinds(r)); d != "" {
				t.Errorf("differences (-want +got):\n%s\n%+v", d, r.Differences)
			}
			if r.Agrees != (len(want) == 0) {
				t.Errorf("agrees: %v", r.Agrees)
			}
			if slices.Contains(want, balance) == r.Balance.AddsUp {
				t.Errorf("%+v", r.Balance)
			}
		})
	}
}

// What belongs to others is told of, with whose it is, and is no difference.
func TestCompareOthers(t *testing.T) {
	b := reconciletest.New(t)
	l, refs := reconciletest.Ledger(t, "november")
	b.Beside = []*batch.Ledger{l}
	b.Statement.Orders = append(b.Statement.Orders, batch.RemoteOrder{ID: "nov", Ref: string(refs[reconciletest.Fulfilled]), Status: "FULFILLED"})
	b.Move("nov", "FLEXY", -480_00)
	b.Move("shop", "ORDER", -20_00)
	early := reconcile.Movement{ID: "early", Type: "DEPOSIT", Amount: 1, Before: new(batch.Centimes(999_999)), After: new(batch.Centimes(1_000_000)), Time: reconciletest.Begun.Add(-time.Hour)}
	b.Statement.Movements = append([]reconcile.Movement{early}, b.Statement.Movements...)
	r := reconcile.Compare(b.Ledger, b.Statement, b.Beside...)
	if !r.Agrees || !r.Balance.AddsUp || r.Balance.Before != 1_000_000 || r.Balance.After != 1_000_000+500_00-3*480_00-20_00 {
		t.Errorf("%+v %+v", r.Balance, r.Differences)
	}
	if len(r.Others) != 3 || r.Others[1].Owner.Batch != "november" || r.Others[1].Owner.Row != 2 || r.Others[2].Amount != -20_00 || r.Others[2].Owner.Order != "shop" {
		t.Errorf("%+v", r.Others)
	}
}

// refByID returns the ref of a row with an id, in a batch of that name.
func refByID(name, id string) batch.Ref {
	rows := []batch.Row{{Topup: batch.Topup{Phone: "0660000001", Plan: "P", Amount: 100, ID: id}}}
	batch.Assign(name, rows, batch.Catalogue{{Code: "P", Enabled: true, Min: 1, Max: 1000}}, batch.Limits{})
	return rows[0].Ref
}
