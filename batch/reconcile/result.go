package reconcile

import (
	"slices"
	"time"

	"flexybatch/batch"
)

// Difference is one thing on which the three books do not agree.
type Difference struct {
	Kind   Kind
	Ref    batch.Ref // empty where it concerns no row and no order
	Row    int       // as the user sees it; 0 where it concerns no row
	Detail Detail
}

// Result is what a comparison of the books found.
type Result struct {
	Agrees      bool
	Differences []Difference
	Balance     Balance
	Others      []Other   // transactions of the span that are no row's: no difference
	From        time.Time // when the batch began
	To          time.Time // when the statement was taken, or its last transaction

	Batch batch.BatchRecord
	Rows  []*RowBooks // every row, in the order of the file
	Open  int         // rows that are not final yet
}

// differ adds a difference.
func (r *Result) differ(k Kind, ref batch.Ref, row int, d Detail) {
	r.Differences = append(r.Differences, Difference{k, ref, row, d})
}

// RowBooks is what the three books say of a row: the file (Row), the journal
// (the rest of the RowStatus), and the provider.
type RowBooks struct {
	batch.RowStatus
	Orders  []batch.RemoteOrder // of the provider's list; more than one is a difference
	Charges []Movement          // what the account's transactions took for it
	Refunds []Movement          // what they gave back
	Kinds   []Kind              // how the books differ
}

// Taken is what the account's transactions took for the row.
func (b *RowBooks) Taken() batch.Centimes { return sum(b.Charges) }

// Given is what the account's transactions gave back for the row.
func (b *RowBooks) Given() batch.Centimes { return sum(b.Refunds) }

// Movements lists the row's charges and then its refunds.
func (b *RowBooks) Movements() []Movement { return slices.Concat(b.Charges, b.Refunds) }

// sum adds up the sizes of movements.
func sum(movements []Movement) (total batch.Centimes) {
	for i := range movements {
		amount, _ := movements[i].Signed()
		total += max(amount, -amount)
	}
	return total
}

// known reports whether the provider knows anything of the row.
func (b *RowBooks) known() bool { return len(b.Orders)+len(b.Charges)+len(b.Refunds) > 0 }

// status is the status word of the provider's order; ok is false where it lists
// none.
func (b *RowBooks) status() (word string, ok bool) {
	if len(b.Orders) == 0 {
		return "", false
	}
	return b.Orders[0].Status, true
}

// Other is a transaction that belongs to no row of the batch.
type Other struct {
	ID     string
	Type   string
	Amount batch.Centimes // below zero where it was taken from the account
	Time   time.Time
	Owner  Owner
}

// Owner is what is known of whom a transaction belongs to. All is empty where it
// names no order.
type Owner struct {
	Batch string // another batch here, and its row; empty where it is in none
	Row   int
	Order string // the order that the transaction names
	Ref   string // the reference that it names
	Note  string
}
