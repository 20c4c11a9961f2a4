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

// Compare holds a batch against the provider's two books. The batches beside it
// are those that share the account, as far as they are known; their orders are
// nobody's difference.
//
// Transactions older than the batch that are no row's count for nothing. Where
// the statement lists no top-ups, only money is compared. Nothing can be missing
// of a row that was settled after the statement was taken. An open row differs
// only where the provider has what the journal lacks.
func Compare(l *batch.Ledger, st Statement, beside ...*batch.Ledger) *Result {
	r := &Result{Batch: l.Batch()}
	r.From, _ = l.Span()
	l.Each(func(s *batch.RowStatus) bool {
		r.Rows = append(r.Rows, &RowBooks{RowStatus: *s})
		return true
	})
	m := newMatcher(r.Rows, beside)
	r.sortOrders(st, m)
	begin := r.spanBegin(st.Movements, m)
	r.sortMovements(st.Movements[begin:], m)
	r.compareRows(st)
	r.foreignOrders(st, m)
	r.foreignMovements(st, m)
	r.checkBalance(l.Notes(), st.Movements, begin)
	r.To = st.Taken
	if n := len(st.Movements); r.To.IsZero() && n > 0 {
		r.To = st.Movements[n-1].Time
	}
	r.Agrees = len(r.Differences) == 0
	return r
}

// sortOrders gives every order to its row.
func (r *Result) sortOrders(st Statement, m *matcher) {
	for _, o := range st.Orders {
		if h, ok := m.order(o); ok && h.row != nil {
			h.row.Orders = append(h.row.Orders, o)
		}
	}
}

// spanBegin is the index at which the batch's span begins among the
// transactions: at the first that is a row's, or that is not older than the
// batch. Transactions of the same time belong together.
func (r *Result) spanBegin(movements []Movement, m *matcher) int {
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
func (r *Result) sortMovements(span []Movement, m *matcher) {
	for i := range span {
		v := &span[i]
		h, ok := m.movement(v)
		amount, _ := v.Signed()
		switch {
		case !ok || h.row == nil:
			r.Others = append(r.Others, Other{v.ID, v.Type, amount, v.Time, Owner{h.batch, h.number, v.Object, v.Ref, v.Note}})
		case amount > 0:
			h.row.Refunds = append(h.row.Refunds, *v)
		default:
			h.row.Charges = append(h.row.Charges, *v)
		}
	}
}

// foreignOrders finds the orders of the list whose reference is made as this
// batch's are, and that are in no journal here.
func (r *Result) foreignOrders(st Statement, m *matcher) {
	for _, o := range st.Orders {
		if _, known := m.order(o); !known && m.looksOurs(o.Ref) {
			r.differ(ForeignOrder, batch.Ref(o.Ref), 0, StrangeOrder{o})
		}
	}
}

// foreignMovements finds the transactions whose reference is made as this batch's
// are, and that are in no journal here. Of each reference the first one is told,
// and none where the list has its order.
func (r *Result) foreignMovements(st Statement, m *matcher) {
	listed := map[string]bool{}
	for _, o := range st.Orders {
		if _, known := m.order(o); !known && m.looksOurs(o.Ref) {
			listed[o.Ref], listed[o.ID] = true, true
		}
	}
	for i := range st.Movements {
		v := &st.Movements[i]
		if _, known := m.movement(v); !known && m.looksOurs(v.Ref) && !listed[v.Ref] && !listed[v.Object] {
			listed[v.Ref] = true
			r.differ(ForeignOrder, batch.Ref(v.Ref), 0, StrangeMovement{*v})
		}
	}
}
