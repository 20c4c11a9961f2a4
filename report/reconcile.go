package report

import (
	"slices"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Kind names how the three books differ. Kinds are stable: scripts rely on them.
type Kind string

// The kinds of difference.
const (
	// ChargedNotInJournal: the provider holds an order, or took money, of which
	// the journal knows nothing.
	ChargedNotInJournal Kind = "charged-not-in-journal"
	// FulfilledNotCharged: the journal says fulfilled, and no transaction
	// charges it.
	FulfilledNotCharged Kind = "fulfilled-not-charged"
	// ChargeMissing: the journal says refunded, and no transaction charges it.
	ChargeMissing Kind = "charge-missing"
	// RefundMissing: less came back than the journal says.
	RefundMissing Kind = "refund-missing"
	// ChargedTwice: more than one transaction charges the row.
	ChargedTwice Kind = "charged-twice"
	// AmountDiffers: the provider's order is for another amount, phone or plan.
	AmountDiffers Kind = "amount-differs"
	// CostDiffers: what was charged or given back is not what the catalogue or
	// the journal says.
	CostDiffers Kind = "cost-differs"
	// StateDiffers: the provider says another outcome than the journal.
	StateDiffers Kind = "state-differs"
	// ForeignOrder: an order whose ref is made as this batch's are, or that
	// stands in the place of a row, and is no row's.
	ForeignOrder Kind = "foreign-order"
	// OpenRow: the provider has the outcome, and the journal does not yet.
	OpenRow Kind = "open"
	// BalanceDiffers: the balance before and the movements do not make the
	// balance after.
	BalanceDiffers Kind = "balance-differs"
	// OtherTransaction is no difference: a transaction of no row of this batch.
	OtherTransaction Kind = "other-transaction"
)

// Difference is one thing that the three books do not agree on.
type Difference struct {
	Kind   Kind      `json:"kind"`
	Ref    batch.Ref `json:"ref"`    // empty where it is no row's
	Row    int       `json:"row"`    // as the user sees it; 0 where it is no row's
	Detail string    `json:"detail"` // for people, in English: who says what, and what to do

	said message // the detail, for any language
}

// In is the detail in the language of words; nil is English.
func (d Difference) In(words *lang.Printer) string { return newVoice(words).say(d.said) }

// differ adds a difference.
func (r *Reconciliation) differ(k Kind, ref batch.Ref, row int, m message) {
	r.Differences = append(r.Differences, Difference{k, ref, row, m.String(), m})
}

// Reconciliation is a batch held against the provider's book. Money is in
// dinars with two decimals.
type Reconciliation struct {
	Batch       string       `json:"batch"`
	Agrees      bool         `json:"agrees"`
	Differences []Difference `json:"differences"`
	Balance     Balance      `json:"balance"`
	Others      []Other      `json:"others"` // transactions in the span that are no row's: no difference
	From        time.Time    `json:"from"`   // when the batch began
	To          time.Time    `json:"to"`     // when the statement was taken, or its last transaction

	Head batch.BatchRecord `json:"-"`
	Rows []*RowBooks       `json:"-"` // every row, in the order of the file
	Open int               `json:"-"` // rows that are not final yet
}

// RowBooks is what the three books say of a row: the file (Row), the journal
// (the rest of the RowStatus), and the provider.
type RowBooks struct {
	batch.RowStatus
	Orders  []batch.RemoteOrder // of its list; more than one is a difference
	Charges []Movement          // of the account
	Refunds []Movement
	Kinds   []Kind // how they differ
}

// taken and given are what the account's transactions say of a row.
func (b *RowBooks) taken() batch.Centimes { return sum(b.Charges) }
func (b *RowBooks) given() batch.Centimes { return sum(b.Refunds) }

// sum adds up sizes.
func sum(movements []Movement) (total batch.Centimes) {
	for i := range movements {
		amount, _ := movements[i].Signed()
		total += max(amount, -amount)
	}
	return total
}

// known tells that the provider knows anything of the row.
func (b *RowBooks) known() bool { return len(b.Orders)+len(b.Charges)+len(b.Refunds) > 0 }

// shown is the status word of the provider's order; ok is false where it shows
// none.
func (b *RowBooks) shown() (word string, ok bool) {
	if len(b.Orders) == 0 {
		return "", false
	}
	return b.Orders[0].Status, true
}

// Other is a transaction that is no row's.
type Other struct {
	Kind   Kind           `json:"kind"` // OtherTransaction
	ID     string         `json:"id"`
	Type   string         `json:"type"`
	Amount batch.Centimes `json:"amount"` // below zero where it was taken from the account
	Time   time.Time      `json:"time"`
	Detail string         `json:"detail"` // whose it is, as far as anybody knows, in English

	said message // the detail, for any language
}

// Reconcile holds a batch against the provider's book. It is pure: the same
// books, the same result. beside are the batches that share the account, as far
// as they are known; their orders are nobody's difference.
//
// Transactions older than the batch that are no row's count for nothing. Where
// the statement lists no top-ups, only money is compared. Of a row that came to
// its end after the statement was taken, nothing can be missing; an open row
// differs only where the provider has what the journal lacks.
func Reconcile(l *batch.Ledger, st Statement, beside ...*batch.Ledger) *Reconciliation {
	r := &Reconciliation{Head: l.Batch(), Batch: l.Batch().Name, Differences: []Difference{}, Others: []Other{}}
	r.From, _ = l.Span()
	l.Each(func(s *batch.RowStatus) bool {
		r.Rows = append(r.Rows, &RowBooks{RowStatus: *s})
		return true
	})
	m := newMatch(r.Rows, beside)
	r.sortOrders(st, m)
	begins := r.begins(st.Movements, m)
	r.sortMovements(st.Movements[begins:], m)
	c := comparer{Reconciliation: r, st: st, prices: map[string]bool{}}
	for _, p := range r.Head.Catalogue {
		c.prices[p.Code] = p.Cost.Known()
	}
	for _, b := range r.Rows {
		c.row(b)
	}
	r.foreign(st, m)
	r.balance(l.Notes(), st.Movements, begins)
	r.To = st.Taken
	if n := len(st.Movements); r.To.IsZero() && n > 0 {
		r.To = st.Movements[n-1].Time
	}
	r.Agrees = len(r.Differences) == 0
	return r
}

// sortOrders gives every order to its row.
func (r *Reconciliation) sortOrders(st Statement, m *match) {
	for _, o := range st.Orders {
		if h, ok := m.order(o); ok && h.row != nil {
			h.row.Orders = append(h.row.Orders, o)
		}
	}
}

// begins is where the batch's span begins among the transactions: with the first
// that is a row's, or that is not older than the batch. Those of one time belong
// together.
func (r *Reconciliation) begins(movements []Movement, m *match) int {
	i := slices.IndexFunc(movements, func(v Movement) bool {
		h, ok := m.movement(&v)
		return ok && h.row != nil || v.Time.IsZero() || !v.Time.Before(r.From)
	})
	if i < 0 {
		return len(movements)
	}
	for i > 0 && movements[i-1].Time.Equal(movements[i].Time) {
		i--
	}
	return i
}

// sortMovements gives every transaction of the span to its row, or to the
// others.
func (r *Reconciliation) sortMovements(span []Movement, m *match) {
	for i := range span {
		v := &span[i]
		h, ok := m.movement(v)
		amount, _ := v.Signed()
		switch {
		case !ok || h.row == nil:
			detail := whose(v, h, ok)
			r.Others = append(r.Others, Other{OtherTransaction, v.ID, v.Type, amount, v.Time, detail.String(), detail})
		case amount > 0:
			h.row.Refunds = append(h.row.Refunds, *v)
		default:
			h.row.Charges = append(h.row.Charges, *v)
		}
	}
}

// whose says what is known of a transaction that is no row's.
func whose(v *Movement, h home, found bool) message {
	switch {
	case found:
		return messagef("row %d of the batch %s", h.number, h.batch)
	case v.Object == "" && v.Ref == "" && v.Note == "":
		return messagef("it names no order")
	case v.Object == "" && v.Ref == "":
		return messagef("it names no order; its note: %s", v.Note)
	case v.Ref == "":
		return messagef("of %s, which is in no batch here", v.Object)
	}
	return messagef("of the reference %s, which is in no batch here", v.Ref)
}

// foreign finds the orders that look as if they were this batch's.
func (r *Reconciliation) foreign(st Statement, m *match) {
	listed := map[string]bool{}
	for _, o := range st.Orders {
		if _, known := m.order(o); !known && m.looksOurs(o.Ref) {
			listed[o.Ref], listed[o.ID] = true, true
			r.differ(ForeignOrder, batch.Ref(o.Ref), 0, messagef(
				"the provider holds the order %s for %s, %s, %d dinars (%s), whose reference is made as this batch's are, and the journal does not have it: was the batch run from another machine or folder?",
				o.ID, o.Phone, o.Plan, o.Amount, o.Status))
		}
	}
	for i := range st.Movements {
		v := &st.Movements[i]
		if _, known := m.movement(v); !known && m.looksOurs(v.Ref) && !listed[v.Ref] && !listed[v.Object] {
			listed[v.Ref] = true
			r.differ(ForeignOrder, batch.Ref(v.Ref), 0, messagef(
				"%s moved %s DZD for a reference that is made as this batch's are, and the journal does not have it: was the batch run from another machine or folder?", v.what(), v.Amount))
		}
	}
}
