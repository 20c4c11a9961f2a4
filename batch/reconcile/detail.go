package reconcile

import (
	"time"

	"flexybatch/batch"
)

// Detail holds the values of a difference: what the books say. It is one of the
// types in this file. Together with the kind it says all that there is to say.
type Detail interface{ detail() }

// Held is the detail of a row that the journal says was never charged, and for
// which the provider holds an order or moved money all the same.
type Held struct {
	Journal  batch.State        // Unsent, Rejected or Conflict
	Order    *batch.RemoteOrder // nil where the provider lists none
	Charged  batch.Centimes     // by the account's transactions
	Refunded batch.Centimes
}

// Outcome is the detail of a row whose order the provider lists in another state
// than the journal has.
type Outcome struct {
	Journal  batch.State
	Provider string         // the provider's status word
	Charged  batch.Centimes // by the account's transactions
	Refunded batch.Centimes
}

// Money is the detail of a row whose transactions do not fit its state in the
// journal.
type Money struct {
	Journal  batch.State
	Recorded batch.Centimes // what the journal says was charged
	Charged  batch.Centimes // by the account's transactions
	Refunded batch.Centimes
}

// Field is what a row asks for.
type Field string

// The fields in which an order can differ from its row.
const (
	Amount Field = "amount"
	Phone  Field = "phone"
	Plan   Field = "plan"
)

// Ordered is the detail of an order that is for something else than its row. The
// first field that differs is named.
type Ordered struct {
	Field Field
	Asked batch.Topup
	Order batch.RemoteOrder
}

// OrderRef is the detail of an order that belongs to a row by its id, and carries
// a reference that is not the row's.
type OrderRef struct {
	OrderID string
	Ref     string
}

// MovementRef is the detail of a transaction that belongs to a row by its order,
// and carries a reference that is not the row's.
type MovementRef struct{ Movement Movement }

// SeveralOrders is the detail of a row for which the provider holds more than one
// order.
type SeveralOrders struct{ Orders []batch.RemoteOrder }

// SeveralCharges is the detail of a row that more than one transaction charges.
type SeveralCharges struct {
	Charges  []Movement
	Charged  batch.Centimes // by all of them
	Refunded batch.Centimes
}

// SameID reports whether the first two charges are one and the same transaction
// by their ids: then the statement may list it twice by mistake.
func (d SeveralCharges) SameID() bool {
	return d.Charges[0].ID != "" && d.Charges[0].ID == d.Charges[1].ID
}

// PriceSource says who names another price than the one that was charged.
type PriceSource string

// The sources of a price, in the order in which they are asked.
const (
	CataloguePrice PriceSource = "catalogue"
	JournalPrice   PriceSource = "journal"
	OrderPrice     PriceSource = "order"
)

// Price is the detail of a charge that is not the price.
type Price struct {
	Source   PriceSource
	Charged  batch.Centimes // by the account's transaction
	Expected batch.Centimes // what the source says
	Recorded batch.Centimes // what the journal says was charged
}

// StrangeOrder is the detail of an order with a reference like this batch's that
// is in no journal here.
type StrangeOrder struct{ Order batch.RemoteOrder }

// StrangeMovement is the detail of a transaction with a reference like this
// batch's that is in no journal here.
type StrangeMovement struct{ Movement Movement }

// NoDirection is the detail of a transaction that does not say whether it took
// money or brought it. It is not counted.
type NoDirection struct{ Movement Movement }

// WrongBalances is the detail of a transaction whose balances do not differ by
// its amount.
type WrongBalances struct {
	Movement Movement
	Amount   batch.Centimes // below zero where it was taken
	Step     batch.Centimes // the balance after less the balance before
}

// Gap is the detail of a transaction that begins at a balance at which no other
// one ends: transactions are missing or listed twice.
type Gap struct{ Movement Movement }

// Unexplained is the detail of a balance after that does not follow from the
// balance before and the transactions.
type Unexplained struct {
	Before, Moved, After batch.Centimes
	FromJournal          bool // the journal noted both balances; the statement tells none
}

// Missing is the money that cannot be explained.
func (d Unexplained) Missing() batch.Centimes { return d.After - d.Before - d.Moved }

// NoBalance is the detail of transactions whose balance before neither the
// statement nor the journal tells.
type NoBalance struct{}

// NeverShown is the detail of a balance that the journal noted before the first
// send, and that the statement never shows.
type NeverShown struct {
	Balance batch.Centimes
	At      time.Time // when the journal noted it
}

func (Held) detail()            {}
func (Outcome) detail()         {}
func (Money) detail()           {}
func (Ordered) detail()         {}
func (OrderRef) detail()        {}
func (MovementRef) detail()     {}
func (SeveralOrders) detail()   {}
func (SeveralCharges) detail()  {}
func (Price) detail()           {}
func (StrangeOrder) detail()    {}
func (StrangeMovement) detail() {}
func (NoDirection) detail()     {}
func (WrongBalances) detail()   {}
func (Gap) detail()             {}
func (Unexplained) detail()     {}
func (NoBalance) detail()       {}
func (NeverShown) detail()      {}
